/** Requests of clients: what is local is answered, what must be ordered goes on its way, each in its turn. */
import * as S from '../core/sequence.js'
import type { ClientRequest } from '../service/request.js'
import type { ConnectionId } from './event.js'
import type { Turn } from './turn.js'
import { close, find, forget, pauseWhenBusy, put } from './connections.js'
import { order, sync } from './forward.js'
import { MAXIMUM_PENDING_PER_CONNECTION } from './limits.js'
import { answer, enqueue, isOrdered } from './queue.js'
import { touch } from './touch.js'
import { emit } from './turn.js'

export const clientRequested = (turn: Turn, id: ConnectionId, { xid, request }: ClientRequest): void => {
  const found = find(turn, id)
  if (found === undefined) return
  if (found.phase !== 'open' || request.op === 'createSession') {
    close(turn, found)
    return
  }
  const connection = touch(turn, found)
  // Pings and auth replies are matched by their own xids, so they need not wait for anything.
  const overtakes = request.op === 'ping' || request.op === 'auth'
  if (!isOrdered(request) && (overtakes || S.isEmpty(connection.pending))) {
    if (!answer(turn, connection, xid, request)) close(turn, connection)
    return
  }
  if (connection.pending.length >= MAXIMUM_PENDING_PER_CONNECTION) {
    emit(turn, { kind: 'Log', level: 'warn', text: `connection ${id} has too many requests pending: closed` })
    close(turn, connection)
    return
  }
  // In the queue before it is ordered: with one server a write may be delivered within this very step.
  put(turn, pauseWhenBusy(turn, enqueue(turn, connection, xid, request)))
  if (request.op === 'sync') sync(turn, id, connection.sessionId, xid, request)
  else if (isOrdered(request)) order(turn, connection.sessionId, xid, request, connection.ids)
}

/** The client is gone. Its session lives on until it expires; what it had asked for is answered to nobody. */
export const clientClosed = (turn: Turn, id: ConnectionId): void => {
  const connection = find(turn, id)
  if (connection !== undefined) forget(turn, connection)
}
