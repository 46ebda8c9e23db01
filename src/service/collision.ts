/**
 * Entries of a map whose keys have one hash: a persistent weight-balanced search tree, ordered by key.
 *
 * Hashes are not keyed, so that equal runs walk maps equally; whoever chooses the keys can therefore make thousands collide.
 * Here each still costs a few comparisons to find, to add and to take away.
 */

export type Key = string | number | bigint

export const LEAF = 1
export const COLLISION = 2

export interface Leaf<K extends Key, V> {
  readonly tag: typeof LEAF
  readonly hash: number
  readonly key: K
  readonly value: V
}

/** The root of a tree, or a part of it: keys on the left are smaller than the leaf's, those on the right are greater. */
export interface Collision<K extends Key, V> {
  readonly tag: typeof COLLISION
  readonly leaf: Leaf<K, V>
  readonly left: Tree<K, V>
  readonly right: Tree<K, V>
  /** Leaves in it. */
  readonly size: number
}

type Tree<K extends Key, V> = Collision<K, V> | undefined

// --- operations

export const find = <K extends Key, V>(collision: Collision<K, V>, key: K): Leaf<K, V> | undefined => {
  let tree: Tree<K, V> = collision
  while (tree !== undefined) {
    const order = compare(key, tree.leaf.key)
    if (order === 0) return tree.leaf
    tree = order < 0 ? tree.left : tree.right
  }
  return undefined
}

/** With the leaf in place of any other of its key; the tree itself when that has the same value. */
export const insert = <K extends Key, V>(tree: Tree<K, V>, leaf: Leaf<K, V>): Collision<K, V> => {
  if (tree === undefined) return joined(leaf, undefined, undefined)
  const order = compare(leaf.key, tree.leaf.key)
  if (order === 0) return tree.leaf.value === leaf.value ? tree : joined(leaf, tree.left, tree.right)
  if (order < 0) {
    const left = insert(tree.left, leaf)
    return left === tree.left ? tree : balanced(tree.leaf, left, tree.right)
  }
  const right = insert(tree.right, leaf)
  return right === tree.right ? tree : balanced(tree.leaf, tree.left, right)
}

/** Without the key; the tree itself when it has no such key. */
export const remove = <K extends Key, V>(tree: Tree<K, V>, key: K): Tree<K, V> => {
  if (tree === undefined) return undefined
  const order = compare(key, tree.leaf.key)
  if (order === 0) return merged(tree.left, tree.right)
  if (order < 0) {
    const left = remove(tree.left, key)
    return left === tree.left ? tree : balanced(tree.leaf, left, tree.right)
  }
  const right = remove(tree.right, key)
  return right === tree.right ? tree : balanced(tree.leaf, tree.left, right)
}

/** Of two leaves with different keys. */
export const pair = <K extends Key, V>(first: Leaf<K, V>, second: Leaf<K, V>): Collision<K, V> =>
  insert(joined(first, undefined, undefined), second)

/** In the order of keys. Recursive: the depth is a logarithm of the size. */
export const forEach = <K extends Key, V>(tree: Tree<K, V>, visit: (leaf: Leaf<K, V>) => void): void => {
  if (tree === undefined) return
  forEach(tree.left, visit)
  visit(tree.leaf)
  forEach(tree.right, visit)
}

// --- order

/** Total over all keys. The keys of one map are of one type; the type decides only so that nothing depends on that. */
const compare = (first: Key, second: Key): number => {
  if (first === second) return 0
  if (typeof first !== typeof second) return typeof first < typeof second ? -1 : 1
  return first < second ? -1 : 1
}

// --- balance

/** Neither side may hold more than so many times the leaves of the other. */
const HEAVIER = 3
/** One rotation does when the inner side holds less than so many times the leaves of the outer one; else two. */
const INNER = 2

const sizeOf = <K extends Key, V>(tree: Tree<K, V>): number => (tree === undefined ? 0 : tree.size)

const joined = <K extends Key, V>(leaf: Leaf<K, V>, left: Tree<K, V>, right: Tree<K, V>): Collision<K, V> => ({
  tag: COLLISION,
  leaf,
  left,
  right,
  size: sizeOf(left) + 1 + sizeOf(right),
})

/** Joined, and in balance again after one leaf more or less on one side. */
const balanced = <K extends Key, V>(leaf: Leaf<K, V>, left: Tree<K, V>, right: Tree<K, V>): Collision<K, V> => {
  const isSmall = sizeOf(left) + sizeOf(right) < 2
  if (!isSmall && right !== undefined && right.size > HEAVIER * sizeOf(left)) return turnedLeft(leaf, left, right)
  if (!isSmall && left !== undefined && left.size > HEAVIER * sizeOf(right)) return turnedRight(leaf, left, right)
  return joined(leaf, left, right)
}

const turnedLeft = <K extends Key, V>(leaf: Leaf<K, V>, left: Tree<K, V>, right: Collision<K, V>): Collision<K, V> => {
  const inner = right.left
  return inner === undefined || inner.size < INNER * sizeOf(right.right)
    ? joined(right.leaf, joined(leaf, left, inner), right.right)
    : joined(inner.leaf, joined(leaf, left, inner.left), joined(right.leaf, inner.right, right.right))
}

const turnedRight = <K extends Key, V>(leaf: Leaf<K, V>, left: Collision<K, V>, right: Tree<K, V>): Collision<K, V> => {
  const inner = left.right
  return inner === undefined || inner.size < INNER * sizeOf(left.left)
    ? joined(left.leaf, left.left, joined(leaf, inner, right))
    : joined(inner.leaf, joined(left.leaf, left.left, inner.left), joined(leaf, inner.right, right))
}

/** All of two trees, the keys of the first before those of the second. */
const merged = <K extends Key, V>(first: Tree<K, V>, second: Tree<K, V>): Tree<K, V> => {
  if (first === undefined) return second
  if (second === undefined) return first
  const least = leastOf(second)
  return balanced(least, first, remove(second, least.key))
}

const leastOf = <K extends Key, V>(tree: Collision<K, V>): Leaf<K, V> => {
  let least = tree
  while (least.left !== undefined) least = least.left
  return least.leaf
}
