/**
 * A position in the search for places: so many answers of the line have been explained, with so many writes put between
 * them. Changed and restored in place.
 */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Result } from '../service.js'
import { makeService, showResult } from '../service.js'
import type { Candidate } from './candidates.js'
import type { Answered } from './history.js'
import { append } from './lists.js'
import type { Open } from './open.js'
import type { Foreign } from './stats.js'
import { contradicts, fits } from './stats.js'
import { asksFor } from './touches.js'

export interface Problem {
  /** Answers in their order: by zxid, a write before the reads that stand at it. */
  readonly line: readonly Answered[]
  readonly candidates: readonly Candidate[]
  /** Zxids that something must have had. Ascending. */
  readonly foreign: readonly Foreign[]
  /** Ends of sessions that must be placed before that answer. */
  readonly deadlines: ReadonlyMap<number, readonly number[]>
  /** Sessions that exist from the outset. */
  readonly unborn: readonly SessionId[]
  /** The first zxid after this one that no answered write has. */
  readonly freeAfter: (zxid: Z.Zxid) => Z.Zxid
}

/** A candidate and its zxid, if there is one; `undefined`: the next answer. */
export type Move = { readonly index: number; readonly zxid: Z.Zxid | undefined } | undefined

export interface Stuck {
  readonly call: Answered
  /** What the answer would have been; or the zxid that it shows, at which nothing can have been done; or: the end of a
   *  session that surely came before has no place. */
  readonly expected: Result | Z.Zxid | undefined
}

export interface Placement {
  readonly next: () => Answered | undefined
  /** How many answers are explained. */
  readonly explained: () => number
  /** The zxid that must be taken before the next answer, if there is one. */
  readonly demanded: () => Foreign | undefined
  /** The zxid that is as good as any other for a candidate here; undefined: there is none. */
  readonly unseen: (index: number) => Z.Zxid | undefined
  readonly make: (move: Move) => boolean
  readonly takeBack: () => void
  readonly position: () => Z.Zxid
  readonly key: () => string
  /** The first answer that nothing explains, of all that were tried. */
  readonly stuck: () => Stuck | undefined
  /** Names that the latest failure is about. */
  readonly trouble: () => readonly string[]
}

interface Made {
  readonly move: Move
  readonly mark: number
  readonly position: Z.Zxid
  readonly foreign: number
}

/** @param open all candidates at first; those that are placed are taken out */
export const makePlacement = (problem: Problem, open: Open): Placement => {
  const { line, candidates, foreign } = problem
  const service = makeService()
  for (const session of problem.unborn) service.execute(session, { op: 'createSession', timeoutMs: 0 }, Z.ZERO)
  const placed = new Set<number>()
  const lastPlaced = new Map<SessionId, number[]>()
  const past: Made[] = []
  let next = 0
  let position = Z.ZERO
  let nextForeign = 0
  let farthest = -1
  let stuck: Stuck | undefined
  let trouble: readonly string[] = []

  const fail = (call: Answered, expected: Stuck['expected'], names: readonly string[]): false => {
    trouble = names
    if (next > farthest) stuck = { call, expected }
    farthest = Math.max(farthest, next)
    return false
  }
  const demanded = (): Foreign | undefined => {
    const due = foreign[nextForeign]
    const answer = line[next]
    return due === undefined || answer === undefined || Z.isAfter(due.zxid, answer.outcome.zxid) ? undefined : due
  }
  const remember = (move: Move, mark: number): void => {
    past.push({ move, mark, position, foreign: nextForeign })
  }

  const answerNext = (): boolean => {
    const call = line[next]
    if (call === undefined) return false
    const due = demanded()
    if (due !== undefined) return fail(due.shownBy, due.zxid, asksFor(due.shownBy))
    const overdue = problem.deadlines.get(next)?.find((index) => !placed.has(index))
    if (overdue !== undefined) return fail(call, undefined, candidates[overdue]?.touched ?? [])
    const mark = service.mark()
    const expected = service.execute(call.session, call.operation, call.outcome.zxid)
    if (showResult(expected) !== showResult(call.outcome.result)) {
      service.undo(mark)
      return fail(call, expected, asksFor(call))
    }
    remember(undefined, mark)
    next += 1
    position = call.outcome.zxid
    return true
  }

  /** In its window, in the order of its session, and nowhere that the next answer speaks against. */
  const mayStand = (candidate: Candidate, zxid: Z.Zxid): boolean => {
    const { session, xid, operation, after, before } = candidate
    const due = demanded()
    const answer = line[next]
    return (
      answer !== undefined &&
      Z.isAfter(zxid, after) &&
      (before === undefined || Z.isBefore(zxid, before)) &&
      (xid === undefined || (lastPlaced.get(session)?.at(-1) ?? -Infinity) < xid) &&
      (due === undefined || !Z.equals(due.zxid, zxid) || fits(due, operation)) &&
      !contradicts(answer, operation, zxid)
    )
  }
  const placeOne = (index: number, zxid: Z.Zxid | undefined): boolean => {
    const candidate = candidates[index]
    if (candidate === undefined || zxid === undefined || placed.has(index) || !mayStand(candidate, zxid)) return false
    const { session, xid, operation, isNeeded } = candidate
    const mark = service.mark()
    service.execute(session, operation, zxid)
    // Refused, or without effect, or the end of a session that owns nothing: that is the same as never.
    const isIdleEnd = xid === undefined && !isNeeded && service.mark() === mark + 1
    if (service.mark() === mark || isIdleEnd) {
      service.undo(mark)
      return false
    }
    remember({ index, zxid }, mark)
    placed.add(index)
    open.remove(index)
    if (xid !== undefined) append(lastPlaced, session, xid)
    position = zxid
    const due = foreign[nextForeign]
    if (due !== undefined && Z.equals(due.zxid, zxid)) nextForeign += 1
    return true
  }

  const takeBack = (): void => {
    const made = past.pop()
    if (made === undefined) return
    service.undo(made.mark)
    position = made.position
    nextForeign = made.foreign
    if (made.move === undefined) {
      next -= 1
      return
    }
    placed.delete(made.move.index)
    open.restore(made.move.index)
    const { session, xid } = candidates[made.move.index] ?? {}
    if (session !== undefined && xid !== undefined) lastPlaced.get(session)?.pop()
  }

  return {
    next: () => line[next],
    explained: () => next,
    demanded,
    unseen: (index) => {
      const after = candidates[index]?.after ?? Z.ZERO
      const limit = demanded()?.zxid
      const answer = line[next]?.outcome.zxid ?? Z.ZERO
      const zxid = problem.freeAfter(Z.max(position, after))
      return (limit === undefined ? !Z.isAfter(zxid, answer) : Z.isBefore(zxid, limit)) ? zxid : undefined
    },
    make: (move) => (move === undefined ? answerNext() : placeOne(move.index, move.zxid)),
    takeBack,
    position: () => position,
    key: () => [next, Z.show(position), [...placed].sort().join(), service.show()].join('|'),
    stuck: () => stuck,
    trouble: () => trouble,
  }
}
