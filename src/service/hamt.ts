/**
 * A persistent map: a hash array mapped trie, 32 ways.
 *
 * Every version stays valid; an update copies one path of at most seven small arrays. Keys are strings, numbers or
 * bigints, compared with `===`; those with one hash stand in a search tree (collision.ts). Updates take the map first and
 * are not curried: this is the hottest structure of a server, a closure a call would show.
 *
 * An owner makes it transient: branches that carry the owner of an update are changed in place. Only a builder that
 * nobody else can see yet may own anything (the restore of a snapshot).
 */

import * as C from './collision.js'
import { COLLISION, LEAF } from './collision.js'
import type { Collision, Key, Leaf } from './collision.js'

export type { Key } from './collision.js'

/** Marks the branches that one builder made. Compared by identity. */
export interface Owner {
  readonly builder: string
}

export interface Hamt<K extends Key, V> {
  readonly size: number
  readonly root: Slot<K, V> | undefined
}

const BRANCH = 0

interface Branch<K extends Key, V> {
  readonly tag: typeof BRANCH
  readonly owner: Owner | undefined
  /** Bit i is set when there is a slot for the hash fragment i; slots stand in the order of their bits. */
  bitmap: number
  slots: Slot<K, V>[]
}

type Slot<K extends Key, V> = Branch<K, V> | Leaf<K, V> | Collision<K, V>

const EMPTY: Hamt<never, never> = { size: 0, root: undefined }

// --- constructors

export const empty = <K extends Key, V>(): Hamt<K, V> => EMPTY

export const fromEntries = <K extends Key, V>(pairs: Iterable<readonly [K, V]>): Hamt<K, V> => {
  const owner: Owner = { builder: 'fromEntries' }
  let map = empty<K, V>()
  for (const [key, value] of pairs) map = set(map, key, value, owner)
  return map
}

// --- operations

export const get = <K extends Key, V>(map: Hamt<K, V>, key: K): V | undefined => {
  let slot = map.root
  if (slot === undefined) return undefined
  const hash = hashOf(key)
  for (let shift = 0; slot !== undefined; shift += 5) {
    switch (slot.tag) {
      case BRANCH: {
        const bit = 1 << ((hash >>> shift) & 31)
        if ((slot.bitmap & bit) === 0) return undefined
        slot = slot.slots[populationCount(slot.bitmap & (bit - 1))]
        break
      }
      case LEAF:
        return slot.hash === hash && slot.key === key ? slot.value : undefined
      case COLLISION:
        return slot.leaf.hash === hash ? C.find(slot, key)?.value : undefined
    }
  }
  return undefined
}

export const has = <K extends Key, V>(map: Hamt<K, V>, key: K): boolean => get(map, key) !== undefined

/** With `owner`, branches of that owner are changed in place: only for a builder that alone holds the map. */
export const set = <K extends Key, V>(map: Hamt<K, V>, key: K, value: V, owner?: Owner): Hamt<K, V> => {
  const leaf: Leaf<K, V> = { tag: LEAF, hash: hashOf(key), key, value }
  if (map.root === undefined) return { size: 1, root: leaf }
  growth = 0
  const root = insert(map.root, leaf, 0, owner)
  return root === map.root && growth === 0 ? map : { size: map.size + growth, root }
}

export const remove = <K extends Key, V>(map: Hamt<K, V>, key: K): Hamt<K, V> => {
  if (map.root === undefined) return map
  const root = without(map.root, hashOf(key), key, 0)
  return root === map.root ? map : root === undefined ? EMPTY : { size: map.size - 1, root }
}

/** All pairs, lazily, in the order of hashes. */
export function* entries<K extends Key, V>(map: Hamt<K, V>): Generator<readonly [K, V], void> {
  const stack = map.root === undefined ? [] : [map.root]
  for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
    switch (slot.tag) {
      case BRANCH:
        for (const inner of slot.slots) stack.push(inner)
        break
      case LEAF:
        yield [slot.key, slot.value]
        break
      case COLLISION:
        yield [slot.leaf.key, slot.leaf.value]
        if (slot.left !== undefined) stack.push(slot.left)
        if (slot.right !== undefined) stack.push(slot.right)
    }
  }
}

/** A key and its value, as they stand in the map: nothing is made for them. */
export type Pair<K extends Key, V> = Pick<Leaf<K, V>, 'key' | 'value'>

/** As `entries`, one at a time, without a generator: for walks over millions. Undefined: that was all. */
export const cursor = <K extends Key, V>(map: Hamt<K, V>): (() => Pair<K, V> | undefined) => {
  const stack = map.root === undefined ? [] : [map.root]
  return () => {
    for (let slot = stack.pop(); slot !== undefined; slot = stack.pop()) {
      if (slot.tag === LEAF) return slot
      if (slot.tag === BRANCH) for (const inner of slot.slots) stack.push(inner)
      else {
        if (slot.left !== undefined) stack.push(slot.left)
        if (slot.right !== undefined) stack.push(slot.right)
        return slot.leaf
      }
    }
    return undefined
  }
}

export const forEach = <K extends Key, V>(map: Hamt<K, V>, visit: (key: K, value: V) => void): void => {
  if (map.root !== undefined) visitSlot(map.root, visit)
}

export const keys = <K extends Key, V>(map: Hamt<K, V>): readonly K[] => {
  const found: K[] = []
  forEach(map, (key) => found.push(key))
  return found
}

// --- hashing

const hashOf = (key: Key): number => {
  if (typeof key === 'string') return hashOfString(key)
  return mix(typeof key === 'number' ? key | 0 : Number(BigInt.asIntN(32, key ^ (key >> 32n))))
}

const hashOfString = (text: string): number => {
  let hash = 0x811c9dc5 | 0
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return mix(hash)
}

/** Murmur3's finalizer: every bit of the argument moves the low five bits of the result. */
const mix = (value: number): number => {
  const first = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return second ^ (second >>> 16)
}

const populationCount = (bits: number): number => {
  const pairs = bits - ((bits >>> 1) & 0x55555555)
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

// --- updates of slots

/** 1 when the last `insert` found no such key. Beside the result, so that an update allocates no pair. */
let growth = 0

const insert = <K extends Key, V>(
  slot: Slot<K, V>,
  leaf: Leaf<K, V>,
  shift: number,
  owner: Owner | undefined,
): Slot<K, V> => {
  switch (slot.tag) {
    case BRANCH:
      return insertIntoBranch(slot, leaf, shift, owner)
    case LEAF:
      if (slot.hash === leaf.hash && slot.key === leaf.key) return slot.value === leaf.value ? slot : leaf
      growth = 1
      return slot.hash === leaf.hash ? C.pair(slot, leaf) : fork(slot, leaf, shift, owner)
    case COLLISION: {
      if (slot.leaf.hash !== leaf.hash) {
        growth = 1
        return fork(slot, leaf, shift, owner)
      }
      const next = C.insert(slot, leaf)
      growth = next.size - slot.size
      return next
    }
  }
}

const insertIntoBranch = <K extends Key, V>(
  branch: Branch<K, V>,
  leaf: Leaf<K, V>,
  shift: number,
  owner: Owner | undefined,
): Branch<K, V> => {
  const bit = 1 << ((leaf.hash >>> shift) & 31)
  const index = populationCount(branch.bitmap & (bit - 1))
  const inner = (branch.bitmap & bit) === 0 ? undefined : branch.slots[index]
  const isOwned = owner !== undefined && branch.owner === owner
  if (inner === undefined) {
    growth = 1
    if (!isOwned) return branchOf(owner, branch.bitmap | bit, withInserted(branch.slots, index, leaf))
    branch.slots = withInserted(branch.slots, index, leaf)
    branch.bitmap |= bit
    return branch
  }
  const next = insert(inner, leaf, shift + 5, owner)
  if (next === inner) return branch
  if (!isOwned) return branchOf(owner, branch.bitmap, withReplaced(branch.slots, index, next))
  branch.slots[index] = next
  return branch
}

/** A branch for two slots of different hashes; deeper ones as long as their fragments agree. */
const fork = <K extends Key, V>(
  first: Leaf<K, V> | Collision<K, V>,
  second: Leaf<K, V>,
  shift: number,
  owner: Owner | undefined,
): Branch<K, V> => {
  const left = ((first.tag === LEAF ? first.hash : first.leaf.hash) >>> shift) & 31
  const right = (second.hash >>> shift) & 31
  return left === right
    ? branchOf(owner, 1 << left, [fork(first, second, shift + 5, owner)])
    : branchOf(owner, (1 << left) | (1 << right), left < right ? [first, second] : [second, first])
}

/** The slot without the key: itself when it has no such key, undefined when nothing is left. */
const without = <K extends Key, V>(slot: Slot<K, V>, hash: number, key: K, shift: number): Slot<K, V> | undefined => {
  switch (slot.tag) {
    case BRANCH: {
      const bit = 1 << ((hash >>> shift) & 31)
      const index = populationCount(slot.bitmap & (bit - 1))
      const inner = (slot.bitmap & bit) === 0 ? undefined : slot.slots[index]
      if (inner === undefined) return slot
      const next = without(inner, hash, key, shift + 5)
      return next === inner ? slot : contracted(slot, index, bit, next)
    }
    case LEAF:
      return slot.hash === hash && slot.key === key ? undefined : slot
    case COLLISION: {
      if (slot.leaf.hash !== hash) return slot
      const rest = C.remove(slot, key)
      return rest?.size === 1 ? rest.leaf : rest
    }
  }
}

/** The branch with another slot at `index`. A branch with one slot that is no branch gives way to that slot. */
const contracted = <K extends Key, V>(
  branch: Branch<K, V>,
  index: number,
  bit: number,
  next: Slot<K, V> | undefined,
): Slot<K, V> | undefined => {
  if (next !== undefined)
    return branch.slots.length === 1 && next.tag !== BRANCH
      ? next
      : branchOf(undefined, branch.bitmap, withReplaced(branch.slots, index, next))
  if (branch.slots.length === 1) return undefined
  const other = branch.slots.length === 2 ? branch.slots[1 - index] : undefined
  if (other !== undefined && other.tag !== BRANCH) return other
  const slots = branch.slots.filter((_, position) => position !== index)
  return branchOf(undefined, branch.bitmap & ~bit, slots)
}

const branchOf = <K extends Key, V>(owner: Owner | undefined, bitmap: number, slots: Slot<K, V>[]): Branch<K, V> => ({
  tag: BRANCH,
  owner,
  bitmap,
  slots,
})

const withReplaced = <A>(elements: readonly A[], index: number, element: A): A[] => {
  const copy = elements.slice()
  copy[index] = element
  return copy
}

/** Of the exact size: `splice` would leave room for more, in every small array of the trie. */
const withInserted = <A>(elements: readonly A[], index: number, element: A): A[] => {
  const copy = new Array<A>(elements.length + 1)
  for (let position = 0; position < index; position++) copy[position] = elements[position] as A
  copy[index] = element
  for (let position = index; position < elements.length; position++) copy[position + 1] = elements[position] as A
  return copy
}

/** Recursive: a trie is at most seven branches deep. */
const visitSlot = <K extends Key, V>(slot: Slot<K, V>, visit: (key: K, value: V) => void): void => {
  switch (slot.tag) {
    case BRANCH:
      for (const inner of slot.slots) visitSlot(inner, visit)
      return
    case LEAF:
      visit(slot.key, slot.value)
      return
    case COLLISION:
      C.forEach(slot, (leaf) => visit(leaf.key, leaf.value))
  }
}
