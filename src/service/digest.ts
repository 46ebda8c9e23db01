/**
 * The digest of one node, version 2: CRC-32 over path, data and stat. The sum of all of them modulo 2^64 is the digest
 * of the tree (SM-5), which every server of an ensemble, Apache's too, must reach at the same zxid.
 */
import { feedBytes, feedInt, feedText, START } from './crc32.js'
import { isLocal } from './path.js'
import type { Zxid } from '../core/zxid.js'
import type { SessionId } from './session.js'
import type { PersistedStat } from './stat.js'

/**
 * As a signed 32-bit integer, which the engine stores without a box. 0 below `/zookeeper/`, which does not count.
 * The root's path is the empty string.
 */
export const nodeDigest = (path: string, data: Uint8Array | null, stat: PersistedStat): number => {
  if (isLocal(path)) return 0
  const named = feedText(START, path === '/' ? '' : path)
  return ~feedStat(data === null ? named : filled(named, data), stat)
}

/** From this length on, what data does to a checksum is remembered. */
const LONG_DATA = 4096

interface Fed {
  readonly before: number
  readonly after: number
}

const fed = new WeakMap<Uint8Array, Fed>()

/**
 * The register after the data. A node's stat changes with every child that it gets, its data does not: a thousand small
 * creations under a megabyte must not read a thousand megabytes.
 */
const filled = (register: number, data: Uint8Array): number => {
  if (data.length < LONG_DATA) return feedBytes(register, data)
  const known = fed.get(data)
  if (known?.before === register) return known.after
  const after = feedBytes(register, data)
  fed.set(data, { before: register, after })
  return after
}

/** 60 bytes. pzxid is third here and last in a stored stat. */
const feedStat = (register: number, stat: PersistedStat): number => {
  const changed = feedZxid(feedZxid(feedZxid(register, stat.czxid), stat.mzxid), stat.pzxid)
  const timed = feedNumber(feedNumber(changed, stat.ctimeMs), stat.mtimeMs)
  const versions = feedInt(feedInt(feedInt(timed, stat.version), stat.cversion), stat.aversion)
  return feedSession(versions, stat.ephemeralOwner)
}

const feedZxid = (register: number, zxid: Zxid): number => feedInt(feedInt(register, zxid.epoch), zxid.counter)

/** A 64-bit integer of at most 53 bits and its sign. */
const feedNumber = (register: number, value: number): number =>
  feedInt(feedInt(register, Math.floor(value / 0x100000000)), value)

const feedSession = (register: number, id: SessionId): number =>
  id === 0n
    ? feedInt(feedInt(register, 0), 0)
    : feedInt(feedInt(register, Number(BigInt.asIntN(32, id >> 32n))), Number(BigInt.asIntN(32, id)))
