/**
 * A client that comes back puts its watches back, and hears what it has missed. It may name a hundred thousand, so this is
 * done in parts: between two of them others have their turn.
 */
import * as Z from '../core/zxid.js'
import * as T from './tree.js'
import * as W from './watch.js'
import type { Database } from './database.js'
import type { Request } from './request.js'
import type { WatchEventType } from './response.js'
import type { Node } from './tree.js'

export type SetWatches = Extract<Request, { readonly op: 'setWatches' }>

/** How many watches that puts back. */
export const watchesOf = ({ dataWatches, existWatches, childWatches }: SetWatches): number =>
  dataWatches.length + existWatches.length + childWatches.length

/**
 * A client that comes back names its watches and the last zxid that it saw: each one fires at once if its change has
 * happened since, and is registered otherwise. Up to `most` of them, beginning with number `from`.
 */
export const restore = (
  database: Database,
  table: W.WatchTable,
  connection: W.WatcherId,
  request: SetWatches,
  from = 0,
  most = Infinity,
): Restored => {
  const notifications: W.Notification[] = []
  const next = Math.min(from + most, watchesOf(request))
  let current = table
  for (let index = from; index < next; index += 1) {
    const { kind, path, missed } = restored(request, index)
    const type = missed(T.find(database.tree, path), request.relativeZxid)
    if (type === undefined) current = W.register(current, kind, path, connection)
    else notifications.push({ connection, type, path })
  }
  return { table: current, notifications, next }
}

/** A part of `restore`. */
export interface Restored extends W.Fired {
  /** Where to go on; `watchesOf` the request when all is done. */
  readonly next: number
}

/** What has happened to a watched node since that zxid; undefined: nothing that its watch waits for. */
type Missed = (node: Node | undefined, since: Z.Zxid) => WatchEventType | undefined

interface ToRestore {
  readonly kind: W.WatchKind
  readonly path: string
  readonly missed: Missed
}

/** The watch of that number: data watches come first, then those of nodes that are awaited, then those of children. */
const restored = ({ dataWatches, existWatches, childWatches }: SetWatches, index: number): ToRestore => {
  const exist = index - dataWatches.length
  if (exist < 0) return { kind: 'data', path: dataWatches[index] ?? '', missed: missedData }
  const child = exist - existWatches.length
  return child < 0
    ? { kind: 'data', path: existWatches[exist] ?? '', missed: missedCreation }
    : { kind: 'child', path: childWatches[child] ?? '', missed: missedChildren }
}

const missedData: Missed = (node, since) =>
  node === undefined ? 'NodeDeleted' : Z.isAfter(node.stat.mzxid, since) ? 'NodeDataChanged' : undefined
const missedCreation: Missed = (node) => (node === undefined ? undefined : 'NodeCreated')
const missedChildren: Missed = (node, since) =>
  node === undefined ? 'NodeDeleted' : Z.isAfter(node.stat.pzxid, since) ? 'NodeChildrenChanged' : undefined
