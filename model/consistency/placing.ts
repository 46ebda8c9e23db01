/**
 * Places for writes of unknown outcome, in a history whose answers carry zxids. FWD-4: each is done once, later, or never.
 *
 * The answered calls stand in a fixed line; between them, writes of unknown outcome may be put, each within its window:
 * after what its session did before it and what had returned when it began, before what its session wrote after it (a
 * read on the next connection need not wait for it). A
 * zxid that some answer shows, and that no answered write has, must be that of such a write; one that no answer shows is
 * as good as any other. Nothing is put anywhere before an answer asks for it, so a history without doubt is linear.
 */
import * as Z from '../../src/core/zxid.js'
import type { SessionId } from '../../src/service/session.js'
import type { Operation, Result } from '../service.js'
import { makeService, showResult } from '../service.js'
import type { Explored, Puzzle } from './depth-first.js'
import { explore } from './depth-first.js'
import type { Answered, History } from './history.js'
import { byZxid, isWrite } from './history.js'
import { expiries, judged, unborn, unknownWrites } from './optional.js'
import { makesEphemeral, partsOf } from './parts.js'
import { ranksOf } from './ranks.js'

export interface Placing extends Explored {
  /** The first answer that no placing explains, of all that were tried, and what would have been the answer. */
  readonly stuck: Stuck | undefined
  /** How many writes might have been placed. */
  readonly optional: number
}

export interface Stuck {
  readonly call: Answered
  /** What the answer would have been; or the zxid that it shows, at which nothing can have been done; or: the end of a
   *  session that surely came before has no place. */
  readonly expected: Result | Z.Zxid | undefined
}

/** Between the answers `from` and `to` of the line, both counted from 0: before the one at `to` at the latest. */
interface Optional {
  readonly session: SessionId
  /** Undefined for an expiry, which no request of the session has to follow. */
  readonly xid: number | undefined
  readonly operation: Operation
  readonly from: number
  readonly to: number
  /** It was surely done, before `to`. */
  readonly isCertain: boolean
  /** An answer tells that the session had ended. */
  readonly isNeeded: boolean
  readonly touched: ReadonlySet<string>
}

/** `undefined`: the next answer. */
type Move = { readonly optional: number; readonly zxid: Z.Zxid } | undefined

/**
 * Each part for itself, as zxids order the parts among each other; only the order of two writes of one session that were
 * lost in different parts is not asked for. Linear in the calls where nothing has to
 * be placed.
 *
 * @param maximumMoves bounds the search in each part; one move for each of its calls comes on top
 */
export const placeAll = (history: History, maximumMoves: number): readonly Placing[] => {
  const taken = new Set(
    judged(history.calls)
      .filter(isWrite)
      .map(({ outcome }) => Z.show(outcome.zxid)),
  )
  const bounds = boundsOf(history)
  return partsOf(history).map((part) => place(part, taken, bounds, maximumMoves + part.calls.length))
}

/** @param taken zxids of all answered writes, shown; of those of other parts, too */
const place = (
  history: History,
  taken: ReadonlySet<string>,
  bounds: ReadonlyMap<string, Bounds>,
  maximumMoves: number,
): Placing => {
  const line = lineOf(history)
  const optional = optionalWrites(history, line)
  const foreign = foreignZxids(line, taken)
  const service = makeService()
  for (const session of unborn(history)) service.execute(session, { op: 'createSession', timeoutMs: 0 }, Z.ZERO)

  const deadlines = new Map<number, number[]>()
  for (const [index, { isCertain, to }] of optional.entries())
    if (isCertain) deadlines.set(to, [...(deadlines.get(to) ?? []), index])

  const placed = new Set<number>()
  const lastPlaced = new Map<SessionId, number[]>()
  const past: { readonly mark: number; readonly position: Z.Zxid; readonly foreign: number; readonly move: Move }[] = []
  let next = 0
  let position = Z.ZERO
  let nextForeign = 0
  let farthest = -1
  let stuck: Stuck | undefined

  const stuckHere = (call: Answered, expected: Stuck['expected']): false => {
    if (next > farthest) stuck = { call, expected }
    farthest = Math.max(farthest, next)
    return false
  }
  /** A zxid that must be taken before the next answer. */
  const demanded = (): Foreign | undefined => {
    const due = foreign[nextForeign]
    return due !== undefined && isBeforeAnswer(due.zxid, line[next]) ? due : undefined
  }
  const canStandHere = ({ session, xid, from, to }: Optional, index: number): boolean =>
    from <= next &&
    next <= to &&
    !placed.has(index) &&
    (xid === undefined || (lastPlaced.get(session)?.at(-1) ?? -1) < xid)

  const others = (): readonly Move[] => {
    const answer = line[next]
    if (answer === undefined || optional.length === 0) return []
    const near = stuck === undefined ? NOTHING : touched(stuck.call.operation)
    const here = [...optional.entries()]
      .filter(([index, write]) => canStandHere(write, index))
      .sort(([, first], [, second]) => Number(meets(second, near)) - Number(meets(first, near)))
    const due = demanded()?.zxid
    return here.flatMap(([index, write]): readonly Move[] => {
      const { after, before } = bounds.get(keyOf(write)) ?? UNBOUNDED
      const unseen = unseenZxid(Z.max(position, after), due, answer, taken)
      return [due, unseen].flatMap((zxid) =>
        zxid === undefined || !Z.isAfter(zxid, after) || (before !== undefined && !Z.isBefore(zxid, before))
          ? []
          : [{ optional: index, zxid }],
      )
    })
  }

  const remember = (mark: number, move: Move): void => {
    past.push({ mark, position, foreign: nextForeign, move })
  }
  const answerNext = (): boolean => {
    const call = line[next]
    if (call === undefined) return false
    const due = demanded()
    if (due !== undefined) return stuckHere(due.shownBy, due.zxid)
    if (deadlines.get(next)?.some((index) => !placed.has(index)) === true) return stuckHere(call, undefined)
    const mark = service.mark()
    const expected = service.execute(call.session, call.operation, call.outcome.zxid)
    if (showResult(expected) !== showResult(call.outcome.result)) {
      service.undo(mark)
      return stuckHere(call, expected)
    }
    remember(mark, undefined)
    next += 1
    position = call.outcome.zxid
    return true
  }
  const placeOne = (move: Exclude<Move, undefined>): boolean => {
    const write = optional[move.optional]
    const mark = service.mark()
    if (write === undefined) return false
    service.execute(write.session, write.operation, move.zxid)
    // Refused, or without effect, or the end of a session that owns nothing: that is the same as never.
    const isIdleEnd = write.xid === undefined && !write.isNeeded && service.mark() === mark + 1
    if (service.mark() === mark || isIdleEnd) {
      service.undo(mark)
      return false
    }
    remember(mark, move)
    placed.add(move.optional)
    if (write.xid !== undefined) lastPlaced.set(write.session, [...(lastPlaced.get(write.session) ?? []), write.xid])
    position = move.zxid
    const due = foreign[nextForeign]
    if (due !== undefined && Z.equals(due.zxid, position)) nextForeign += 1
    return true
  }

  const unplace = (index: number): void => {
    placed.delete(index)
    const write = optional[index]
    if (write?.xid !== undefined) lastPlaced.get(write.session)?.pop()
  }

  const puzzle: Puzzle<{ readonly move: Move }> = {
    isSolved: () => next === line.length,
    best: () => ({ move: undefined }),
    others: () => others().map((move) => ({ move })),
    make: ({ move }) => (move === undefined ? answerNext() : placeOne(move)),
    takeBack: () => {
      const before = past.pop()
      if (before === undefined) return
      service.undo(before.mark)
      if (before.move === undefined) next -= 1
      else unplace(before.move.optional)
      position = before.position
      nextForeign = before.foreign
    },
    progress: () => next,
    key: () => [next, Z.show(position), [...placed].sort().join(), service.show()].join('|'),
  }
  const explored = explore(puzzle, maximumMoves)
  return { ...explored, stuck: explored.outcome === 'solved' ? undefined : stuck, optional: optional.length }
}

/** The answers in their order: by zxid, a write before the reads that stand at it. */
const lineOf = (history: History): readonly Answered[] =>
  [...judged(history.calls)].sort(
    (first, second) =>
      byZxid(first, second) || Number(isWrite(second)) - Number(isWrite(first)) || first.xid - second.xid,
  )

const isBeforeAnswer = (zxid: Z.Zxid, answer: Answered | undefined): boolean =>
  answer !== undefined && !Z.isAfter(zxid, answer.outcome.zxid)

/** Zxids between which a write can have been done, both excluded: its window in the whole history. */
interface Bounds {
  readonly after: Z.Zxid
  readonly before: Z.Zxid | undefined
}

const UNBOUNDED: Bounds = { after: Z.ZERO, before: undefined }

const keyOf = ({ session, xid }: Optional): string => `${session}/${xid ?? 'end'}`

const boundsOf = (history: History): ReadonlyMap<string, Bounds> => {
  const line = lineOf(history)
  return new Map(
    optionalWrites(history, line).map((write) => [
      keyOf(write),
      { after: line[write.from - 1]?.outcome.zxid ?? Z.ZERO, before: line[write.to]?.outcome.zxid },
    ]),
  )
}

const NOTHING: ReadonlySet<string> = new Set()

/** Tried first: what touches the paths of the answer that could not be explained. Only the order depends on it. */
const meets = (write: Optional, near: ReadonlySet<string>): boolean => [...write.touched].some((path) => near.has(path))

const touched = (operation: Operation): ReadonlySet<string> => {
  if (operation.op === 'multi') return new Set(operation.operations.flatMap(({ path }) => withParent(path)))
  return new Set('path' in operation ? withParent(operation.path) : [])
}

const withParent = (path: string): readonly string[] => [path, path.slice(0, Math.max(1, path.lastIndexOf('/')))]

const ephemeralPaths = (operation: Operation): readonly string[] =>
  makesEphemeral(operation) ? [...touched(operation)] : []

interface Foreign {
  readonly zxid: Z.Zxid
  readonly shownBy: Answered
}

/** Zxids that answers show and no answered write has, ascending. */
const foreignZxids = (line: readonly Answered[], taken: ReadonlySet<string>): readonly Foreign[] => {
  const found = new Map<string, Foreign>()
  const look = ({ stat, results }: Result, shownBy: Answered): void => {
    if (stat !== undefined)
      for (const zxid of [stat.czxid, stat.mzxid, stat.pzxid])
        if (!Z.equals(zxid, Z.ZERO) && !taken.has(Z.show(zxid)) && !found.has(Z.show(zxid)))
          found.set(Z.show(zxid), { zxid, shownBy })
    for (const result of results ?? []) look(result, shownBy)
  }
  for (const call of line) look(call.outcome.result, call)
  return [...found.values()].sort((first, second) => Z.compare(first.zxid, second.zxid))
}

/** The first free zxid after `position`, if there is one before what comes next. */
const unseenZxid = (
  position: Z.Zxid,
  due: Z.Zxid | undefined,
  answer: Answered,
  taken: ReadonlySet<string>,
): Z.Zxid | undefined => {
  const isInTime = (zxid: Z.Zxid): boolean => (due === undefined ? isBeforeAnswer(zxid, answer) : Z.isBefore(zxid, due))
  let zxid = Z.next(position)
  while (isInTime(zxid) && taken.has(Z.show(zxid))) zxid = Z.next(zxid)
  return isInTime(zxid) ? zxid : undefined
}

/** With the window of each: two binary searches, or a look at its own session's answers. */
const optionalWrites = (history: History, line: readonly Answered[]): readonly Optional[] => {
  const ranks = ranksOf(line)
  const writes = unknownWrites(history).map(({ session, xid, operation, invoked }): Optional => {
    const own = ranks.ofSession(session)
    const before = own.filter((call) => call.xid < xid).map((call) => call.rank)
    const after = own.filter((call) => call.isWrite && call.xid > xid).map((call) => call.rank)
    return {
      session,
      xid,
      operation,
      from: Math.max(ranks.returnedBefore(invoked), ...before.map((rank) => rank + 1)),
      to: Math.min(line.length, ...after),
      isCertain: false,
      isNeeded: false,
      touched: touched(operation),
    }
  })
  const ended = expiries(history).map(({ session, afterXid, doneBy }): Optional => {
    const own = ranks.ofSession(session).filter((call) => call.isWrite)
    const refused = own.filter((call) => call.xid > afterXid).map((call) => call.rank)
    const done = own.filter((call) => call.xid <= afterXid).map((call) => call.rank + 1)
    const deadline = doneBy === undefined ? line.length : ranks.invokedAfter(doneBy)
    return {
      session,
      xid: undefined,
      operation: { op: 'closeSession' },
      from: Math.max(0, ...done),
      to: Math.min(deadline, ...refused),
      isCertain: deadline < line.length,
      isNeeded: deadline < line.length || refused.length > 0,
      touched: new Set(
        history.calls.filter((call) => call.session === session).flatMap((call) => ephemeralPaths(call.operation)),
      ),
    }
  })
  return [...writes, ...ended]
}
