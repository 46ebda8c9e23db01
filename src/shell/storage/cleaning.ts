/**
 * Operations that take history away: truncation, the installation of a received snapshot, purge. Each is a sequence of
 * file operations such that a crash between any two leaves a directory from which recovery gives the old history, the
 * new one, or (truncation) a prefix of the old one that reaches at least to the point.
 */
import * as path from 'node:path'
import { isRight } from 'fp-ts/lib/Either.js'
import { isNext } from '../../core/history.js'
import type { Entry } from '../../core/message.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import type { Database } from '../../service/database.js'
import type { Transaction } from '../../service/transaction.js'
import { makeBatch } from './batch.js'
import type { WindowLimits } from './replay-window.js'
import { StorageFailure } from './error.js'
import type { LogDirectory } from './logs.js'
import { cutLogs, findCut } from './logs.js'
import { fileName, filesOf } from './names.js'
import type { SnapshotDirectory, SnapshotFile } from './snapshots.js'
import { contentEnd, isSnapshotName, listSnapshots, looksComplete, readSnapshot, writeSnapshot } from './snapshots.js'

/** `directory` holds the logs, `dataDirectory` snapshots and epochs. Often they are the same. */
export type Directories = LogDirectory & SnapshotDirectory & { readonly replayWindow?: WindowLimits }

/**
 * SYNC-9, RECV-7. Snapshots that hold more than the point go first, then records, newest first.
 * Rejects, having changed nothing, when the point is no record and no snapshot, or when no older snapshot is left to
 * build on.
 */
export const truncateHistory = async (directories: Directories, point: Zxid): Promise<void> => {
  const { fileSystem, dataDirectory } = directories
  const snapshots = listSnapshots(await fileSystem.list(dataDirectory))
  const base = await newestUpTo(directories, snapshots, point)
  const cut = await findCut(directories, point)
  const isRecord = cut.zxid !== undefined && Z.equals(cut.zxid, point)
  if (!isRecord && !Z.equals(base, point)) throw cannotTruncate(point, 'there is no such record and no such snapshot')
  await requireRecordsAfter(directories, base, point)
  for (const { name, zxid } of snapshots.toReversed()) {
    if (!Z.isAfter(zxid, base)) continue
    await fileSystem.remove(path.join(dataDirectory, name))
    await fileSystem.syncDirectory(dataDirectory)
  }
  await cutLogs(directories, cut)
}

const cannotTruncate = (zxid: Zxid, reason: string): StorageFailure =>
  new StorageFailure({ kind: 'CannotTruncate', zxid, reason })

/** The newest good snapshot with nothing in it from after the point: the label of a fuzzy one does not tell. */
const newestUpTo = async (directories: Directories, snapshots: readonly SnapshotFile[], point: Zxid): Promise<Zxid> => {
  for (const { name, zxid } of snapshots.toReversed()) {
    if (Z.isAfter(zxid, point)) continue
    const image = await readSnapshot(directories, name, zxid)
    if (isRight(image) && !Z.isAfter(contentEnd(image.right, zxid), point)) return zxid
  }
  throw cannotTruncate(point, 'every snapshot of this server holds later transactions')
}

/** Between the snapshot to build on and the point no record may have been purged. */
const requireRecordsAfter = async (directories: Directories, base: Zxid, point: Zxid): Promise<void> => {
  if (Z.equals(base, point)) return
  const [first] = filesOf('log', await directories.fileSystem.list(directories.directory))
  if (first !== undefined && (!Z.isAfter(first.zxid, base) || isNext(base, first.zxid))) return
  throw cannotTruncate(point, 'the log after the newest snapshot before it is gone')
}

/**
 * SYNC-8, SYNC-14. Image and the records after it are written beside the old history. The rename to `installed-snapshot`
 * is the turning point: before it is durable the old history counts, after it only the new one does, and `finishInstall`
 * clears the rest away.
 */
export const installSnapshot = async (
  directories: Directories,
  zxid: Zxid,
  image: Database,
  entries: readonly Entry<Transaction>[],
): Promise<number> => {
  const { fileSystem, dataDirectory } = directories
  const writing = path.join(dataDirectory, fileName('installing-snapshot', zxid))
  const bytes = await writeSnapshot(fileSystem, writing, zxid, image, () => false)
  // `installed-log` without either snapshot beside it is past the turning point: the names appear in this order.
  await fileSystem.syncDirectory(dataDirectory)
  await writeInstalledLog(directories, entries)
  await fileSystem.rename(writing, path.join(dataDirectory, fileName('installed-snapshot', zxid)))
  await finishInstall(directories)
  return bytes ?? 0
}

/** The records after the image, in a file of their own; it gets its ordinary name last. */
const writeInstalledLog = async (
  { fileSystem, directory }: Directories,
  entries: readonly Entry<Transaction>[],
): Promise<void> => {
  const [first] = entries
  if (first === undefined) return
  const batch = makeBatch()
  for (const { transaction } of entries) batch.add(transaction.bytes)
  const bytes = batch.withHeader()
  const writing = path.join(directory, fileName('installing-log', first.zxid))
  const file = await fileSystem.open(writing, 'create')
  try {
    await file.write(bytes, bytes.length, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await fileSystem.rename(writing, path.join(directory, fileName('installed-log', first.zxid)))
  await fileSystem.syncDirectory(directory)
}

/**
 * Ends an installation that has passed its turning point; does nothing when there is none.
 *
 * Older snapshots go as well: with the log between gone, falling back to one would silently forget.
 */
export const finishInstall = async (directories: Directories): Promise<void> => {
  const { fileSystem, dataDirectory, directory } = directories
  const names = await fileSystem.list(dataDirectory)
  const installed = filesOf('installed-snapshot', names).at(-1)
  if (installed !== undefined) {
    // After a restart the rename may be visible and not durable; nothing may be removed before it is.
    await fileSystem.syncDirectory(dataDirectory)
    for (const { name } of filesOf('log', await fileSystem.list(directory))) {
      await fileSystem.remove(path.join(directory, name))
    }
    for (const name of names.filter(isSnapshotName)) await fileSystem.remove(path.join(dataDirectory, name))
    // No old record may come back once the image has its ordinary name.
    await fileSystem.syncDirectory(directory)
    await fileSystem.syncDirectory(dataDirectory)
    const target = path.join(dataDirectory, fileName('snapshot', installed.zxid))
    await fileSystem.rename(path.join(dataDirectory, installed.name), target)
  }
  const logs = filesOf('installed-log', await fileSystem.list(directory))
  if (installed === undefined && logs.length === 0) return
  await fileSystem.syncDirectory(dataDirectory)
  for (const { name, zxid } of logs)
    await fileSystem.rename(path.join(directory, name), path.join(directory, fileName('log', zxid)))
  await fileSystem.syncDirectory(directory)
}

/** Removes what a crash has left half written, and an installation that had not reached its turning point. */
export const discardUnfinished = async (directories: Directories): Promise<void> => {
  const { fileSystem, dataDirectory, directory } = directories
  const names = await fileSystem.list(dataDirectory)
  const logNames = await fileSystem.list(directory)
  const installing = filesOf('installing-snapshot', names)
  const unreached = installing.length > 0 ? filesOf('installed-log', logNames) : []
  for (const { name } of [...filesOf('installing-log', logNames), ...unreached]) {
    await fileSystem.remove(path.join(directory, name))
  }
  // The log first, durably: alone it would count as past the turning point.
  if (unreached.length > 0) await fileSystem.syncDirectory(directory)
  for (const { name } of [...filesOf('saving-snapshot', names), ...installing]) {
    await fileSystem.remove(path.join(dataDirectory, name))
  }
}

/**
 * RECV-8. Keeps the `retain` newest valid snapshots, and every log file that may hold a record after the oldest of
 * them. Does nothing while there are fewer valid ones. Returns the names of the removed files.
 */
export const purge = async (directories: Directories, retain: number): Promise<readonly string[]> => {
  const { fileSystem, dataDirectory, directory } = directories
  const snapshots = listSnapshots(await fileSystem.list(dataDirectory))
  let oldest: Zxid | undefined
  let valid = 0
  for (const snapshot of snapshots.toReversed()) {
    if (valid === retain) break
    if (!(await looksComplete(directories, snapshot.name))) continue
    valid += 1
    oldest = snapshot.zxid
  }
  if (oldest === undefined || valid < retain) return []
  const limit = oldest
  const oldSnapshots = snapshots.filter((snapshot) => Z.isBefore(snapshot.zxid, limit))
  const logs = filesOf('log', await fileSystem.list(directory))
  // The newest file with a name up to the limit may hold the record after it.
  const keptFrom = logs.findLastIndex((file) => !Z.isAfter(file.zxid, limit))
  const oldLogs = logs.slice(0, Math.max(0, keptFrom))
  for (const { name } of oldSnapshots) await fileSystem.remove(path.join(dataDirectory, name))
  if (oldSnapshots.length > 0) await fileSystem.syncDirectory(dataDirectory)
  for (const { name } of oldLogs) {
    await fileSystem.remove(path.join(directory, name))
    await fileSystem.syncDirectory(directory)
  }
  return [...oldSnapshots, ...oldLogs].map((file) => file.name)
}
