/** Values by number: equal values have one number, counted from 0 in the order in which they first came. */
import { hashText, makeNumbers } from './hash.js'

export interface Interner<A> {
  readonly numberOf: (value: A) => number
  /** The number, if it has one. */
  readonly find: (value: A) => number | undefined
  /** @throws RangeError for a number that it did not give. */
  readonly valueOf: (number: number) => A
  /** Two hashes of the text of the value. */
  readonly highOf: (number: number) => number
  readonly lowOf: (number: number) => number
  readonly size: () => number
}

/** Makes an interner. `name` tells it from the others. */
export type MakeInterner = <A>(name: string, textOf: (value: A) => string) => Interner<A>

/** Two values are equal when their texts are. */
export const makeInterner: MakeInterner = <A>(_: string, textOf: (value: A) => string): Interner<A> => {
  const numbers = new Map<string, number>()
  const values: A[] = []
  const highs = makeNumbers(0)
  const lows = makeNumbers(0)
  const hash = new Int32Array(2)
  return {
    numberOf: (value) => {
      const text = textOf(value)
      const known = numbers.get(text)
      if (known !== undefined) return known
      const number = values.length
      numbers.set(text, number)
      values.push(value)
      hashText(text, hash)
      highs.set(number, hash[0] ?? 0)
      lows.set(number, hash[1] ?? 0)
      return number
    },
    find: (value) => numbers.get(textOf(value)),
    valueOf: (number) => {
      const value = values[number]
      if (value === undefined) throw new RangeError(`there is no value ${number}`)
      return value
    },
    highOf: highs.get,
    lowOf: lows.get,
    size: () => values.length,
  }
}

/** One text for equal data: fields by name, maps by key. Sequences and arrays that hold the same are different. */
export const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (value instanceof Map)
    return `{${[...value]
      .map(([key, part]) => `${String(key)}:${textOf(part)}`)
      .sort()
      .join()}}`
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? `"${value}"` : String(value)
  let text = '{'
  for (const name of namesOf(value)) {
    const part: unknown = Reflect.get(value, name)
    if (part !== undefined) text += `${name}:${textOf(part)},`
  }
  return `${text}}`
}

/** Names of the fields in their order. Few lists of names come up, and again and again. */
const namesOf = (value: object): readonly string[] => {
  const names = Object.keys(value)
  const key = names.join()
  const known = sortedNames.get(key)
  if (known !== undefined) return known
  names.sort()
  sortedNames.set(key, names)
  return names
}

const sortedNames = new Map<string, readonly string[]>()
