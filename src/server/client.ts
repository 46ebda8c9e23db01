/** Requests of clients: what is local is answered, what must be ordered goes on its way, each in its turn. */
import * as S from '../core/sequence.js'
import type { ClientRequest } from '../service/request.js'
import type { ConnectionId } from './event.js'
import type { Connection } from './state.js'
import type { Turn } from './turn.js'
import { answer, type AtOnce } from './answer.js'
import { proceed } from './answering.js'
import { close, find, forget, pauseWhenBusy, put } from './connections.js'
import { order, sync } from './forward.js'
import { MAXIMUM_PENDING_PER_CONNECTION } from './limits.js'
import { isOrdered } from './ordered.js'
import { enqueue } from './queue.js'
import { touch } from './touch.js'
import * as H from '../service/hamt.js'
import { emit } from './turn.js'
import { boundWatches } from './watching.js'

export const clientRequested = (turn: Turn, id: ConnectionId, { xid, request }: ClientRequest, bytes: number): void => {
  const found = find(turn, id)
  if (found === undefined) return
  if (found.phase !== 'open' || request.op === 'createSession') {
    close(turn, found)
    return
  }
  const connection = touch(turn, found)
  // Pings and auth replies are matched by their own xids, so they need not wait for anything.
  const overtakes = request.op === 'ping' || request.op === 'auth'
  if (!isOrdered(request) && request.op !== 'setWatches' && (overtakes || isIdle(connection))) {
    answerNow(turn, connection, xid, request)
    return
  }
  if (connection.pending.length >= MAXIMUM_PENDING_PER_CONNECTION) {
    closeForExcess(turn, connection, 'it has too many requests pending')
    return
  }
  if (!makeRoom(turn, connection, bytes)) return
  // In the queue before it is ordered: with one server a write may be delivered within this very step.
  const queued = enqueue(turn, connection, xid, request, bytes)
  put(turn, queued)
  if (!isOrdered(request)) proceed(turn, queued)
  const waiting = find(turn, id)
  if (waiting !== undefined) put(turn, pauseWhenBusy(turn, waiting))
  if (request.op === 'sync') sync(turn, id, connection.sessionId, xid, request)
  else if (isOrdered(request)) order(turn, connection.sessionId, xid, request, connection.ids)
}

/** Nothing waits, and nothing is held back. */
const isIdle = ({ pending, answers }: Connection): boolean => S.isEmpty(pending) && answers === 'flowing'

const answerNow = (turn: Turn, connection: Connection, xid: number, request: AtOnce): void => {
  const { watches } = turn.server
  if (!answer(turn, connection, xid, request)) close(turn, connection)
  else if (watches !== turn.server.watches) boundWatches(turn, connection.id)
}

const closeForExcess = (turn: Turn, connection: Connection, problem: string): void => {
  emit(turn, { kind: 'Log', level: 'warn', text: `client connection ${connection.id} closed: ${problem}` })
  close(turn, connection)
}

/** Reading has stopped long before. Where all wait too long all the same, who has most goes. False: it is who asks now. */
const makeRoom = (turn: Turn, asking: Connection, bytes: number): boolean => {
  const { server, config } = turn
  if (server.outstandingBytes + bytes <= config.limits.outstandingBytesAtMost) return true
  let most = { ...asking, pendingBytes: asking.pendingBytes + bytes }
  for (const [, each] of H.entries(server.connections)) if (each.pendingBytes > most.pendingBytes) most = each
  closeForExcess(
    turn,
    most.id === asking.id ? asking : most,
    `of ${server.outstandingBytes} bytes of waiting requests it has most`,
  )
  return most.id !== asking.id
}

/** The client is gone. Its session lives on until it expires; what it had asked for is answered to nobody. */
export const clientClosed = (turn: Turn, id: ConnectionId): void => {
  const connection = find(turn, id)
  if (connection !== undefined) forget(turn, connection)
}
