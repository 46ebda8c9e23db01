/** Looks for a bug: schedule after schedule, until the world finds something. */
import type { Observe } from '../../model/observer.js'
import { makeRandom } from '../../model/world/random.js'
import type { Run } from '../../model/world/schedule.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Variation } from './bug.js'
import { runJudged } from './counterexample.js'
import { schedules } from './schedules.js'
import { worldOf } from './variation-world.js'

export { withoutBug } from './variation-world.js'

export interface Hunt {
  readonly seed: number
  /** At most so many. */
  readonly schedules: number
  /** Judges beside the world's own checks and that of elections. */
  readonly judges?: readonly Observe<Transaction>[]
  /** Asked before each schedule: true ends the hunt. */
  readonly isOver?: () => boolean
}

export interface Catch {
  /** So many schedules it took. */
  readonly schedules: number
  /** Clause or property. */
  readonly clause: string
  readonly run: Run
}

export const COMMANDS_A_SCHEDULE = 60

/** The first schedule in which the variation is caught. */
export const hunt = (
  variation: Variation,
  { seed, schedules: limit, judges = [], isOver = () => false }: Hunt,
): Catch | undefined => {
  const random = makeRandom(seed)
  for (let count = 1; count <= limit && !isOver(); count++) {
    const worldSeed = random.below(0x7fffffff)
    const commands = schedules[variation.schedule ?? 'random'](
      random,
      worldOf(variation, worldSeed),
      COMMANDS_A_SCHEDULE,
    )
    const run = runJudged(variation, worldSeed, commands, judges)
    if (run.violation !== undefined) return { schedules: count, clause: run.violation.clause, run }
  }
  return undefined
}
