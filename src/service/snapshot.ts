/** The parts of a state image, in the order in which they are written: sessions, then nodes, parents before children. */
import * as E from 'fp-ts/lib/Either.js'
import { shared } from './acl.js'
import { withEphemeral } from './database.js'
import * as H from './hamt.js'
import { nameOf, parentOf } from './path.js'
import { isEphemeral } from './stat.js'
import * as T from './tree.js'
import type { Either } from 'fp-ts/lib/Either.js'
import type { Zxid } from '../core/zxid.js'
import type { Acl } from './acl.js'
import type { Database } from './database.js'
import type { SessionId } from './session.js'
import type { PersistedStat } from './stat.js'

export type SnapshotItem =
  | { readonly kind: 'session'; readonly id: SessionId; readonly timeoutMs: number }
  | {
      readonly kind: 'node'
      /** The root is the empty string. */
      readonly path: string
      readonly data: Uint8Array | null
      /** Empty: the node has no list (as Java stores aclId −1 for world:anyone ALL, that list is written out here). */
      readonly acl: readonly Acl[]
      readonly stat: PersistedStat
    }

/**
 * How a decoder hands the items of an image on, without knowing what they become: a left fold. A builder belongs to one
 * image and may be changed in place. Written as methods, so that a fold with any builder is a `SnapshotFold<D>`: decoders
 * only give back what `start` and `add` gave.
 */
export interface SnapshotFold<D, Builder = unknown> {
  start(): Builder
  add(builder: Builder, item: SnapshotItem): Builder
  /** Left: why the items are no database; the path of a node whose parent is missing. `zxid`: the last one included. */
  finish(builder: Builder, zxid: Zxid): Either<string, D>
}

// --- writing

/** Sessions, then nodes in pre-order from the root, lazily and as often as one likes: an image of any size costs no list. */
export const itemsOf = (database: Database): Iterable<SnapshotItem> => ({ [Symbol.iterator]: () => walk(database) })

function* walk(database: Database): Generator<SnapshotItem, void> {
  for (const [id, timeoutMs] of H.entries(database.sessions)) yield { kind: 'session', id, timeoutMs }
  for (const [path, { data, acl, stat }] of T.subtree('', database.tree.root))
    yield { kind: 'node', path, data, acl, stat }
}

// --- reading

/** A node that the builder still adds children to. */
type Draft = { -readonly [Field in keyof T.Node]: T.Node[Field] }

interface Placed {
  readonly path: string
  readonly draft: Draft
}

/** A database in the making. Nobody else sees it before `finish`, and it is not used after. */
export interface DatabaseBuilder {
  readonly owner: H.Owner
  /** The node added last and its parent: in pre-order the next one mostly hangs on one of them. */
  last: Placed | undefined
  lastParent: Placed | undefined
  tree: T.Tree | undefined
  sessions: Database['sessions']
  ephemerals: Database['ephemerals']
  /** The first path that did not fit. */
  fault: string | undefined
}

/** Total: a wrong image gives the first path whose parent is missing, or that stands there twice. */
export const databaseFold: SnapshotFold<Database, DatabaseBuilder> = {
  start: () => ({
    owner: { builder: 'snapshot' },
    last: undefined,
    lastParent: undefined,
    tree: undefined,
    sessions: H.empty(),
    ephemerals: H.empty(),
    fault: undefined,
  }),
  add: (builder, item) => {
    if (builder.fault !== undefined) return builder
    if (item.kind === 'session') builder.sessions = H.set(builder.sessions, item.id, item.timeoutMs, builder.owner)
    else if (!addNode(builder, item)) builder.fault = item.path
    return builder
  },
  finish: ({ tree, sessions, ephemerals, fault }, zxid) =>
    fault === undefined && tree !== undefined
      ? E.right({ lastProcessed: zxid, tree, sessions, ephemerals })
      : E.left(fault ?? ''),
}

/** False when the node has no place. */
const addNode = (builder: DatabaseBuilder, item: Extract<SnapshotItem, { readonly kind: 'node' }>): boolean => {
  const { path, data, stat } = item
  const { tree } = builder
  if (path === '') {
    if (tree !== undefined) return false
    builder.tree = T.ofRoot(data, shared(item.acl), stat)
    return true
  }
  const parentPath = parentOf(path)
  const name = nameOf(path)
  if (tree === undefined || parentPath === undefined || name === '') return false
  const parent = placed(builder, tree, parentPath)
  if (parent === undefined || H.has(parent.draft.children, name)) return false
  const child = T.node(path, data, shared(item.acl), stat, H.empty())
  parent.draft.children = H.set(parent.draft.children, name, child, builder.owner)
  builder.lastParent = parent
  builder.last = { path, draft: child }
  builder.tree = T.counted(tree, path, child)
  if (isEphemeral(stat.ephemeralOwner))
    builder.ephemerals = withEphemeral(builder.ephemerals, stat.ephemeralOwner, path)
  return true
}

/** The node of that path. Every node of the tree so far was made here, for this builder: it may still change. */
const placed = (builder: DatabaseBuilder, tree: T.Tree, path: string): Placed | undefined => {
  if (builder.lastParent?.path === path) return builder.lastParent
  if (builder.last?.path === path) return builder.last
  const draft = T.find(tree, path)
  return draft === undefined ? undefined : { path, draft }
}
