// A torn log as bytes: all before the torn record is found, wherever it is cut; a log that reads otherwise is a finding.
import { describe, expect, it } from 'vitest'
import { makeDisk } from '../../../model/world/disk.js'
import { makeRandom } from '../../../model/world/random.js'
import { makeTear } from '../../../model/world/torn-log.js'
import * as S from '../../../src/core/sequence.js'
import { encodeTransaction } from '../../../src/wire/transaction.js'
import { database, entry } from './fixtures.js'

const encoded = (counter: number): ReturnType<typeof entry> => {
  const bare = entry(1, counter)
  return { ...bare, transaction: { ...bare.transaction, bytes: encodeTransaction(bare.zxid, bare.transaction) } }
}

describe('a torn record', () => {
  it('is dropped, and nothing before it', () => {
    const found: string[] = []
    const random = makeRandom(1)
    for (let kept = 0; kept <= 4; kept += 1)
      for (let count = 0; count < 20; count += 1) {
        const disk = makeDisk(database(0, 0))
        const entries = [1, 2, 3, 4].map(encoded)
        disk.write({ kind: 'persist', token: 1, durable: { kind: 'Append', entries }, image: undefined })
        disk.crash(
          kept,
          makeTear(random, (clause) => found.push(clause)),
        )
        expect(S.toArray(disk.recover().durable.entries)).toEqual(entries.slice(0, kept))
      }
    expect(found).toEqual([])
  })

  it('is a finding when a record before it reads otherwise', () => {
    const found: string[] = []
    const tear = makeTear(makeRandom(1), (clause) => found.push(clause))
    const wrong = { ...encoded(1), transaction: { ...encoded(1).transaction, bytes: encoded(2).transaction.bytes } }
    tear([wrong], encoded(3))
    expect(found).toEqual(['RECV-11'])
  })
})

describe('a disk that is damaged', () => {
  const append = (token: number, ...counters: readonly number[]) =>
    ({
      kind: 'persist',
      token,
      durable: { kind: 'Append', entries: counters.map((counter) => entry(1, counter)) },
      image: undefined,
    }) as const
  const epoch = { kind: 'persist', token: 9, durable: { kind: 'AcceptedEpoch', epoch: 4 }, image: undefined } as const

  it('by records out of order: only by such as no sync separates', () => {
    const disk = makeDisk(database(0, 0))
    disk.write(append(1, 1))
    expect(disk.scatter()).toBe(false)
    disk.write(epoch)
    disk.write(append(2, 2))
    expect(disk.scatter()).toBe(false)
    disk.sync(3)
    disk.write(append(3, 3))
    disk.write(append(4, 4))
    expect([disk.damage(), disk.scatter()]).toEqual([undefined, true])
    expect(disk.damage()).toContain('follows a bad one')
  })

  it('by a flipped bit: an image has a predecessor, the last one and the log have none', () => {
    const disk = makeDisk(database(0, 0))
    disk.write(append(1, 1, 2))
    disk.write({ kind: 'image', image: { zxid: entry(1, 2).zxid, database: database(1, 2) } })
    disk.sync(2)
    disk.flip('image')
    expect(disk.damage()).toBeUndefined()
    expect(S.toArray(disk.recover().durable.entries)).toHaveLength(2)
    disk.flip('image')
    expect(disk.damage()).toContain('image')
  })
})
