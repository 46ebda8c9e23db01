/** Closing a session deletes its ephemeral nodes, in that transaction. SESS-1. */
import * as Z from '../../src/core/zxid.js'
import type { Result } from '../service.js'
import type { History } from './history.js'
import { atOwnZxids, isAnswered } from './history.js'
import type { Verdict } from './verdict.js'
import { held, violated } from './verdict.js'

/** No answer at or after the closing of a session shows a node that it owned. Linear. */
export const checkEphemerals = (history: History): Verdict => {
  const placed = atOwnZxids(history)
  const closed = closings(placed)
  for (const call of placed.calls) {
    if (!isAnswered(call)) continue
    for (const owner of ownersIn(call.outcome.result)) {
      const end = closed.get(owner)
      if (end !== undefined && !Z.isAfter(end, call.outcome.zxid))
        return violated('SESS-1', `an ephemeral node outlives its session, closed at ${Z.show(end)}`, call)
    }
  }
  return held
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
