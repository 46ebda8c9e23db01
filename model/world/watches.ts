/**
 * What a client knows of its watches: which are set, and what it had read when it set them. It must hear of a change
 * before it sees the change, and of nothing that it does not watch. SESS-6.
 */
import type { Zxid } from '../../src/core/zxid.js'
import type { Request } from '../../src/service/request.js'
import type { WatchNotification } from '../../src/service/response.js'
import type { Result } from '../service.js'
import { setWatches } from './set-watches.js'

export interface Watches {
  /** An answer has come. Gives what is wrong with it, if anything is. */
  readonly answered: (request: Request, result: Result) => string | undefined
  readonly notified: (event: WatchNotification) => string | undefined
  /** The request that puts them back on a new connection; none when nothing is watched. */
  readonly restored: (lastZxidSeen: Zxid) => Request | undefined
  /** The session is over. */
  readonly clear: () => void
}

export const makeWatches = (): Watches => {
  /** Path → what the client saw: of a node that is there, of one that is not, of children. */
  const tables = { data: new Map<string, string>(), exist: new Map<string, string>(), child: new Map<string, string>() }

  const answered = (request: Request, result: Result): string | undefined => {
    const seen = seenBy(request, result)
    if (seen === undefined) return undefined
    const { path, kind, what, isWatched } = seen
    // A node that is there ends a watch for its coming, and the other way round.
    const stale = kind === 'data' ? tables.exist : kind === 'exist' ? tables.data : undefined
    const former = tables[kind].get(path)
    if (stale?.has(path) === true || (former !== undefined && former !== what))
      return `a client sees that ${path} has changed, and has not heard of it from its watch`
    if (isWatched) tables[kind].set(path, what)
    return undefined
  }

  const notified = ({ type, path }: WatchNotification): string | undefined => {
    switch (type) {
      case 'NodeDeleted':
        // One for each kind of watch, perhaps: only the first finds anything.
        for (const table of Object.values(tables)) table.delete(path)
        return undefined
      case 'NodeCreated':
        return tables.exist.delete(path)
          ? undefined
          : `a client hears that ${path} is created, and has not asked for it`
      case 'NodeDataChanged':
        return tables.data.delete(path)
          ? undefined
          : `a client hears that ${path} has changed, and has not asked for it`
      case 'NodeChildrenChanged':
        return tables.child.delete(path)
          ? undefined
          : `a client hears that the children of ${path} have changed, and has not asked for it`
    }
  }

  return {
    answered,
    notified,
    restored: (lastZxidSeen) => setWatches(tables, lastZxidSeen),
    clear: () => {
      for (const table of Object.values(tables)) table.clear()
    },
  }
}

interface Seen {
  readonly path: string
  readonly kind: 'data' | 'exist' | 'child'
  readonly what: string
  readonly isWatched: boolean
}

/** What a read shows of the thing that a watch of its kind would watch. */
const seenBy = (request: Request, result: Result): Seen | undefined => {
  switch (request.op) {
    case 'exists':
      if (result.error === 'NONODE') return { path: request.path, kind: 'exist', what: '', isWatched: request.watch }
      return seenData(request, result)
    case 'getData':
      return seenData(request, result)
    case 'getChildren':
      return 'children' in result && result.children !== undefined
        ? { path: request.path, kind: 'child', what: result.children.join(), isWatched: request.watch }
        : undefined
    default:
      return undefined
  }
}

const seenData = (request: { readonly path: string; readonly watch: boolean }, result: Result): Seen | undefined =>
  'stat' in result && result.stat !== undefined
    ? {
        path: request.path,
        kind: 'data',
        what: `${result.stat.mzxid.epoch}:${result.stat.mzxid.counter}`,
        isWatched: request.watch,
      }
    : undefined
