/**
 * Which states have been seen: fingerprints of 64 bits in open addressing, never the states. Each has the number of its
 * predecessor and of the step that led from there, so that the way to it can be walked again.
 *
 * Two states with one fingerprint are taken for one. For n states the chance that this ever happens is below n² / 2^65: one
 * in 3,700 for a hundred million.
 */

export interface Seen {
  readonly size: () => number
  /** Number of the state if it is new, −1 if it was seen before, −2 if there is no room. */
  readonly add: (high: number, low: number, parent: number, step: number) => number
  readonly parentOf: (state: number) => number
  readonly stepOf: (state: number) => number
  readonly bytes: () => number
}

export const NONE = -1
export const FULL = -2

const FIRST_CAPACITY = 2 ** 16

export const makeSeen = (maxStates: number): Seen => {
  let capacity = FIRST_CAPACITY
  let slots = new Int32Array(2 * capacity).fill(NONE)
  let highs = new Int32Array(capacity)
  let lows = new Int32Array(capacity)
  let parents = new Int32Array(capacity)
  let steps = new Uint16Array(capacity)
  let size = 0

  const place = (high: number, low: number): number => {
    const mask = slots.length - 1
    let slot = low & mask
    for (;;) {
      const state = slots[slot] ?? NONE
      if (state === NONE || (highs[state] === high && lows[state] === low)) return slot
      slot = (slot + 1) & mask
    }
  }

  const grow = (): void => {
    capacity = Math.min(2 * capacity, maxStates)
    highs = enlarged(highs, new Int32Array(capacity))
    lows = enlarged(lows, new Int32Array(capacity))
    parents = enlarged(parents, new Int32Array(capacity))
    steps = enlarged(steps, new Uint16Array(capacity))
    if (slots.length >= 2 * capacity) return
    slots = new Int32Array(2 * slots.length).fill(NONE)
    for (let state = 0; state < size; state += 1) slots[place(highs[state] ?? 0, lows[state] ?? 0)] = state
  }

  return {
    size: () => size,
    add: (high, low, parent, step) => {
      const slot = place(high, low)
      if (slots[slot] !== NONE) return NONE
      if (size >= maxStates) return FULL
      if (size === capacity) {
        grow()
        slots[place(high, low)] = size
      } else slots[slot] = size
      highs[size] = high
      lows[size] = low
      parents[size] = parent
      steps[size] = step
      size += 1
      return size - 1
    },
    parentOf: (state) => parents[state] ?? NONE,
    stepOf: (state) => steps[state] ?? 0,
    bytes: () => slots.byteLength + highs.byteLength + lows.byteLength + parents.byteLength + steps.byteLength,
  }
}

const enlarged = <Numbers extends Int32Array | Uint16Array>(from: Numbers, to: Numbers): Numbers => {
  to.set(from)
  return to
}

/** Two independent mixtures of the numbers. */
export const hashes = (state: Int32Array | Uint8Array, into: Int32Array): void => {
  let high = 0x9e3779b9 | 0
  let low = 0x7f4a7c15 | 0
  for (let index = 0; index < state.length; index += 1) {
    const number = state[index] ?? 0
    high = Math.imul(high ^ number, 0x85ebca6b)
    high ^= high >>> 13
    low = Math.imul(low ^ number, 0xcc9e2d51)
    low ^= low >>> 15
  }
  into[0] = Math.imul(high ^ (high >>> 16), 0xc2b2ae35) ^ (high >>> 11)
  into[1] = Math.imul(low ^ (low >>> 13), 0x1b873593) ^ (low >>> 16)
}
