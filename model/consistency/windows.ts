/** When may it have been done? The zxids that are left to each write of unknown outcome. FWD-4, SESS-5. */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Answered, Call, History } from './history.js'
import { isWrite, requestKey } from './history.js'
import type { Expiry } from './optional.js'
import { expiries, judged, unknownWrites } from './optional.js'
import { firstIndex, groupBy } from './lists.js'

/** Both excluded. */
export interface Window {
  readonly after: Z.Zxid
  /** Undefined: whenever. */
  readonly before: Z.Zxid | undefined
}

export interface EndWindow extends Window {
  /** It was surely done, before `before`. */
  readonly isCertain: boolean
  /** An answer tells that the session had ended. */
  readonly isNeeded: boolean
}

export interface Windows {
  /** By `requestKey`. */
  readonly ofWrites: ReadonlyMap<string, Window>
  readonly ofEnds: ReadonlyMap<SessionId, EndWindow>
}

/**
 * A write lies after what had returned when it began and after what its session had asked before it; and before what its
 * session wrote after it (a read on the next connection need not wait for it). n log n.
 */
export const windowsOf = (history: History): Windows => {
  const answers = judged(history.calls)
  const requests = new Map(
    [...groupBy(answers, ({ session }) => session)].map(([session, own]) => [session, requestsOf(own)]),
  )
  const returnedBefore = latestReturned(answers)
  const invokedAfter = firstInvoked(answers)

  const ofWrite = ({ session, xid, invoked }: Call): Window => {
    const own = requests.get(session)
    return {
      after: Z.max(returnedBefore(invoked), own?.lastBefore(xid) ?? Z.ZERO),
      before: own?.firstWriteAfter(xid),
    }
  }
  const ofEnd = ({ session, afterXid, doneBy }: Expiry): EndWindow => {
    const deadline = doneBy === undefined ? undefined : invokedAfter(doneBy)
    const own = requests.get(session)
    const refused = own?.firstWriteAfter(afterXid)
    return {
      after: own?.lastWriteUpTo(afterXid) ?? Z.ZERO,
      before: earlier(deadline, refused),
      isCertain: deadline !== undefined,
      isNeeded: deadline !== undefined || refused !== undefined,
    }
  }
  return {
    ofWrites: new Map(unknownWrites(history).map((call) => [requestKey(call.session, call.xid), ofWrite(call)])),
    ofEnds: new Map(expiries(history).map((expiry) => [expiry.session, ofEnd(expiry)])),
  }
}

const earlier = (first: Z.Zxid | undefined, second: Z.Zxid | undefined): Z.Zxid | undefined =>
  first === undefined || (second !== undefined && Z.isBefore(second, first)) ? second : first

/** Zxids of what one session was answered, by xid. */
const requestsOf = (own: readonly Answered[]) => {
  const byXid = own.toSorted((first, second) => first.xid - second.xid)
  const writes = byXid.filter(isWrite)
  const lastOf = running(byXid, zxidOf, Z.max)
  const lastWriteOf = running(writes, zxidOf, Z.max)
  const firstWriteFrom = running(writes.toReversed(), zxidOf, (one, other) => earlier(one, other) ?? one).toReversed()
  return {
    lastBefore: (xid: number) => lastOf[firstIndex(byXid, (call) => call.xid >= xid) - 1],
    lastWriteUpTo: (xid: number) => lastWriteOf[firstIndex(writes, (call) => call.xid > xid) - 1],
    firstWriteAfter: (xid: number) => firstWriteFrom[firstIndex(writes, (call) => call.xid > xid)],
  }
}

const zxidOf = ({ outcome }: Answered): Z.Zxid => outcome.zxid

/** The largest zxid of an answer that had returned before that moment. */
const latestReturned = (answers: readonly Answered[]): ((moment: number) => Z.Zxid) => {
  const byReturn = answers.toSorted((first, second) => first.outcome.returned - second.outcome.returned)
  const latest = running(byReturn, zxidOf, Z.max)
  return (moment) => latest[firstIndex(byReturn, (call) => call.outcome.returned >= moment) - 1] ?? Z.ZERO
}

/** The smallest zxid of a write that was invoked after that moment. */
const firstInvoked = (answers: readonly Answered[]): ((moment: number) => Z.Zxid | undefined) => {
  const byInvocation = answers.filter(isWrite).sort((first, second) => first.invoked - second.invoked)
  const first = running(byInvocation.toReversed(), zxidOf, (one, other) => earlier(one, other) ?? one).toReversed()
  return (moment) => first[firstIndex(byInvocation, (call) => call.invoked > moment)]
}

/** Of each element, the combination of all up to it. */
const running = <A, B>(elements: readonly A[], valueOf: (element: A) => B, combine: (sofar: B, value: B) => B): B[] => {
  let sofar: B | undefined
  return elements.map((element) => {
    const value = valueOf(element)
    sofar = sofar === undefined ? value : combine(sofar, value)
    return sofar
  })
}
