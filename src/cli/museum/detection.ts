/** Lets every bug loose until somebody sees it. */
import type { Bug } from '../../../proofs/museum/bug.js'
import { judgeSteps } from '../../../proofs/museum/counterexample.js'
import { hunt } from '../../../proofs/museum/hunt.js'

/** How long a bug may live. */
export const LIFE_MS = 60_000

/** How a bug was found, in one way of searching. */
export interface Detection {
  /** Clause, property, or step of the judge. */
  readonly check: string
  /** Schedules of fuzzing, or states of exploration, until then. */
  readonly tried: number
  readonly seconds: number
}

/** Another way of searching: undefined when it does not find the bug, or is not for it. */
export type Search = (bug: Bug, budgetMs: number) => Promise<Detection | undefined>

export interface Death {
  readonly bug: Bug
  readonly fuzzing: Detection | undefined
  readonly exploration: Detection | undefined
}

/** Random schedules in the simulated world, with all its checks and with the judge of every step. */
export const fuzz = (
  { variation }: Bug,
  seed: number,
  budgetMs: number,
  clockMs: () => number,
): Detection | undefined => {
  const begunMs = clockMs()
  const found = hunt(variation, {
    seed,
    schedules: Number.MAX_SAFE_INTEGER,
    judges: [judgeSteps],
    isOver: () => clockMs() - begunMs > budgetMs,
  })
  return found === undefined
    ? undefined
    : { check: found.clause, tried: found.schedules, seconds: (clockMs() - begunMs) / 1000 }
}
