/** What one server is started with. Constant for the life of a process. */
import type { CoreConfig } from '../core/config.js'
import type { Zxid } from '../core/zxid.js'
import type { Transaction } from '../service/transaction.js'
import type { ServerLimits } from './limits.js'

/** Makes the bytes of a transaction: header, record and digest, as they stand in a PROPOSAL and in the log. */
export type EncodeTransaction = (zxid: Zxid, transaction: Omit<Transaction, 'bytes'>) => Uint8Array

export interface ServerConfig {
  readonly core: CoreConfig
  /** Length of an expiry bucket: sessions are looked at once a tick (SESS-2). */
  readonly tickTimeMs: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  /** Requests that may be unanswered, of all connections, before reading from clients stops. */
  readonly globalOutstandingLimit: number
  /** A snapshot is due between half of this number and this number of transactions after the last. */
  readonly snapCount: number
  /** Clock in milliseconds at the start of the process; session ids grow from it. */
  readonly sessionIdStartMs: bigint
  /** Access lists bind nobody: every connection has the identity `super` (ZooKeeper's `skipACL`). */
  readonly skipAcl: boolean
  /** Contents of /zookeeper/config before any reconfiguration; empty: leave that node alone. */
  readonly configurationText: string
  readonly encodeTransaction: EncodeTransaction
  readonly limits: ServerLimits
  /** Longest transaction that may be ordered: what every reader of ours, and Apache's with the same settings, takes. */
  readonly maximumTransactionBytes: number
  /** What the paths of one session's ephemeral nodes may take up (`ephemeralNodes.total.byte.limit`). */
  readonly ephemeralLimitBytes: number
}

/** Of a closeSession transaction beside the paths: header, their count, digest. */
export const CLOSING_OVERHEAD_BYTES = 48

/** Fits where no bytes are wanted: simulation and tests without codecs. */
export const encodeNothing: EncodeTransaction = () => NO_BYTES

const NO_BYTES = new Uint8Array(0)
