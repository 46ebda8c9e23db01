/**
 * Watches: one-shot subscriptions of a connection to the next change of a path (SESS-6). Two tables, as a node's data
 * and its children are watched apart. Watches belong to one server and to one connection; they are not replicated.
 */
import * as Z from '../core/zxid.js'
import * as H from './hamt.js'
import { watchedParentOf } from './path.js'
import * as T from './tree.js'
import type { Change } from './effects.js'
import type { Database } from './database.js'
import type { Hamt } from './hamt.js'
import type { Request } from './request.js'
import type { WatchEventType } from './response.js'
import type { Node } from './tree.js'

/** Names a client connection of this server. */
export type WatcherId = number

/** `data`: left by getData and exists. `child`: left by getChildren. */
export type WatchKind = 'data' | 'child'

export interface Notification {
  readonly connection: WatcherId
  readonly type: WatchEventType
  readonly path: string
}

/** One kind of watches, findable from both ends. */
interface Registrations {
  readonly byPath: Hamt<string, Hamt<WatcherId, true>>
  readonly byConnection: Hamt<WatcherId, Hamt<string, true>>
}

export interface WatchTable {
  readonly data: Registrations
  readonly child: Registrations
  /** Watches of both kinds. */
  readonly size: number
}

export interface Fired {
  readonly table: WatchTable
  /** In the order in which they must be sent. */
  readonly notifications: readonly Notification[]
}

// --- constructors

const NO_REGISTRATIONS: Registrations = { byPath: H.empty(), byConnection: H.empty() }

export const empty: WatchTable = { data: NO_REGISTRATIONS, child: NO_REGISTRATIONS, size: 0 }

// --- operations

/** Registering twice is registering once. The root is `/`. */
export const register = (table: WatchTable, kind: WatchKind, path: string, connection: WatcherId): WatchTable => {
  const { byPath, byConnection } = table[kind]
  const watchers = H.get(byPath, path) ?? H.empty<WatcherId, true>()
  if (H.has(watchers, connection)) return table
  const watched = H.get(byConnection, connection) ?? H.empty<string, true>()
  return {
    ...table,
    size: table.size + 1,
    [kind]: {
      byPath: H.set(byPath, path, H.set(watchers, connection, true)),
      byConnection: H.set(byConnection, connection, H.set(watched, path, true)),
    },
  }
}

/**
 * SESS-6. What a change sets off, in order: watches of the node's data, of its children (its deletion ends both, and is
 * told once a connection), of its parent's children. Each watch is used up.
 */
export const fire = (table: WatchTable, change: Change): Fired => {
  if (table.size === 0) return { table, notifications: NO_NOTIFICATIONS }
  const { path } = change
  switch (change.type) {
    case 'created':
      return then(trigger(table, 'data', path, 'NodeCreated'), 'child', watchedParentOf(path), 'NodeChildrenChanged')
    case 'dataChanged':
      return trigger(table, 'data', path, 'NodeDataChanged')
    case 'deleted': {
      const own = trigger(table, 'data', path, 'NodeDeleted')
      const heard = new Set(own.notifications.map((notification) => notification.connection))
      const children = trigger(own.table, 'child', path, 'NodeDeleted')
      const others = children.notifications.filter((notification) => !heard.has(notification.connection))
      const both = { table: children.table, notifications: [...own.notifications, ...others] }
      return then(both, 'child', watchedParentOf(path), 'NodeChildrenChanged')
    }
  }
}

/** Watches vanish with their connection. */
export const removeConnection = (table: WatchTable, connection: WatcherId): WatchTable =>
  table.size === 0 ? table : removeKind(removeKind(table, 'data', connection), 'child', connection)

/** Watches of one path; for metrics. */
export const watcherCount = (table: WatchTable, kind: WatchKind, path: string): number =>
  H.get(table[kind].byPath, path)?.size ?? 0

/** Paths with a watch, and connections with one; for metrics. */
export const counts = (table: WatchTable): { readonly paths: number; readonly connections: number } => ({
  paths: table.data.byPath.size + table.child.byPath.size,
  connections:
    table.data.byConnection.size +
    H.keys(table.child.byConnection).filter((connection) => !H.has(table.data.byConnection, connection)).length,
})

/**
 * A client that comes back names its watches and the last zxid that it saw: each one fires at once if its change has
 * happened since, and is registered otherwise.
 */
export const restore = (
  database: Database,
  table: WatchTable,
  connection: WatcherId,
  request: Extract<Request, { readonly op: 'setWatches' }>,
): Fired => {
  const notifications: Notification[] = []
  let current = table
  const restoreAll = (
    kind: WatchKind,
    paths: readonly string[],
    missed: (node: Node | undefined) => WatchEventType | undefined,
  ): void => {
    for (const path of paths) {
      const type = missed(T.find(database.tree, path))
      if (type === undefined) current = register(current, kind, path, connection)
      else notifications.push({ connection, type, path })
    }
  }
  const since = request.relativeZxid
  restoreAll('data', request.dataWatches, (node) =>
    node === undefined ? 'NodeDeleted' : Z.isAfter(node.stat.mzxid, since) ? 'NodeDataChanged' : undefined,
  )
  restoreAll('data', request.existWatches, (node) => (node === undefined ? undefined : 'NodeCreated'))
  restoreAll('child', request.childWatches, (node) =>
    node === undefined ? 'NodeDeleted' : Z.isAfter(node.stat.pzxid, since) ? 'NodeChildrenChanged' : undefined,
  )
  return { table: current, notifications }
}

// --- parts

const NO_NOTIFICATIONS: readonly Notification[] = []

const trigger = (table: WatchTable, kind: WatchKind, path: string, type: WatchEventType): Fired => {
  const { byPath, byConnection } = table[kind]
  const watchers = H.get(byPath, path)
  if (watchers === undefined) return { table, notifications: NO_NOTIFICATIONS }
  const connections = H.keys(watchers)
  const rest: Registrations = {
    byPath: H.remove(byPath, path),
    byConnection: connections.reduce((owners, connection) => withoutMember(owners, connection, path), byConnection),
  }
  return {
    table: { ...table, [kind]: rest, size: table.size - connections.length },
    notifications: connections.map((connection) => ({ connection, type, path })),
  }
}

const then = (before: Fired, kind: WatchKind, path: string, type: WatchEventType): Fired => {
  const after = trigger(before.table, kind, path, type)
  if (before.notifications.length === 0) return after
  return { table: after.table, notifications: [...before.notifications, ...after.notifications] }
}

const removeKind = (table: WatchTable, kind: WatchKind, connection: WatcherId): WatchTable => {
  const { byPath, byConnection } = table[kind]
  const watched = H.get(byConnection, connection)
  if (watched === undefined) return table
  const rest: Registrations = {
    byPath: H.keys(watched).reduce((paths, path) => withoutMember(paths, path, connection), byPath),
    byConnection: H.remove(byConnection, connection),
  }
  return { ...table, [kind]: rest, size: table.size - watched.size }
}

/** The table without `member` in the set of `key`, and without the set when it is empty. */
const withoutMember = <K extends H.Key, M extends H.Key>(
  table: Hamt<K, Hamt<M, true>>,
  key: K,
  member: M,
): Hamt<K, Hamt<M, true>> => {
  const members = H.get(table, key)
  if (members === undefined) return table
  const rest = H.remove(members, member)
  return rest.size === 0 ? H.remove(table, key) : H.set(table, key, rest)
}
