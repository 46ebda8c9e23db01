/** What one session saw, in its order: answers, events, connections. */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Answered, History, WatchEvent } from './history.js'
import { isAnswered } from './history.js'
import { append, firstIndex } from './lists.js'

export type Sight =
  | { readonly kind: 'answer'; readonly at: number; readonly call: Answered }
  | { readonly kind: 'event'; readonly at: number; readonly event: WatchEvent }
  | { readonly kind: 'reconnected'; readonly at: number; readonly isRestoring: boolean }
  | { readonly kind: 'restored'; readonly at: number; readonly zxid: Z.Zxid }

/** A moment in a session at which it knew the state as of a zxid. */
export interface Position {
  readonly at: number
  readonly zxid: Z.Zxid
  /** Undefined: told by the answer to setWatches. */
  readonly call: Answered | undefined
}

/** n log n. */
export const sightsOf = (history: History): ReadonlyMap<SessionId, readonly Sight[]> => {
  const sights = new Map<SessionId, Sight[]>()
  for (const call of history.calls)
    if (isAnswered(call)) append(sights, call.session, { kind: 'answer', at: call.outcome.returned, call })
  for (const event of history.events ?? []) append(sights, event.session, { kind: 'event', at: event.heard, event })
  for (const { session, at, restored } of history.reconnections ?? []) {
    append(sights, session, { kind: 'reconnected', at, isRestoring: restored !== undefined })
    if (restored !== undefined) append(sights, session, { kind: 'restored', ...restored })
  }
  for (const own of sights.values()) own.sort((first, second) => first.at - second.at)
  return sights
}

export const positionsOf = (sights: readonly Sight[]): readonly Position[] =>
  sights.flatMap((sight): readonly Position[] => {
    if (sight.kind === 'answer') return [{ at: sight.at, zxid: sight.call.outcome.zxid, call: sight.call }]
    return sight.kind === 'restored' ? [{ at: sight.at, zxid: sight.zxid, call: undefined }] : []
  })

/** The first position after that moment at which `zxid` shows. Positions do not go back: that is judged elsewhere. */
export const firstShowing = (positions: readonly Position[], after: number, zxid: Z.Zxid): Position | undefined =>
  positions[firstIndex(positions, ({ at, zxid: known }) => at > after && !Z.isBefore(known, zxid))]
