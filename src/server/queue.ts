/**
 * The queue of a connection: replies leave in the order of the requests (FWD-2, SESS-5).
 *
 * A write or a sync is finished from elsewhere (a delivered transaction, the leader's SYNC); everything else is
 * answered from the local state as soon as all before it has been answered.
 */
import * as S from '../core/sequence.js'
import { UNTRUSTED } from '../core/zxid.js'
import { errorCode } from '../service/error.js'
import { read } from '../service/read.js'
import * as W from '../service/watch.js'
import type { Request } from '../service/request.js'
import type { ConnectionId } from './event.js'
import type { Connection, Outcome, Pending } from './state.js'
import { withQueue } from './state.js'
import type { Turn } from './turn.js'
import { close, find, put, resumeWhenIdle, weightOf } from './connections.js'
import { cite, notify, reply, replyAt } from './turn.js'

/** What has to go through the leader before it is answered. */
export type OrderedRequest = Extract<
  Request,
  {
    readonly op:
      | 'create'
      | 'create2'
      | 'delete'
      | 'setData'
      | 'multi'
      | 'reconfig'
      | 'createSession'
      | 'closeSession'
      | 'sync'
  }
>

/** What this server answers by itself, in its turn. */
export type LocalRequest = Exclude<Request, OrderedRequest>

export const isOrdered = (request: Request): request is OrderedRequest => {
  switch (request.op) {
    case 'create':
    case 'create2':
    case 'delete':
    case 'setData':
    case 'multi':
    case 'reconfig':
    case 'createSession':
    case 'closeSession':
    case 'sync':
      return true
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
    case 'ping':
    case 'setWatches':
    case 'auth':
    case 'malformed':
    case 'unimplemented':
      return false
  }
}

const OK: Outcome = { error: errorCode.OK, body: undefined }
const MALFORMED: Outcome = { error: errorCode.MARSHALLINGERROR, body: undefined }

/** READ-1. Answers at once, from the local state. False: the connection has to be closed after this reply. */
export const answer = (turn: Turn, connection: Connection, xid: number, request: LocalRequest): boolean => {
  const { server } = turn
  switch (request.op) {
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2': {
      const result = read(server.database, connection.ids, request)
      const { watch } = result
      if (watch !== undefined) server.watches = W.register(server.watches, watch.kind, watch.path, connection.id)
      cite(turn, 'READ-1')
      reply(turn, connection.id, xid, result)
      return true
    }
    case 'setWatches': {
      const restored = W.restore(server.database, server.watches, connection.id, request)
      server.watches = restored.table
      notify(turn, restored.notifications)
      cite(turn, 'SESS-6')
      reply(turn, connection.id, xid, OK)
      return true
    }
    case 'ping':
      reply(turn, connection.id, xid, OK)
      return true
    case 'malformed':
      reply(turn, connection.id, xid, MALFORMED)
      return true
    case 'auth':
      // No scheme is served yet. The reply is matched by its xid, so it may overtake others.
      replyAt(turn, connection.id, xid, { epoch: 0, counter: 0 }, errorCode.AUTHFAILED, undefined)
      return false
    case 'unimplemented':
      replyAt(turn, connection.id, xid, UNTRUSTED, errorCode.UNIMPLEMENTED, undefined)
      return false
  }
}

/** SESS-5: puts a request at the end of its connection's queue. */
export const enqueue = (turn: Turn, connection: Connection, xid: number, request: Request): Connection => {
  const pending: Pending = { xid, request, outcome: undefined }
  turn.server.outstandingRequests += weightOf(pending)
  return withQueue(connection, S.append(pending)(connection.pending), connection.touched)
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

const isUnfinished = ({ request, outcome }: Pending): boolean => outcome === undefined && isOrdered(request)

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
    finish(turn, connection, { xid: done.xid, request: done.request, outcome })
  } else {
    // A leader may commit a write before it answers the sync in front of it; the reply waits all the same.
    const pending = S.toArray(connection.pending).map((each) => (each === done ? { ...each, outcome } : each))
    put(turn, { ...connection, pending: S.fromArray(pending) })
  }
}

/** Answers the head, whose outcome is known, and then all behind it up to the next unfinished write or sync. */
const finish = (turn: Turn, connection: Connection, head: Pending): void => {
  cite(turn, 'FWD-2')
  let { pending } = connection
  let next: Pending | undefined = head
  let isOpen = true
  while (next !== undefined && isOpen && !isUnfinished(next)) {
    pending = S.drop(1)(pending)
    turn.server.outstandingRequests -= weightOf(next)
    isOpen = answerPending(turn, connection, next)
    next = S.first(pending)
  }
  const after = withQueue(connection, pending, connection.touched)
  if (isOpen) put(turn, after)
  else close(turn, after)
  resumeWhenIdle(turn)
}

/** False: close the connection. */
const answerPending = (turn: Turn, connection: Connection, { xid, request, outcome }: Pending): boolean => {
  if (!isOrdered(request)) return answer(turn, connection, xid, request)
  if (outcome === undefined) return true
  // SESS-4: the session speaks through another server now; the client that is still here gets no answer.
  if (outcome.error === errorCode.SESSIONMOVED) {
    cite(turn, 'SESS-4')
    return false
  }
  reply(turn, connection.id, xid, outcome)
  return request.op !== 'closeSession'
}
