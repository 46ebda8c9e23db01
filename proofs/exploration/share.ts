/**
 * One part of the states, by fingerprint: those it has seen, and those of the present level, which it leaves one by one. A
 * state that is found and belongs to another part is passed on. With one part, all states are in it.
 */
import type { Objection } from './abstraction.js'
import type { Ensemble } from './ensemble.js'
import { makeRows } from './rows.js'
import type { Seen } from './seen.js'
import { FULL, NONE, makeSeen } from './seen.js'

// --- model

/** Found on leaving the state `parent` by the step `step`. States have one number in all parts. */
export interface Found {
  readonly objection: Objection
  readonly parent: number
  readonly step: number
}

export interface ShareOptions {
  readonly ensemble: Ensemble
  /** Which of how many parts. */
  readonly index: number
  readonly count: number
  readonly maxStates: number
  readonly subsumes: boolean
  /** For a state of another part. The row is valid during the call. */
  readonly pass: (to: number, row: Int32Array, high: number, low: number, parent: number, step: number) => void
}

export interface Share {
  /** The initial state, in the part that it belongs to. */
  readonly begin: () => void
  /** States of the level. */
  readonly length: () => number
  /** Leaves one of them. */
  readonly leave: (index: number) => void
  /** A state of this part that another one has found. */
  readonly accept: (row: Int32Array, high: number, low: number, parent: number, step: number) => void
  /** The next level begins. */
  readonly advance: () => void
  /** States found for the next level. */
  readonly found: () => number
  readonly transitions: () => number
  readonly objection: () => Found | undefined
  /** There was no room for some state. */
  readonly isFull: () => boolean
  readonly seen: Seen
  readonly bytes: () => number
  /** The rows of the level, and back. */
  readonly save: () => Saved
  readonly restore: (saved: Saved) => void
}

export interface Saved {
  readonly level: Int32Array
  readonly records: Int32Array
  readonly transitions: number
}

/** The part that a state belongs to. */
export const partOf = (high: number, count: number): number => (count === 1 ? 0 : (high >>> 3) % count)

// --- operations

export const makeShare = ({ ensemble, index, count, maxStates, subsumes, pass }: ShareOptions): Share => {
  const { width } = ensemble
  const seen = makeSeen(maxStates, subsumes)
  const fingerprint = new Int32Array(2)
  const representative = new Int32Array(width)
  let level = makeRows(width)
  let following = makeRows(width)
  let transitions = 0
  /** Number, in this part, of the first state of the level. */
  let first = 0
  let parent = NONE
  let step = 0
  let isFull = false
  let objected: Found | undefined

  const accept: Share['accept'] = (row, high, low, by, through) => {
    const number = seen.add(high, low, ensemble.budgetOf(row), by, through)
    if (number === FULL) isFull = true
    else if (number !== NONE) following.push(row)
  }

  const note = (state: Int32Array): void => {
    ensemble.represent(state, representative, fingerprint)
    const [high = 0, low = 0] = fingerprint
    const part = partOf(high, count)
    if (part === index) accept(representative, high, low, parent, step)
    else if (parent !== NONE) pass(part, representative, high, low, parent, step)
  }

  const visit = (next: Int32Array, objection: Objection | undefined): void => {
    if (objection === undefined) note(next)
    else objected ??= { objection, parent, step }
    step += 1
  }

  return {
    begin: () => note(ensemble.initial),
    length: () => level.length(),
    leave: (place) => {
      parent = (first + place) * count + index
      step = 0
      ensemble.successors(level.at(place), visit)
      transitions += step
    },
    accept,
    advance: () => {
      first += level.length()
      const former = level
      level = following
      following = former
      following.clear()
      seen.seal()
    },
    found: () => following.length(),
    transitions: () => transitions,
    objection: () => objected,
    isFull: () => isFull,
    seen,
    bytes: () => seen.bytes() + level.bytes() + following.bytes(),
    save: () => ({ level: level.all(), records: seen.all(), transitions }),
    restore: (saved) => {
      seen.restore(saved.records)
      for (let at = 0; at < saved.level.length; at += width) level.push(saved.level.subarray(at, at + width))
      first = seen.size() - level.length()
      transitions = saved.transitions
      seen.seal()
    },
  }
}
