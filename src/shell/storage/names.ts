/**
 * The names of the files of a data directory.
 *
 * ZooKeeper takes a file for a log or a snapshot when the part before the first dot says so. Names of our own have
 * another first part, so that ZooKeeper leaves them alone.
 */
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'

/** Both dataDir and dataLogDir keep their files in this subdirectory. */
export const VERSION_DIRECTORY = 'version-2'

export const ACCEPTED_EPOCH = 'acceptedEpoch'
export const CURRENT_EPOCH = 'currentEpoch'

/** Ours alone: like the epochs it has no dot, and ZooKeeper looks at no name that it does not know. */
export const COMMITTED_CONFIGURATION = 'committedConfiguration'

/** Likewise: how far the log is known to be committed. */
export const COMMITTED_ZXID = 'committedZxid'

/** Ours alone, in the same way. */
export const LAST_ENSEMBLE = 'lastEnsemble'

/** ZooKeeper's, beside the subdirectory. */
export const INITIALIZE = 'initialize'

/** Before the numbers of its generations: the process that uses the directory listens behind the highest. */
export const LOCK = 'zab.lock'

export type FilePrefix =
  /** Transaction log, named by its first record. */
  | 'log'
  | 'snapshot'
  /** A snapshot of our own state, half written. Worthless after a crash. */
  | 'saving-snapshot'
  /** A snapshot received from the leader, half written. Worthless after a crash. */
  | 'installing-snapshot'
  /** A complete one: from the moment this name is durable, it is the only history of this server (SYNC-8). */
  | 'installed-snapshot'
  /** The records that come with a received snapshot, half written. Worthless after a crash. */
  | 'installing-log'
  /** All of them: part of the history once no `installing-snapshot` is left. */
  | 'installed-log'

const hex = (zxid: Zxid): string => Z.toBigInt(zxid).toString(16)

export const fileName = (prefix: FilePrefix, zxid: Zxid): string => `${prefix}.${hex(zxid)}`

export interface NamedFile {
  readonly name: string
  readonly zxid: Zxid
}

const HEXADECIMAL = /^[0-9a-f]{1,16}$/

/** The files of a listing that have this prefix, by ascending zxid. */
export const filesOf = (prefix: FilePrefix, names: readonly string[]): readonly NamedFile[] =>
  names
    .flatMap((name) => {
      const [first, digits, ...rest] = name.split('.')
      return first === prefix && digits !== undefined && rest.length === 0 && HEXADECIMAL.test(digits)
        ? [{ name, zxid: Z.fromBigInt(BigInt(`0x${digits}`)) }]
        : []
    })
    .sort((one, other) => Z.compare(one.zxid, other.zxid))
