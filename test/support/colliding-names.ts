/**
 * Names of nodes that have one hash in the unkeyed FNV-1a of src/service/hamt.ts, found as an attacker finds them: two
 * blocks of letters that lead to one state, then two more from there, and so on. n such pairs give 2^n names.
 */

const START = 0x811c9dc5 | 0
const PRIME = 0x01000193
const BLOCK_LETTERS = 7
/** Of two letters only the low bits differ: blocks in the order of numbers would meet too seldom. */
const STRIDE = 2_654_435_761
/** A few times what the birthday paradox asks for with 32 bits. */
const MOST_BLOCKS = 1_000_000
const LETTERS = 26

const after = (state: number, text: string): number => {
  let hash = state
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME)
  return hash
}

const blockOf = (number: number): string => {
  let text = ''
  for (let rest = number; text.length < BLOCK_LETTERS; rest = Math.floor(rest / LETTERS))
    text += String.fromCharCode(0x61 + (rest % LETTERS))
  return text
}

/** Two blocks that lead from `state` to one other: a hundred thousand blocks are enough, by the birthday paradox. */
const pairFrom = (state: number): readonly [string, string] => {
  const seen = new Map<number, string>()
  for (let number = 0; number < MOST_BLOCKS; number++) {
    const block = blockOf((number * STRIDE) % LETTERS ** BLOCK_LETTERS)
    const reached = after(state, block)
    const earlier = seen.get(reached)
    if (earlier !== undefined) return [earlier, block]
    seen.set(reached, block)
  }
  throw new Error('no two blocks collide')
}

export const collidingNames = (count: number): readonly string[] => {
  let names: readonly string[] = ['']
  for (let state = START; names.length < count; ) {
    const [first, second] = pairFrom(state)
    names = names.flatMap((name) => [name + first, name + second])
    state = after(state, first)
  }
  return names.slice(0, count)
}
