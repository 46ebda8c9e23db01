/** Questions about a line of answers: where is a session in it, and where is a moment? */
import type { SessionId } from '../../src/service/session.js'
import type { Answered } from './history.js'
import { isWrite } from './history.js'

export interface Ranked {
  readonly xid: number
  readonly rank: number
  readonly isWrite: boolean
}

export interface Ranks {
  readonly ofSession: (session: SessionId) => readonly Ranked[]
  /** The rank after all answers that had returned before that moment. */
  readonly returnedBefore: (moment: number) => number
  /** The rank of the first write that was invoked after that moment; the length of the line if none was. */
  readonly invokedAfter: (moment: number) => number
}

/** n log n to make, log n a question. */
export const ranksOf = (line: readonly Answered[]): Ranks => {
  const sessions = new Map<SessionId, Ranked[]>()
  for (const [rank, call] of line.entries()) {
    const own = sessions.get(call.session) ?? []
    own.push({ xid: call.xid, rank, isWrite: isWrite(call) })
    sessions.set(call.session, own)
  }
  const returns = running(
    line.map((call, rank) => [call.outcome.returned, rank + 1]),
    Math.max,
  )
  const invocations = running(
    line.flatMap((call, rank): readonly Moment[] => (isWrite(call) ? [[-call.invoked, rank]] : [])),
    Math.min,
  )
  return {
    ofSession: (session) => sessions.get(session) ?? [],
    returnedBefore: (moment) => lastBefore(returns, moment) ?? 0,
    invokedAfter: (moment) => lastBefore(invocations, -moment) ?? line.length,
  }
}

type Moment = readonly [at: number, value: number]

/** Sorted by time, each with the combination of all values up to it. */
const running = (moments: readonly Moment[], combine: (first: number, second: number) => number): readonly Moment[] => {
  let sofar: number | undefined
  return [...moments]
    .sort(([first], [second]) => first - second)
    .map(([at, value]) => [at, (sofar = sofar === undefined ? value : combine(sofar, value))])
}

const lastBefore = (moments: readonly Moment[], at: number): number | undefined => {
  let low = 0
  let high = moments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((moments[middle]?.[0] ?? Infinity) < at) low = middle + 1
    else high = middle
  }
  return moments[low - 1]?.[1]
}
