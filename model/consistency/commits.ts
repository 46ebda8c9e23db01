/** The committed sequence, where it is seen, against what clients asked for and were told. INTEGRITY, FWD-3, FWD-4, SESS-5. */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Call, Commit, History } from './history.js'
import { isAnswered, isWrite, requestKey, showCall } from './history.js'
import { isMoved } from './optional.js'
import type { Verdict, Violated } from './verdict.js'
import { all, held, violated } from './verdict.js'

/** Held if the commits were not seen. Each request once, in its session's order, where its reply says. Linear. */
export const checkCommits = (history: History): Verdict =>
  history.commits === undefined ? held : all([checkSequence(history.commits), checkRequests(history, history.commits)])

const checkSequence = (commits: readonly Commit[]): Verdict => {
  let before: Z.Zxid | undefined
  for (const { zxid } of commits) {
    if (before !== undefined && !Z.isAfter(zxid, before))
      return violated('H1', `${Z.show(zxid)} was committed behind ${Z.show(before)}`)
    before = zxid
  }
  return held
}

const checkRequests = (history: History, commits: readonly Commit[]): Verdict => {
  const writes = history.calls.filter(isWrite)
  const calls = new Map(writes.map((call) => [requestKey(call.session, call.xid), call]))
  const seen = new Map<Call, Z.Zxid>()
  const last = new Map<SessionId, Call>()
  for (const commit of commits) {
    if (commit.internal !== undefined) continue
    const key = requestKey(commit.session, commit.xid)
    const call = calls.get(key)
    if (call === undefined)
      return violated('INTEGRITY', `${Z.show(commit.zxid)} (${key}) was committed, but nobody asked for it`)
    const before = last.get(commit.session)
    const wrong = checkRequest(commit, call, seen.get(call)) ?? checkTurn(commit, call, before)
    if (wrong !== undefined) return wrong
    if (commit.isRefused !== true) last.set(commit.session, call)
    seen.set(call, commit.zxid)
  }
  // The birth of a session is committed as an internal operation.
  const lost = writes.find((call) => isAnswered(call) && !seen.has(call) && call.operation.op !== 'createSession')
  return lost === undefined
    ? held
    : violated('COMMITTED-DURABLE', 'a write was confirmed that is not in the committed sequence', lost)
}

const checkRequest = ({ zxid, isRefused }: Commit, call: Call, earlier: Z.Zxid | undefined): Violated | undefined => {
  if (earlier !== undefined)
    return violated('FWD-4', `committed twice, at ${Z.show(earlier)} and ${Z.show(zxid)}`, call)
  if (call.outcome.kind === 'fail') return violated('FWD-4', `committed at ${Z.show(zxid)}, though it failed`, call)
  if (!isAnswered(call)) return undefined
  if (Z.isBefore(call.outcome.zxid, zxid))
    return violated('FWD-3', `answered before its commit at ${Z.show(zxid)}: ${showCall(call)}`, call)
  return isRefused === true && !isMoved(call.outcome.result)
    ? violated('SESS-4', 'answered, though it was refused, as the session had moved', call)
    : undefined
}

const checkTurn = ({ xid, isRefused }: Commit, call: Call, before: Call | undefined): Violated | undefined =>
  before !== undefined && before.xid > xid && isRefused !== true && !isLateClosing(before, call)
    ? violated('SESS-5', 'writes of one session are not committed in the order of its requests', before, call)
    : undefined

/**
 * A session may be closed by whatever connection it ever had (SESS-4), so a closing that was lost with an older one may come
 * late; and what comes behind a closing is refused. Neither changes the order of anything that is done.
 */
const isLateClosing = (before: Call, call: Call): boolean =>
  before.operation.op === 'closeSession' || (call.operation.op === 'closeSession' && call.outcome.kind === 'unknown')
