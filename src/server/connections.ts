/** The client connections of a server: open, change, close, and stop or resume reading. */
import * as S from '../core/sequence.js'
import { addressId, SUPER } from '../service/acl.js'
import * as H from '../service/hamt.js'
import * as W from '../service/watch.js'
import type { ConnectionId } from './event.js'
import type { Connection, Pending } from './state.js'
import type { SessionId } from '../service/session.js'
import type { Turn } from './turn.js'
import { emit } from './turn.js'

export const NO_SESSION: SessionId = 0n

/** A connection as it is accepted; `address` is the literal IP address of the client. */
export const opened = (id: ConnectionId, address: string, skipAcl: boolean): Connection => ({
  id,
  phase: 'opened',
  ids: skipAcl ? [addressId(address), SUPER] : [addressId(address)],
  sessionId: NO_SESSION,
  timeoutMs: 0,
  readOnly: undefined,
  pending: S.empty(),
  paused: false,
  touched: 0,
})

export const find = (turn: Turn, id: ConnectionId): Connection | undefined => H.get(turn.server.connections, id)

/** The connection that carries the session, if it is one of this server. */
export const ofSession = (turn: Turn, sessionId: SessionId): Connection | undefined => {
  const id = H.get(turn.server.connectionOf, sessionId)
  return id === undefined ? undefined : find(turn, id)
}

export const put = (turn: Turn, connection: Connection): void => {
  turn.server.connections = H.set(turn.server.connections, connection.id, connection)
}

/** Gives the connection its session; from now on `ofSession` finds it. */
export const bind = (turn: Turn, connection: Connection): void => {
  put(turn, connection)
  turn.server.connectionOf = H.set(turn.server.connectionOf, connection.sessionId, connection.id)
}

/** Only requests with a positive xid count as outstanding: the others are the client library's own. */
export const weightOf = (pending: Pending): number => (pending.xid > 0 ? 1 : 0)

/** Drops the connection, its watches and whatever it still waits for (FWD-4). Says nothing to anybody. */
export const forget = (turn: Turn, connection: Connection): void => {
  const { server } = turn
  server.connections = H.remove(server.connections, connection.id)
  if (H.get(server.connectionOf, connection.sessionId) === connection.id) {
    server.connectionOf = H.remove(server.connectionOf, connection.sessionId)
  }
  server.watches = W.removeConnection(server.watches, connection.id)
  for (const pending of S.toArray(connection.pending)) server.outstandingRequests -= weightOf(pending)
  resumeWhenIdle(turn)
}

/** Forgets the connection and closes it, after what has been sent on it. */
export const close = (turn: Turn, connection: Connection): void => {
  forget(turn, connection)
  emit(turn, { kind: 'ClientClose', connection: connection.id })
}

/** FWD-4: closes every connection. What their pending requests come to is unknown to their clients. */
export const closeAll = (turn: Turn): void => {
  const { server } = turn
  for (const [id] of H.entries(server.connections)) emit(turn, { kind: 'ClientClose', connection: id })
  server.connections = H.empty()
  server.connectionOf = H.empty()
  server.watches = W.empty
  server.outstandingRequests = 0
  server.paused = S.empty()
}

/** Back-pressure: above the limit, reading stops from a client that already has requests under way. */
export const pauseWhenBusy = (turn: Turn, connection: Connection): Connection => {
  const { server, config } = turn
  if (server.outstandingRequests <= config.globalOutstandingLimit) return connection
  if (connection.paused || S.isEmpty(connection.pending)) return connection
  server.paused = S.append(connection.id)(server.paused)
  emit(turn, { kind: 'ClientPause', connection: connection.id })
  return { ...connection, paused: true }
}

/** Down at half of the limit everybody is read from again. Called whenever the number of requests has become smaller. */
export const resumeWhenIdle = (turn: Turn): void => {
  const { server, config } = turn
  if (S.isEmpty(server.paused) || 2 * server.outstandingRequests > config.globalOutstandingLimit) return
  const paused = S.toArray(server.paused)
  server.paused = S.empty()
  for (const id of paused) {
    const connection = find(turn, id)
    if (connection === undefined) continue
    put(turn, { ...connection, paused: false })
    emit(turn, { kind: 'ClientResume', connection: id })
  }
}
