/**
 * Places for writes of unknown outcome, in a history whose answers carry zxids. FWD-4: each is done once, later, or never.
 *
 * The answered calls stand in a fixed line; between them, writes of unknown outcome may be put, each within its window. A
 * zxid that some answer shows, and that no answered write has, must be that of such a write; one that no answer shows is
 * as good as any other. Nothing is put anywhere before an answer asks for it, so a history without doubt is linear.
 */
import * as Z from '../../src/core/zxid.js'
import type { Candidate } from './candidates.js'
import { candidatesOf } from './candidates.js'
import type { Explored } from './depth-first.js'
import { explore } from './depth-first.js'
import type { Answered, History } from './history.js'
import { byZxid, isWrite } from './history.js'
import { append, firstIndex } from './lists.js'
import { judged, unborn } from './optional.js'
import type { Open } from './open.js'
import { makeOpen } from './open.js'
import { partsOf } from './parts.js'
import type { Move, Placement, Problem, Stuck } from './placement.js'
import { makePlacement } from './placement.js'
import { asksForZxid, foreignZxids, opposes } from './stats.js'
import type { Taken } from './taken.js'
import { takenBy } from './taken.js'
import type { Windows } from './windows.js'
import { windowsOf } from './windows.js'

export interface Placing extends Explored {
  /** The first answer that no placing explains, of all that were tried, and what would have been the answer. */
  readonly stuck: Stuck | undefined
  /** How many writes might have been placed. */
  readonly optional: number
}

/**
 * Each part for itself, as zxids order the parts among each other; only the order of two writes of one session that were
 * lost in different parts is not asked for. Linear in the calls where nothing has to be placed.
 *
 * @param maximumMoves bounds each of two searches in each part; one move for each of its calls comes on top
 */
export const placeAll = (history: History, maximumMoves: number): readonly Placing[] => {
  const taken = takenBy(judged(history.calls).filter(isWrite))
  const windows = windowsOf(history)
  return partsOf(history).map((part) => place(problemOf(part, windows, taken), maximumMoves + part.calls.length))
}

/**
 * First with a guide: what has nothing to do with an answer is not placed for its sake. What that explains is explained;
 * where it fails, everything is tried.
 */
const place = (problem: Problem, maximumMoves: number): Placing => {
  const guided = search(problem, maximumMoves, true)
  if (guided.outcome === 'solved' || problem.candidates.length === 0) return guided
  const full = search(problem, maximumMoves, false)
  return { ...full, tried: guided.tried + full.tried }
}

const search = (problem: Problem, maximumMoves: number, isGuided: boolean): Placing => {
  const { candidates, line } = problem
  const open = makeOpen(candidates)
  const placement = makePlacement(problem, open)
  const explored = explore<{ readonly move: Move }>(
    {
      isSolved: () => placement.explained() === line.length,
      best: () => ({ move: undefined }),
      others: () => others(candidates, open, placement, isGuided),
      make: ({ move }) => placement.make(move),
      takeBack: placement.takeBack,
      progress: placement.explained,
      key: placement.key,
    },
    maximumMoves,
  )
  const stuck = explored.outcome === 'solved' ? undefined : placement.stuck()
  return { ...explored, stuck, optional: candidates.length }
}

/** What may be placed here. A zxid that is asked for first: the next that can have left what it shows, if that is known. */
const others = function* (
  candidates: readonly Candidate[],
  open: Open,
  placement: Placement,
  isGuided: boolean,
): Iterable<{ readonly move: Move }> {
  const answer = placement.next()
  if (answer === undefined || candidates.length === 0) return
  const due = placement.demanded()
  const names = placement.trouble()
  const [from, to] = [placement.position(), answer.outcome.zxid]
  const mayHelp = (index: number): boolean => {
    const operation = candidates[index]?.operation
    return !isGuided || operation === undefined || !opposes(answer, operation)
  }
  if (due !== undefined)
    for (const index of open.near(isGuided ? asksForZxid(due) : names, from, due.zxid))
      yield { move: { index, zxid: due.zxid } }
  const seen = new Set<number>()
  for (const index of open.near(names, from, to)) {
    seen.add(index)
    if (mayHelp(index)) yield { move: { index, zxid: placement.unseen(index) } }
  }
  if (isGuided) return
  for (const index of open.all(from, to)) {
    if (seen.has(index)) continue
    if (due !== undefined) yield { move: { index, zxid: due.zxid } }
    yield { move: { index, zxid: placement.unseen(index) } }
  }
}

/** @param windows of the whole history @param taken by answered writes, those of other parts, too */
const problemOf = (part: History, windows: Windows, taken: Taken): Problem => {
  const line = lineOf(part)
  const candidates = candidatesOf(part, windows)
  return {
    line,
    candidates,
    foreign: foreignZxids(line, taken.has),
    deadlines: deadlinesOf(line, candidates),
    unborn: unborn(part),
    freeAfter: taken.freeAfter,
  }
}

const lineOf = ({ calls }: History): readonly Answered[] =>
  judged(calls).toSorted(
    (first, second) =>
      byZxid(first, second) || Number(isWrite(second)) - Number(isWrite(first)) || first.xid - second.xid,
  )

const deadlinesOf = (line: readonly Answered[], candidates: readonly Candidate[]): Problem['deadlines'] => {
  const deadlines = new Map<number, number[]>()
  for (const [index, { isCertain, before }] of candidates.entries())
    if (isCertain && before !== undefined)
      append(
        deadlines,
        firstIndex(line, ({ outcome }) => !Z.isBefore(outcome.zxid, before)),
        index,
      )
  return deadlines
}
