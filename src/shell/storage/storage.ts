/**
 * The disk of one server: ZooKeeper's files, and the queue through which everything reaches them in order.
 *
 * Group commit: all records that are ready go into one write and one fdatasync, off the event loop, one in flight.
 * What comes meanwhile forms the next group. Epochs, truncations and snapshots stand in the same queue as barriers, so
 * what is durable is always a prefix of what was asked for.
 */
import * as path from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Durable, Token } from '../../core/effect.js'
import { last } from '../../core/sequence.js'
import type { Zxid } from '../../core/zxid.js'
import type { Database } from '../../service/database.js'
import type { Transaction } from '../../service/transaction.js'
import type { Directories } from './cleaning.js'
import type { StorageError } from './error.js'
import { toStorageError } from './error.js'
import type { FileSystem } from './file-system.js'
import { nodeFileSystem } from './file-system.js'
import type { LastEnsemble } from './last-ensemble.js'
import { isSame, writeLastEnsemble } from './last-ensemble.js'
import type { Lock } from './lock.js'
import { acquireLocks, checkStillHeld, watchLock } from './lock.js'
import { makeLogWriter } from './log-writer.js'
import { VERSION_DIRECTORY } from './names.js'
import type { StorageEvents } from './queue.js'
import { makeQueue } from './queue.js'
import type { Recovered } from './recovery.js'
import { recover } from './recovery.js'
import type { WindowLimits } from './replay-window.js'
import { makeSnapshotter } from './snapshotter.js'
import type { StorageStatistics } from './statistics.js'
import { makeCounters, measureDirectories } from './statistics.js'

export type { StorageError } from './error.js'
export { showStorageError } from './error.js'
export type { StorageEvents } from './queue.js'
export type { Recovered } from './recovery.js'
export type { StorageStatistics } from './statistics.js'

export interface StorageOptions {
  readonly dataDir: string
  readonly dataLogDir: string
  /** Step in which log files grow ahead of their records; 0: none. */
  readonly preAllocSizeKiB: number
  /** Valid snapshots that a purge keeps. */
  readonly snapRetainCount: number
  /** 0: never purge. Otherwise old files are purged after each snapshot, at most once in so many hours. */
  readonly purgeIntervalHours: number
  /** `REPLAY_WINDOW` unless a test wants to see its end. */
  readonly replayWindow?: WindowLimits
  /** False: a crash of the machine may lose what was reported durable. */
  readonly forceSync: boolean
  /** `db.autocreate`: an empty directory is a new one, even if nobody says so. */
  readonly autocreate: boolean
  /** This server is a quorum: what is in its log is committed. */
  readonly decidesAlone: boolean
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void
}

export interface Storage {
  readonly recovered: Recovered
  /** Enqueues; tokens complete in order. `image` goes with a durable of kind Snapshot. */
  readonly persist: (token: Token, durable: Durable<Transaction>, image: Database | undefined) => void
  /** Rolls the log and writes this snapshot in the background. Skipped while another one is being written. */
  readonly saveSnapshot: (zxid: Zxid, database: Database) => void
  /** Everything up to there is committed. Now and then; the next start applies that much without keeping it. */
  readonly noteCommitted: (zxid: Zxid) => void
  readonly statistics: () => StorageStatistics
  /** Before the server takes part in anything. Left: it is not durable. */
  readonly markEnsemble: (last: LastEnsemble) => Promise<Either<StorageError, void>>
  /** After what has been enqueued. A snapshot being written is given up. */
  readonly close: () => Promise<void>
}

/** Locks the directory and recovers what is in it. Left: why the server cannot start; nothing stays open. */
export const openStorage = async (
  options: StorageOptions,
  on: StorageEvents,
): Promise<Either<StorageError, Storage>> => {
  let lock: Lock | undefined
  try {
    const directories = [options.dataDir, options.dataLogDir]
    for (const directory of directories) await nodeFileSystem.makeDirectory(directory)
    lock = await acquireLocks(directories)
    return right(await openStorageOn(nodeFileSystem, options, on, lock))
  } catch (thrown) {
    await lock?.release()
    return left(toStorageError(thrown))
  }
}

const NO_LOCK: Lock = { check: () => Promise.resolve(), release: () => Promise.resolve() }

/** The same on any file system, without a lock. Rejects with a StorageFailure. */
export const openStorageOn = async (
  fileSystem: FileSystem,
  options: StorageOptions,
  on: StorageEvents,
  lock: Lock = NO_LOCK,
): Promise<Storage> => {
  const directories: Directories = {
    fileSystem,
    directory: path.join(path.resolve(options.dataLogDir), VERSION_DIRECTORY),
    dataDirectory: path.join(path.resolve(options.dataDir), VERSION_DIRECTORY),
    log: options.log,
    ...(options.replayWindow === undefined ? {} : { replayWindow: options.replayWindow }),
  }
  const recovered = await recover(directories, options.autocreate, options.decidesAlone)
  const counters = makeCounters()
  await measureDirectories(directories, counters)
  const writer = makeLogWriter(
    fileSystem,
    { directory: directories.directory, preAllocBytes: options.preAllocSizeKiB * 1024, forceSync: options.forceSync },
    counters,
  )
  const snapshotter = makeSnapshotter(directories, options, counters)
  const queue = makeQueue(directories, writer, snapshotter, counters, on, lastZxidOf(recovered), () =>
    checkStillHeld(lock),
  )
  const endWatch = watchLock(lock, queue.abandon)
  return {
    recovered,
    persist: queue.persist,
    saveSnapshot: queue.saveSnapshot,
    noteCommitted: queue.noteCommitted,
    statistics: () => ({ ...counters, queued: queue.length() }),
    markEnsemble: async (last) => {
      if (isSame(recovered.found.lastEnsemble, last)) return right(undefined)
      try {
        await writeLastEnsemble(fileSystem, directories.dataDirectory, last)
        return right(undefined)
      } catch (thrown) {
        return left(toStorageError(thrown))
      }
    },
    close: async () => {
      endWatch()
      await queue.close()
      await lock.release()
    },
  }
}

const lastZxidOf = ({ durable }: Recovered): Zxid => last(durable.entries)?.zxid ?? durable.base
