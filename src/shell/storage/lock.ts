/**
 * One process a directory. An owner that is killed, its parent having noticed or not, leaves the directory free at once;
 * one in another container is seen. See docs/data-directory.md.
 *
 * Where the kernel cannot tell who lives (hosts that share a file system), a second owner may come while the first one
 * lives. For them an owner looks again, now and then and before it changes old files: it is the owner as long as its
 * generation is the highest and its file its own.
 */
import * as fs from 'node:fs/promises'
import * as path from 'node:path'
import type { StorageError } from './error.js'
import { StorageFailure, toStorageError } from './error.js'
import { ioFailure } from './file-system.js'
import type { SocketDirectory } from './lock-directory.js'
import { openSocketDirectory } from './lock-directory.js'
import type { LockDirectory } from './lock-generations.js'
import { generationName, giveUp, highestGeneration, takeOwnership } from './lock-generations.js'
import { LOCK } from './names.js'

export interface Lock {
  /** Rejects with a StorageFailure of kind LockLost when this process is the owner no more. */
  readonly check: () => Promise<void>
  readonly release: () => Promise<void>
}

/**
 * `directory` must exist. Rejects with a StorageFailure of kind Locked when another live process holds the lock.
 *
 * @param between stands between the steps and the directory: tests count them, stop there, and die there
 */
export const acquireLock = async (
  directory: string,
  base: string = LOCK,
  between: (steps: LockDirectory) => LockDirectory = (steps) => steps,
): Promise<Lock> => {
  const location = await realPath(directory)
  const sockets = await openSocketDirectory(location, base)
  try {
    const taken = await takeOwnership(between(sockets), base)
    if (taken.kind === 'Held') throw new StorageFailure({ kind: 'Locked', path: path.join(location, taken.name) })
    const name = generationName(base, taken.generation)
    const identity = await sockets.identity(name)
    return {
      check: () => checkOwner(sockets, base, taken.generation, identity, location),
      // A directory that cannot be written to, or is gone, is given up all the same.
      release: () => giveUp(sockets, base, taken.generation).catch(sockets.withdraw),
    }
  } catch (error) {
    await sockets.withdraw()
    throw error
  } finally {
    await sockets.close()
  }
}

/** One lock for each directory; two names of one directory are one. */
export const acquireLocks = async (directories: readonly string[]): Promise<Lock> => {
  const locations = new Set<string>()
  for (const directory of directories) locations.add(await realPath(directory))
  const locks: Lock[] = []
  const release = async (): Promise<void> => {
    for (const lock of locks) await lock.release()
  }
  try {
    for (const location of locations) locks.push(await acquireLock(location))
  } catch (error) {
    await release()
    throw error
  }
  return {
    check: async () => {
      for (const lock of locks) await lock.check()
    },
    release,
  }
}

const checkOwner = async (
  sockets: SocketDirectory,
  base: string,
  generation: number,
  identity: string | undefined,
  location: string,
): Promise<void> => {
  const name = generationName(base, generation)
  const current = await sockets.identity(name)
  const highest = current === undefined ? 0 : highestGeneration(base, await sockets.list())
  if (highest === generation && current === identity) return
  throw new StorageFailure({
    kind: 'LockLost',
    path: path.join(location, name),
    reason:
      highest > generation
        ? `${generationName(base, highest)} is newer: another process has taken the directory`
        : current === undefined
          ? 'it is gone: somebody has removed it, or the directory was replaced'
          : 'another file has this name: the directory was replaced',
  })
}

/** How often an owner looks whether it still is one. */
const CHECK_INTERVAL_MS = 5000

/**
 * Calls `lost`, once, when the lock is. A look that fails for another reason tells nothing about the owner, and the next
 * one may succeed. The returned function ends the watch.
 */
export const watchLock = (lock: Lock, lost: (error: StorageError) => void): (() => void) => {
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    void checkStillHeld(lock).then(
      () => (isLooking = false),
      (thrown: unknown) => {
        clearInterval(timer)
        lost(toStorageError(thrown))
      },
    )
  }, CHECK_INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Rejects when the lock is lost, and for no other reason. */
export const checkStillHeld = (lock: Pick<Lock, 'check'>): Promise<void> =>
  lock.check().catch((thrown: unknown) => {
    if (toStorageError(thrown).kind === 'LockLost') throw thrown
  })

const realPath = (directory: string): Promise<string> =>
  fs.realpath(directory).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    throw ioFailure('lock', directory, { code, message: error instanceof Error ? error.message : String(error) })
  })
