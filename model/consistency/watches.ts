/**
 * Watches against what was done. SESS-6: no answer shows a change before the event that announces it; one event a watch,
 * and for a reason.
 */
import * as Z from '../../src/core/zxid.js'
import type { WatchEventType } from '../../src/service/response.js'
import type { SessionId } from '../../src/service/session.js'
import type { Change, Changes } from './changes.js'
import { changesOf } from './changes.js'
import type { Answered, History, WatchEvent } from './history.js'
import { isAnswered, showEvent } from './history.js'
import { unknownWrites } from './optional.js'
import { done } from './replay.js'
import type { Verdict } from './verdict.js'
import { all, held, unknown, violated } from './verdict.js'

/** `exist`: left by an exists that found nothing. */
type WatchKind = 'data' | 'exist' | 'child'

interface Watch {
  readonly kind: WatchKind
  readonly path: string
  readonly left: Answered
  /** The change that must be told; undefined: none came any more. */
  readonly due: Change | undefined
  /** The first answer that shows it. */
  readonly deadline: Position | undefined
  /** Left on the present connection; otherwise the event sums up what was missed. */
  readonly isLive: boolean
}

/** A moment in a session at which it knew the state as of a zxid. */
interface Position {
  readonly at: number
  readonly zxid: Z.Zxid
  readonly call: Answered | undefined
}

/** What one session saw, in its order. */
type Sight =
  | { readonly kind: 'answer'; readonly at: number; readonly call: Answered }
  | { readonly kind: 'event'; readonly at: number; readonly event: WatchEvent }
  | { readonly kind: 'reconnected'; readonly at: number; readonly isRestoring: boolean }
  | { readonly kind: 'restored'; readonly at: number; readonly zxid: Z.Zxid }

/** Held if no events were recorded. n log n. */
export const checkWatches = (history: History): Verdict => {
  if (history.events === undefined) return held
  const changes = changesOf(done(history))
  const isComplete =
    history.commits !== undefined || (unknownWrites(history).length === 0 && (history.ends ?? []).length === 0)
  return all([...sightsOf(history)].map(([, sights]) => checkSession(sights, changes, isComplete)))
}

const sightsOf = (history: History): ReadonlyMap<SessionId, readonly Sight[]> => {
  const sights = new Map<SessionId, Sight[]>()
  const see = (session: SessionId, sight: Sight): void => {
    const own = sights.get(session)
    if (own === undefined) sights.set(session, [sight])
    else own.push(sight)
  }
  for (const call of history.calls)
    if (isAnswered(call)) see(call.session, { kind: 'answer', at: call.outcome.returned, call })
  for (const event of history.events ?? []) see(event.session, { kind: 'event', at: event.heard, event })
  for (const { session, at, restored } of history.reconnections ?? []) {
    see(session, { kind: 'reconnected', at, isRestoring: restored !== undefined })
    if (restored !== undefined) see(session, { kind: 'restored', ...restored })
  }
  for (const own of sights.values()) own.sort((first, second) => first.at - second.at)
  return sights
}

/** @param isComplete false: things may have been done of which `changes` does not know */
const checkSession = (sights: readonly Sight[], changes: Changes, isComplete: boolean): Verdict => {
  const active = new Map<string, Watch>()
  const positions = positionsOf(sights)
  const doubts: Verdict[] = []
  let isRestoring = false

  const watchSince = (kind: WatchKind, path: string, left: Answered, since: Z.Zxid, at: number): void => {
    const key = `${kind} ${path}`
    if (active.has(key)) return
    const due = firstAfter((kind === 'child' ? changes.ofChildren : changes.ofNode).get(path) ?? [], since)
    const deadline = due === undefined ? undefined : deadlineOf(positions, at, due.zxid)
    active.set(key, { kind, path, left, due, deadline, isLive: true })
  }
  const heard = (event: WatchEvent): Verdict => {
    const kinds = KINDS.filter((kind) => fires(event.type, kind) && active.has(`${kind} ${event.path}`))
    // One event tells both watches of a node that goes; but setWatches puts back kind by kind, children last.
    const ofNode = kinds.filter((kind) => kind !== 'child')
    const told = isRestoring && ofNode.length > 0 ? ofNode : kinds
    if (told.length === 0) return violated('SESS-6', `${showEvent(event)}, which nobody watched`)
    const verdicts = told.flatMap((kind) => {
      const watch = active.get(`${kind} ${event.path}`)
      active.delete(`${kind} ${event.path}`)
      return watch === undefined ? [] : [judgeEvent(event, watch, isComplete)]
    })
    return all(verdicts)
  }
  const restored = (zxid: Z.Zxid, at: number): void => {
    isRestoring = false
    // A node that came and went while nobody watched leaves no trace: only here may an event be missed.
    for (const [key, { kind, path, due, left }] of [...active])
      if (kind === 'exist' && due !== undefined && !Z.isAfter(due.zxid, zxid)) {
        active.delete(key)
        watchSince(kind, path, left, zxid, at)
      }
  }
  const reconnected = (willRestore: boolean, at: number): Verdict => {
    isRestoring = willRestore
    const missing = willRestore ? held : missed(active, at)
    if (!willRestore) active.clear()
    for (const [key, watch] of active) active.set(key, { ...watch, isLive: false })
    return missing
  }
  const see = (sight: Sight): Verdict => {
    switch (sight.kind) {
      case 'answer': {
        const watch = watchLeftBy(sight.call)
        if (watch !== undefined) watchSince(watch.kind, watch.path, sight.call, sight.call.outcome.zxid, sight.at)
        return held
      }
      case 'event':
        return heard(sight.event)
      case 'reconnected':
        return reconnected(sight.isRestoring, sight.at)
      case 'restored':
        restored(sight.zxid, sight.at)
        return held
    }
  }
  for (const sight of sights) {
    const verdict = see(sight)
    if (verdict.kind === 'Violated') return verdict
    if (verdict.kind === 'Unknown') doubts.push(verdict)
  }
  return all([missed(active, Infinity), ...doubts])
}

const KINDS: readonly WatchKind[] = ['data', 'exist', 'child']

const judgeEvent = (event: WatchEvent, watch: Watch, isComplete: boolean): Verdict => {
  const { due, deadline, left, isLive } = watch
  if (deadline !== undefined && deadline.at < event.heard)
    return violated(
      'SESS-6',
      `${showEvent(event)} came after an answer that shows the change`,
      left,
      ...callOf(deadline),
    )
  const wrong = (clause: string, what: string, ...about: readonly Change[]): Verdict =>
    isComplete
      ? violated(clause, `${showEvent(event)}${what}`, left, ...about.flatMap(callOf))
      : unknown(`${showEvent(event)}${what}, unless a write of unknown outcome explains it`)
  if (due === undefined) return wrong('SESS-6', ', but nothing happened')
  if (due.call !== undefined && due.call.invoked > event.heard)
    return wrong('OSC', ' came before the change began', due)
  if (isLive && due.type !== event.type) return wrong('SESS-6', `, but the change was a ${due.type}`, due)
  return held
}

const missed = (active: ReadonlyMap<string, Watch>, before: number): Verdict => {
  for (const { kind, path, due, deadline, left } of active.values())
    if (due !== undefined && deadline !== undefined && deadline.at < before)
      return violated(
        'SESS-6',
        `the ${kind} watch on ${path} never told of ${Z.show(due.zxid)}`,
        left,
        ...callOf(due),
        ...callOf(deadline),
      )
  return held
}

const callOf = <C>({ call }: { readonly call: C | undefined }): readonly C[] => (call === undefined ? [] : [call])

const positionsOf = (sights: readonly Sight[]): readonly Position[] =>
  sights.flatMap((sight): readonly Position[] => {
    if (sight.kind === 'answer') return [{ at: sight.at, zxid: sight.call.outcome.zxid, call: sight.call }]
    return sight.kind === 'restored' ? [{ at: sight.at, zxid: sight.zxid, call: undefined }] : []
  })

const firstAfter = (changes: readonly Change[], since: Z.Zxid): Change | undefined =>
  changes[firstIndex(changes.length, (index) => Z.isAfter(changes[index]?.zxid ?? Z.ZERO, since))]

/** Positions do not go back: that is judged elsewhere. */
const deadlineOf = (positions: readonly Position[], after: number, zxid: Z.Zxid): Position | undefined => {
  const isPast = ({ at, zxid: known }: Position): boolean => at > after && !Z.isBefore(known, zxid)
  return positions[
    firstIndex(positions.length, (index) => {
      const position = positions[index]
      return position !== undefined && isPast(position)
    })
  ]
}

/** The first index for which it is so, if it is so for all after it. */
const firstIndex = (length: number, isSo: (index: number) => boolean): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isSo(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** The watch that an answered read leaves behind. */
const watchLeftBy = ({ operation, outcome }: Answered): Pick<Watch, 'kind' | 'path'> | undefined => {
  if (!('watch' in operation) || !operation.watch) return undefined
  const { op, path } = operation
  const { error } = outcome.result
  if (error === 'NONODE') return op === 'exists' ? { kind: 'exist', path } : undefined
  if (error !== 'OK') return undefined
  return { kind: op === 'exists' || op === 'getData' ? 'data' : 'child', path }
}

/** Does an event of this type use up a watch of this kind? */
const fires = (type: WatchEventType, kind: WatchKind): boolean => {
  switch (type) {
    case 'NodeCreated':
    case 'NodeDataChanged':
      return kind !== 'child'
    case 'NodeDeleted':
      return true
    case 'NodeChildrenChanged':
      return kind === 'child'
  }
}
