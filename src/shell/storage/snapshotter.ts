/** Snapshots of our own state, written in the background, one at a time. */
import * as path from 'node:path'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Database } from '../../service/database.js'
import type { Directories } from './cleaning.js'
import { purge } from './cleaning.js'
import { showStorageError, toStorageError } from './error.js'
import { fileName } from './names.js'
import { writeSnapshot } from './snapshots.js'
import type { Counters } from './statistics.js'
import { measureDirectories } from './statistics.js'

export interface Snapshotter {
  readonly isBusy: () => boolean
  /** Begins to write. */
  readonly start: (zxid: Zxid, database: Database, on: SnapshotEvents) => void
  /** Gives the written snapshot its name, unless it was cancelled; then purges. Part of the queue. */
  readonly publish: () => Promise<void>
  /** The history is about to change, or the server to stop: the snapshot being written must not appear any more. */
  readonly cancel: () => void
  readonly settled: () => Promise<void>
}

export interface SnapshotEvents {
  /** The file is durable, under its temporary name. */
  readonly written: () => void
  /** It could not be written, or not get its name. The log alone holds everything. */
  readonly failed: () => void
}

export interface PurgeOptions {
  readonly snapRetainCount: number
  readonly purgeIntervalHours: number
}

interface Job {
  readonly zxid: Zxid
  readonly temporary: string
  readonly on: SnapshotEvents
  isCancelled: boolean
  isWritten: boolean
}

const MS_PER_HOUR = 3_600_000

export const makeSnapshotter = (directories: Directories, options: PurgeOptions, counters: Counters): Snapshotter => {
  const { fileSystem, dataDirectory, log } = directories
  let job: Job | undefined
  let done: Promise<void> = Promise.resolve()
  let purgedAtMs = -Infinity

  const write = async (current: Job, database: Database): Promise<void> => {
    const startedMs = performance.now()
    try {
      const bytes = await writeSnapshot(
        fileSystem,
        current.temporary,
        current.zxid,
        database,
        () => current.isCancelled,
      )
      if (bytes === undefined) {
        await giveUp(current)
        return
      }
      counters.lastSnapshotBytes = bytes
      counters.lastSnapshotMs = performance.now() - startedMs
      current.isWritten = true
      current.on.written()
    } catch (thrown) {
      // Nothing was promised with this snapshot: the log alone still holds everything.
      await giveUp(current).catch(() => undefined)
      if (job === current) job = undefined
      if (!current.isCancelled) alarm(current, thrown)
    }
  }

  /** The log goes on growing, and each start takes longer: it must be heard, and heard again while it lasts. */
  const alarm = ({ on, zxid }: Job, thrown: unknown): void => {
    counters.failedSnapshots += 1
    counters.failedSnapshotsInARow += 1
    const times = counters.failedSnapshotsInARow
    const count = times === 1 ? '' : `, the ${times}th time in a row`
    log('error', `snapshot ${Z.toHex(zxid)} not written${count}: ${showStorageError(toStorageError(thrown))}`)
    on.failed()
  }

  const giveUp = async (current: Job): Promise<void> => {
    await fileSystem.remove(current.temporary)
    if (job === current) job = undefined
  }

  const purgeIfDue = async (): Promise<void> => {
    const nowMs = performance.now()
    const { purgeIntervalHours, snapRetainCount } = options
    if (purgeIntervalHours <= 0 || nowMs - purgedAtMs < purgeIntervalHours * MS_PER_HOUR) return
    purgedAtMs = nowMs
    const removed = await purge(directories, snapRetainCount)
    if (removed.length > 0) log('info', `purged ${removed.join(', ')}`)
  }

  return {
    isBusy: () => job !== undefined,
    start: (zxid, database, on) => {
      const temporary = path.join(dataDirectory, fileName('saving-snapshot', zxid))
      const current: Job = { zxid, temporary, on, isCancelled: false, isWritten: false }
      job = current
      done = write(current, database)
    },
    publish: async () => {
      const current = job
      if (current === undefined || !current.isWritten) return
      let isPublished = false
      try {
        if (current.isCancelled) {
          await giveUp(current)
          return
        }
        await fileSystem.rename(current.temporary, path.join(dataDirectory, fileName('snapshot', current.zxid)))
        await fileSystem.syncDirectory(dataDirectory)
        counters.snapshots += 1
        const failed = counters.failedSnapshotsInARow
        counters.failedSnapshotsInARow = 0
        if (failed > 0) log('info', `snapshot ${Z.toHex(current.zxid)} written, after ${failed} that were not`)
        isPublished = true
        await purgeIfDue()
        await measureDirectories(directories, counters)
      } catch (thrown) {
        if (isPublished)
          log('error', `after snapshot ${Z.toHex(current.zxid)}: ${showStorageError(toStorageError(thrown))}`)
        else alarm(current, thrown)
      } finally {
        job = undefined
      }
    },
    cancel: () => {
      if (job !== undefined) job.isCancelled = true
    },
    settled: () => done,
  }
}
