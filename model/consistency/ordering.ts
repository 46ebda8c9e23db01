/**
 * Histories whose answers carry no zxids: is there any order at all? OSC(writes), zab-protocol §8.
 *
 * The order must keep each session's own, and must put whatever returned before a write was invoked before that write;
 * the sequential service must then give every answer. Zxids inside answers are not looked at. Hard in general, so the
 * search is bounded and may end without knowing. Two facts keep it small: what matches now and changes nothing need not
 * wait, as waiting gains it nothing; and as sessions go first in, first out, how far each session has come tells which
 * writes of unknown outcome were left out for good.
 */
import { makeCrossing } from './crossing.js'
import type { Explored } from './depth-first.js'
import { explore } from './depth-first.js'
import type { Call, History } from './history.js'
import type { Turn } from './lanes.js'
import { lanesOf } from './lanes.js'
import { unborn } from './optional.js'

export interface Ordering extends Explored {
  /** The calls at which the sessions stood when the search had come farthest. */
  readonly stuckAt: readonly Call[]
}

/** @param maximumMoves bounds the search; one move for each call comes on top */
export const order = (history: History, maximumMoves: number): Ordering => {
  const crossing = makeCrossing(lanesOf(history), unborn(history))
  const explored = explore<Turn>(
    {
      isSolved: crossing.isThrough,
      best: crossing.free,
      others: (best) => (best === undefined ? crossing.choices() : []),
      make: crossing.make,
      takeBack: crossing.takeBack,
      progress: crossing.done,
      key: crossing.key,
    },
    maximumMoves + history.calls.length,
  )
  return { ...explored, stuckAt: crossing.stuckAt() }
}
