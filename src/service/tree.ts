/**
 * The tree of nodes: nested persistent maps. An update copies the nodes on one path and nothing else, so a version of
 * the tree is a reference. Paths may be thousands of names deep: nothing here recurses.
 */
import { nodeDigest } from './digest.js'
import * as H from './hamt.js'
import { clientStat } from './stat.js'
import type { Acl } from './acl.js'
import type { Hamt } from './hamt.js'
import type { PersistedStat, Stat } from './stat.js'

export interface Node {
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[]
  readonly stat: PersistedStat
  readonly children: Hamt<string, Node>
  /** What the node adds to the digest of the tree, as a signed 32-bit integer (digest.ts). */
  readonly digest: number
}

export interface Tree {
  readonly root: Node
  /** With the root. */
  readonly nodeCount: number
  /** Bytes of data and UTF-16 units of paths, of all nodes: an approximate size. */
  readonly approximateDataSize: number
  /** The sum of node digests is 2^32 × high + low. Two numbers: a bigint a write would cost more than the write. */
  readonly digestHigh: number
  readonly digestLow: number
}

/** The way to a node, from its end: an update climbs it. A list, not an array: most are two steps long. */
export interface Trail {
  readonly target: Node
  /** The target's name in the node above; empty for the root. */
  readonly name: string
  readonly above: Trail | undefined
}

// --- constructors

export const node = (
  path: string,
  data: Uint8Array | null,
  acl: readonly Acl[],
  stat: PersistedStat,
  children: Hamt<string, Node>,
): Node => ({ data, acl, stat, children, digest: nodeDigest(path, data, stat) })

/** A tree of one node, whose path is the empty string. */
export const ofRoot = (data: Uint8Array | null, acl: readonly Acl[], stat: PersistedStat): Tree => {
  const root = node('', data, acl, stat, H.empty())
  return {
    root,
    nodeCount: 1,
    approximateDataSize: lengthOf(data),
    digestHigh: 0,
    digestLow: root.digest >>> 0,
  }
}

// --- operations

/** The sum of node digests modulo 2^64, as a signed 64-bit integer. */
export const digestOf = (tree: Tree): bigint =>
  tree.digestHigh === 0
    ? BigInt(tree.digestLow)
    : BigInt.asIntN(64, (BigInt(tree.digestHigh) << 32n) + BigInt(tree.digestLow))

/** The node of that path. The root has two names: `/` and the empty string. */
export const find = (tree: Tree, path: string): Node | undefined => {
  if (path.length <= 1 && isRoot(path)) return tree.root
  if (path.charCodeAt(0) !== 0x2f) return undefined
  let at: Node | undefined = tree.root
  let start = 1
  while (at !== undefined) {
    const slash = path.indexOf('/', start)
    if (slash < 0) return H.get(at.children, path.slice(start))
    at = H.get(at.children, path.slice(start, slash))
    start = slash + 1
  }
  return undefined
}

/** As `find`, with the way there, for an update. */
export const trailTo = (tree: Tree, path: string): Trail | undefined => {
  let trail: Trail = { target: tree.root, name: '', above: undefined }
  if (isRoot(path)) return trail
  if (path.charCodeAt(0) !== 0x2f) return undefined
  for (let start = 1; ; ) {
    const slash = path.indexOf('/', start)
    const name = slash < 0 ? path.slice(start) : path.slice(start, slash)
    const target = H.get(trail.target.children, name)
    if (target === undefined) return undefined
    trail = { target, name, above: trail }
    if (slash < 0) return trail
    start = slash + 1
  }
}

/** Other content for the node of that path, at the end of the trail; its children stay. */
export const update = (
  tree: Tree,
  trail: Trail,
  path: string,
  data: Uint8Array | null,
  acl: readonly Acl[],
  stat: PersistedStat,
): Tree => {
  const { target } = trail
  const next = node(path, data, acl, stat, target.children)
  return withRoot(tree, rootWith(trail, next), 0, lengthOf(data) - lengthOf(target.data), digestChange(next, target))
}

/** A new child under the parent at the end of the trail, which gets another stat. There is no child of that name. */
export const addChild = (
  tree: Tree,
  trail: Trail,
  parentStat: PersistedStat,
  name: string,
  path: string,
  child: Node,
): Tree => {
  const { target } = trail
  const children = H.set(target.children, name, child)
  const parent = node(parentPathOf(path, name), target.data, target.acl, parentStat, children)
  const size = path.length + lengthOf(child.data)
  return withRoot(tree, rootWith(trail, parent), 1, size, digestChange(parent, target) + (child.digest >>> 0))
}

/** Without the child of that name and all below it; the parent at the end of the trail gets another stat. */
export const removeChild = (
  tree: Tree,
  trail: Trail,
  parentStat: PersistedStat,
  name: string,
  path: string,
  child: Node,
): Tree => {
  const { target } = trail
  const children = H.remove(target.children, name)
  const parent = node(parentPathOf(path, name), target.data, target.acl, parentStat, children)
  const next = withRoot(tree, rootWith(trail, parent), 0, 0, digestChange(parent, target))
  return child.children.size === 0 ? discounted(next, path, child) : withoutSubtree(next, path, child)
}

const withoutSubtree = (tree: Tree, path: string, top: Node): Tree => {
  let next = tree
  for (const [removedPath, removed] of subtree(path, top)) next = discounted(next, removedPath, removed)
  return next
}

/** The figures with one node less. */
const discounted = (tree: Tree, path: string, removed: Node): Tree =>
  withRoot(tree, tree.root, -1, -path.length - lengthOf(removed.data), -(removed.digest >>> 0))

/** The figures with one node more, which the caller has put in place: for a builder. */
export const counted = (tree: Tree, path: string, added: Node): Tree =>
  withRoot(tree, tree.root, 1, path.length + lengthOf(added.data), added.digest >>> 0)

/** The node and all below it, parents first, lazily. */
export function* subtree(path: string, top: Node): Generator<readonly [path: string, node: Node], void> {
  yield [path, top]
  if (top.children.size === 0) return
  // Cursors, not nodes, wait on the stack: a node with a million children costs no list of them.
  const stack = [{ prefix: path, next: H.cursor(top.children) }]
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const pair = level.next()
    if (pair === undefined) {
      stack.pop()
      continue
    }
    const childPath = `${level.prefix}/${pair.key}`
    yield [childPath, pair.value]
    if (pair.value.children.size > 0) stack.push({ prefix: childPath, next: H.cursor(pair.value.children) })
  }
}

/** What clients see of the node's metadata. */
export const statOf = (of: Node): Stat => clientStat(of.stat, lengthOf(of.data), of.children.size)

// --- parts

const isRoot = (path: string): boolean => path === '' || path === '/'

export const lengthOf = (data: Uint8Array | null): number => (data === null ? 0 : data.length)

const parentPathOf = (path: string, name: string): string => path.slice(0, path.length - name.length - 1)

const digestChange = (next: Node, previous: Node): number => (next.digest >>> 0) - (previous.digest >>> 0)

/** The root of a tree whose node at the end of the trail is `replacement`. */
const rootWith = (trail: Trail, replacement: Node): Node => {
  let below = replacement
  for (let { name, above } = trail; above !== undefined; { name, above } = above) {
    const { data, acl, stat, children, digest } = above.target
    below = { data, acl, stat, children: H.set(children, name, below), digest }
  }
  return below
}

const withRoot = (tree: Tree, root: Node, nodes: number, size: number, digest: number): Tree => {
  const low = tree.digestLow + digest
  const carry = Math.floor(low / 0x100000000)
  return {
    root,
    nodeCount: tree.nodeCount + nodes,
    approximateDataSize: tree.approximateDataSize + size,
    digestHigh: tree.digestHigh + carry,
    digestLow: low - carry * 0x100000000,
  }
}
