/** Histories that cannot have been recorded: of such, nothing is judged. */
import { MAX_COUNTER, show } from '../../src/core/zxid.js'
import type { Zxid } from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Call, History } from './history.js'
import { showCall } from './history.js'

/** What is wrong with the record itself; undefined: nothing. Linear. */
export const flawOf = (history: History): string | undefined => {
  const requests = new Map<SessionId, Set<number>>()
  const born = new Set<SessionId>()
  for (const call of history.calls) {
    const flaw = flawOfCall(call)
    if (flaw !== undefined) return `${flaw}: ${showCall(call)}`
    const own = requests.get(call.session) ?? new Set()
    if (own.has(call.xid)) return `two requests of a session have one number: ${showCall(call)}`
    requests.set(call.session, own.add(call.xid))
    if (call.operation.op !== 'createSession') continue
    if (born.has(call.session)) return `a session begins twice: ${showCall(call)}`
    born.add(call.session)
  }
  return flawOfMoments(history) ?? flawOfZxids(history)
}

const flawOfCall = ({ xid, invoked, outcome }: Call): string | undefined => {
  if (!Number.isSafeInteger(xid)) return 'a request has no number'
  if (!Number.isFinite(invoked)) return 'no moment of invocation'
  if (outcome.kind === 'unknown') return undefined
  if (!Number.isFinite(outcome.returned)) return 'no moment of return'
  if (outcome.returned < invoked) return 'returned before it was invoked'
  return outcome.kind === 'ok' && !isZxid(outcome.zxid) ? 'no zxid' : undefined
}

const flawOfMoments = ({ events = [], reconnections = [], ends = [] }: History): string | undefined => {
  const moments = [
    ...events.map(({ heard }) => heard),
    ...ends.map(({ heard }) => heard),
    ...reconnections.flatMap(({ at, restored }) => (restored === undefined ? [at] : [at, restored.at])),
  ]
  if (!moments.every(Number.isFinite)) return 'an event, an end or a connection has no moment'
  const isBackwards = reconnections.some(({ at, restored }) => restored !== undefined && restored.at < at)
  return isBackwards ? 'watches are put back before the connection is made' : undefined
}

const flawOfZxids = ({ commits = [], reconnections = [] }: History): string | undefined => {
  const restored = reconnections.flatMap((each) => (each.restored === undefined ? [] : [each.restored.zxid]))
  const wrong = [...commits.map(({ zxid }) => zxid), ...restored].find((zxid) => !isZxid(zxid))
  return wrong === undefined ? undefined : `${show(wrong)} is no zxid`
}

const isZxid = ({ epoch, counter }: Zxid): boolean =>
  Number.isSafeInteger(epoch) && epoch >= 0 && Number.isSafeInteger(counter) && counter >= 0 && counter <= MAX_COUNTER
