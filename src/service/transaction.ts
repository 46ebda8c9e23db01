/**
 * Transactions: requests with their outcome fixed (SM-1). The same bytes stand in a PROPOSAL and in the log.
 */
import type { Acl } from './acl.js'
import type { ErrorCode } from './error.js'
import type { SessionId } from './session.js'

/** A record that may stand in a multi. */
export type SimpleRecord =
  | {
      /** `create2` has type 15 in the header and the same record. */
      readonly type: 'create' | 'create2'
      readonly path: string
      readonly data: Uint8Array | null
      readonly acl: readonly Acl[]
      readonly ephemeral: boolean
      /** The parent's stored cversion after this creation; −1 (old logs): current + 1. */
      readonly parentCversion: number
    }
  | {
      readonly type: 'createContainer'
      readonly path: string
      readonly data: Uint8Array | null
      readonly acl: readonly Acl[]
      readonly parentCversion: number
    }
  | {
      readonly type: 'createTTL'
      readonly path: string
      readonly data: Uint8Array | null
      readonly acl: readonly Acl[]
      readonly parentCversion: number
      readonly ttlMs: bigint
    }
  | { readonly type: 'delete' | 'deleteContainer'; readonly path: string }
  /** `version` is the new version. `reconfig` writes /zookeeper/config. */
  | {
      readonly type: 'setData' | 'reconfig'
      readonly path: string
      readonly data: Uint8Array | null
      readonly version: number
    }
  | { readonly type: 'setACL'; readonly path: string; readonly acl: readonly Acl[]; readonly version: number }
  | { readonly type: 'check'; readonly path: string; readonly version: number }
  | { readonly type: 'error'; readonly error: number }

export type TransactionRecord =
  | SimpleRecord
  | { readonly type: 'createSession'; readonly timeoutMs: number }
  /** `paths` undefined: an old log; delete what the local tree says. */
  | { readonly type: 'closeSession'; readonly paths: readonly string[] | undefined }
  /** A multi that failed holds an error for the failing operation and those after it; then nothing is applied. */
  | { readonly type: 'multi'; readonly records: readonly SimpleRecord[] }

/** What the core orders. The zxid stands beside it, in the history entry. */
export interface Transaction {
  readonly sessionId: SessionId
  readonly cxid: number
  /** The leader's wall clock, milliseconds since the epoch. */
  readonly timeMs: number
  readonly record: TransactionRecord
  /** Digest of the whole tree after this transaction; undefined for error transactions and writers without digests. */
  readonly digest: bigint | undefined
  /** Header, record and digest as bytes, made once (by the leader, or as they came from it); empty where no bytes are used. */
  readonly bytes: Uint8Array
}

/** An error transaction's code as a reply's error. */
export type TransactionError = ErrorCode
