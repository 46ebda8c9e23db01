/** `--only`: names out of a list. Pure. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'

/** In the order of the list, each once. Left: what is wrong. */
export const chooseNames = <N extends string>(text: string, names: readonly N[]): Either<string, readonly N[]> => {
  const asked = text.split(',')
  const unknown = asked.find((name) => !names.some((known) => known === name))
  return unknown === undefined
    ? right(names.filter((name) => asked.includes(name)))
    : left(`There is no "${unknown}"; there are ${names.join(', ')}.`)
}
