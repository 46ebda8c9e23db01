/** Closing a session deletes its ephemeral nodes, in that transaction. SESS-1. */
import * as Z from '../../src/core/zxid.js'
import type { Result } from '../service.js'
import type { Answered, History } from './history.js'
import { byZxid, isAnswered, isWrite } from './history.js'
import { atOwnZxids } from './positions.js'
import type { Verdict } from './verdict.js'
import { held, violated } from './verdict.js'

/** No answer at or after the closing of a session shows a node that it owned. n log n. */
export const checkEphemerals = (history: History): Verdict => {
  const placed = atOwnZxids(history)
  const closed = closings(placed)
  const gone = goneBy(placed)
  for (const call of placed.calls) {
    if (!isAnswered(call)) continue
    for (const owner of ownersIn(call.outcome.result)) {
      const end = closed.get(owner)
      if (end !== undefined && !Z.isAfter(end, call.outcome.zxid))
        return violated('SESS-1', `an ephemeral node outlives its session, closed at ${Z.show(end)}`, call)
      const bound = gone.get(owner)
      if (bound !== undefined && !Z.isAfter(bound.outcome.zxid, call.outcome.zxid))
        return violated('SESS-1', 'an ephemeral node outlives its session, which had ended before a write', bound, call)
    }
  }
  return held
}

/** The end of a session lies before every write that was invoked after it was known: the one with the smallest zxid. */
const goneBy = (history: History): ReadonlyMap<bigint, Answered> => {
  const gone = new Map<bigint, Answered>()
  if (history.ends === undefined) return gone
  const writes = history.calls
    .filter(isWrite)
    .filter(isAnswered)
    .sort((first, second) => second.invoked - first.invoked)
  let next = 0
  let first: Answered | undefined
  for (const { session, heard } of [...history.ends].sort((one, other) => other.heard - one.heard)) {
    for (let write = writes[next]; write !== undefined && write.invoked > heard; write = writes[next]) {
      if (first === undefined || byZxid(write, first) < 0) first = write
      next += 1
    }
    if (first !== undefined) gone.set(session, first)
  }
  return gone
}

const closings = (history: History): ReadonlyMap<bigint, Z.Zxid> => {
  const closed = new Map<bigint, Z.Zxid>()
  for (const call of history.calls)
    if (call.operation.op === 'closeSession' && isAnswered(call) && call.outcome.result.error === 'OK')
      closed.set(call.session, call.outcome.zxid)
  for (const commit of history.commits ?? [])
    if (commit.internal?.op === 'closeSession' && !closed.has(commit.session)) closed.set(commit.session, commit.zxid)
  return closed
}

const ownersIn = (result: Result): readonly bigint[] => {
  const own = result.stat === undefined || result.stat.ephemeralOwner === 0n ? [] : [result.stat.ephemeralOwner]
  return result.results === undefined ? own : [...own, ...result.results.flatMap(ownersIn)]
}
