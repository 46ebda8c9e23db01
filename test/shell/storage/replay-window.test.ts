/** Loading any log: however many records, none become arguments of a call, and what is known to be committed is let go. */
import { describe, expect, test } from 'vitest'
import * as S from '../../../src/core/sequence.js'
import * as Z from '../../../src/core/zxid.js'
import * as D from '../../../src/service/database.js'
import { makeReplayWindow } from '../../../src/shell/storage/replay-window.js'
import { entries, entry, open } from './support/harness.js'
import { makeDisk } from './support/simulated-disk.js'

describe('the window of recovery', () => {
  test('holds as many records as it is told, of those that are known to be committed', () => {
    const window = makeReplayWindow(D.empty, Z.ZERO, { records: 100, bytes: 1_000_000 })
    for (let epoch = 1; epoch <= 3000; epoch += 1) for (const each of entries(epoch, 1, 10)) window.add(each)
    const { applied, base, database, entries: kept, largest } = window.end()
    expect(kept).toHaveLength(100)
    expect(largest).toBeLessThanOrEqual(210)
    expect(applied).toBe(29_900)
    expect(Z.show(base)).toBe('2990:10')
    expect(database.lastProcessed).toEqual(base)
  })

  test('counts bytes as well', () => {
    const window = makeReplayWindow(D.empty, Z.ZERO, { records: 1000, bytes: 10_000 })
    for (let epoch = 1; epoch <= 50; epoch += 1) window.add(entry(epoch, 1, 4000))
    expect(window.end().entries).toHaveLength(2)
  })

  test('lets go of what it has applied by bytes, too', () => {
    const window = makeReplayWindow(D.empty, Z.ZERO, { records: 10_000, bytes: 100_000 })
    for (let epoch = 1; epoch <= 200; epoch += 1) window.add(entry(epoch, 1, 10_000))
    expect(window.end().largest).toBeLessThanOrEqual(25)
  })

  test('keeps the last epoch, of which nothing is known', () => {
    const window = makeReplayWindow(D.empty, Z.ZERO, { records: 10, bytes: 1_000_000 })
    for (const each of [...entries(1, 1, 50), ...entries(2, 1, 50)]) window.add(each)
    expect(window.end().entries.map(({ zxid }) => zxid.epoch)).toEqual(Array.from({ length: 50 }, () => 2))
  })

  test('lets go of what is noted as committed, in the last epoch too', () => {
    const window = makeReplayWindow(D.empty, Z.ZERO, { records: 10, bytes: 1_000_000 }, Z.zxid(1, 30))
    for (const each of entries(1, 1, 50)) window.add(each)
    const { applied, base, entries: kept } = window.end()
    expect([applied, Z.show(base), kept.length]).toEqual([30, '1:30', 20])
  })

  test('is part of every start, and the next record goes behind what it kept', async () => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append([...entries(1, 1, 30), ...entries(2, 1, 3)])
    await each.storage.close()
    const again = await open(disk.nextProcess(), { replayWindow: { records: 5, bytes: 1_000_000 } })
    expect(again.names()).toEqual(['1:29', '1:30', '2:1', '2:2', '2:3'])
    expect(again.storage.recovered).toMatchObject({ applied: 28, durable: { base: Z.zxid(1, 28) } })
    await again.append([entry(2, 4)])
  })

  const few = { records: 5, bytes: 1_000_000 }

  test('a note says how far; it goes before history does', async () => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append(entries(1, 1, 40))
    each.storage.noteCommitted(Z.zxid(1, 30))
    await each.append([entry(1, 41)])
    await each.storage.close()
    const again = await open(disk.nextProcess(), { replayWindow: few })
    expect(again.storage.recovered).toMatchObject({ applied: 30, durable: { base: Z.zxid(1, 30) } })
    await again.persist({ kind: 'Truncate', zxid: Z.zxid(1, 35) })
    await again.storage.close()
    const third = await open(disk.nextProcess(), { replayWindow: few })
    expect(third.storage.recovered).toMatchObject({ applied: 0, durable: { base: Z.ZERO } })
    expect(third.names()).toHaveLength(35)
  })

  test('a server that decides alone keeps no more than the window', async () => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append(entries(1, 1, 40))
    await each.storage.close()
    const again = await open(disk.nextProcess(), { replayWindow: few, decidesAlone: true })
    expect(again.storage.recovered).toMatchObject({ applied: 35, durable: { base: Z.zxid(1, 35) } })
  })

  test.each(['', '00000001', '0000000100000020', '0000000100000020\nx', '0000000100000020\n0000000100000021\n'])(
    'a note that reads %j is none',
    async (text) => {
      const disk = makeDisk()
      const each = await open(disk)
      await each.append(entries(1, 1, 40))
      await each.storage.close()
      disk.put('/data/version-2/committedZxid', new TextEncoder().encode(text))
      const again = await open(disk.nextProcess(), { replayWindow: few })
      expect(again.storage.recovered).toMatchObject({ applied: 0 })
    },
  )

  test('millions of records are no arguments of a call', () => {
    const all = S.fromArray(Array.from({ length: 4_200_000 }, (_, index) => index))
    expect(S.toArray(all)).toHaveLength(4_200_000)
    expect(S.slice(all, 1_000_000, 4_000_000)[2_999_999]).toBe(3_999_999)
  })
})
