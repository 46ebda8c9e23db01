/**
 * The numbers of zoo.cfg: default, range, and what becomes of a value outside of it. ZooKeeper starts with some senseless
 * values; so do we, with the nearest value that works and a warning that names it.
 *
 * Spellings and ranges were tried with Apache ZooKeeper 3.8.0. It parses some keys itself and stops at what is no number;
 * others become system properties, whose defaults stand in for what is none.
 */
import { decodeWholeNumber, parseWholeNumber } from '../../service/whole-number.js'
import { LARGEST_MAX_BUFFER_BYTES } from '../server/limits.js'

export interface NumericKey {
  readonly byDefault: number
  readonly least: number
  readonly greatest: number
  /** Java's Integer.parseInt, or Integer.getInteger: the latter reads 0x10, #10 and 010 too. */
  readonly spelling: 'Decimal' | 'Property'
  /** Outside the range: an error, or another value and a warning that says why. */
  readonly outside: { readonly kind: 'Refuse' } | Clamp
}

interface Clamp {
  readonly kind: 'Clamp'
  /** In place of what is less; the least value unless given. */
  readonly below?: number
  readonly why: string
}

/** 2^31 − 1: Java's greatest int, the longest time that a client can ask for, and the longest timer there is. */
export const GREATEST = 0x7fffffff
/** Twenty ticks are the longest session unless told otherwise. */
const GREATEST_TICK_MS = Math.floor(GREATEST / 20)
/** 1 GiB: what is allocated for a transaction log at a time, at most. */
const GREATEST_PREALLOCATION_KIB = 1 << 20

const REFUSE = { kind: 'Refuse' } as const

const clamp = (why: string, below?: number): Clamp => ({
  kind: 'Clamp',
  why,
  ...(below === undefined ? {} : { below }),
})

const decimal = (
  byDefault: number,
  least: number,
  outside: NumericKey['outside'] = REFUSE,
  greatest: number = GREATEST,
): NumericKey => ({ byDefault, least, greatest, spelling: 'Decimal', outside })

const property = (byDefault: number, least: number, outside: Clamp, greatest: number = GREATEST): NumericKey => ({
  byDefault,
  least,
  greatest,
  spelling: 'Property',
  outside,
})

const NO_LIMIT = clamp('0 is no limit', 0)

/** Every key whose value is a number. */
export const NUMERIC_KEYS = {
  tickTime: decimal(3000, 1, REFUSE, GREATEST_TICK_MS),
  initLimit: decimal(10, 1),
  syncLimit: decimal(5, 1),
  minSessionTimeout: decimal(-1, -1, clamp('-1 is two ticks')),
  maxSessionTimeout: decimal(-1, -1, clamp('-1 is twenty ticks')),
  clientPort: decimal(0, 0, REFUSE, 65_535),
  electionAlg: decimal(3, 3, REFUSE, 3),
  maxClientCnxns: decimal(60, 0, NO_LIMIT),
  'autopurge.snapRetainCount': decimal(3, 3, clamp('fewer than 3 snapshots are never kept')),
  'autopurge.purgeInterval': decimal(0, 0, clamp('0 is no purging')),
  maxCnxns: property(0, 0, NO_LIMIT),
  globalOutstandingLimit: property(1000, 1, clamp('a server must be able to hold one request')),
  'jute.maxbuffer': property(
    1_048_575,
    1,
    clamp('no frame is that short, and what is longer could not be read again everywhere', 1_048_575),
    LARGEST_MAX_BUFFER_BYTES,
  ),
  'ephemeralNodes.total.byte.limit': property(-1, -1, clamp('-1 is what fits the end of a session')),
  snapCount: property(100_000, 2, clamp('there are at least 2 transactions between snapshots')),
  commitLogCount: property(500, 1, clamp('a learner is brought level from some transactions', 500)),
  preAllocSize: property(
    65_536,
    0,
    clamp('a log grows by at most 1 GiB at a time, and never by less than nothing'),
    GREATEST_PREALLOCATION_KIB,
  ),
} as const satisfies Readonly<Record<string, NumericKey>>

export type NumericKeyName = keyof typeof NUMERIC_KEYS

export type NumberRead =
  | { readonly kind: 'Fits'; readonly value: number }
  | { readonly kind: 'Clamped'; readonly value: number; readonly warning: string }
  | { readonly kind: 'Refused'; readonly reason: string; readonly remedy: string }

/** The value of a key as its text gives it. Total. */
export const readNumber = (key: NumericKeyName, text: string): NumberRead => {
  const { byDefault, greatest, least, outside, spelling }: NumericKey = NUMERIC_KEYS[key]
  const number = spelling === 'Decimal' ? parseWholeNumber(text) : decodeWholeNumber(text)
  if (number !== undefined && number >= least && number <= greatest) return { kind: 'Fits', value: number }
  const isInteger = number !== undefined && Math.abs(number) <= GREATEST
  if (spelling === 'Property' && !isInteger) {
    const warning = `"${shorten(text)}" is no whole number that ZooKeeper reads; ${byDefault}, the default, is used`
    return { kind: 'Clamped', value: byDefault, warning }
  }
  if (outside.kind === 'Refuse' || !isInteger)
    return {
      kind: 'Refused',
      reason: `"${shorten(text)}" is not a whole number from ${least} to ${greatest}`,
      remedy: `write for example ${key}=${Math.max(byDefault, least)}`,
    }
  const value = number < least ? (outside.below ?? least) : greatest
  return { kind: 'Clamped', value, warning: `${value} is used instead of "${shorten(text)}": ${outside.why}` }
}

/** Characters of a value that a message quotes; the rest is left out. */
const LONGEST_QUOTE = 40

const shorten = (text: string): string => (text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text)
