/** A run that shows a bug, as plain data: it depends on no generator, only on the world and the bug. */
import type { Observe } from '../../model/observer.js'
import type { Command } from '../../model/world/command.js'
import type { Run } from '../../model/world/schedule.js'
import { runSchedule } from '../../model/world/schedule.js'
import type { Transaction } from '../../src/service/transaction.js'
import { refinement } from '../refinement.js'
import type { Variation } from './bug.js'
import { judgeElections } from './election.js'
import { together } from './together.js'
import { worldOf } from './variation-world.js'

export interface Counterexample {
  /** Of the world: delays, and what else its servers and clients leave to chance. */
  readonly seed: number
  /** Who may end the run: the checks of the world and of elections, or the judge of single steps as well. */
  readonly jury: 'world' | 'everybody'
  /** The check that does end it. */
  readonly check: string
  readonly commands: readonly Command[]
}

export interface Replay {
  readonly run: Run
  /** The first step that is no step of the abstract system, in the judge's words; it may come before the run ends. */
  readonly objection: string | undefined
}

/** What the judge of single steps finds goes by this name and that of the nearest action, statement or message. */
export const STEP_JUDGE = 'refinement: '

export const judgeSteps: Observe<Transaction> = (host) =>
  refinement()({
    ...host,
    report: (id, what) => {
      host.report(`${STEP_JUDGE}${id}`, what)
    },
  })

/** The run again, with the journal for story and diagram when asked for. The judge of single steps follows in any case. */
export const replay = (
  variation: Variation,
  { seed, jury, commands }: Omit<Counterexample, 'check'>,
  isRecorded = false,
): Replay => {
  let objection: string | undefined
  const follow: Observe<Transaction> = (host) =>
    judgeSteps({
      ...host,
      report: (id, what) => {
        objection ??= what
        if (jury === 'everybody') host.report(id, what)
      },
    })
  const run = runJudged(variation, seed, commands, [follow], isRecorded)
  return { run, objection }
}

/** One schedule, judged by the world, by the judge of elections and by these. */
export const runJudged = (
  variation: Variation,
  seed: number,
  commands: readonly Command[],
  judges: readonly Observe<Transaction>[] = [],
  isRecorded = false,
): Run => {
  const own = variation.judge === undefined ? [] : [variation.judge]
  const observe = together<Transaction>([judgeElections, ...own, ...judges])
  const run = runSchedule({ ...worldOf(variation, seed), observe, isRecorded }, commands, variation.program)
  return { ...run, violation: run.world.violation() }
}
