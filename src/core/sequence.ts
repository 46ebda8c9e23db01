/**
 * A persistent sequence: append at the end, drop from either end, read by index.
 *
 * Full chunks of 32 elements and a shorter tail: an append copies the tail and, once in 32 times, the list of chunks,
 * so old versions stay valid and cost little. A history window and every queue of the core is one of these.
 */

const CHUNK = 32

export interface Sequence<A> {
  /** Chunks of exactly 32 elements. */
  readonly chunks: readonly (readonly A[])[]
  /** Fewer than 32 elements. */
  readonly tail: readonly A[]
  /** Elements of the first chunk (or of the tail, when there is no chunk) that have been dropped. */
  readonly offset: number
  readonly length: number
}

const EMPTY: Sequence<never> = { chunks: [], tail: [], offset: 0, length: 0 }

// --- constructors

export const empty = <A>(): Sequence<A> => EMPTY

export const fromArray = <A>(elements: readonly A[]): Sequence<A> => {
  const whole = Math.floor(elements.length / CHUNK)
  return {
    chunks: Array.from({ length: whole }, (_, index) => elements.slice(index * CHUNK, (index + 1) * CHUNK)),
    tail: elements.slice(whole * CHUNK),
    offset: 0,
    length: elements.length,
  }
}

// --- operations

export const isEmpty = <A>(sequence: Sequence<A>): boolean => sequence.length === 0

export const append =
  <A>(element: A) =>
  (sequence: Sequence<A>): Sequence<A> => {
    const tail = [...sequence.tail, element]
    const { chunks, offset, length } = sequence
    return tail.length === CHUNK
      ? { chunks: [...chunks, tail], tail: [], offset, length: length + 1 }
      : { chunks, tail, offset, length: length + 1 }
  }

export const appendAll =
  <A>(elements: readonly A[]) =>
  (sequence: Sequence<A>): Sequence<A> =>
    sequence.length === 0
      ? fromArray(elements)
      : elements.reduce((result, element) => append(element)(result), sequence)

/** The element at `index`, or undefined outside 0 ≤ index < length. */
export const at = <A>(sequence: Sequence<A>, index: number): A | undefined => {
  if (index < 0 || index >= sequence.length) return undefined
  const position = sequence.offset + index
  const chunk = Math.floor(position / CHUNK)
  return (chunk < sequence.chunks.length ? sequence.chunks[chunk] : sequence.tail)?.[position % CHUNK]
}

export const first = <A>(sequence: Sequence<A>): A | undefined => at(sequence, 0)

export const last = <A>(sequence: Sequence<A>): A | undefined => at(sequence, sequence.length - 1)

/** Without the first `count` elements. */
export const drop =
  (count: number) =>
  <A>(sequence: Sequence<A>): Sequence<A> => {
    if (count <= 0) return sequence
    if (count >= sequence.length) return EMPTY
    const position = sequence.offset + count
    const whole = Math.floor(position / CHUNK)
    return {
      chunks: whole === 0 ? sequence.chunks : sequence.chunks.slice(whole),
      tail: sequence.tail,
      offset: position % CHUNK,
      length: sequence.length - count,
    }
  }

/** The first `count` elements only. */
export const take =
  (count: number) =>
  <A>(sequence: Sequence<A>): Sequence<A> => {
    if (count >= sequence.length) return sequence
    if (count <= 0) return EMPTY
    const end = sequence.offset + count
    const whole = Math.floor(end / CHUNK)
    const rest = sequence.chunks[whole] ?? sequence.tail
    return {
      chunks: sequence.chunks.slice(0, whole),
      tail: rest.slice(0, end % CHUNK),
      offset: sequence.offset,
      length: count,
    }
  }

/** The elements with start ≤ index < end, as an array. However many: they are never handed over as arguments of a call. */
export const slice = <A>(sequence: Sequence<A>, start = 0, end = sequence.length): readonly A[] => {
  const from = sequence.offset + Math.max(0, start)
  const to = sequence.offset + Math.min(end, sequence.length)
  if (from >= to) return []
  const firstChunk = Math.floor(from / CHUNK)
  const lastChunk = Math.floor((to - 1) / CHUNK)
  const none: readonly A[] = []
  return Array.from({ length: lastChunk - firstChunk + 1 }, (_, index) => {
    const number = firstChunk + index
    const chunk = (number < sequence.chunks.length ? sequence.chunks[number] : sequence.tail) ?? none
    return chunk.slice(Math.max(0, from - number * CHUNK), Math.min(CHUNK, to - number * CHUNK))
  }).flat()
}

export const toArray = <A>(sequence: Sequence<A>): readonly A[] => slice(sequence)

/** The lowest index whose element satisfies `isEnough`, for a predicate that stays true once true; length if none. */
export const lowerBound = <A>(sequence: Sequence<A>, isEnough: (element: A) => boolean): number => {
  const search = (low: number, high: number): number => {
    if (low >= high) return low
    const middle = (low + high) >>> 1
    const element = at(sequence, middle)
    return element !== undefined && isEnough(element) ? search(low, middle) : search(middle + 1, high)
  }
  return search(0, sequence.length)
}
