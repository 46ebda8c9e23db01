/**
 * The leader's session tracker: who is alive, and through which server each session speaks. SESS-2, SESS-4.
 *
 * Deadlines are ends of buckets one tick long, so a session lives between its timeout and one tick more after the
 * last touch, and a touch changes nothing until the bucket does.
 */
import type { ServerId } from '../core/configuration.js'
import * as H from '../service/hamt.js'
import { sessionsOf } from '../service/database.js'
import type { Database } from '../service/database.js'
import type { SessionId } from '../service/session.js'
import type { SessionTracker, TrackedSession } from './state.js'

/** The end of the bucket that `nowMs + timeoutMs` falls into, ms on the same clock. */
export const deadlineOf = (nowMs: number, timeoutMs: number, tickTimeMs: number): number =>
  (Math.floor((nowMs + timeoutMs) / tickTimeMs) + 1) * tickTimeMs

/** Milliseconds until the present bucket ends. */
export const untilNextBucket = (nowMs: number, tickTimeMs: number): number => deadlineOf(nowMs, 0, tickTimeMs) - nowMs

/** SESS-2: on becoming leader every session of the state gets its full timeout, and no owner yet. */
export const fromDatabase = (database: Database, nowMs: number, tickTimeMs: number): SessionTracker => {
  let sessions: SessionTracker = H.empty()
  for (const [id, timeoutMs] of sessionsOf(database)) {
    sessions = track(sessions, id, timeoutMs, undefined, nowMs, tickTimeMs)
  }
  return sessions
}

/** A session that has just been asked for. */
export const track = (
  sessions: SessionTracker,
  id: SessionId,
  timeoutMs: number,
  owner: ServerId | undefined,
  nowMs: number,
  tickTimeMs: number,
): SessionTracker =>
  H.set(sessions, id, { timeoutMs, deadlineMs: deadlineOf(nowMs, timeoutMs, tickTimeMs), owner, isClosing: false })

/** The session showed signs of life. Unknown and closing sessions stay as they are. */
export const touch = (sessions: SessionTracker, id: SessionId, nowMs: number, tickTimeMs: number): SessionTracker => {
  const session = H.get(sessions, id)
  if (session === undefined || session.isClosing) return sessions
  const deadlineMs = deadlineOf(nowMs, session.timeoutMs, tickTimeMs)
  return deadlineMs === session.deadlineMs ? sessions : H.set(sessions, id, { ...session, deadlineMs })
}

export type Standing = 'valid' | 'expired' | 'moved'

/** May this session be heard through this server? */
export const standingOf = (session: TrackedSession | undefined, through: ServerId): Standing => {
  if (session === undefined || session.isClosing) return 'expired'
  return session.owner === undefined || session.owner === through ? 'valid' : 'moved'
}

/** SESS-4: from now on the session speaks through `owner`. */
export const move = (sessions: SessionTracker, id: SessionId, owner: ServerId): SessionTracker => {
  const session = H.get(sessions, id)
  return session === undefined || session.owner === owner ? sessions : H.set(sessions, id, { ...session, owner })
}

/** SESS-4: the client connected anew, perhaps with another timeout, through `owner`. */
export const reattach = (
  sessions: SessionTracker,
  id: SessionId,
  timeoutMs: number,
  owner: ServerId,
  nowMs: number,
  tickTimeMs: number,
): SessionTracker =>
  standingOf(H.get(sessions, id), owner) === 'expired'
    ? sessions
    : track(sessions, id, timeoutMs, owner, nowMs, tickTimeMs)

/** The session's closeSession has been submitted: it is not heard any more. */
export const startClosing = (sessions: SessionTracker, id: SessionId): SessionTracker => {
  const session = H.get(sessions, id)
  return session === undefined || session.isClosing ? sessions : H.set(sessions, id, { ...session, isClosing: true })
}

export const forget = (sessions: SessionTracker, id: SessionId): SessionTracker => H.remove(sessions, id)

/** The sessions whose bucket has passed, not closing yet. One walk over all sessions, once a tick. */
export const expired = (sessions: SessionTracker, nowMs: number): readonly SessionId[] => {
  const ids: SessionId[] = []
  for (const [id, session] of H.entries(sessions)) {
    if (!session.isClosing && session.deadlineMs <= nowMs) ids.push(id)
  }
  return ids
}
