/** A disk that refuses: the first failed write or fsync is fatal, and nothing is reported durable after it. RECV-14. */
import { describe, expect, test } from 'vitest'
import * as Z from '../../../src/core/zxid.js'
import { SNAPSHOT_RETRY_RECORDS } from '../../../src/shell/storage/queue.js'
import { showStorageError } from '../../../src/shell/storage/storage.js'
import { databaseAt, entries, errorOf, open } from './support/harness.js'
import { loseUnsynced, makeDisk } from './support/simulated-disk.js'

describe('RECV-14: a refused operation', () => {
  test.each([
    ['sync', 'log.', 'EIO'],
    ['write', 'log.', 'ENOSPC'],
    ['truncate', 'log.', 'ENOSPC'],
    ['open', 'log.', 'EMFILE'],
    ['syncDirectory', 'version-2', 'EIO'],
  ])('%s of %s with %s ends everything', async (operation, part, code) => {
    const disk = makeDisk()
    const each = await open(disk, { preAllocSizeKiB: 1 })
    disk.refuse(operation, part, code)
    const results = await Promise.all([
      errorOf(each.append(entries(1, 1, 2))),
      errorOf(each.persist({ kind: 'CurrentEpoch', epoch: 1 })),
      errorOf(each.append(entries(1, 3, 3))),
    ])
    expect(results.map((error) => error?.kind)).toEqual(['Io', 'Io', 'Io'])
    expect(each.persisted).toEqual([])
    // What comes later is not even tried.
    const before = disk.operations()
    await errorOf(each.append(entries(1, 1, 2)))
    expect(disk.operations()).toBe(before)
    const failure = each.failure()
    expect(failure).toMatchObject({ kind: 'Io', operation, code })
    if (failure !== undefined) expect(showStorageError(failure)).toContain('Remedy')
    await each.storage.close()
  })

  test('what was reported before it stays durable, and only that', async () => {
    const disk = makeDisk()
    const each = await open(disk)
    await each.append(entries(1, 1, 3))
    disk.refuse('sync', 'log.', 'EIO')
    await errorOf(each.append(entries(1, 4, 5)))
    expect(each.persisted).toEqual([1])
    expect((await open(disk.restart(loseUnsynced))).names()).toEqual(['1:1', '1:2', '1:3'])
  })

  test.each([
    ['write', 'acceptedEpoch.tmp'],
    ['sync', 'acceptedEpoch.tmp'],
    ['rename', 'acceptedEpoch.tmp'],
  ])('%s of %s', async (operation, part) => {
    const disk = makeDisk()
    const each = await open(disk)
    disk.refuse(operation, part, 'EIO')
    expect(await errorOf(each.persist({ kind: 'AcceptedEpoch', epoch: 3 }))).toMatchObject({ kind: 'Io' })
    expect((await open(disk.restart(loseUnsynced))).storage.recovered.durable.acceptedEpoch).toBe(0)
  })

  test('a snapshot in the background that cannot be written costs nothing but a line', async () => {
    const disk = makeDisk()
    const lines: string[] = []
    const each = await open(disk, { log: (level, text) => void lines.push(`${level} ${text}`) })
    await each.append(entries(1, 1, 2))
    disk.refuse('write', 'saving-snapshot', 'ENOSPC')
    each.storage.saveSnapshot(Z.zxid(1, 2), databaseAt(Z.zxid(1, 2)))
    await each.append(entries(1, 3, 3))
    await each.storage.close()
    expect(lines.join()).toContain('error snapshot 0x100000002 not written')
    expect(each.failure()).toBeUndefined()
    expect((await open(disk)).names()).toEqual(['1:1', '1:2', '1:3'])
  })

  test('a snapshot that cannot be written is an alarm: counted, repeated, tried again soon, and said to be over', async () => {
    const disk = makeDisk()
    const lines: string[] = []
    const each = await open(disk, { log: (level, text) => void lines.push(`${level} ${text}`) })
    await each.append(entries(1, 1, 2))
    const before = disk.listing().filter((name) => name.includes('snapshot.'))
    disk.refuse('write', 'saving-snapshot', 'ENOSPC')
    each.storage.saveSnapshot(Z.zxid(1, 2), databaseAt(Z.zxid(1, 2)))
    await each.persist({ kind: 'AcceptedEpoch', epoch: 1 })
    for (let round = 0; round < 3; round += 1) {
      const from = 3 + round * SNAPSHOT_RETRY_RECORDS
      await each.append(entries(1, from, from + SNAPSHOT_RETRY_RECORDS - 1))
      for (let epoch = 2; epoch < 9; epoch += 1)
        await each.persist({ kind: 'AcceptedEpoch', epoch: epoch + 10 * round })
    }
    expect(lines.filter((line) => line.startsWith('error snapshot 0x100000002 not written'))).toHaveLength(4)
    expect(lines.join()).toContain('the 4th time in a row')
    expect(each.storage.statistics()).toMatchObject({ failedSnapshots: 4, failedSnapshotsInARow: 4, snapshots: 0 })
    expect(disk.listing()).toEqual(expect.arrayContaining([...before]))
    await each.storage.close()
    expect((await open(disk.nextProcess())).names()).toHaveLength(2 + 3 * SNAPSHOT_RETRY_RECORDS)
  })

  test('without forceSync nothing is synced, and a crash may take it', async () => {
    const disk = makeDisk()
    const each = await open(disk, { forceSync: false })
    await each.append(entries(1, 1, 3))
    expect(each.storage.statistics().fsyncs).toBe(0)
    expect((await open(disk.restart(loseUnsynced))).names()).toEqual([])
  })
})
