/** A snapshot written in the background never brings back what was taken away meanwhile. RECV-7. */
import { describe, expect, test } from 'vitest'
import * as Z from '../../../src/core/zxid.js'
import { databaseAt, entries, open } from './support/harness.js'
import { makeDisk } from './support/simulated-disk.js'

const image = Z.zxid(2, 7)

describe('a snapshot that is written, and has not got its name yet', () => {
  test.each([
    ['truncation', () => ({ kind: 'Truncate', zxid: Z.zxid(1, 2) }) as const, undefined, ['1:1', '1:2']],
    ['installation', () => ({ kind: 'Snapshot', zxid: image, entries: [] }) as const, databaseAt(image), []],
  ])('is given up at a %s', async (_, durable, database, names) => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append(entries(1, 1, 4))
    each.storage.saveSnapshot(Z.zxid(1, 4), databaseAt(Z.zxid(1, 4)))
    // While these are made durable the snapshot gets ready, and waits behind the last of them.
    const epochs = Array.from({ length: 8 }, (_unused, index) =>
      each.persist({ kind: 'AcceptedEpoch', epoch: index + 1 }),
    )
    await Promise.all([...epochs, each.persist(durable(), database)])
    await each.storage.close()
    expect(disk.listing().join()).not.toContain('snapshot.100000004')
    expect((await open(disk)).names()).toEqual(names)
  })

  test('otherwise it appears, and is the base of the next start', async () => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append(entries(1, 1, 4))
    each.storage.saveSnapshot(Z.zxid(1, 4), databaseAt(Z.zxid(1, 4)))
    for (let epoch = 1; epoch <= 8; epoch += 1) await each.persist({ kind: 'AcceptedEpoch', epoch })
    await each.storage.close()
    expect(disk.listing().join()).toContain('snapshot.100000004')
    expect((await open(disk)).names()).toEqual([])
  })
})
