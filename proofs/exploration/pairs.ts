/** Numbers by pairs of numbers: open addressing in one row of memory, for what is looked up at every transition. */
import { scatter } from './hash.js'

export interface Pairs {
  /** −1 when there is none. */
  readonly get: (first: number, second: number) => number
  /** The pair must be new. */
  readonly set: (first: number, second: number, value: number) => void
}

/** A place has the first number and one more (0 when it is free), the second number, the value, and room to be aligned. */
const PLACE = 4
const FIRST_PLACES = 2 ** 10

export const makePairs = (): Pairs => {
  let mask = FIRST_PLACES - 1
  let places = new Int32Array(PLACE * FIRST_PLACES)
  let size = 0

  /** Where the pair is, or where it belongs. */
  const find = (first: number, second: number): number => {
    for (let place = scatter(Math.imul(first, 0x9e3779b1) + second) & mask; ; place = (place + 1) & mask) {
      const at = PLACE * place
      if (places[at] === 0 || (places[at] === first + 1 && places[at + 1] === second)) return at
    }
  }

  const put = (first: number, second: number, value: number): void => {
    const at = find(first, second)
    places[at] = first + 1
    places[at + 1] = second
    places[at + 2] = value
  }

  const grow = (): void => {
    const former = places
    places = new Int32Array(2 * former.length)
    mask = 2 * mask + 1
    for (let at = 0; at < former.length; at += PLACE)
      if (former[at] !== 0) put((former[at] ?? 0) - 1, former[at + 1] ?? 0, former[at + 2] ?? 0)
  }

  return {
    get: (first, second) => {
      const at = find(first, second)
      return places[at] === 0 ? -1 : (places[at + 2] ?? -1)
    },
    set: (first, second, value) => {
      if (2 * size > mask) grow()
      put(first, second, value)
      size += 1
    },
  }
}
