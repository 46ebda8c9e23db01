/** What is known of a node besides its data. */
import type { Zxid } from '../core/zxid.js'
import type { SessionId } from './session.js'

/** What is stored of a node's metadata: 60 bytes on disk (StatPersisted). */
export interface PersistedStat {
  readonly czxid: Zxid
  readonly mzxid: Zxid
  readonly pzxid: Zxid
  /** Milliseconds since the epoch, the leader's clock. */
  readonly ctimeMs: number
  readonly mtimeMs: number
  readonly version: number
  /** Counts creations of children only; clients see creations plus deletions. */
  readonly cversion: number
  readonly aversion: number
  /** Raw 64-bit value: 0, a session id, or the container and TTL encodings. */
  readonly ephemeralOwner: SessionId
}

/** What clients see: 68 bytes. `cversion` here is 2 × stored − children; containers and TTL nodes show owner 0. */
export interface Stat extends PersistedStat {
  readonly dataLength: number
  readonly childCount: number
}
