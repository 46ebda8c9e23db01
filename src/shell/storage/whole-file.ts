/**
 * Small files that are replaced as a whole: the epochs, the committed configuration.
 *
 * A `.tmp` file that a crash has left is discarded: its content was never reported durable.
 */
import * as path from 'node:path'
import type { FileSystem } from './file-system.js'
import { withFile } from './file-system.js'

/** On return the file has this content, and keeps it over a crash; before, a crash leaves the old content or the new one. */
export const replaceFile = async (
  fileSystem: FileSystem,
  directory: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> => {
  const temporary = path.join(directory, `${name}.tmp`)
  const file = await fileSystem.open(temporary, 'replace')
  try {
    await file.write(bytes, bytes.length, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await fileSystem.rename(temporary, path.join(directory, name))
  await fileSystem.syncDirectory(directory)
}

/** What a crash during `replaceFile` may have left. */
export const discardTemporary = (fileSystem: FileSystem, directory: string, name: string): Promise<void> =>
  fileSystem.remove(path.join(directory, `${name}.tmp`))

/**
 * What `understand` makes of the first `limit` bytes of a file; on return they are durable. It throws when it cannot
 * understand them.
 */
export const readDurably = async <A>(
  fileSystem: FileSystem,
  location: string,
  limit: number,
  understand: (bytes: Uint8Array) => A,
): Promise<A> =>
  withFile(fileSystem, location, async (file) => {
    const bytes = new Uint8Array(Math.min(limit, await file.size()))
    const understood = understand(bytes.subarray(0, await file.read(bytes, bytes.length, 0)))
    // RECV-12: it may have been read from the page cache only.
    await file.sync()
    return understood
  })
