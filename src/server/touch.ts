/** Signs of life of clients, written down where the leader will see them. SESS-2. */
import * as S from '../core/sequence.js'
import type { Connection } from './state.js'
import { withQueue, withSessions } from './state.js'
import type { Turn } from './turn.js'
import type { SessionTouch } from './packet.js'
import { put } from './connections.js'
import { MAXIMUM_TOUCHES_PER_PING } from './limits.js'
import * as tracker from './tracker.js'

/**
 * SESS-2. Any request or ping of an open connection touches its session: in the leader's tracker at once, in a
 * learner's touch table until the next PING. What says nothing new is not written down again.
 */
export const touch = (turn: Turn, connection: Connection): Connection => {
  const { server, config, now } = turn
  const { leadership } = server
  if (leadership === undefined) {
    if (connection.touched === server.touchRound || server.touches.length >= MAXIMUM_TOUCHES_PER_PING) return connection
    const touched: SessionTouch = { id: connection.sessionId, timeoutMs: connection.timeoutMs }
    server.touches = S.append(touched)(server.touches)
    return noted(turn, connection, server.touchRound)
  }
  const deadlineMs = tracker.deadlineOf(now.monotonicMs, connection.timeoutMs, config.tickTimeMs)
  if (connection.touched === deadlineMs) return connection
  const sessions = tracker.touch(leadership.sessions, connection.sessionId, now.monotonicMs, config.tickTimeMs)
  if (sessions !== leadership.sessions) server.leadership = withSessions(leadership, sessions)
  return noted(turn, connection, deadlineMs)
}

const noted = (turn: Turn, connection: Connection, touched: number): Connection => {
  const after = withQueue(connection, connection, touched)
  put(turn, after)
  return after
}

/** A learner answers PING with its touch table and starts a new one. */
export const takeTouches = (turn: Turn): readonly SessionTouch[] => {
  const { server } = turn
  const touches = S.toArray(server.touches)
  server.touches = S.empty()
  server.touchRound += 1
  return touches
}
