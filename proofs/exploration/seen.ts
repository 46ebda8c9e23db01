/**
 * The states that were seen: a fingerprint of 64 bits each, what was used of the budget, and how it was reached, so that the
 * way to it can be walked again.
 *
 * Two states with one fingerprint are taken for one. For n states the chance that this ever happens is below n² / 2^65: one
 * in 3,700 for a hundred million.
 */
import { BUDGET_BITS, isWithin } from './budget.js'

export interface Seen {
  readonly size: () => number
  /** What is here now counts as earlier from now on. */
  readonly seal: () => void
  /** Number of the state if it is new, −1 if it need not be looked at, −2 if there is no room. */
  readonly add: (high: number, low: number, budget: number, parent: number, step: number) => number
  readonly parentOf: (state: number) => number
  readonly stepOf: (state: number) => number
  readonly bytes: () => number
  /** What is known of all states, to be restored. */
  readonly all: () => Int32Array
  /** In the place of nothing. */
  readonly restore: (all: Int32Array) => void
}

export const NONE = -1
export const FULL = -2

/** High and low half of the fingerprint, the parent, the budget and above it the step. */
const RECORD = 4
/** Low half of the fingerprint, and the number of the state and one more (0 when the place is free). */
const PLACE = 2
const BUDGET_MASK = 2 ** BUDGET_BITS - 1
const FIRST_CAPACITY = 2 ** 16
/** So many steps may be taken from one state; no small ensemble has nearly as many. */
const MAX_STEPS = 2 ** (32 - BUDGET_BITS)

/**
 * `subsumes`: a state that was seen earlier with less of the budget used stands for this one. Earlier means in an earlier
 * level, so that the order within a level makes no difference to what is counted.
 */
export const makeSeen = (maxStates: number, subsumes: boolean): Seen => {
  let capacity = Math.min(FIRST_CAPACITY, maxStates)
  let places = new Int32Array(PLACE * 2 * FIRST_CAPACITY)
  let records = new Int32Array(RECORD * capacity)
  let size = 0
  let sealed = 0

  /** Does the state stand for one with this fingerprint and budget? */
  const covers = (state: number, high: number, budget: number): boolean => {
    if (records[RECORD * state] !== high) return false
    const own = (records[RECORD * state + 3] ?? 0) & BUDGET_MASK
    return own === budget || (subsumes && state < sealed && isWithin(own, budget))
  }

  /** Where the state goes; −1 if another one stands for it. */
  const place = (high: number, low: number, budget: number): number => {
    const mask = places.length / PLACE - 1
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const state = (places[PLACE * slot + 1] ?? 0) - 1
      if (state < 0) return PLACE * slot
      if (places[PLACE * slot] === low && covers(state, high, budget)) return NONE
    }
  }

  const put = (at: number, low: number, state: number): void => {
    places[at] = low
    places[at + 1] = state + 1
  }

  /** Room for so many states. */
  const reserve = (states: number): void => {
    capacity = states
    const former = records
    records = new Int32Array(RECORD * capacity)
    records.set(former.subarray(0, RECORD * size))
    if (places.length < PLACE * 2 * capacity) arrange()
  }

  /** Places for all states that there is room for. */
  const arrange = (): void => {
    let slots = places.length / PLACE
    while (slots < 2 * capacity) slots *= 2
    places = new Int32Array(PLACE * slots)
    for (let state = 0; state < size; state += 1) {
      const low = records[RECORD * state + 1] ?? 0
      let slot = low & (slots - 1)
      while (places[PLACE * slot + 1] !== 0) slot = (slot + 1) & (slots - 1)
      put(PLACE * slot, low, state)
    }
  }

  return {
    size: () => size,
    seal: () => {
      sealed = size
    },
    add: (high, low, budget, parent, step) => {
      const at = place(high, low, budget)
      if (at === NONE) return NONE
      if (step >= MAX_STEPS) throw new RangeError(`there are more than ${MAX_STEPS} steps from one state`)
      if (size >= maxStates) return FULL
      if (size === capacity) {
        reserve(Math.min(2 * capacity, maxStates))
        put(place(high, low, budget), low, size)
      } else put(at, low, size)
      const record = RECORD * size
      records[record] = high
      records[record + 1] = low
      records[record + 2] = parent
      records[record + 3] = budget | (step << BUDGET_BITS)
      size += 1
      return size - 1
    },
    parentOf: (state) => records[RECORD * state + 2] ?? NONE,
    stepOf: (state) => (records[RECORD * state + 3] ?? 0) >>> BUDGET_BITS,
    bytes: () => places.byteLength + records.byteLength,
    all: () => records.slice(0, RECORD * size),
    restore: (all) => {
      size = all.length / RECORD
      capacity = Math.max(size, FIRST_CAPACITY)
      records = new Int32Array(RECORD * capacity)
      records.set(all)
      arrange()
      sealed = size
    },
  }
}
