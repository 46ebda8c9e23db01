/** Writes are linearizable, and their order is zxid order. zab-protocol §8, SM-1, SESS-5, FWD-4. */
import * as Z from '../../src/core/zxid.js'
import type { Answered, Call, History } from './history.js'
import { atOwnZxids, byZxid, isAnswered, isWrite, requestKey, showCall } from './history.js'
import type { Verdict } from './verdict.js'
import { all, held, violated } from './verdict.js'

/**
 * Order of the answered writes: one zxid each; an earlier one by real time has the smaller zxid; one session's writes
 * keep the order in which they were made; none is told to have happened twice. n log n for the sort, then linear.
 */
export const checkWriteOrder = (history: History): Verdict => {
  const writes = atOwnZxids(history).calls.filter(isWrite).filter(isAnswered).sort(byZxid)
  return all([checkUnique(writes), checkRealTime(writes), checkSessionOrder(writes), checkOnce(history)])
}

const checkUnique = (writes: readonly Answered[]): Verdict => {
  for (const [index, write] of writes.entries()) {
    const next = writes[index + 1]
    if (next !== undefined && byZxid(write, next) === 0) return violated('H2', 'two writes share one zxid', write, next)
  }
  return held
}

const checkRealTime = (writes: readonly Answered[]): Verdict => {
  // From the largest zxid down: of all later writes, the one that returned first.
  let earliest: Answered | undefined
  for (let index = writes.length - 1; index >= 0; index -= 1) {
    const write = writes[index]
    if (write === undefined) continue
    if (earliest !== undefined && earliest.outcome.returned < write.invoked)
      return violated(
        'WRITE-LINEARIZABLE',
        'a write returned before this one began, yet is ordered after it',
        earliest,
        write,
      )
    if (earliest === undefined || write.outcome.returned < earliest.outcome.returned) earliest = write
  }
  return held
}

const checkSessionOrder = (writes: readonly Answered[]): Verdict => {
  const last = new Map<bigint, Call>()
  for (const write of writes) {
    const before = last.get(write.session)
    if (before !== undefined && before.xid > write.xid)
      return violated('SESS-5', 'writes of one session are not in the order in which it made them', before, write)
    last.set(write.session, write)
  }
  return held
}

/** Against the commits, where they are known: each request once, in its session's order, where its reply says. */
const checkOnce = (history: History): Verdict => {
  if (history.commits === undefined) return held
  const calls = new Map(history.calls.filter(isWrite).map((call) => [requestKey(call.session, call.xid), call]))
  const seen = new Map<string, Z.Zxid>()
  const last = new Map<bigint, Call>()
  for (const commit of history.commits) {
    if (commit.internal !== undefined) continue
    const key = requestKey(commit.session, commit.xid)
    const call = calls.get(key)
    if (call === undefined)
      return violated('INTEGRITY', `${Z.show(commit.zxid)} (${key}) was committed, but nobody asked for it`)
    if (seen.has(key))
      return violated(
        'FWD-4',
        `committed twice, at ${Z.show(seen.get(key) ?? Z.ZERO)} and ${Z.show(commit.zxid)}`,
        call,
      )
    if (call.outcome.kind === 'fail')
      return violated('FWD-4', `committed at ${Z.show(commit.zxid)}, though it failed`, call)
    if (call.outcome.kind === 'ok' && Z.isBefore(call.outcome.zxid, commit.zxid))
      return violated('FWD-3', `answered before its commit at ${Z.show(commit.zxid)}: ${showCall(call)}`, call)
    const before = last.get(commit.session)
    const isBehind = before !== undefined && before.xid > commit.xid && !isLateClosing(before, call)
    if (isBehind && commit.isRefused !== true)
      return violated('SESS-5', 'writes of one session are not committed in the order of its requests', before, call)
    if (commit.isRefused !== true) last.set(commit.session, call)
    seen.set(key, commit.zxid)
  }
  const lost = history.calls.find(
    (call) => isWrite(call) && isAnswered(call) && !seen.has(requestKey(call.session, call.xid)),
  )
  return lost === undefined || lost.operation.op === 'createSession'
    ? held
    : violated('COMMITTED-DURABLE', 'a write was confirmed that is not in the committed sequence', lost)
}

/**
 * A session may be closed by whatever connection it ever had (SESS-4), so a closing that was lost with an older one may come
 * late; and what comes behind a closing is refused. Neither changes the order of anything that is done.
 */
const isLateClosing = (before: Call, call: Call): boolean =>
  before.operation.op === 'closeSession' || (call.operation.op === 'closeSession' && call.outcome.kind === 'unknown')
