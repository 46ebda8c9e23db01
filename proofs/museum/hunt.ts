/** Looks for a bug: schedule after schedule, until the world finds something. */
import type { Observe } from '../../model/observer.js'
import type { WorldOptions } from '../../model/world/options.js'
import { makeRandom } from '../../model/world/random.js'
import type { Run } from '../../model/world/schedule.js'
import { runSchedule } from '../../model/world/schedule.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Bug, Variation } from './bug.js'
import { judgeElections } from './election.js'
import { compareReplicas } from './replicas.js'
import { schedules } from './schedules.js'
import { together } from './together.js'

type Judge = Observe<Transaction>

export interface Hunt {
  readonly seed: number
  /** At most so many. */
  readonly schedules: number
  /** Judges beside the world's own checks and that of elections. */
  readonly judges?: readonly Judge[]
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
export const hunt = (variation: Variation, { seed, schedules: limit, judges = [] }: Hunt): Catch | undefined => {
  const random = makeRandom(seed)
  const observe = together<Transaction>([judgeElections, ...judges])
  for (let count = 1; count <= limit; count++) {
    const options = worldOf(variation, random.below(0x7fffffff), observe)
    const commands = schedules[variation.schedule ?? 'random'](random, options, COMMANDS_A_SCHEDULE)
    const run = runSchedule(options, commands, variation.program)
    if (run.violation === undefined) compareReplicas(run.world)
    const violation = run.world.violation()
    if (violation !== undefined) return { schedules: count, clause: violation.clause, run: { ...run, violation } }
  }
  return undefined
}

/** The same worlds and schedules for the rules of ZAB. */
export const withoutBug = ({ variation: { options, schedule } }: Bug): Variation => ({
  ...(options === undefined ? {} : { options }),
  ...(schedule === undefined ? {} : { schedule }),
})

const worldOf = ({ rules, options }: Variation, seed: number, observe: Judge): WorldOptions => ({
  voters: 3,
  observers: 0,
  clients: 3,
  ...options,
  seed,
  observe,
  ...(rules === undefined ? {} : { rules }),
})
