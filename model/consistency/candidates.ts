/** Writes that may have been done, each with its window. */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Operation } from '../service.js'
import type { History } from './history.js'
import { requestKey } from './history.js'
import { groupBy } from './lists.js'
import { unknownWrites } from './optional.js'
import { leftBy, touched, touchedByEnd } from './touches.js'
import type { EndWindow, Windows } from './windows.js'

/** One that may be placed, once, in its window. */
export interface Candidate extends EndWindow {
  readonly session: SessionId
  /** Undefined for the end of a session, which no request of it has to follow. */
  readonly xid: number | undefined
  readonly operation: Operation
  readonly touched: readonly string[]
}

/** In the order in which their windows open. @param windows of the history of which this is a part */
export const candidatesOf = (part: History, windows: Windows): readonly Candidate[] => {
  const writes = unknownWrites(part).flatMap((call): readonly Candidate[] => {
    const window = windows.ofWrites.get(requestKey(call.session, call.xid))
    if (window === undefined) return []
    const { session, xid, operation } = call
    return [
      {
        session,
        xid,
        operation,
        ...window,
        isCertain: false,
        isNeeded: false,
        touched: [...touched(call), ...leftBy(operation)],
      },
    ]
  })
  const ends = [...groupBy(part.calls, ({ session }) => session)].flatMap(([session, calls]): readonly Candidate[] => {
    const window = windows.ofEnds.get(session)
    if (window === undefined) return []
    const operation = { op: 'closeSession' } as const
    return [{ session, xid: undefined, operation, ...window, touched: touchedByEnd(session, calls) }]
  })
  return [...writes, ...ends].sort((first, second) => Z.compare(first.after, second.after))
}
