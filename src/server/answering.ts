/**
 * Answers leave a queue in slices. Behind one write a client may have asked for more than fits any memory, and for more
 * than others can wait for: so a step answers so many requests and bytes, and the next one comes in a later turn, when the
 * client has taken what it was sent.
 */
import * as S from '../core/sequence.js'
import { errorCode } from '../service/error.js'
import { restore, watchesOf, type SetWatches } from '../service/set-watches.js'
import type { ConnectionId } from './event.js'
import type { Connection, Outcome, Pending, Queue } from './state.js'
import { withQueue } from './state.js'
import type { Turn } from './turn.js'
import { answer } from './answer.js'
import { close, find, put, resumeReading } from './connections.js'
import { sizeOf } from './message-size.js'
import { isOrdered, isUnfinished } from './ordered.js'
import { touch } from './touch.js'
import { localWeight } from './queue-weight.js'
import { cite, emit, notify, reply } from './turn.js'
import { boundWatches, putBack } from './watching.js'

/**
 * How much is answered: a `slice`; or `all` up to the next unfinished request, whatever the client has taken, because a
 * write behind it is about to be applied; or only the `head`, while the client is awaited.
 */
export type Extent = 'slice' | 'all' | 'head'

type Draft = { -readonly [Key in keyof Queue]: Queue[Key] }

const OK: Outcome = { error: errorCode.OK, body: undefined }

/**
 * FWD-2, SESS-5. Answers from the head on, whose outcome is known, up to the next unfinished write or sync. The head is
 * answered in any case.
 */
export const answerFrom = (turn: Turn, connection: Connection, head: Pending, extent: Extent): void => {
  cite(turn, 'FWD-2')
  const most = mostOf(turn, extent)
  const { watches } = turn.server
  const queue: Draft = draftOf(connection)
  let next: Pending | undefined = head
  for (let answered = 0; next !== undefined && !isUnfinished(next); answered += 1) {
    if (answered >= most || (answered > 0 && extent !== 'all' && queue.credit <= 0)) break
    const before = turn.effects.length
    const end = answerPending(turn, connection, next, queue, extent)
    for (let index = before; index < turn.effects.length; index += 1) queue.credit -= costOf(turn, index)
    if (end === 'goes on') break
    take(turn, queue, next)
    if (end === 'close') {
      close(turn, withQueue(connection, queue, connection.touched))
      return
    }
    next = S.first(queue.pending)
  }
  if ((next !== undefined && !isUnfinished(next)) || queue.credit <= 0) awaitClient(turn, connection.id, queue)
  put(turn, withQueue(connection, queue, connection.touched))
  if (watches !== turn.server.watches) boundWatches(turn, connection.id)
  resumeReading(turn, connection.id)
}

/** A later turn, and the client has taken its answers: the next slice. */
export const ready = (turn: Turn, id: ConnectionId): void => {
  const connection = find(turn, id)
  if (connection?.answers !== 'awaiting') return
  const { answerBytesPerStep: credit } = turn.config.limits
  // SESS-2: it has read its answers, so it lives. While reading is paused its pings are not heard.
  const touched = touch(turn, connection)
  const flowing = withQueue(touched, { ...draftOf(touched), answers: 'flowing', credit }, touched.touched)
  put(turn, flowing)
  proceed(turn, flowing)
}

/** Answers the first slice of what need not wait. */
export const proceed = (turn: Turn, connection: Connection): void => {
  const head = S.first(connection.pending)
  if (connection.answers === 'awaiting' || head === undefined || isUnfinished(head)) return
  answerFrom(turn, connection, head, 'slice')
}

const mostOf = ({ config }: Turn, extent: Extent): number => {
  switch (extent) {
    case 'slice':
      return config.limits.answersPerStep
    case 'all':
      return Infinity
    case 'head':
      return 1
  }
}

const awaitClient = (turn: Turn, id: ConnectionId, queue: Draft): void => {
  if (queue.answers === 'flowing') emit(turn, { kind: 'ClientContinue', connection: id })
  queue.answers = 'awaiting'
}

/** Bytes of an effect that this request has brought about. */
const costOf = ({ effects }: Turn, index: number): number => {
  const effect = effects[index]
  return effect?.kind === 'ClientSend' ? sizeOf(effect.message) : 0
}

/** The head is answered. */
const take = ({ server, config }: Turn, queue: Draft, head: Pending): void => {
  queue.pending = S.drop(1)(queue.pending)
  queue.pendingBytes -= head.bytes
  queue.localWeight -= localWeight(config, head.request)
  queue.restored = 0
  server.outstandingRequests -= 1
  server.outstandingBytes -= head.bytes
}

/** `close`: the connection, behind this reply. `goes on`: there is more of this one. */
type End = 'answered' | 'close' | 'goes on'

const answerPending = (turn: Turn, connection: Connection, pending: Pending, queue: Draft, extent: Extent): End => {
  const { xid, request, outcome } = pending
  if (!isOrdered(request)) {
    if (request.op === 'setWatches') return restoreWatches(turn, connection, xid, request, queue, extent)
    return answer(turn, connection, xid, request) ? 'answered' : 'close'
  }
  if (outcome === undefined) return 'answered'
  // SESS-4: the session speaks through another server now; the client that is still here gets no answer.
  if (outcome.error === errorCode.SESSIONMOVED) {
    cite(turn, 'SESS-4')
    return 'close'
  }
  reply(turn, connection.id, xid, outcome)
  return request.op === 'closeSession' ? 'close' : 'answered'
}

/** SESS-6: the reply comes after all events. */
const restoreWatches = (
  turn: Turn,
  connection: Connection,
  xid: number,
  request: SetWatches,
  queue: Draft,
  extent: Extent,
): End => {
  const { server, config } = turn
  const most = extent === 'all' ? Infinity : config.limits.watchesPerStep
  const part = restore(server.database, server.watches, connection.id, request, queue.restored, most)
  putBack(turn, part.table, part.next - queue.restored)
  notify(turn, part.notifications)
  queue.restored = part.next
  if (part.next < watchesOf(request)) return 'goes on'
  cite(turn, 'SESS-6')
  reply(turn, connection.id, xid, OK)
  return 'answered'
}

const draftOf = ({ pending, pendingBytes, localWeight: weight, restored, answers, credit }: Queue): Draft => ({
  pending,
  pendingBytes,
  localWeight: weight,
  restored,
  answers,
  credit,
})
