/** The world's only source of chance: splitmix32, from one seed. */

export interface Random {
  /** Uniform in 0 … count − 1. */
  readonly below: (count: number) => number
  /** Uniform in low … high, both included. */
  readonly between: (low: number, high: number) => number
}

export const makeRandom = (seed: number): Random => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  const below = (count: number): number => next() % Math.max(1, count)
  return { below, between: (low, high) => low + below(high - low + 1) }
}

/** One of the elements, which must not be empty. */
export const pick = <A>(random: Random, elements: readonly [A, ...(readonly A[])]): A =>
  elements[random.below(elements.length)] ?? elements[0]
