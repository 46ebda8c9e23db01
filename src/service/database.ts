/**
 * The replicated state: tree, sessions, and the zxid up to which they include every transaction.
 */
import * as Z from '../core/zxid.js'
import { OPEN, READ_ONLY } from './acl.js'
import * as H from './hamt.js'
import { CONFIGURATION_PATH, utf8Length } from './path.js'
import { modified, ZERO_STAT } from './stat.js'
import * as T from './tree.js'
import type { Zxid } from '../core/zxid.js'
import type { Acl } from './acl.js'
import type { Hamt } from './hamt.js'
import type { SessionId } from './session.js'
import type { PersistedStat } from './stat.js'
import type { Tree } from './tree.js'

/** What the table of ephemerals knows of one session. Never empty. */
export interface Ephemerals {
  readonly paths: Hamt<string, true>
  /** Bytes of the paths in the session's closeSession record: each with its length. Follows from the paths. */
  readonly bytes: number
}

export interface Database {
  readonly lastProcessed: Zxid
  readonly tree: Tree
  /** Session → negotiated timeout, ms. */
  readonly sessions: Hamt<SessionId, number>
  /** Session → its ephemeral nodes. */
  readonly ephemerals: Hamt<SessionId, Ephemerals>
}

// --- constructors

const NO_DATA = new Uint8Array(0)

const withBirthNode = (tree: Tree, path: string, name: string, acl: readonly Acl[], stat: PersistedStat): Tree => {
  const parent = T.trailTo(tree, path.slice(0, path.length - name.length - 1))
  return parent === undefined
    ? tree
    : T.addChild(tree, parent, parent.target.stat, name, path, T.node(path, NO_DATA, acl, stat, H.empty()))
}

const CONFIG_STAT: PersistedStat = { ...ZERO_STAT, aversion: -1 }

const withConfigNode = (tree: Tree): Tree => withBirthNode(tree, CONFIGURATION_PATH, 'config', READ_ONLY, CONFIG_STAT)

/** Before the first transaction: the root and ZooKeeper's own nodes. */
export const empty: Database = {
  lastProcessed: Z.ZERO,
  tree: withConfigNode(
    withBirthNode(
      withBirthNode(T.ofRoot(NO_DATA, OPEN, ZERO_STAT), '/zookeeper', 'zookeeper', OPEN, ZERO_STAT),
      '/zookeeper/quota',
      'quota',
      OPEN,
      ZERO_STAT,
    ),
  ),
  sessions: H.empty(),
  ephemerals: H.empty(),
}

// --- operations

/** Digest of the whole tree (SM-5): signed 64 bits. Sessions and access lists are not in it. */
export const digestOf = (database: Database): bigint => T.digestOf(database.tree)

/** With the root. */
export const nodeCount = (database: Database): number => database.tree.nodeCount

/** Sessions that exist, in no order. */
export const sessionsOf = (database: Database): Iterable<readonly [id: SessionId, timeoutMs: number]> =>
  H.entries(database.sessions)

/** Negotiated timeout of a session; undefined when there is no such session. */
export const sessionTimeoutMs = (database: Database, id: SessionId): number | undefined => H.get(database.sessions, id)

/** Paths of the nodes that vanish with the session, in no order. */
export const ephemeralsOf = (database: Database, id: SessionId): readonly string[] => {
  const owned = H.get(database.ephemerals, id)
  return owned === undefined ? [] : H.keys(owned.paths)
}

/** What their paths take up in the record that will close the session. */
export const ephemeralBytesOf = (database: Database, id: SessionId): number =>
  H.get(database.ephemerals, id)?.bytes ?? 0

/** Of one path in a list of paths: a length of four bytes, and its text. */
export const pathBytes = (path: string): number => 4 + utf8Length(path)

/** The same state, known to include everything up to that zxid (an image received, the start of an epoch). */
export const withLastProcessed = (database: Database, zxid: Zxid): Database => ({
  lastProcessed: zxid,
  tree: database.tree,
  sessions: database.sessions,
  ephemerals: database.ephemerals,
})

/**
 * The configuration text written where clients look for it. A local act of every server, no transaction: the node is
 * in no digest, and its mtime differs between servers. (A reconfiguration writes the same node by a transaction, which
 * leaves the digest as it is.)
 */
export const withConfigurationText = (database: Database, text: string, version: Zxid, timeMs = 0): Database => {
  const tree = T.find(database.tree, CONFIGURATION_PATH) === undefined ? withConfigNode(database.tree) : database.tree
  const trail = T.trailTo(tree, CONFIGURATION_PATH)
  if (trail === undefined) return database
  const stat = modified(trail.target.stat, version, timeMs, -1)
  return {
    ...database,
    tree: T.update(tree, trail, CONFIGURATION_PATH, new TextEncoder().encode(text), trail.target.acl, stat),
  }
}

type Table = Database['ephemerals']

export const withEphemeral = (table: Table, owner: SessionId, path: string): Table => {
  const { paths, bytes } = H.get(table, owner) ?? NONE
  return H.has(paths, path)
    ? table
    : H.set(table, owner, { paths: H.set(paths, path, true), bytes: bytes + pathBytes(path) })
}

const NONE: Ephemerals = { paths: H.empty(), bytes: 0 }

export const withoutEphemeral = (table: Table, owner: SessionId, path: string): Table => {
  const owned = H.get(table, owner)
  if (owned === undefined || !H.has(owned.paths, path)) return table
  const paths = H.remove(owned.paths, path)
  return paths.size === 0
    ? H.remove(table, owner)
    : H.set(table, owner, { paths, bytes: owned.bytes - pathBytes(path) })
}
