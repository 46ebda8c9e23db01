/** Lets every bug loose until somebody sees it. */
import type { Bug } from '../../../proofs/museum/bug.js'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { judgeSteps } from '../../../proofs/museum/counterexample.js'
import { exploreBug } from '../../../proofs/museum/exploration.js'
import { explored } from '../../../proofs/museum/explored.js'
import { hunt } from '../../../proofs/museum/hunt.js'

/** How long a bug may live in each search. */
export const LIFE_MS = 60_000

/** How a bug was found, in one way of searching. */
export interface Detection {
  /** Clause, property, or step of the judge. */
  readonly check: string
  /** Schedules of fuzzing, or states of exploration, until then. */
  readonly tried: number
  readonly seconds: number
}

/** How long it may take, and who is told how far it is. */
export interface Watch {
  readonly budgetMs: number
  readonly clockMs: () => number
  readonly tick: (text: string) => void
}

/** Undefined when it does not find the bug, or is not for it. */
export type Search = (id: CatalogueId, watch: Watch) => Detection | undefined

export interface Death {
  readonly id: CatalogueId
  readonly fuzzing: Detection | undefined
  readonly exploration: Detection | undefined
}

/** Random schedules in the simulated world, with all its checks and with the judge of every step. */
export const fuzzing =
  (seed: number): Search =>
  (id, { budgetMs, clockMs, tick }) => {
    const { variation }: Bug = catalogue[id]
    const begunMs = clockMs()
    let schedules = 0
    const found = hunt(variation, {
      seed,
      schedules: Number.MAX_SAFE_INTEGER,
      judges: [judgeSteps],
      isOver: () => {
        tick(`schedule ${(schedules += 1)}`)
        return clockMs() - begunMs > budgetMs
      },
    })
    return found === undefined
      ? undefined
      : { check: found.clause, tried: found.schedules, seconds: (clockMs() - begunMs) / 1000 }
  }

/** Every state within the bounds in which the bug is known to show. */
export const exploration: Search = (id, { budgetMs, clockMs, tick }) => {
  const sight = explored[id]
  if (sight.kind === 'OutOfSight') return undefined
  const begunMs = clockMs()
  const { counterexample, states } = exploreBug(catalogue[id], sight, 'soonest', (progress) => {
    tick(`${progress.states} states, depth ${progress.depth}`)
    return clockMs() - begunMs <= budgetMs
  })
  return counterexample === undefined
    ? undefined
    : { check: counterexample.objection.id, tried: states, seconds: (clockMs() - begunMs) / 1000 }
}

/** Somebody has seen it. */
export const isCaught = (death: Death): boolean => death.fuzzing !== undefined || death.exploration !== undefined

/** Exploration has to find it, and did not. */
export const isMissed = (death: Death): boolean =>
  death.exploration === undefined && explored[death.id].kind === 'InSight'

/** Somebody catches it, and exploration does where it can. */
export const isAsItShould = (death: Death): boolean => isCaught(death) && !isMissed(death)
