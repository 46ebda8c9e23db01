/** Writes that may have been done: those of unknown outcome, and the ends of sessions that nobody confirmed. FWD-4, SESS-2. */
import type { SessionId } from '../../src/service/session.js'
import type { Answered, Call, History } from './history.js'
import { isAnswered, isWrite } from './history.js'
import { makesEphemeral } from './touches.js'

/** A session may have been expired by the servers. */
export interface Expiry {
  readonly session: SessionId
  /** No write of its own with a smaller xid was refused for the session's sake, nor any done with a larger one. */
  readonly afterXid: number
  /** By then it had surely been done; undefined: perhaps it never was. */
  readonly doneBy: number | undefined
}

/** Answered calls that the sequential model can judge. SESS-4: that a session has moved is none of its business. */
export const judged = (calls: readonly Call[]): readonly Answered[] =>
  calls.filter(isAnswered).filter(({ outcome }) => !isMoved(outcome.result))

export const isMoved = ({ error, results }: Answered['outcome']['result']): boolean =>
  error === 'SESSIONMOVED' || results?.some(isMoved) === true

export const unknownWrites = ({ calls }: History): readonly Call[] =>
  calls.filter((call) => call.outcome.kind === 'unknown' && isWrite(call))

/** Sessions that exist from the outset, as their creation was not recorded. */
export const unborn = ({ calls }: History): readonly SessionId[] => {
  const born = new Set(calls.filter(({ operation }) => operation.op === 'createSession').map(({ session }) => session))
  return [...new Set(calls.map(({ session }) => session))].filter((session) => !born.has(session))
}

/** One for each session whose end could show and was not confirmed. */
export const expiries = (history: History): readonly Expiry[] => {
  const known = new Set(history.calls.map(({ session }) => session))
  const ends = new Map(
    (history.ends ?? []).filter(({ session }) => known.has(session)).map(({ session, heard }) => [session, heard]),
  )
  const lastDone = new Map<SessionId, number>()
  const closed = new Set<SessionId>()
  const visible = new Set<SessionId>(ends.keys())
  for (const call of history.calls) {
    const { session, operation, xid } = call
    if (makesEphemeral(operation)) visible.add(session)
    if (!isAnswered(call) || !isWrite(call)) continue
    if (call.outcome.result.error === 'SESSIONEXPIRED') visible.add(session)
    else {
      lastDone.set(session, Math.max(xid, lastDone.get(session) ?? xid))
      if (operation.op === 'closeSession') closed.add(session)
    }
  }
  return [...visible]
    .filter((session) => !closed.has(session))
    .map((session) => ({ session, afterXid: lastDone.get(session) ?? -1, doneBy: ends.get(session) }))
}
