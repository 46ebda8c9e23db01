/**
 * Histories whose answers carry no zxids: is there any order at all? OSC(writes), zab-protocol §8.
 *
 * The order must keep each session's own, and must put whatever returned before a write was invoked before that write;
 * the sequential service must then give every answer. Zxids inside answers are not looked at. Hard in general, so the
 * search is bounded and may end without knowing. Two facts keep it small: what matches now and changes nothing need not
 * wait, as waiting gains it nothing; and as sessions go first in, first out, how far each session has come tells which
 * writes of unknown outcome were left out for good.
 */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Operation, Result } from '../service.js'
import { makeService, showResult } from '../service.js'
import type { Explored, Puzzle } from './depth-first.js'
import { explore } from './depth-first.js'
import type { Call, History } from './history.js'
import { isAnswered, isWrite } from './history.js'
import { expiries, judged, unborn, unknownWrites } from './optional.js'

export interface Ordering extends Explored {
  /** The calls at which the sessions stood when the search had come farthest. */
  readonly stuckAt: readonly Call[]
}

interface Step {
  readonly operation: Operation
  /** −∞ for a read: it may be as old as it likes. */
  readonly invoked: number
  readonly returned: number
  /** The answer; undefined: unknown. */
  readonly answer: string | undefined
  readonly isOptional: boolean
  readonly call: Call | undefined
  /** Not before that lane has come so far. */
  readonly after: Move | undefined
}

/**
 * What is done in a fixed order: the writes of a session; its reads; its expiry. Reads and confirmed writes wait for each
 * other; but a write that was lost with its connection may be done after a read on the next one.
 */
interface Lane {
  readonly session: SessionId
  readonly steps: readonly Step[]
  /** Of each step and those after it: the earliest return. */
  readonly firstReturn: readonly number[]
}

interface Move {
  readonly lane: number
  readonly step: number
}

/** @param maximumMoves bounds time and memory */
export const order = (history: History, maximumMoves: number): Ordering => {
  const lanes = lanesOf(history)
  const service = makeService()
  for (const session of unborn(history)) service.execute(session, { op: 'createSession', timeoutMs: 0 }, Z.ZERO)
  const at = lanes.map(() => 0)
  const past: { readonly lane: number; readonly from: number; readonly mark: number }[] = []
  let done = 0
  let farthest = -1
  let stuckAt: readonly Call[] = []
  const total = lanes.reduce((sum, { steps }) => sum + steps.filter((step) => !step.isOptional).length, 0)

  const mayBegin = (step: Step): boolean =>
    lanes.every((lane, index) => !((lane.firstReturn[at[index] ?? 0] ?? Infinity) < step.invoked))

  /** The next step of a lane, and those to which it may skip by leaving out what may not have been done. */
  const candidates = (index: number): readonly Move[] => {
    const steps = lanes[index]?.steps ?? []
    const moves: Move[] = []
    for (let step = at[index] ?? 0; step < steps.length; step += 1) {
      moves.push({ lane: index, step })
      if (steps[step]?.isOptional !== true) break
    }
    return moves
  }

  const make = ({ lane: index, step: to }: Move): boolean => {
    const lane = lanes[index]
    const step = lane?.steps[to]
    if (lane === undefined || step === undefined || !mayBegin(step)) return false
    if (step.after !== undefined && (at[step.after.lane] ?? 0) < step.after.step) return false
    const mark = service.mark()
    const result = service.execute(lane.session, step.operation, Z.ZERO)
    const isUseless = step.isOptional && service.mark() === mark
    if (isUseless || (step.answer !== undefined && showResult(result) !== step.answer)) {
      service.undo(mark)
      return false
    }
    past.push({ lane: index, from: at[index] ?? 0, mark })
    at[index] = to + 1
    if (!step.isOptional) done += 1
    if (done > farthest) {
      farthest = done
      stuckAt = []
    }
    return true
  }

  const takeBack = (): void => {
    const before = past.pop()
    if (before === undefined) return
    if (lanes[before.lane]?.steps[(at[before.lane] ?? 0) - 1]?.isOptional === false) done -= 1
    at[before.lane] = before.from
    service.undo(before.mark)
  }

  /** A move that can only help: it matches and changes nothing, and leaves no write out. */
  const free = (): Move | undefined => {
    for (const [lane, { steps }] of lanes.entries()) {
      const move = { lane, step: at[lane] ?? 0 }
      if (steps[move.step]?.isOptional !== false || !make(move)) continue
      const isFree = past.at(-1)?.mark === service.mark()
      takeBack()
      if (isFree) return move
    }
    return undefined
  }

  const puzzle: Puzzle<Move> = {
    isSolved: () => done === total,
    best: free,
    others: () => {
      if (free() !== undefined) return []
      if (done === farthest && stuckAt.length === 0) stuckAt = standing(lanes, at)
      const moves = lanes.flatMap((_, index) => candidates(index))
      const isSure = ({ lane, step }: Move): boolean => lanes[lane]?.steps[step]?.isOptional === false
      return [...moves.filter(isSure), ...moves.filter((move) => !isSure(move))]
    },
    make,
    takeBack,
    progress: () => done,
    key: () => `${at.join()}|${service.show()}`,
  }
  return { ...explore(puzzle, maximumMoves), stuckAt }
}

const standing = (lanes: readonly Lane[], at: readonly number[]): readonly Call[] =>
  lanes.flatMap(({ steps }, index) => {
    const call = steps.slice(at[index] ?? 0).find((step) => !step.isOptional)?.call
    return call === undefined ? [] : [call]
  })

const lanesOf = (history: History): readonly Lane[] => {
  const calls = [...judged(history.calls), ...unknownWrites(history)].sort((first, second) => first.xid - second.xid)
  const sessions = new Map<SessionId, Call[]>()
  for (const call of calls) {
    const own = sessions.get(call.session)
    if (own === undefined) sessions.set(call.session, [call])
    else own.push(call)
  }
  const ends = new Map(expiries(history).map((expiry) => [expiry.session, expiry]))
  return [...sessions].flatMap(([session, own], index) => {
    const writes = own.filter(isWrite)
    const reads = own.filter((call) => !isWrite(call))
    const [writeLane, readLane] = [LANES_A_SESSION * index, LANES_A_SESSION * index + 1]
    const end = ends.get(session)
    const before = end === undefined ? 0 : writes.filter(({ xid }) => xid <= end.afterXid).length
    return [
      laneOf(session, stepsOf(writes, reads, readLane)),
      laneOf(session, stepsOf(reads, writes, writeLane)),
      laneOf(session, end === undefined ? [] : [endBy(end.doneBy, { lane: writeLane, step: before })]),
    ]
  })
}

const LANES_A_SESSION = 3

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

const endBy = (moment: number | undefined, after: Move): Step => ({
  operation: { op: 'closeSession' },
  invoked: -Infinity,
  returned: moment ?? Infinity,
  answer: undefined,
  isOptional: moment === undefined,
  call: undefined,
  after,
})

const stepOf = (call: Call, after: Move): Step => ({
  operation: call.operation,
  invoked: isWrite(call) ? call.invoked : -Infinity,
  returned: isAnswered(call) ? call.outcome.returned : Infinity,
  answer: isAnswered(call) ? showResult(withoutZxids(call.outcome.result)) : undefined,
  isOptional: !isAnswered(call),
  call,
  after,
})

const firstReturns = (steps: readonly Step[]): readonly number[] => {
  let first = Infinity
  return steps
    .toReversed()
    .map(({ returned }) => (first = Math.min(first, returned)))
    .toReversed()
}

const withoutZxids = (result: Result): Result => ({
  ...result,
  ...(result.stat === undefined ? {} : { stat: { ...result.stat, czxid: Z.ZERO, mzxid: Z.ZERO, pzxid: Z.ZERO } }),
  ...(result.results === undefined ? {} : { results: result.results.map(withoutZxids) }),
})
