/**
 * What is done in a fixed order: the writes of a session; its reads; its expiry. Reads and confirmed writes wait for each
 * other; but a write that was lost with its connection may be done after a read on the next one. FWD-4, SESS-5.
 */
import type { SessionId } from '../../src/service/session.js'
import type { Operation } from '../service.js'
import { showResult } from '../service.js'
import type { Call, History } from './history.js'
import { isAnswered, isWrite } from './history.js'
import { groupBy } from './lists.js'
import type { Expiry } from './optional.js'
import { expiries, judged, unknownWrites } from './optional.js'
import { touched, touchedByEnd } from './touches.js'
import { withoutZxids } from './without-zxids.js'

export interface Step {
  readonly operation: Operation
  /** −∞ for a read: it may be as old as it likes. */
  readonly invoked: number
  readonly returned: number
  /** The answer; undefined: unknown. */
  readonly answer: string | undefined
  readonly isOptional: boolean
  readonly call: Call | undefined
  /** Not before that lane has come so far. */
  readonly after: Turn | undefined
  readonly touched: readonly string[]
}

export interface Lane {
  readonly session: SessionId
  readonly steps: readonly Step[]
  /** Of each step and those after it: the earliest return. */
  readonly firstReturn: readonly number[]
}

/** A step of a lane, both by their index. */
export interface Turn {
  readonly lane: number
  readonly step: number
}

/** Of each session so many follow each other: its writes, its reads, its end. */
export const LANES_A_SESSION = 3

export const lanesOf = (history: History): readonly Lane[] => {
  const calls = [...judged(history.calls), ...unknownWrites(history)].sort((first, second) => first.xid - second.xid)
  const ends = new Map(expiries(history).map((expiry) => [expiry.session, expiry]))
  return [...groupBy(calls, ({ session }) => session)].flatMap(([session, own], index) => {
    const writes = own.filter(isWrite)
    const reads = own.filter((call) => !isWrite(call))
    const first = LANES_A_SESSION * index
    const end = ends.get(session)
    return [
      laneOf(session, stepsOf(writes, reads, first + 1)),
      laneOf(session, stepsOf(reads, writes, first)),
      laneOf(session, end === undefined ? [] : [endBy(end, own, first)]),
    ]
  })
}

const laneOf = (session: SessionId, steps: readonly Step[]): Lane => ({
  session,
  steps,
  firstReturn: firstReturns(steps),
})

/** @param others what the session did beside, in the lane `lane`; each step waits for what was confirmed of that before it */
const stepsOf = (calls: readonly Call[], others: readonly Call[], lane: number): readonly Step[] => {
  let next = 0
  let confirmed = 0
  return calls.map((call) => {
    for (let other = others[next]; other !== undefined && other.xid < call.xid; other = others[next]) {
      next += 1
      if (isAnswered(other)) confirmed = next
    }
    return stepOf(call, { lane, step: confirmed })
  })
}

const stepOf = (call: Call, after: Turn): Step => ({
  operation: call.operation,
  invoked: isWrite(call) ? call.invoked : -Infinity,
  returned: isAnswered(call) ? call.outcome.returned : Infinity,
  answer: isAnswered(call) ? showResult(withoutZxids(call.outcome.result)) : undefined,
  isOptional: !isAnswered(call),
  call,
  after,
  touched: touched(call),
})

/** @param writes the lane of the session's writes */
const endBy = ({ session, afterXid, doneBy }: Expiry, calls: readonly Call[], writes: number): Step => ({
  operation: { op: 'closeSession' },
  invoked: -Infinity,
  returned: doneBy ?? Infinity,
  answer: undefined,
  isOptional: doneBy === undefined,
  call: undefined,
  after: { lane: writes, step: calls.filter((call) => isWrite(call) && call.xid <= afterXid).length },
  touched: touchedByEnd(session, calls),
})

const firstReturns = (steps: readonly Step[]): readonly number[] => {
  let first = Infinity
  return steps
    .toReversed()
    .map(({ returned }) => (first = Math.min(first, returned)))
    .toReversed()
}
