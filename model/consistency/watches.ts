/**
 * Watches against what was done. SESS-6: no answer shows a change before the event that announces it; one event a watch,
 * and for a reason.
 */
import * as Z from '../../src/core/zxid.js'
import type { WatchEventType } from '../../src/service/response.js'
import type { Change, Changes } from './changes.js'
import { changesOf } from './changes.js'
import type { Answered, History, WatchEvent } from './history.js'
import { showEvent } from './history.js'
import { firstIndex } from './lists.js'
import { expiries, unknownWrites } from './optional.js'
import { done } from './replay.js'
import type { Position, Sight } from './sights.js'
import { firstShowing, positionsOf, sightsOf } from './sights.js'
import type { Verdict } from './verdict.js'
import { all, held, unknown, violated } from './verdict.js'

/** `exist`: left by an exists that found nothing. */
type WatchKind = 'data' | 'exist' | 'child'

interface Watch {
  readonly kind: WatchKind
  readonly path: string
  readonly left: Answered
  readonly at: number
  /** The change that must be told; undefined: none came any more. */
  readonly due: Change | undefined
  /** The first answer that shows it. */
  readonly deadline: Position | undefined
  /** Left on the present connection; otherwise the event sums up what was missed. */
  readonly isLive: boolean
  /** Its client has heard that the node is gone, and waits no more; the server may tell it once more. */
  readonly isOver?: true
}

/** Held if no events were recorded. n log n. */
export const checkWatches = (history: History): Verdict => {
  if (history.events === undefined) return held
  const changes = changesOf(done(history))
  const isComplete =
    history.commits !== undefined || (unknownWrites(history).length === 0 && expiries(history).length === 0)
  return all([...sightsOf(history)].map(([, sights]) => checkSession(sights, changes, isComplete)))
}

/** @param isComplete false: things may have been done of which `changes` does not know */
const checkSession = (sights: readonly Sight[], changes: Changes, isComplete: boolean): Verdict => {
  const active = new Map<string, Watch>()
  const positions = positionsOf(sights)
  const doubts: Verdict[] = []
  let isRestoring = false
  let latest = NOTHING_TOLD

  const watchSince = (kind: WatchKind, path: string, left: Answered, since: Z.Zxid, at: number): void => {
    const key = `${kind} ${path}`
    if (active.has(key)) return
    const due = firstAfter((kind === 'child' ? changes.ofChildren : changes.ofNode).get(path) ?? [], since)
    const deadline = due === undefined ? undefined : firstShowing(positions, at, due.zxid)
    active.set(key, { kind, path, left, at, due, deadline, isLive: true })
  }
  const heard = (event: WatchEvent): Verdict => {
    const kinds = KINDS.filter((kind) => fires(event.type, kind) && active.has(`${kind} ${event.path}`))
    // One event tells both watches of a node that goes; but setWatches puts back kind by kind, children last.
    const ofNode = kinds.filter((kind) => kind !== 'child')
    const told = isRestoring && ofNode.length > 0 ? ofNode : kinds
    if (told.length === 0) return violated('SESS-6', `${showEvent(event)}, which nobody watched`)
    for (const kind of kinds) if (!told.includes(kind)) setOver(`${kind} ${event.path}`)
    const verdicts = told.flatMap((kind) => {
      const watch = active.get(`${kind} ${event.path}`)
      active.delete(`${kind} ${event.path}`)
      if (watch === undefined) return []
      const verdict = isPassedBy(watch, latest)
        ? outOfOrder(event, watch, latest)
        : judgeEvent(event, watch, isComplete)
      if (isComplete && watch.isLive && watch.due !== undefined) latest = { zxid: watch.due.zxid, at: event.heard }
      return [verdict]
    })
    return all(verdicts)
  }
  const mayBeGone = (path: string, zxid: Z.Zxid): boolean =>
    !isComplete || lastUpTo(changes.ofNode.get(path) ?? [], zxid)?.type === 'NodeDeleted'
  const setOver = (key: string): void => {
    const watch = active.get(key)
    if (watch !== undefined) active.set(key, { ...watch, deadline: undefined, isOver: true })
  }
  const restored = (zxid: Z.Zxid, at: number): void => {
    isRestoring = false
    for (const [key, { isOver }] of [...active]) if (isOver === true) active.delete(key)
    // A node that came and went while nobody watched leaves no trace: only here may an event be missed.
    for (const [key, { kind, path, due, left }] of [...active])
      if (kind === 'exist' && due !== undefined && !Z.isAfter(due.zxid, zxid) && mayBeGone(path, zxid)) {
        active.delete(key)
        watchSince(kind, path, left, zxid, at)
      }
  }
  const reconnected = (willRestore: boolean, at: number): Verdict => {
    isRestoring = willRestore
    const missing = willRestore ? held : missed(active, at, latest)
    latest = NOTHING_TOLD
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
  return all([missed(active, Infinity, latest), ...doubts])
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

/** The latest change that the present connection has told of. */
interface Told {
  readonly zxid: Z.Zxid
  readonly at: number
}

const NOTHING_TOLD: Told = { zxid: Z.ZERO, at: -Infinity }

/** A later change was told first. */
const isPassedBy = ({ due, isLive, at, isOver }: Watch, latest: Told): boolean =>
  due !== undefined && isLive && isOver !== true && at < latest.at && Z.isBefore(due.zxid, latest.zxid)

const outOfOrder = (event: WatchEvent, { left, due }: Watch, { zxid }: Told): Verdict =>
  violated(
    'SESS-6',
    `${showEvent(event)} came after an event that tells of ${Z.show(zxid)}`,
    left,
    ...(due === undefined ? [] : callOf(due)),
  )

const missed = (active: ReadonlyMap<string, Watch>, before: number, latest: Told): Verdict => {
  for (const watch of active.values()) {
    const { kind, path, due, deadline, left } = watch
    const isMissed = isPassedBy(watch, latest) || (deadline !== undefined && deadline.at < before)
    if (due !== undefined && isMissed)
      return violated(
        'SESS-6',
        `the ${kind} watch on ${path} never told of ${Z.show(due.zxid)}`,
        left,
        ...callOf(due),
        ...(deadline === undefined ? [] : callOf(deadline)),
      )
  }
  return held
}

const callOf = <C>({ call }: { readonly call: C | undefined }): readonly C[] => (call === undefined ? [] : [call])

const firstAfter = (changes: readonly Change[], since: Z.Zxid): Change | undefined =>
  changes[firstIndex(changes, ({ zxid }) => Z.isAfter(zxid, since))]

const lastUpTo = (changes: readonly Change[], zxid: Z.Zxid): Change | undefined =>
  changes[firstIndex(changes, (change) => Z.isAfter(change.zxid, zxid)) - 1]

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
export const fires = (type: WatchEventType, kind: WatchKind): boolean => {
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
