/**
 * The queue of a connection: replies leave in the order of the requests (FWD-2, SESS-5).
 *
 * A write or a sync is finished from elsewhere (a delivered transaction, the leader's SYNC); everything else is
 * answered from the local state once all before it has been answered (answering.ts).
 */
import * as S from '../core/sequence.js'
import { errorCode } from '../service/error.js'
import type { Request } from '../service/request.js'
import type { SessionId } from '../service/session.js'
import type { ConnectionId } from './event.js'
import type { Connection, Outcome, Pending } from './state.js'
import { withQueue } from './state.js'
import type { Turn } from './turn.js'
import { answerFrom } from './answering.js'
import { find, ofSession, put } from './connections.js'
import { isUnfinished } from './ordered.js'
import { localWeight } from './queue-weight.js'
import { cite } from './turn.js'

/** SESS-5: puts a request at the end of its connection's queue. */
export const enqueue = (
  turn: Turn,
  connection: Connection,
  xid: number,
  request: Request,
  bytes: number,
): Connection => {
  const { server, config } = turn
  const pending: Pending = { xid, request, bytes, outcome: undefined }
  server.outstandingRequests += 1
  server.outstandingBytes += bytes
  const queue = {
    pending: S.append(pending)(connection.pending),
    pendingBytes: connection.pendingBytes + bytes,
    localWeight: connection.localWeight + localWeight(config, request),
    restored: connection.restored,
    answers: connection.answers,
    credit: connection.credit,
  }
  return withQueue(connection, queue, connection.touched)
}

/**
 * SESS-5: a write of this session is about to be applied. What its client has asked before must not see it: that is
 * answered now, though the client has not taken what came before. Reading stops at a slice of such requests, so there
 * are no more than that.
 */
export const answerBefore = (turn: Turn, sessionId: SessionId): void => {
  const connection = ofSession(turn, sessionId)
  if (connection?.answers !== 'awaiting') return
  const head = S.first(connection.pending)
  if (head !== undefined && !isUnfinished(head)) answerFrom(turn, connection, head, 'all')
}

/** FWD-3: the write `cxid` of this connection came to this outcome. Nothing happens when it has none such. */
export const completeWrite = (turn: Turn, connection: Connection, cxid: number, outcome: Outcome): void => {
  const write = findUnfinished(connection, cxid, false)
  if (write !== undefined) complete(turn, connection, write, outcome)
}

/** READ-2: the first unfinished sync of this connection is done. The connection may be gone by now. */
export const completeSync = (turn: Turn, id: ConnectionId): void => {
  const connection = find(turn, id)
  const sync = connection === undefined ? undefined : findUnfinished(connection, undefined, true)
  if (connection === undefined || sync?.request.op !== 'sync') return
  cite(turn, 'READ-2')
  complete(turn, connection, sync, { error: errorCode.OK, body: { op: 'sync', path: sync.request.path } })
}

/** The first unfinished sync or write, of this xid if one is given: nearly always the head. */
const findUnfinished = (connection: Connection, xid: number | undefined, isSync: boolean): Pending | undefined => {
  const { pending } = connection
  for (let index = 0; index < pending.length; index += 1) {
    const each = S.at(pending, index)
    if (each === undefined || !isUnfinished(each) || (each.request.op === 'sync') !== isSync) continue
    if (xid === undefined || each.xid === xid) return each
  }
  return undefined
}

const complete = (turn: Turn, connection: Connection, done: Pending, outcome: Outcome): void => {
  if (done === S.first(connection.pending)) {
    const head: Pending = { xid: done.xid, request: done.request, bytes: done.bytes, outcome }
    answerFrom(turn, connection, head, connection.answers === 'awaiting' ? 'head' : 'slice')
  } else {
    // A leader may commit a write before it answers the sync in front of it; the reply waits all the same.
    const pending = S.toArray(connection.pending).map((each) => (each === done ? { ...each, outcome } : each))
    put(turn, { ...connection, pending: S.fromArray(pending) })
  }
}
