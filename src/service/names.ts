/** The names of a node's children, as an answer holds them. */
import * as H from './hamt.js'
import type { Hamt } from './hamt.js'

/** A list of texts, of which only the length is known without going through it. An array is one. */
export interface Names extends Iterable<string> {
  readonly length: number
}

/** Names of more children than so many are not copied: they are read off the tree, which never changes, when they are asked for. */
const MOST_COPIED = 1000

/** One object for one version of the children: what is once known of their names need not be found out again. */
const lazy = new WeakMap<Hamt<string, unknown>, Names>()

export const namesOf = (children: Hamt<string, unknown>): Names => {
  if (children.size <= MOST_COPIED) return H.keys(children)
  const known = lazy.get(children)
  if (known !== undefined) return known
  const names = { length: children.size, [Symbol.iterator]: () => walk(children) }
  lazy.set(children, names)
  return names
}

function* walk(children: Hamt<string, unknown>): Generator<string, void> {
  const next = H.cursor(children)
  for (let pair = next(); pair !== undefined; pair = next()) yield pair.key
}
