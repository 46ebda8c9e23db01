/** Hashes of contents: the same in every run and every process, whatever numbers the contents have there. */

/** Two independent hashes of the text, as `into[0]` and `into[1]`. */
export const hashText = (text: string, into: Int32Array): void => {
  let high = 0x9e3779b9 | 0
  let low = 0x7f4a7c15 | 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    high = Math.imul(high ^ code, 0x85ebca6b)
    high ^= high >>> 13
    low = Math.imul(low ^ code, 0xcc9e2d51)
    low ^= low >>> 15
  }
  into[0] = scatter(high)
  into[1] = scatter(low)
}

/** Each bit of the number decides about each bit of the result (the last steps of MurmurHash3). */
export const scatter = (number: number): number => {
  let hash = number
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** A list of numbers that grows. */
export interface Numbers {
  readonly get: (index: number) => number
  readonly set: (index: number, value: number) => void
}

/** `missing`: what is there until it is set. */
export const makeNumbers = (missing: number): Numbers => {
  let values = new Int32Array(2 ** 10).fill(missing)
  return {
    get: (index) => values[index] ?? missing,
    set: (index, value) => {
      if (index >= values.length) {
        const more = new Int32Array(Math.max(2 * values.length, index + 1)).fill(missing)
        more.set(values)
        values = more
      }
      values[index] = value
    },
  }
}

/** Computed once for each number; what is computed is not negative. */
export const remembered = (compute: (number: number) => number): ((number: number) => number) => {
  const known = makeNumbers(-1)
  return (number) => {
    const found = known.get(number)
    if (found >= 0) return found
    const fresh = compute(number)
    known.set(number, fresh)
    return fresh
  }
}
