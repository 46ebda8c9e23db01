/** The snapshot files of a data directory: writing one, reading one, telling which are there. */
import * as path from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Database } from '../../service/database.js'
import { digestOf } from '../../service/database.js'
import { databaseFold, itemsOf } from '../../service/snapshot.js'
import { showWireError } from '../../wire/error.js'
import type { DecodedSnapshot } from '../../wire/snapshot.js'
import { encodeSnapshot, isCompleteSnapshot, SnapshotDecoder } from '../../wire/snapshot.js'
import type { File, FileSystem } from './file-system.js'
import { withFile } from './file-system.js'
import { filesOf } from './names.js'

export interface SnapshotDirectory {
  readonly fileSystem: FileSystem
  readonly dataDirectory: string
}

export interface SnapshotFile {
  readonly name: string
  readonly zxid: Zxid
}

const COMPRESSED = /^(snapshot\.[0-9a-f]{1,16})\.(gz|snappy)$/

/** By ascending zxid. Compressed ones are listed, so that they are not silently passed over; they cannot be read. */
export const listSnapshots = (names: readonly string[]): readonly SnapshotFile[] => {
  const compressed = names.flatMap((name) => {
    const plain = COMPRESSED.exec(name)?.[1]
    return plain === undefined ? [] : filesOf('snapshot', [plain]).map(({ zxid }) => ({ name, zxid }))
  })
  return [...compressed, ...filesOf('snapshot', names)].sort((one, other) => Z.compare(one.zxid, other.zxid))
}

export const isSnapshotName = (name: string): boolean => listSnapshots([name]).length > 0

/**
 * Writes a durable file (its name is not durable yet) with the state, in chunks of some 64 KiB: the event loop runs in between.
 * Returns its size, or undefined when `isCancelled` said so; then the file is worthless.
 *
 * The state is immutable, so the file is exact: label, digest and last zxid name the same point.
 */
export const writeSnapshot = async (
  fileSystem: FileSystem,
  location: string,
  zxid: Zxid,
  database: Database,
  isCancelled: () => boolean,
): Promise<number | undefined> => {
  const file = await fileSystem.open(location, 'replace')
  try {
    let position = 0
    for (const chunk of encodeSnapshot(itemsOf(database), { zxid, digest: digestOf(database) }, zxid)) {
      if (isCancelled()) return undefined
      // An empty chunk is a pause: the event loop gets its turn, as it does while a full one is written.
      if (chunk.length === 0) await new Promise((resolve) => setImmediate(resolve))
      else await file.write(chunk, chunk.length, position)
      position += chunk.length
    }
    await file.sync()
    return position
  } finally {
    await file.close()
  }
}

/** Bytes read at once. */
const READ_BYTES = 1024 * 1024

/** Left: in words, why it is no snapshot. Rejects when the disk does not answer. */
export const readSnapshot = async (
  directory: SnapshotDirectory,
  name: string,
  zxid: Zxid,
): Promise<Either<string, DecodedSnapshot<Database>>> => {
  if (COMPRESSED.test(name)) return left('compressed snapshots are not supported; decompress it, and drop the suffix')
  return withFile(directory.fileSystem, path.join(directory.dataDirectory, name), async (file) => {
    const size = await file.size()
    if (!(await isComplete(file, size))) return left('it does not end as a snapshot ends')
    const decoder = new SnapshotDecoder(databaseFold, size)
    for (let position = 0; position < size; position += READ_BYTES) {
      // A fresh buffer each time: the decoder may keep views of it.
      const chunk = new Uint8Array(Math.min(READ_BYTES, size - position))
      const fed = decoder.feed(chunk.subarray(0, await file.read(chunk, chunk.length, position)))
      if (isLeft(fed)) return left(showWireError(fed.left))
    }
    const decoded = decoder.finish(zxid)
    return isLeft(decoded) ? left(showWireError(decoded.left)) : right(decoded.right)
  })
}

/**
 * Exact snapshots carry the digest of what is in them. A fuzzy one names a later zxid; there is nothing to compare.
 * A difference is no reason to refuse the file, which its seals protect: ZooKeeper, too, only reports it.
 */
export const hasWrongDigest = ({ digest, database }: DecodedSnapshot<Database>, label: Zxid): boolean =>
  digest !== undefined &&
  Z.equals(digest.zxid, label) &&
  !Z.equals(label, Z.ZERO) &&
  digest.digest !== digestOf(database)

/** The zxid up to which the content may reach: an image of a running ZooKeeper holds more than its label says. */
export const contentEnd = (decoded: DecodedSnapshot<Database>, label: Zxid): Zxid =>
  [decoded.digest?.zxid, decoded.lastZxid].reduce<Zxid>(
    (end, zxid) => (zxid === undefined ? end : Z.max(end, zxid)),
    label,
  )

/** The quick test of ZooKeeper: does the file end as a complete one does? */
export const looksComplete = async (directory: SnapshotDirectory, name: string): Promise<boolean> =>
  !COMPRESSED.test(name) &&
  withFile(directory.fileSystem, path.join(directory.dataDirectory, name), async (file) =>
    isComplete(file, await file.size()),
  )

const SEAL_END_SIZE = 5

const isComplete = async (file: File, size: number): Promise<boolean> => {
  const bytes = new Uint8Array(SEAL_END_SIZE)
  const length = await file.read(bytes, SEAL_END_SIZE, Math.max(0, size - SEAL_END_SIZE))
  return isCompleteSnapshot(size, bytes.subarray(0, length))
}

/** RECV-12: what was read need not have been durable. */
export const syncSnapshot = (directory: SnapshotDirectory, name: string): Promise<void> =>
  withFile(directory.fileSystem, path.join(directory.dataDirectory, name), (file) => file.sync())
