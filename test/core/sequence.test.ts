/** A sequence behaves as an array does, whatever was done to it before, and old versions never change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as S from '../../src/core/sequence.js'
import { holds } from './property.js'

type Operation = { readonly kind: 'append' } | { readonly kind: 'appendAll' | 'drop' | 'take'; readonly count: number }

const counts = fc.oneof(
  fc.integer({ min: -1, max: 5 }),
  fc.integer({ min: 28, max: 36 }),
  fc.integer({ min: 0, max: 150 }),
)
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.constant<Operation>({ kind: 'append' }),
  fc.record({ kind: fc.constantFrom('appendAll', 'appendAll', 'drop', 'take'), count: counts }),
)

interface Pair {
  readonly sequence: S.Sequence<number>
  readonly array: readonly number[]
}

const after = ({ sequence, array }: Pair, operation: Operation, next: number): Pair => {
  switch (operation.kind) {
    case 'append':
      return { sequence: S.append(next)(sequence), array: [...array, next] }
    case 'appendAll': {
      const more = Array.from({ length: Math.max(0, operation.count) }, (_, index) => next + index)
      return { sequence: S.appendAll(more)(sequence), array: [...array, ...more] }
    }
    case 'drop':
      return { sequence: S.drop(operation.count)(sequence), array: array.slice(Math.max(0, operation.count)) }
    case 'take':
      return { sequence: S.take(operation.count)(sequence), array: array.slice(0, Math.max(0, operation.count)) }
  }
}

const pairsOf = (todo: readonly Operation[]): readonly Pair[] =>
  todo.reduce<readonly Pair[]>(
    (pairs, operation, index) => [...pairs, after(pairs[index] ?? start, operation, 1000 * (index + 1))],
    [start],
  )
const start: Pair = { sequence: S.empty<number>(), array: [] }

describe('sequence', () => {
  it('is an array, in every version that ever was', () => {
    holds(
      fc.property(fc.array(operations, { maxLength: 30 }), counts, counts, (todo, from, to) => {
        // All versions are compared after the last operation: none may have changed an earlier one.
        for (const { sequence, array } of pairsOf(todo)) {
          expect(S.toArray(sequence)).toEqual(array)
          expect(sequence.length).toBe(array.length)
          expect(S.isEmpty(sequence)).toBe(array.length === 0)
          expect(S.first(sequence)).toBe(array[0])
          expect(S.last(sequence)).toBe(array[array.length - 1])
          expect(S.slice(sequence, from, Math.max(0, to))).toEqual(array.slice(Math.max(0, from), Math.max(0, to)))
          expect(S.at(sequence, from)).toBe(from < 0 ? undefined : array[from])
        }
      }),
    )
  })

  it('does not show what was dropped', () => {
    const sequence = S.drop(1)(S.fromArray(['a', 'b']))
    expect([-1, 0, 1].map((index) => S.at(sequence, index))).toEqual([undefined, 'b', undefined])
  })

  it('holds on to nothing once it is empty, and is not copied where nothing changes', () => {
    const sequence = S.drop(1)(S.fromArray(['a', 'b', 'c']))
    expect(S.take(0)(sequence)).toBe(S.empty())
    expect(S.drop(2)(sequence)).toBe(S.empty())
    expect(S.drop(0)(sequence)).toBe(sequence)
    expect(S.take(2)(sequence)).toBe(sequence)
  })

  it('finds the lower bound', () => {
    holds(
      fc.property(fc.array(operations, { maxLength: 20 }), fc.integer({ min: 0, max: 21_000 }), (todo, bound) => {
        const { sequence, array } = pairsOf(todo).at(-1) ?? start
        const found = array.findIndex((element) => element >= bound)
        expect(S.lowerBound(sequence, (element) => element >= bound)).toBe(found < 0 ? array.length : found)
      }),
    )
  })
})
