/** The client connections of a server: open, change, close, and stop or resume reading. */
import * as S from '../core/sequence.js'
import { addressId, SUPER } from '../service/acl.js'
import * as H from '../service/hamt.js'
import * as W from '../service/watch.js'
import type { ConnectionId } from './event.js'
import type { Connection } from './state.js'
import type { SessionId } from '../service/session.js'
import type { Turn } from './turn.js'
import { emit } from './turn.js'

export const NO_SESSION: SessionId = 0n

/** A connection as it is accepted; `address` is the literal IP address of the client. */
export const opened = ({ config }: Turn, id: ConnectionId, address: string): Connection => ({
  id,
  phase: 'opened',
  ids: config.skipAcl ? [addressId(address), SUPER] : [addressId(address)],
  sessionId: NO_SESSION,
  timeoutMs: 0,
  readOnly: undefined,
  pending: S.empty(),
  pendingBytes: 0,
  localWeight: 0,
  restored: 0,
  answers: 'flowing',
  credit: config.limits.answerBytesPerStep,
  reading: 'on',
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

/** Drops the connection, its watches and whatever it still waits for (FWD-4). Says nothing to anybody. */
export const forget = (turn: Turn, connection: Connection): void => {
  const { server } = turn
  server.connections = H.remove(server.connections, connection.id)
  if (H.get(server.connectionOf, connection.sessionId) === connection.id) {
    server.connectionOf = H.remove(server.connectionOf, connection.sessionId)
  }
  server.outstandingRequests -= connection.pending.length
  server.outstandingBytes -= connection.pendingBytes
  leaveWatches(turn, connection.id)
  resumeWhenIdle(turn)
}

/** There may be a hundred thousand of them: what is left after a slice goes in later turns. */
const leaveWatches = (turn: Turn, id: ConnectionId): void => {
  const { server, config } = turn
  const left = W.leave(server.watches, id)
  if (left === server.watches) return
  const wasSwept = W.isSwept(server.watches)
  server.watches = W.sweep(left, config.limits.watchesPerStep)
  if (wasSwept && !W.isSwept(server.watches)) emit(turn, { kind: 'Continue' })
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
  server.outstandingBytes = 0
  server.paused = S.empty()
}

// --- reading

/** Too much of this connection waits. Half of it is little again. */
const isFull = ({ config: { limits } }: Turn, connection: Connection, share = 1): boolean =>
  connection.pending.length >= share * limits.pendingRequests ||
  connection.pendingBytes >= share * limits.pendingBytes ||
  connection.localWeight >= share * limits.answersPerStep

/** Too much waits, of all connections together. */
const isBusy = ({ server, config }: Turn, share = 1): boolean =>
  server.outstandingRequests > share * config.globalOutstandingLimit ||
  server.outstandingBytes > share * config.limits.outstandingBytes

/** Back-pressure: at the limits, reading stops from a client that already has requests under way. */
export const pauseWhenBusy = (turn: Turn, connection: Connection): Connection => {
  if (connection.reading !== 'on' || S.isEmpty(connection.pending)) return connection
  const reading = isFull(turn, connection) ? 'full' : isBusy(turn) ? 'busy' : 'on'
  if (reading === 'on') return connection
  if (reading === 'busy') remember(turn, connection.id)
  emit(turn, { kind: 'ClientPause', connection: connection.id })
  return { ...connection, reading }
}

/**
 * Down at half of its limits a connection is read from again, unless the whole server is busy; and one of which nothing waits
 * is, however busy others keep the server. Called after it has been answered.
 */
export const resumeReading = (turn: Turn, id: ConnectionId): void => {
  const connection = find(turn, id)
  if (connection?.reading === 'busy' && S.isEmpty(connection.pending)) resume(turn, connection)
  if (connection?.reading === 'full' && !isFull(turn, connection, 1 / 2)) {
    if (isBusy(turn) && !S.isEmpty(connection.pending)) {
      remember(turn, id)
      put(turn, { ...connection, reading: 'busy' })
    } else resume(turn, connection)
  }
  resumeWhenIdle(turn)
}

/** Down at half of the limits everybody is read from again. Called whenever less is waiting. */
const resumeWhenIdle = (turn: Turn): void => {
  const { server } = turn
  if (S.isEmpty(server.paused) || isBusy(turn, 1 / 2)) return
  const paused = S.toArray(server.paused)
  server.paused = S.empty()
  for (const id of paused) {
    const connection = find(turn, id)
    if (connection?.reading !== 'busy') continue
    if (isFull(turn, connection, 1 / 2)) put(turn, { ...connection, reading: 'full' })
    else resume(turn, connection)
  }
}

const resume = (turn: Turn, connection: Connection): void => {
  put(turn, { ...connection, reading: 'on' })
  emit(turn, { kind: 'ClientResume', connection: connection.id })
}

/** Who is paused while all of the server is busy. Those that have been closed since are left out before they pile up. */
const remember = (turn: Turn, id: ConnectionId): void => {
  const { server } = turn
  const known = server.paused
  const others =
    known.length > 2 * server.connections.size + PAUSED_AT_LEAST
      ? S.fromArray(S.toArray(known).filter((each) => find(turn, each)?.reading === 'busy'))
      : known
  server.paused = S.append(id)(others)
}

const PAUSED_AT_LEAST = 64
