/** A client arrives: session establishment, in the order in which ZooKeeper decides. SESS-1, SESS-3, SESS-4. */
import * as Z from '../core/zxid.js'
import type { ConnectRequest } from '../service/request.js'
import { isPasswordOf, negotiateTimeout } from '../service/session.js'
import * as H from '../service/hamt.js'
import type { ConnectionId } from './event.js'
import type { Connection } from './state.js'
import type { Turn } from './turn.js'
import { bind, close, find, NO_SESSION, ofSession, opened, put } from './connections.js'
import { askLeader, createSession, reattach } from './forward.js'
import { accept, reject } from './settle.js'
import { cite, emit } from './turn.js'

/** Who comes while nobody is served is turned away at once. */
export const clientOpened = (turn: Turn, id: ConnectionId, address: string): void => {
  if (turn.server.service.kind === 'NotServing') emit(turn, { kind: 'ClientClose', connection: id })
  else if (H.get(turn.server.connections, id) === undefined) put(turn, opened(turn, id, address))
}

export const clientConnect = (turn: Turn, id: ConnectionId, request: ConnectRequest): void => {
  const { server, config } = turn
  const connection = find(turn, id)
  if (connection === undefined) return
  // A second ConnectRequest on one connection is no request at all.
  if (connection.phase !== 'opened') {
    close(turn, connection)
    return
  }
  if (Z.isAfter(request.lastZxidSeen, server.lastProcessed)) {
    // SESS-3: this server is behind what the client has seen; it must try another.
    cite(turn, 'SESS-3')
    close(turn, connection)
    return
  }
  const timeoutMs = negotiateTimeout(request.timeoutMs, config.minSessionTimeoutMs, config.maxSessionTimeoutMs)
  const arriving: Connection = { ...connection, timeoutMs, readOnly: request.readOnly }
  emit(turn, { kind: 'ClientPause', connection: id })
  if (request.sessionId === NO_SESSION) create(turn, arriving)
  else resume(turn, { ...arriving, sessionId: request.sessionId }, request.password)
}

/** SESS-1: a new session; the answer comes when its transaction has been applied here. */
const create = (turn: Turn, connection: Connection): void => {
  const { server } = turn
  const sessionId = server.nextSessionId
  server.nextSessionId = BigInt.asIntN(64, sessionId + 1n)
  cite(turn, 'SESS-1')
  bind(turn, { ...connection, phase: 'creating', sessionId })
  createSession(turn, sessionId, connection.timeoutMs)
}

/** SESS-4: an old session. One connection a session: an earlier one here ends, whatever the password. */
const resume = (turn: Turn, connection: Connection, password: Uint8Array): void => {
  const { server, config } = turn
  const { sessionId, timeoutMs } = connection
  const former = ofSession(turn, sessionId)
  if (former !== undefined) close(turn, former)
  cite(turn, 'SESS-4')
  if (!isPasswordOf(sessionId, password)) {
    reject(turn, connection)
  } else if (server.leadership === undefined) {
    bind(turn, { ...connection, phase: 'validating' })
    askLeader(turn, sessionId, timeoutMs)
  } else if (reattach(turn, sessionId, timeoutMs, config.core.self)) {
    bind(turn, connection)
    accept(turn, connection)
  } else {
    reject(turn, connection)
  }
}
