// SESS-6 by its definition, for sessions that keep their connection: what a server that does one commit after the other
// would have told, and when. For a few commits.
import type { Answered, History, WatchEvent } from '../../../model/consistency/history.js'
import { isAnswered, requestKey } from '../../../model/consistency/history.js'
import type { Operation, Service } from '../../../model/service.js'
import { makeService } from '../../../model/service.js'
import * as Z from '../../../src/core/zxid.js'
import type { WatchEventType } from '../../../src/service/response.js'

type Kind = 'data' | 'exist' | 'child'

interface Watch {
  readonly kind: Kind
  readonly path: string
  /** The change that uses it up. */
  readonly change: Change | undefined
}

interface Change {
  readonly zxid: Z.Zxid
  readonly type: WatchEventType
  /** Nobody can have asked for it before. */
  readonly invoked: number
}

/** Needs the commits, and no reconnections. */
export const isWatchedWell = (history: History): boolean =>
  [...new Set(history.calls.map(({ session }) => session))].every((session) => isSessionWatchedWell(history, session))

const isSessionWatchedWell = (history: History, session: bigint): boolean => {
  const answers = history.calls.filter(isAnswered).filter((call) => call.session === session)
  const events = (history.events ?? []).filter((event) => event.session === session)
  const sights: readonly (Answered | WatchEvent)[] = [...answers, ...events].sort((a, b) => momentOf(a) - momentOf(b))
  let watches: readonly Watch[] = []
  for (const sight of sights) {
    if ('heard' in sight) {
      const told = watches.filter(
        ({ path, change }) => path === sight.path && change?.type === sight.type && change.invoked <= sight.heard,
      )
      const isLate = watches.some(({ change }) =>
        told.some(
          (watch) => change !== undefined && watch.change !== undefined && Z.isBefore(change.zxid, watch.change.zxid),
        ),
      )
      if (told.length === 0 || isLate) return false
      watches = watches.filter((watch) => !told.includes(watch))
    } else {
      const { zxid } = sight.outcome
      if (watches.some(({ change }) => change !== undefined && !Z.isAfter(change.zxid, zxid))) return false
      const left = watchLeftBy(sight)
      if (left !== undefined && !watches.some(({ kind, path }) => kind === left.kind && path === left.path))
        watches = [...watches, { ...left, change: firstChange(history, left, zxid) }]
    }
  }
  return true
}

const momentOf = (sight: Answered | WatchEvent): number => ('heard' in sight ? sight.heard : sight.outcome.returned)

const watchLeftBy = ({ operation, outcome }: Answered): Omit<Watch, 'change'> | undefined => {
  if (!('watch' in operation) || !operation.watch) return undefined
  const { path, op } = operation
  if (outcome.result.error !== 'OK') return op === 'exists' ? { kind: 'exist', path } : undefined
  return { kind: op.startsWith('getChildren') ? 'child' : 'data', path }
}

/** What is seen of the node before and after each commit. */
const firstChange = (history: History, watch: Omit<Watch, 'change'>, since: Z.Zxid): Change | undefined => {
  const service = makeService()
  for (const { zxid, session, xid, internal } of history.commits ?? []) {
    const call = history.calls.find((each) => requestKey(each.session, each.xid) === requestKey(session, xid))
    const operation = internal ?? call?.operation
    if (operation === undefined) continue
    const before = look(service, watch)
    service.execute(session, operation, zxid)
    const type = Z.isAfter(zxid, since) ? typeOf(watch, before, look(service, watch), zxid) : undefined
    const invoked = internal === undefined ? (call?.invoked ?? -Infinity) : -Infinity
    if (type !== undefined) return { zxid, type, invoked }
  }
  return undefined
}

const look = (service: Service, { kind, path }: Omit<Watch, 'change'>): Z.Zxid | undefined => {
  const exists: Operation = { op: 'exists', path, watch: false }
  const { stat } = service.execute(0n, exists, Z.ZERO)
  return kind === 'child' ? stat?.pzxid : stat?.mzxid
}

const typeOf = (
  { kind }: Omit<Watch, 'change'>,
  before: Z.Zxid | undefined,
  after: Z.Zxid | undefined,
  zxid: Z.Zxid,
): WatchEventType | undefined => {
  if (after === undefined) return before === undefined ? undefined : 'NodeDeleted'
  if (before === undefined) return kind === 'child' ? undefined : 'NodeCreated'
  if (!Z.equals(after, zxid) || Z.equals(before, after)) return undefined
  return kind === 'child' ? 'NodeChildrenChanged' : 'NodeDataChanged'
}
