/** Writes are linearizable, and their order is zxid order. zab-protocol §8, H2, SESS-5. */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Answered, Call, History } from './history.js'
import { isAnswered } from './history.js'
import type { PlacedWrite } from './positions.js'
import { writesInOrder } from './positions.js'
import type { Verdict } from './verdict.js'
import { all, held, violated } from './verdict.js'

/**
 * Order of the writes: one zxid each; an earlier one by real time has the smaller zxid; one session's writes keep the
 * order in which they were made. n log n for the sort, then linear.
 */
export const checkWriteOrder = (history: History): Verdict => {
  const writes = writesInOrder(history)
  return all([checkUnique(writes), checkRealTime(writes), checkSessionOrder(writes)])
}

const checkUnique = (writes: readonly PlacedWrite[]): Verdict => {
  let before: PlacedWrite | undefined
  for (const write of writes) {
    if (before !== undefined && Z.equals(before.zxid, write.zxid))
      return violated('H2', 'two writes share one zxid', before.call, write.call)
    before = write
  }
  return held
}

const checkRealTime = (writes: readonly PlacedWrite[]): Verdict => {
  // From the largest zxid down: of all later writes, the one that returned first.
  let earliest: Answered | undefined
  for (const { call } of writes.toReversed()) {
    if (earliest !== undefined && earliest.outcome.returned < call.invoked)
      return violated(
        'WRITE-LINEARIZABLE',
        'a write returned before this one began, yet is ordered after it',
        earliest,
        call,
      )
    if (!isAnswered(call)) continue
    if (earliest === undefined || call.outcome.returned < earliest.outcome.returned) earliest = call
  }
  return held
}

/** Of the confirmed; the others have more freedom, and are judged with the commits. */
const checkSessionOrder = (writes: readonly PlacedWrite[]): Verdict => {
  const last = new Map<SessionId, Call>()
  for (const { call } of writes) {
    if (!isAnswered(call)) continue
    const before = last.get(call.session)
    if (before !== undefined && before.xid > call.xid)
      return violated('SESS-5', 'writes of one session are not in the order in which it made them', before, call)
    last.set(call.session, call)
  }
  return held
}
