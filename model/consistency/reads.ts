/** Reads are ordered sequentially consistent: OSC(writes). zab-protocol §8, READ-1, SESS-3. */
import * as Z from '../../src/core/zxid.js'
import type { Answered, Call, History } from './history.js'
import { atOwnZxids, byZxid, isAnswered, isWrite, requestKey } from './history.js'
import type { Verdict } from './verdict.js'
import { all, held, violated } from './verdict.js'

/** Positions never go back within a session, and no answer shows a write that had not begun. n log n. */
export const checkPositions = (history: History): Verdict => {
  const placed = atOwnZxids(history)
  return all([
    checkMonotonic(history),
    checkOwnOrder(history),
    checkNotFromTheFuture(placed, unansweredWrites(history)),
  ])
}

/** In the session's own order each answer stands at or after the one before it: monotonic reads, read your writes. */
const checkMonotonic = (history: History): Verdict => {
  const last = new Map<bigint, Answered>()
  for (const call of inSessionOrder(history.calls)) {
    const before = last.get(call.session)
    if (before !== undefined && Z.isBefore(call.outcome.zxid, before.outcome.zxid))
      return violated('SESS-3', 'the session went back behind what it had seen', before, call)
    last.set(call.session, call)
  }
  return held
}

/** A write lies after whatever its session had asked before: no earlier answer stands at or after it. SESS-5. */
export const checkOwnOrder = (placed: History): Verdict => {
  const last = new Map<bigint, Answered>()
  for (const call of inSessionOrder(placed.calls)) {
    const before = last.get(call.session)
    const isDone = isWrite(call) && call.outcome.result.error === 'OK'
    if (before !== undefined && isDone && !Z.isAfter(call.outcome.zxid, before.outcome.zxid))
      return violated('SESS-5', 'an answer stands at or after a write that its session made later', before, call)
    if (before === undefined || Z.isAfter(call.outcome.zxid, before.outcome.zxid)) last.set(call.session, call)
  }
  return held
}

interface PlacedWrite {
  readonly zxid: Z.Zxid
  readonly call: Call
}

/** Writes of unknown outcome that the commits show. */
const unansweredWrites = ({ calls, commits }: History): readonly PlacedWrite[] => {
  if (commits === undefined) return []
  const open = new Map(
    calls
      .filter((call) => isWrite(call) && !isAnswered(call))
      .map((call) => [requestKey(call.session, call.xid), call]),
  )
  return commits.flatMap(({ session, xid, zxid }) => {
    const call = open.get(requestKey(session, xid))
    return call === undefined ? [] : [{ zxid, call }]
  })
}

const inSessionOrder = (calls: readonly Call[]): readonly Answered[] =>
  calls.filter(isAnswered).sort((first, second) => first.xid - second.xid)

/**
 * If an answer stands at z and had returned before a write was invoked, that write lies after z. OSC, second rule.
 * So of all writes up to z, the one invoked last must have been invoked before the answer returned.
 */
const checkNotFromTheFuture = (history: History, others: readonly PlacedWrite[]): Verdict => {
  const answered = history.calls.filter(isAnswered)
  const confirmed = answered.filter(isWrite).map((call): PlacedWrite => ({ zxid: call.outcome.zxid, call }))
  const writes = [...confirmed, ...others].sort((first, second) => Z.compare(first.zxid, second.zxid))
  const reads = answered.filter((call) => !isWrite(call)).sort(byZxid)
  let next = 0
  let latest: Call | undefined
  for (const read of reads) {
    for (let write = writes[next]; write !== undefined; write = writes[next]) {
      if (Z.isAfter(write.zxid, read.outcome.zxid)) break
      if (latest === undefined || write.call.invoked > latest.invoked) latest = write.call
      next += 1
    }
    if (latest !== undefined && latest.invoked > read.outcome.returned)
      return violated('OSC', 'a read returned before a write began, yet is ordered after it', read, latest)
  }
  return held
}
