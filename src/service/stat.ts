/** What is known of a node besides its data. */
import { ZERO } from '../core/zxid.js'
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

// --- constructors

/** Of the nodes that exist before the first transaction. */
export const ZERO_STAT: PersistedStat = {
  czxid: ZERO,
  mzxid: ZERO,
  pzxid: ZERO,
  ctimeMs: 0,
  mtimeMs: 0,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
}

/** Of a node just created. */
export const created = (zxid: Zxid, timeMs: number, ephemeralOwner: SessionId): PersistedStat => ({
  czxid: zxid,
  mzxid: zxid,
  pzxid: zxid,
  ctimeMs: timeMs,
  mtimeMs: timeMs,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner,
})

export const modified = (stat: PersistedStat, zxid: Zxid, timeMs: number, version: number): PersistedStat => ({
  czxid: stat.czxid,
  mzxid: zxid,
  pzxid: stat.pzxid,
  ctimeMs: stat.ctimeMs,
  mtimeMs: timeMs,
  version,
  cversion: stat.cversion,
  aversion: stat.aversion,
  ephemeralOwner: stat.ephemeralOwner,
})

export const withChildren = (stat: PersistedStat, pzxid: Zxid, cversion: number): PersistedStat => ({
  czxid: stat.czxid,
  mzxid: stat.mzxid,
  pzxid,
  ctimeMs: stat.ctimeMs,
  mtimeMs: stat.mtimeMs,
  version: stat.version,
  cversion,
  aversion: stat.aversion,
  ephemeralOwner: stat.ephemeralOwner,
})

// --- operations

export const clientStat = (stat: PersistedStat, dataLength: number, childCount: number): Stat => ({
  czxid: stat.czxid,
  mzxid: stat.mzxid,
  pzxid: stat.pzxid,
  ctimeMs: stat.ctimeMs,
  mtimeMs: stat.mtimeMs,
  version: stat.version,
  cversion: (2 * stat.cversion - childCount) | 0,
  aversion: stat.aversion,
  ephemeralOwner: isEphemeral(stat.ephemeralOwner) ? stat.ephemeralOwner : 0n,
  dataLength,
  childCount,
})

// --- owners

/** The owner of a container: −2^63. */
export const CONTAINER_OWNER: SessionId = -0x8000000000000000n

const TTL_MASK = 0xffffff0000000000n
const TTL_BASE = 0xff00000000000000n

/** The owner of a node with a time to live, in milliseconds. */
export const ttlOwner = (ttlMs: bigint): SessionId => BigInt.asIntN(64, TTL_BASE | (ttlMs & ~TTL_MASK))

/** Owned by a session: neither persistent, nor a container, nor a node with a time to live. */
export const isEphemeral = (owner: SessionId): boolean =>
  owner !== 0n && owner !== CONTAINER_OWNER && (BigInt.asUintN(64, owner) & TTL_MASK) !== TTL_BASE
