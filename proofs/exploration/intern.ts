/** Values by number: equal values have one number, counted from 0 in the order in which they first came. */

export interface Interner<A> {
  readonly numberOf: (value: A) => number
  /** @throws RangeError for a number that it did not give. */
  readonly valueOf: (number: number) => A
  readonly size: () => number
}

/** Two values are equal when their texts are. */
export const makeInterner = <A>(textOf: (value: A) => string): Interner<A> => {
  const numbers = new Map<string, number>()
  const values: A[] = []
  return {
    numberOf: (value) => {
      const text = textOf(value)
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, values.length)
      values.push(value)
      return values.length - 1
    },
    valueOf: (number) => {
      const value = values[number]
      if (value === undefined) throw new RangeError(`there is no value ${number}`)
      return value
    },
    size: () => values.length,
  }
}

/** One text for equal data: fields by name, maps by key. Sequences and arrays that hold the same are different. */
export const textOf = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => sorted(part))

const sorted = (part: unknown): unknown => {
  if (part === null || typeof part !== 'object' || Array.isArray(part)) return part
  const entries: readonly (readonly [unknown, unknown])[] = part instanceof Map ? [...part] : Object.entries(part)
  return Object.fromEntries([...entries].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}
