/** Reads are ordered sequentially consistent: OSC(writes). zab-protocol §8, READ-1, SESS-3. */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Answered, Call, History } from './history.js'
import { byZxid, isAnswered, isWrite } from './history.js'
import { atOwnZxids, hasEffect, writesInOrder } from './positions.js'
import type { Verdict } from './verdict.js'
import { all, held, violated } from './verdict.js'

/** Positions never go back within a session, and no answer shows a write that had not begun. n log n. */
export const checkPositions = (history: History): Verdict =>
  all([checkMonotonic(history), checkOwnOrder(atOwnZxids(history)), checkNotFromTheFuture(history)])

/** In the session's own order each answer stands at or after the one before it: monotonic reads, read your writes. */
const checkMonotonic = (history: History): Verdict => {
  const last = new Map<SessionId, Answered>()
  for (const call of inSessionOrder(history.calls).filter(isAnswered)) {
    const before = last.get(call.session)
    if (before !== undefined && Z.isBefore(call.outcome.zxid, before.outcome.zxid))
      return violated('SESS-3', 'the session went back behind what it had seen', before, call)
    last.set(call.session, call)
  }
  return held
}

/**
 * A write lies after whatever its session had asked before: no earlier answer stands at or after it. SESS-5.
 * @param placed at own zxids
 */
const checkOwnOrder = (placed: History): Verdict => {
  const zxids = new Map(writesInOrder(placed).map(({ call, zxid }) => [call, zxid]))
  const last = new Map<SessionId, Seen>()
  for (const call of inSessionOrder(placed.calls)) {
    const zxid = isAnswered(call) ? call.outcome.zxid : zxids.get(call)
    if (zxid === undefined) continue
    const before = last.get(call.session)
    if (before !== undefined && isWrite(call) && hasEffect(call) && !Z.isAfter(zxid, before.zxid))
      return violated('SESS-5', 'an answer stands at or after a write that its session made later', before.call, call)
    if (isAnswered(call) && (before === undefined || Z.isAfter(zxid, before.zxid)))
      last.set(call.session, { zxid, call })
  }
  return held
}

const inSessionOrder = (calls: readonly Call[]): readonly Call[] =>
  calls.toSorted((first, second) => first.xid - second.xid)

interface Seen {
  readonly zxid: Z.Zxid
  readonly call: Answered
}

/**
 * If an answer stands at z and had returned before a write was invoked, that write lies after z. OSC, second rule.
 * So of all writes up to z, the one invoked last must have been invoked before the answer returned. What was refused has no
 * side at its own zxid.
 */
const checkNotFromTheFuture = (history: History): Verdict => {
  const writes = writesInOrder(history)
  const reads = history.calls
    .filter(isAnswered)
    .filter((call) => !isWrite(call))
    .sort(byZxid)
  let next = 0
  let latest: Call | undefined
  for (const read of reads) {
    const { zxid, returned } = read.outcome
    for (let write = writes[next]; write !== undefined; write = writes[next]) {
      const order = Z.compare(write.zxid, zxid)
      if (order > 0 || (order === 0 && !hasEffect(write.call))) break
      if (latest === undefined || write.call.invoked > latest.invoked) latest = write.call
      next += 1
    }
    if (latest !== undefined && latest.invoked > returned)
      return violated('OSC', 'a read returned before a write began, yet is ordered after it', read, latest)
  }
  return held
}
