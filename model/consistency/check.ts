/** All checkers of client histories together. */
import { checkCommits } from './commits.js'
import { checkPipelines } from './fifo.js'
import type { History } from './history.js'
import { flawOf } from './malformed.js'
import { order } from './ordering.js'
import { partsOf } from './parts.js'
import { checkPositions } from './reads.js'
import { checkResults, DEFAULT_MAXIMUM_MOVES } from './replay.js'
import { checkEphemerals } from './sessions.js'
import type { Verdict } from './verdict.js'
import { all, held, unknown, violated } from './verdict.js'
import { checkWatches } from './watches.js'
import { checkWriteOrder } from './writes.js'

/**
 * Linearizable writes, OSC(U) reads, session order, ephemerals, watches: n log n, but for the places of writes of unknown
 * outcome where the commits are not seen. Held never means more than: nothing was found. Unknown: nothing was found in
 * `maximumMoves`, or the history is malformed.
 */
export const checkHistory = (history: History, maximumMoves: number = DEFAULT_MAXIMUM_MOVES): Verdict => {
  const flaw = flawOf(history)
  if (flaw !== undefined) return malformed(flaw)
  return all([
    // The strongest promise first: what breaks it often breaks the order of a pipeline as well.
    checkWriteOrder(history),
    checkCommits(history),
    checkPipelines(history),
    checkPositions(history),
    checkEphemerals(history),
    checkWatches(history),
    checkResults(history, maximumMoves),
  ])
}

const malformed = (flaw: string): Verdict => unknown(`the history is malformed: ${flaw}`)

/**
 * The same for a history whose answers carry no zxids: is there any order that explains it? Those at hand are not looked
 * at, commits and watch events neither. Held and violated are certain; unknown: the bound was reached.
 */
export const checkWithoutZxids = (history: History, maximumMoves: number = DEFAULT_MAXIMUM_MOVES): Verdict => {
  const flaw = flawOf(history)
  if (flaw !== undefined) return malformed(flaw)
  const pipelines = checkPipelines(history)
  if (pipelines.kind === 'Violated') return pipelines
  const whole = order(history, maximumMoves)
  if (whole.outcome === 'solved') return held
  if (whole.outcome === 'impossible') return violated('OSC', 'no order explains the answers', ...whole.stuckAt)
  // Smaller, so it may be known of them; but that every part has an order does not give the whole one.
  const parts = partsOf(history)
  for (const part of parts.length > 1 ? parts : []) {
    const { outcome, stuckAt } = order(part, maximumMoves)
    if (outcome === 'impossible') return violated('OSC', 'no order explains the answers', ...stuckAt)
  }
  return unknown(`no order found in ${whole.tried} moves`)
}
