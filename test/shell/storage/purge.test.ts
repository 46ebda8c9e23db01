/** Purge takes only what no recovery needs. RECV-8. */
import { describe, expect, test } from 'vitest'
import * as Z from '../../../src/core/zxid.js'
import type { Opened } from './support/harness.js'
import { databaseAt, entries, open } from './support/harness.js'
import type { SimulatedDisk } from './support/simulated-disk.js'
import { makeDisk } from './support/simulated-disk.js'

const files = (disk: SimulatedDisk): readonly string[] =>
  disk
    .listing()
    .map((line) => line.split(' ')[0]?.split('/').at(-1) ?? '')
    .filter((name) => /^(log|snapshot)/.test(name))
    .sort()

const save = async (each: Opened, counter: number): Promise<void> => {
  const before = each.storage.statistics().snapshots
  each.storage.saveSnapshot(Z.zxid(1, counter), databaseAt(Z.zxid(1, counter)))
  for (let turn = 0; each.storage.statistics().snapshots === before && turn < 10_000; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  // The purge ends before what is enqueued now is done.
  await each.persist({ kind: 'AcceptedEpoch', epoch: 1 })
}

/** Ten records and a snapshot, `rounds` times. */
const run = async (disk: SimulatedDisk, rounds: number, purgeIntervalHours: number, retain = 3): Promise<void> => {
  // Purges are hours apart: each round is a process of its own.
  for (let round = 0; round < rounds; round += 1) {
    const each = await open(disk, { purgeIntervalHours, snapRetainCount: retain })
    await each.append(entries(1, 10 * round + 1, 10 * round + 10))
    await save(each, 10 * round + 10)
    await each.storage.close()
  }
}

describe('RECV-8: purge', () => {
  test('is off unless it is asked for', async () => {
    const disk = makeDisk()
    await run(disk, 6, 0)
    expect(files(disk)).toHaveLength(13)
  })

  test('keeps the newest snapshots, and the logs from the one that may hold the record after the oldest of them', async () => {
    const disk = makeDisk()
    await run(disk, 6, 1)
    expect(files(disk)).toEqual([
      'log.10000001f',
      'log.100000029',
      'log.100000033',
      'snapshot.100000028',
      'snapshot.100000032',
      'snapshot.10000003c',
    ])
  })

  test('every kept snapshot is a base from which all the rest comes back', async () => {
    const disk = makeDisk()
    await run(disk, 6, 1)
    for (const [damaged, base] of [
      [[], 60],
      [['3c'], 50],
      [['3c', '32'], 40],
    ] as const) {
      for (const hex of damaged) disk.put(`/data/version-2/snapshot.1000000${hex}`, new Uint8Array(3))
      const each = await open(disk)
      expect(each.storage.recovered.durable.base).toEqual(Z.zxid(1, base))
      expect(each.names()).toHaveLength(60 - base)
    }
  })

  test('does not count snapshots that are not good', async () => {
    const disk = makeDisk()
    await run(disk, 3, 0)
    disk.put('/data/version-2/snapshot.10000001e', new Uint8Array(20))
    disk.put('/data/version-2/snapshot.100000014', new Uint8Array(20))
    const each = await open(disk, { purgeIntervalHours: 1, snapRetainCount: 3 })
    await each.append(entries(1, 31, 31))
    await save(each, 31)
    // Good ones: 0, 10 and 31. All three are kept, and all log.
    expect(files(disk).filter((name) => name.startsWith('log'))).toHaveLength(4)
    expect(files(disk)).toContain('snapshot.0')
  })
})
