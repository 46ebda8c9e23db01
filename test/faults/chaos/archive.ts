/**
 * Keeps every transaction log that a server has ever had. A server that installs an image drops its logs (SYNC-8), and
 * after a while none would be left that tells how it all began. A hard link costs nothing and follows what the server
 * appends to the file or cuts from it.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Entry } from '../../../src/core/message.js'
import type { Transaction } from '../../../src/service/transaction.js'
import { nodeFileSystem, withFile } from '../../../src/shell/storage/file-system.js'
import { scanLog } from '../../../src/shell/storage/log-reader.js'
import { filesOf, VERSION_DIRECTORY } from '../../../src/shell/storage/names.js'
import { decodeTransaction } from '../../../src/wire/transaction.js'

export interface Archive {
  /** Takes what is there now. Cheap; called many times a second. */
  readonly collect: () => void
  /** Records that stood one after the other on some server: those of each file, and the two where a file follows another. */
  readonly read: () => Promise<readonly (readonly Entry<Transaction>[])[]>
}

/** @param directory on the same file system as the servers' data */
export const makeArchive = (directory: string, dataDirectories: readonly string[]): Archive => {
  mkdirSync(directory, { recursive: true })
  /** Name of a file here → name of the file that came after it on its server. */
  const following = new Map<string, string>()
  const collect = (): void => {
    for (const dataDirectory of dataDirectories) {
      const logs = join(dataDirectory, VERSION_DIRECTORY)
      if (!existsSync(logs)) continue
      const taken = filesOf('log', readdirSync(logs)).map(({ name }) => take(join(logs, name)))
      for (const [index, name] of taken.entries()) {
        const next = taken[index + 1]
        if (name !== undefined && next !== undefined) following.set(name, next)
      }
    }
  }
  /** The name that it has here, for ever: its inode. */
  const take = (file: string): string | undefined => {
    const inode = statSync(file, { throwIfNoEntry: false })?.ino
    if (inode === undefined) return undefined
    const name = String(inode)
    if (existsSync(join(directory, name))) return name
    try {
      linkSync(file, join(directory, name))
      return name
    } catch (error) {
      // The server may remove it at any moment.
      if (existsSync(file)) throw error
      return undefined
    }
  }
  const read = async (): Promise<readonly (readonly Entry<Transaction>[])[]> => {
    const files = new Map<string, readonly Entry<Transaction>[]>()
    for (const name of readdirSync(directory)) files.set(name, await readLog(join(directory, name)))
    const seams = [...following].map(([first, second]) => [
      ...(files.get(first)?.slice(-1) ?? []),
      ...(files.get(second)?.slice(0, 1) ?? []),
    ])
    return [...files.values(), ...seams]
  }
  return { collect, read }
}

const readLog = async (location: string): Promise<readonly Entry<Transaction>[]> => {
  const entries: Entry<Transaction>[] = []
  await withFile(nodeFileSystem, location, (file) =>
    scanLog(file, ({ payload }) => {
      const decoded = decodeTransaction(payload.slice())
      if (decoded._tag === 'Left') throw new Error(`${location} holds a record that cannot be decoded`)
      entries.push(decoded.right)
      return true
    }),
  )
  return entries
}
