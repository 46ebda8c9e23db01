/**
 * Watches: one-shot subscriptions of a connection to the next change of a path (SESS-6). Two tables, as a node's data
 * and its children are watched apart. Watches belong to one server and to one connection; they are not replicated.
 */
import * as S from '../core/sequence.js'
import type { Sequence } from '../core/sequence.js'
import * as H from './hamt.js'
import { watchedParentOf } from './path.js'
import type { Change } from './effects.js'
import type { Hamt } from './hamt.js'
import type { WatchEventType } from './response.js'

/** Names a client connection of this server. */
export type WatcherId = number

/** `data`: left by getData and exists. `child`: left by getChildren. */
export type WatchKind = 'data' | 'child'

export interface Notification {
  readonly connection: WatcherId
  readonly type: WatchEventType
  readonly path: string
}

/** Most paths have one watcher, which needs no set: a set costs several times what it would hold. */
type Watchers = WatcherId | Hamt<WatcherId, true>

/** By path: who is to hear of it. */
type Registrations = Hamt<string, Watchers>

/** What one connection watches. */
interface Watched {
  readonly data: Hamt<string, true>
  readonly child: Hamt<string, true>
  /** Characters of all these paths. */
  readonly pathLength: number
}

/** Watches of a connection that is gone: they never fire, and are taken away little by little. */
interface Leaving {
  readonly kind: WatchKind
  readonly connection: WatcherId
  readonly paths: Hamt<string, true>
}

export interface WatchTable extends Usage {
  readonly data: Registrations
  readonly child: Registrations
  readonly byConnection: Hamt<WatcherId, Watched>
  readonly leaving: Sequence<Leaving>
}

/** How much memory is taken: of a whole table, or by one connection. */
export interface Usage {
  /** Watches of both kinds; those of connections that are gone do not count. */
  readonly size: number
  /** Characters of their paths, each as often as it is watched. */
  readonly pathLength: number
}

export interface Fired {
  readonly table: WatchTable
  /** In the order in which they must be sent. */
  readonly notifications: readonly Notification[]
}

// --- constructors

export const empty: WatchTable = {
  data: H.empty(),
  child: H.empty(),
  byConnection: H.empty(),
  leaving: S.empty(),
  size: 0,
  pathLength: 0,
}

const NOTHING_WATCHED: Watched = { data: H.empty(), child: H.empty(), pathLength: 0 }

// --- operations

/** Registering twice is registering once. The root is `/`. */
export const register = (table: WatchTable, kind: WatchKind, path: string, connection: WatcherId): WatchTable => {
  const watched = H.get(table.byConnection, connection) ?? NOTHING_WATCHED
  if (H.has(watched[kind], path)) return table
  const registrations = H.set(table[kind], path, withWatcher(H.get(table[kind], path), connection))
  const paths = H.set(watched[kind], path, true)
  const pathLength = watched.pathLength + path.length
  const isData = kind === 'data'
  return {
    data: isData ? registrations : table.data,
    child: isData ? table.child : registrations,
    byConnection: H.set(table.byConnection, connection, {
      data: isData ? paths : watched.data,
      child: isData ? watched.child : paths,
      pathLength,
    }),
    leaving: table.leaving,
    size: table.size + 1,
    pathLength: table.pathLength + path.length,
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

/** The connection is gone: its watches are heard of no more. `sweep` takes them out of the table. */
export const leave = (table: WatchTable, connection: WatcherId): WatchTable => {
  const watched = H.get(table.byConnection, connection)
  if (watched === undefined) return table
  const { data, child, pathLength } = watched
  const left = (['data', 'child'] as const).flatMap((kind): readonly Leaving[] =>
    watched[kind].size === 0 ? [] : [{ kind, connection, paths: watched[kind] }],
  )
  return {
    ...table,
    byConnection: H.remove(table.byConnection, connection),
    leaving: S.appendAll(left)(table.leaving),
    size: table.size - data.size - child.size,
    pathLength: table.pathLength - pathLength,
  }
}

/** Takes away up to `most` watches of connections that have left. A hundred thousand at once would hold up everybody. */
export const sweep = (table: WatchTable, most: number): WatchTable => {
  let current = table
  let left = most
  for (let first = S.first(table.leaving); first !== undefined && left > 0; first = S.first(current.leaving)) {
    const { kind, connection } = first
    let registrations = current[kind]
    let { paths } = first
    const next = H.cursor(paths)
    for (let pair = next(); pair !== undefined && left > 0; pair = next()) {
      left -= 1
      paths = H.remove(paths, pair.key)
      registrations = withoutWatcher(registrations, pair.key, connection)
    }
    const others = S.drop(1)(current.leaving)
    const leaving = paths.size === 0 ? others : S.append<Leaving>({ ...first, paths })(others)
    current = { ...current, [kind]: registrations, leaving }
  }
  return current
}

/** Watches of connections that have left are still in the table: `sweep` has more to do. */
export const isSwept = (table: WatchTable): boolean => S.isEmpty(table.leaving)

/** What one connection takes of the table. */
export const usageOf = (table: WatchTable, connection: WatcherId): Usage => {
  const { data, child, pathLength } = H.get(table.byConnection, connection) ?? NOTHING_WATCHED
  return { size: data.size + child.size, pathLength }
}

/** The connection that takes most of the table. A walk over all of them: for when there is too much. */
export const largest = (table: WatchTable): WatcherId | undefined => {
  let found: WatcherId | undefined
  let most = -1
  for (const [connection, { data, child, pathLength }] of H.entries(table.byConnection)) {
    const cost = costOf({ size: data.size + child.size, pathLength })
    if (cost > most) [found, most] = [connection, cost]
  }
  return found
}

/** About the memory of that, in bytes: what a watch takes besides its path, and its path. */
export const costOf = ({ size, pathLength }: Usage): number => size * BYTES_A_WATCH + pathLength

/** Watches of one path; for metrics. */
export const watcherCount = (table: WatchTable, kind: WatchKind, path: string): number => {
  const watchers = H.get(table[kind], path)
  return watchers === undefined ? 0 : watchersOf(watchers).length
}

/** Paths with a watch, and connections with one; for metrics. */
export const counts = (table: WatchTable): { readonly paths: number; readonly connections: number } => ({
  paths: table.data.size + table.child.size,
  connections: table.byConnection.size,
})

// --- parts

const NO_NOTIFICATIONS: readonly Notification[] = []

/** Measured, the head of the path's string included; a path with several watchers takes less for each. */
const BYTES_A_WATCH = 224

const trigger = (table: WatchTable, kind: WatchKind, path: string, type: WatchEventType): Fired => {
  const watchers = H.get(table[kind], path)
  if (watchers === undefined) return { table, notifications: NO_NOTIFICATIONS }
  // Who has left, and whose watches are not taken away yet, hears nothing.
  const connections = watchersOf(watchers).filter((connection) => H.has(table.byConnection, connection))
  return {
    table: {
      ...table,
      [kind]: H.remove(table[kind], path),
      byConnection: connections.reduce(
        (all, connection) => withoutPath(all, connection, kind, path),
        table.byConnection,
      ),
      size: table.size - connections.length,
      pathLength: table.pathLength - connections.length * path.length,
    },
    notifications: connections.map((connection) => ({ connection, type, path })),
  }
}

const then = (before: Fired, kind: WatchKind, path: string, type: WatchEventType): Fired => {
  const after = trigger(before.table, kind, path, type)
  if (before.notifications.length === 0) return after
  return { table: after.table, notifications: [...before.notifications, ...after.notifications] }
}

const withoutPath = (
  byConnection: WatchTable['byConnection'],
  connection: WatcherId,
  kind: WatchKind,
  path: string,
): WatchTable['byConnection'] => {
  const watched = H.get(byConnection, connection)
  if (watched === undefined) return byConnection
  const rest = { ...watched, [kind]: H.remove(watched[kind], path), pathLength: watched.pathLength - path.length }
  return rest.data.size + rest.child.size === 0
    ? H.remove(byConnection, connection)
    : H.set(byConnection, connection, rest)
}

// --- watchers of one path

const watchersOf = (watchers: Watchers): readonly WatcherId[] =>
  typeof watchers === 'number' ? [watchers] : H.keys(watchers)

const withWatcher = (watchers: Watchers | undefined, connection: WatcherId): Watchers => {
  if (watchers === undefined || watchers === connection) return connection
  const several = typeof watchers === 'number' ? H.set(H.empty<WatcherId, true>(), watchers, true) : watchers
  return H.set(several, connection, true)
}

/** Without that watcher of the path, and without the path when nobody is left. */
const withoutWatcher = (registrations: Registrations, path: string, connection: WatcherId): Registrations => {
  const watchers = H.get(registrations, path)
  if (watchers === undefined) return registrations
  if (watchers === connection) return H.remove(registrations, path)
  if (typeof watchers === 'number') return registrations
  const rest = H.remove(watchers, connection)
  const [last] = rest.size === 1 ? H.keys(rest) : []
  return rest === watchers ? registrations : H.set(registrations, path, last ?? rest)
}
