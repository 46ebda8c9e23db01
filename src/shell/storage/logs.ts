/** The log files of a directory together: reading the history after a snapshot, and cutting it. */
import * as path from 'node:path'
import { isNext } from '../../core/history.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import { StorageFailure } from './error.js'
import type { FileSystem } from './file-system.js'
import { withFile } from './file-system.js'
import type { LogEnd, ScannedRecord } from './log-reader.js'
import { scanLog } from './log-reader.js'
import type { NamedFile } from './names.js'
import { filesOf } from './names.js'

export interface LogDirectory {
  readonly fileSystem: FileSystem
  readonly directory: string
  readonly log: (level: 'info' | 'warn' | 'error', text: string) => void
}

/** The files that may hold records after `base`: the newest that may hold the next one, and all later ones. */
export const logsAfter = (base: Zxid, names: readonly string[]): readonly NamedFile[] => {
  const files = filesOf('log', names)
  const last = files.findLastIndex((file) => !Z.isAfter(file.zxid, Z.next(base)))
  return files.slice(Math.max(0, last))
}

/**
 * Hands on every record after `base`, in order, and returns the zxid of the last one (or `base`).
 *
 * A torn end is cut, and all that was read is made durable, before this returns (RECV-11, RECV-12). Rejects when a
 * record is damaged, missing or out of order.
 */
export const replayLogs = async (
  logs: LogDirectory,
  base: Zxid,
  onRecord: (record: ScannedRecord, file: string) => void,
): Promise<Zxid> => {
  let last: Zxid | undefined
  const ends: FileEnd[] = []
  for (const { name } of logsAfter(base, await logs.fileSystem.list(logs.directory))) {
    const location = path.join(logs.directory, name)
    let isEmpty = true
    const end = await withFile(logs.fileSystem, location, (file) =>
      scanLog(file, (record) => {
        requireSuccessor(last, base, record, location)
        last = record.zxid
        isEmpty = false
        if (Z.isAfter(record.zxid, base)) onRecord(record, location)
        return true
      }),
    )
    ends.push({ location, end, isEmpty })
  }
  // Nothing is changed on disk before all of it has been found good.
  for (const end of ends) await settleEnd(logs, end)
  await logs.fileSystem.syncDirectory(logs.directory)
  return last === undefined ? base : Z.max(last, base)
}

interface FileEnd {
  readonly location: string
  readonly end: LogEnd
  readonly isEmpty: boolean
}

/**
 * BCAST-1. Up to the snapshot, records only have to grow; after it, each has to be the next. So a torn record is
 * allowed in front of a later file (ZooKeeper leaves it there) where it can be seen that nothing is missing.
 */
const requireSuccessor = (last: Zxid | undefined, base: Zxid, record: ScannedRecord, location: string): void => {
  const { zxid, offset } = record
  const previous = last === undefined ? base : Z.max(last, base)
  const grows = last === undefined || Z.isAfter(zxid, last)
  if (grows && (!Z.isAfter(zxid, base) || isNext(previous, zxid))) return
  throw new StorageFailure({ kind: 'BrokenHistory', path: location, offset, previous: last ?? base, zxid })
}

/** Cuts a torn record off, makes the rest durable, and removes a file whose name is still to be used. */
const settleEnd = async (logs: LogDirectory, { location, end, isEmpty }: FileEnd): Promise<void> => {
  if (end.kind === 'Torn') {
    logs.log('warn', `${location}: offset ${end.offset}: torn last record cut off: ${end.reason}`)
  }
  if (isEmpty) {
    logs.log('info', `${location}: removed, it holds no record`)
    return logs.fileSystem.remove(location)
  }
  await withFile(logs.fileSystem, location, async (file) => {
    if (end.kind === 'Torn') await file.truncate(end.offset)
    await file.sync()
  })
}

/** Where a history can be cut. */
interface Cut {
  /** The file with the last record up to the point, and where that record ends; undefined when no file has one. */
  readonly file: { readonly name: string; readonly end: number } | undefined
  /** The last record up to the point. */
  readonly zxid: Zxid | undefined
  /** Files with later records only, newest first. */
  readonly later: readonly string[]
}

/** Finds the last record with a zxid up to `point`, by reading records, not names. */
export const findCut = async (logs: LogDirectory, point: Zxid): Promise<Cut> => {
  const files = filesOf('log', await logs.fileSystem.list(logs.directory))
  const later: string[] = []
  for (const { name } of files.toReversed()) {
    let zxid: Zxid | undefined
    let end = 0
    await withFile(logs.fileSystem, path.join(logs.directory, name), (file) =>
      scanLog(file, (record) => {
        if (Z.isAfter(record.zxid, point)) return false
        zxid = record.zxid
        end = record.end
        return true
      }),
    )
    if (zxid !== undefined) return { file: { name, end }, zxid, later }
    later.push(name)
  }
  return { file: undefined, zxid: undefined, later }
}

/**
 * Cuts there. Newest first, each removal durable before the next: whenever a crash comes, what is left is a prefix of
 * the old history that reaches at least to the point.
 */
export const cutLogs = async (logs: LogDirectory, cut: Cut): Promise<void> => {
  const { fileSystem, directory } = logs
  for (const name of cut.later) {
    await fileSystem.remove(path.join(directory, name))
    await fileSystem.syncDirectory(directory)
  }
  const { file } = cut
  if (file === undefined) return
  await withFile(fileSystem, path.join(directory, file.name), async (opened) => {
    if ((await opened.size()) <= file.end) return
    await opened.truncate(file.end)
    await opened.sync()
  })
}
