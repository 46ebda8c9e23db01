/** The watches of one client: callbacks by path, each used once, put back on a new connection. SESS-6. */
import type { Zxid } from '../../src/core/zxid.js'
import type { Request } from '../../src/service/request.js'
import type { WatchEventType } from '../../src/service/response.js'
import { setWatches } from '../world/set-watches.js'

export interface WatchEvent {
  /** `SessionEnded`: expired or closed; no change will be told any more. */
  readonly type: WatchEventType | 'SessionEnded'
  readonly path: string
}

export type Watcher = (event: WatchEvent) => void

/** `exist`: left by exists on a node that was not there. */
export type WatchKind = 'data' | 'exist' | 'child'

export interface Watches {
  readonly add: (kind: WatchKind, path: string, watcher: Watcher) => void
  /** Takes out the watchers that the event is for, in the order in which they came. */
  readonly take: (event: WatchEvent) => readonly Watcher[]
  readonly paths: () => readonly string[]
  /** What asks a server to keep them; undefined when there are none. */
  readonly request: (lastZxidSeen: Zxid) => Request | undefined
}

const triggered: Readonly<Record<WatchEvent['type'], readonly WatchKind[]>> = {
  NodeCreated: ['data', 'exist'],
  NodeDataChanged: ['data', 'exist'],
  NodeDeleted: ['data', 'exist', 'child'],
  NodeChildrenChanged: ['child'],
  SessionEnded: ['data', 'exist', 'child'],
}

export const makeWatches = (): Watches => {
  const watchers: Readonly<Record<WatchKind, Map<string, Set<Watcher>>>> = {
    data: new Map(),
    exist: new Map(),
    child: new Map(),
  }
  return {
    add: (kind, path, watcher) => {
      watchers[kind].set(path, new Set([...(watchers[kind].get(path) ?? []), watcher]))
    },
    take: ({ type, path }) => {
      const taken = new Set(triggered[type].flatMap((kind) => [...(watchers[kind].get(path) ?? [])]))
      for (const kind of triggered[type]) watchers[kind].delete(path)
      return [...taken]
    },
    paths: () => [...new Set(Object.values(watchers).flatMap((map) => [...map.keys()]))],
    request: (lastZxidSeen) => setWatches(watchers, lastZxidSeen),
  }
}
