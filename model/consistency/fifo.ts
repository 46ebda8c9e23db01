/** Requests of a session are answered in the order in which they were made. FWD-2, SESS-5. */
import type { SessionId } from '../../src/service/session.js'
import type { Answered, Call, History } from './history.js'
import { isAnswered } from './history.js'
import { firstIndex, groupBy } from './lists.js'
import type { Verdict } from './verdict.js'
import { held, violated } from './verdict.js'

/**
 * No answer overtakes another of its session; and where connections were recorded, none comes on the same connection
 * after a request that was lost with it. n log n.
 */
export const checkPipelines = (history: History): Verdict => {
  const connections = connectionsOf(history)
  const answered = new Map<SessionId, Answered>()
  const lost = new Map<SessionId, Call>()
  for (const call of [...history.calls].sort((first, second) => first.xid - second.xid)) {
    const { session } = call
    if (call.outcome.kind === 'unknown') lost.set(session, call)
    if (!isAnswered(call)) continue
    const before = answered.get(session)
    if (before !== undefined && before.outcome.returned > call.outcome.returned)
      return violated('FWD-2', 'answered before an earlier request of its session', before, call)
    answered.set(session, call)
    const gap = lost.get(session)
    if (
      gap !== undefined &&
      connections?.(session, gap.invoked) === connections?.(session, call.invoked) &&
      connections
    )
      return violated('SESS-5', 'answered, though an earlier request on the same connection was lost', gap, call)
  }
  return held
}

/** Numbers the connections of a session by time. */
const connectionsOf = ({ reconnections }: History): ((session: SessionId, moment: number) => number) | undefined => {
  if (reconnections === undefined) return undefined
  const moments = groupBy(
    reconnections.toSorted((first, second) => first.at - second.at),
    ({ session }) => session,
  )
  return (session, moment) => firstIndex(moments.get(session) ?? [], ({ at }) => at > moment)
}
