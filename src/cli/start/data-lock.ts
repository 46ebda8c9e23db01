/** One `start` a data directory: the lock of servers, under a name of its own. */
import { mkdirSync } from 'node:fs'
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import { showStorageError, toStorageError } from '../../shell/storage/error.js'
import { DIRECTORY_MODE } from '../../shell/storage/file-system.js'
import { acquireLock } from '../../shell/storage/lock.js'

const BASE = 'start.lock'

/** Left: why the directory cannot be used, in words. Right: gives the directory back. */
export const lockDirectory = async (directory: string): Promise<Either<string, () => Promise<void>>> => {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE })
  try {
    return right((await acquireLock(directory, BASE)).release)
  } catch (thrown) {
    const error = toStorageError(thrown)
    return left(
      error.kind === 'Locked'
        ? `another start runs on ${directory}; stop it, or give another directory with --data`
        : showStorageError(error),
    )
  }
}
