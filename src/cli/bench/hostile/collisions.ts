/**
 * Names whose hashes collide, for hashes that an attacker can compute. Pure.
 *
 * Of a hash that takes one unit after the other, blocks that lead from one state to the same state can be put one after
 * the other: with two for each place, n places give 2ⁿ names. (A. Joux, Multicollisions in iterated hash functions.)
 */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz012345'
const BLOCK_LENGTH = 6
/** Odd: multiplied by it, the numbers below 2³⁰ come in another order, in which neighbours differ in every letter. */
const SCATTER = 0x9e3779b1

const step = (hash: number, block: string): number => {
  let state = hash
  for (let index = 0; index < block.length; index += 1) state = Math.imul(state ^ block.charCodeAt(index), 0x01000193)
  return state
}

const blockOf = (number: number): string => {
  const scattered = Math.imul(number, SCATTER)
  let block = ''
  for (let place = 0; place < BLOCK_LENGTH; place += 1) block += LETTERS[(scattered >>> (5 * place)) & 31] ?? ''
  return block
}

/** Two blocks that lead to one state: a birthday among some 100,000. */
const pairFrom = (state: number): readonly [string, string] => {
  const seen = new Map<number, number>()
  for (let number = 0; number < 2 ** 25; number += 1) {
    const reached = step(state, blockOf(number))
    const former = seen.get(reached)
    if (former !== undefined) return [blockOf(former), blockOf(number)]
    seen.set(reached, number)
  }
  throw new Error('no two blocks lead to one state')
}

const combine = (pairs: readonly (readonly [string, string])[], count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => pairs.map((pair, place) => pair[(number >>> place) & 1]).join(''))

const placesFor = (count: number): number => Math.ceil(Math.log2(count))

export const FNV_OFFSET = 0x811c9dc5 | 0

/** Of 32-bit FNV-1a over UTF-16 units. `start`: the state after what stands before the name. */
export const fnvCollisions = (count: number, start = FNV_OFFSET): readonly string[] => {
  const pairs: (readonly [string, string])[] = []
  let state = start
  for (let place = 0; place < placesFor(count); place += 1) {
    const pair = pairFrom(state)
    pairs.push(pair)
    state = step(state, pair[0])
  }
  return combine(pairs, count)
}

/** The state of FNV-1a after a text. */
export const fnvOf = (text: string): number => step(FNV_OFFSET, text)

/** Of Java's `String.hashCode`, whatever stands before the name. */
export const javaCollisions = (count: number): readonly string[] =>
  combine(
    Array.from({ length: placesFor(count) }, () => ['Aa', 'BB'] as const),
    count,
  )
