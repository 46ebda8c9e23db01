/** Reads are ordered sequentially consistent: OSC(writes). zab-protocol §8, READ-1, SESS-3. */
import * as Z from '../../src/core/zxid.js'
import type { Answered, Call, History } from './history.js'
import { atOwnZxids, byZxid, isAnswered, isWrite } from './history.js'
import type { Verdict } from './verdict.js'
import { all, held, violated } from './verdict.js'

/** Positions never go back within a session, and no answer shows a write that had not begun. */
export const checkPositions = (history: History): Verdict =>
  all([checkMonotonic(history), checkNotFromTheFuture(atOwnZxids(history))])

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

const inSessionOrder = (calls: readonly Call[]): readonly Answered[] =>
  calls.filter(isAnswered).sort((first, second) => first.xid - second.xid)

/**
 * If an answer stands at z and had returned before a write was invoked, that write lies after z. OSC, second rule.
 * So of all writes up to z, the one invoked last must have been invoked before the answer returned.
 */
const checkNotFromTheFuture = (history: History): Verdict => {
  const writes = history.calls.filter(isWrite).filter(isAnswered).sort(byZxid)
  const reads = history.calls
    .filter((call) => !isWrite(call))
    .filter(isAnswered)
    .sort(byZxid)
  let next = 0
  let latest: Answered | undefined
  for (const read of reads) {
    for (let write = writes[next]; write !== undefined; write = writes[next]) {
      if (Z.isAfter(write.outcome.zxid, read.outcome.zxid)) break
      if (latest === undefined || write.invoked > latest.invoked) latest = write
      next += 1
    }
    if (latest !== undefined && latest.invoked > read.outcome.returned)
      return violated('OSC', 'a read returned before a write began, yet is ordered after it', read, latest)
  }
  return held
}
