/**
 * Transaction identifiers: the pair ⟨epoch, counter⟩, ordered lexicographically.
 *
 * A zxid is 64 bits on the wire: epoch in the high half, counter in the low half. Two numbers are kept apart here
 * because a single JavaScript number loses precision above 2^53 and a bigint is a slow key on a hot path.
 */
import type { Ord } from 'fp-ts/lib/Ord.js'

/** Epoch: signed 32-bit integer. Negative values appear only in the two sentinels below. */
export type Epoch = number

/** ⟨epoch, counter⟩; `epoch` is a signed and `counter` an unsigned 32-bit integer. */
export interface Zxid {
  readonly epoch: Epoch
  readonly counter: number
}

/** The largest counter; it is never proposed: the leader steps down instead (ZOOKEEPER-1277). */
export const MAX_COUNTER = 0xffffffff

/** The largest epoch: 32 bits signed. A server that claims to have promised it is not believed; none could follow. */
export const MAX_EPOCH = 0x7fffffff

export const zxid = (epoch: Epoch, counter: number): Zxid => ({ epoch, counter })

/** The zxid of an empty history. */
export const ZERO: Zxid = zxid(0, 0)

/** −1 as 64 bits: the last zxid of a server whose data directory is unexpectedly empty (ELEC-10). */
export const UNTRUSTED: Zxid = zxid(-1, MAX_COUNTER)

/** −2^63 as 64 bits: the zxid in the vote of a server that may not vote (ELEC-1). */
export const MINIMAL: Zxid = zxid(-0x80000000, 0)

/** ⟨epoch, 0⟩: names the NEWLEADER of the epoch; no transaction ever carries it. */
export const newLeaderZxid = (epoch: Epoch): Zxid => zxid(epoch, 0)

/** True for ⟨e, 0⟩ with a real epoch: there is no log record with this zxid (SYNC-6). */
export const isNewLeaderZxid = (value: Zxid): boolean => value.counter === 0 && value.epoch > 0

/** Negative, zero or positive as `first` is before, equal to or after `second`. */
export const compare = (first: Zxid, second: Zxid): number =>
  first.epoch === second.epoch ? first.counter - second.counter : first.epoch - second.epoch

export const equals = (first: Zxid, second: Zxid): boolean =>
  first.epoch === second.epoch && first.counter === second.counter

export const isAfter = (first: Zxid, second: Zxid): boolean => compare(first, second) > 0

export const isBefore = (first: Zxid, second: Zxid): boolean => compare(first, second) < 0

export const max = (first: Zxid, second: Zxid): Zxid => (isAfter(second, first) ? second : first)

/** The zxid that follows within the same epoch. The caller has checked that the counter does not roll over. */
export const next = (value: Zxid): Zxid => zxid(value.epoch, value.counter + 1)

/** `0x` and the 64-bit value in hexadecimal, as ZooKeeper prints it. */
export const toHex = (value: Zxid): string => `0x${toBigInt(value).toString(16)}`

/** `epoch:counter` in decimal: the form of traces, stories and tests. */
export const show = (value: Zxid): string => `${value.epoch}:${value.counter}`

/** The unsigned 64-bit value. */
export const toBigInt = (value: Zxid): bigint => (BigInt(value.epoch >>> 0) << 32n) | BigInt(value.counter)

/** From 64 bits, signed or unsigned. */
export const fromBigInt = (value: bigint): Zxid =>
  zxid(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asUintN(32, value)))

/** Zxids as an fp-ts order. */
export const ordZxid: Ord<Zxid> = {
  equals,
  compare: (first, second) => {
    const order = compare(first, second)
    return order < 0 ? -1 : order > 0 ? 1 : 0
  },
}
