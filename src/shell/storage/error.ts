/** What can be wrong with a disk, and what to do about it. */
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'

export type StorageError =
  /** The operating system refused. `code` is its name of the error: ENOSPC, EIO, EACCES … */
  | {
      readonly kind: 'Io'
      readonly operation: string
      readonly path: string
      readonly code: string
      readonly reason: string
    }
  /** A complete record that is not what was written, or one that a crash cannot explain. */
  | { readonly kind: 'CorruptLog'; readonly path: string; readonly offset: number; readonly reason: string }
  /** Records are missing, doubled or out of order. */
  | {
      readonly kind: 'BrokenHistory'
      readonly path: string
      readonly offset: number
      readonly previous: Zxid
      readonly zxid: Zxid
    }
  | { readonly kind: 'LogWithoutSnapshot'; readonly directory: string; readonly log: string }
  | { readonly kind: 'NoValidSnapshot'; readonly directory: string; readonly reasons: readonly string[] }
  | { readonly kind: 'BadEpochFile'; readonly path: string; readonly text: string }
  | { readonly kind: 'BadConfigurationFile'; readonly path: string; readonly reason: string }
  | { readonly kind: 'BadEnsembleFile'; readonly path: string; readonly reason: string }
  | {
      readonly kind: 'EpochsContradict'
      readonly directory: string
      readonly acceptedEpoch: number
      readonly currentEpoch: number
    }
  /** A log file in the snapshot directory, or the reverse, although the two are configured apart. */
  | { readonly kind: 'MisplacedFile'; readonly path: string }
  | { readonly kind: 'Locked'; readonly path: string }
  /** The file system has no sockets, or no second names for them: nothing can tell who uses the directory. */
  | { readonly kind: 'LockUnsupported'; readonly path: string; readonly code: string; readonly operation: string }
  /** Another process has taken the directory, or it is not the one that was locked any more. */
  | { readonly kind: 'LockLost'; readonly path: string; readonly reason: string }
  /** SYNC-9: the history cannot be cut there. */
  | { readonly kind: 'CannotTruncate'; readonly zxid: Zxid; readonly reason: string }
  /** The caller broke its contract; continuing could lose what was promised. */
  | { readonly kind: 'Misused'; readonly reason: string }

/** Carries a StorageError out of nested file operations; caught where they were started, never seen outside. */
export class StorageFailure extends Error {
  constructor(readonly error: StorageError) {
    super(showStorageError(error))
  }
}

/** The StorageError of anything that was thrown here. A thrown value of another kind is a defect, and says so. */
export const toStorageError = (thrown: unknown): StorageError =>
  thrown instanceof StorageFailure
    ? thrown.error
    : { kind: 'Misused', reason: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }

const REJOIN =
  'if the other servers of the ensemble are healthy, move this server’s version-2 directories aside (keep myid), start it ' +
  'and let it take a snapshot from the leader; otherwise restore a backup'

/** One line: file, offset, reason, and the remedy. */
export const showStorageError = (error: StorageError): string => {
  switch (error.kind) {
    case 'Io':
      return `${error.path}: ${error.operation} failed: ${error.code}: ${error.reason}. ${remedyFor(error.code)}`
    case 'CorruptLog':
      return `${error.path}: offset ${error.offset}: corrupt record: ${error.reason}. Remedy: ${REJOIN}`
    case 'BrokenHistory':
      return (
        `${error.path}: offset ${error.offset}: record ${Z.toHex(error.zxid)} does not follow ${Z.toHex(error.previous)}: ` +
        `records are missing or out of order. Remedy: ${REJOIN}`
      )
    case 'LogWithoutSnapshot':
      return (
        `${error.directory}: no snapshot, but a transaction log (${error.log}): the log need not begin at the beginning, ` +
        `so the state is unknown. Remedy: put the missing snapshot back, or ${REJOIN}`
      )
    case 'NoValidSnapshot':
      return `${error.directory}: no valid snapshot: ${error.reasons.join('; ')}. Remedy: ${REJOIN}`
    case 'BadEpochFile':
      return `${error.path}: not an epoch: ${JSON.stringify(error.text)}. Remedy: ${REJOIN}`
    case 'BadConfigurationFile':
      return `${error.path}: not the configuration that was stored: ${error.reason}. Remedy: ${REJOIN}`
    case 'BadEnsembleFile':
      return (
        `${error.path}: not the mark of the ensemble that was stored: ${error.reason}. Remedy: if zoo.cfg lists the servers ` +
        'that share this data, remove the file: it is written anew'
      )
    case 'EpochsContradict':
      return (
        `${error.directory}: acceptedEpoch ${error.acceptedEpoch} is less than currentEpoch ${error.currentEpoch}: ` +
        `a promise of this server has been lost. Remedy: ${REJOIN}`
      )
    case 'MisplacedFile':
      return (
        `${error.path}: does not belong here while dataDir and dataLogDir are different directories. ` +
        'Remedy: move log.* to dataLogDir/version-2 and snapshot.* to dataDir/version-2'
      )
    case 'Locked':
      return `${error.path}: another process uses this data directory. Remedy: stop it, or configure another directory`
    case 'LockUnsupported':
      return (
        `${error.path}: ${error.operation} failed: ${error.code}: this file system cannot tell who uses the directory, so ` +
        'two servers could write to it. Remedy: put dataDir and dataLogDir on a local file system with sockets and hard ' +
        'links, such as ext4 or xfs, that this user owns'
      )
    case 'LockLost':
      return (
        `${error.path}: this process owns the data directory no more: ${error.reason}. Remedy: find out who else uses it; ` +
        'only one server may'
      )
    case 'CannotTruncate':
      return `history cannot be cut after ${Z.toHex(error.zxid)}: ${error.reason}. Remedy: ${REJOIN}`
    case 'Misused':
      return `defect in this program: ${error.reason}`
  }
}

const remedyFor = (code: string): string => {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Remedy: free space on that file system, then start the server again'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'Remedy: give the user of this process write access to the directory'
    default:
      return 'Remedy: check the device and its file system, then start the server again'
  }
}
