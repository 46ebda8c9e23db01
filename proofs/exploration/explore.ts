/** Breadth first through every state within the bounds, so that the first objection is a shortest one. */
import type { Rules } from '../../src/core/rules.js'
import type { Objection } from './abstraction.js'
import type { Bounds } from './bounds.js'
import { makeEnsemble } from './ensemble.js'
import type { Happening } from './happening.js'
import type { CoreProgram } from './program.js'
import type { Reductions } from './reductions.js'
import { noReductions } from './reductions.js'
import type { Seen } from './seen.js'
import { NONE } from './seen.js'
import { makeShare } from './share.js'
import { replay, walk } from './walk.js'

// --- model

export interface Options {
  readonly bounds: Bounds
  readonly rules: Rules
  readonly reductions: Reductions
  readonly maxStates: number
  /** Instead of the step of the core. */
  readonly program?: CoreProgram
  /** Asked now and then: does the budget of time or memory allow to go on? */
  readonly mayGoOn?: (progress: Progress) => boolean
}

export interface Progress {
  /** Different states. */
  readonly states: number
  /** Steps taken, also to states that had been seen. */
  readonly transitions: number
  /** Steps from the initial state to those that are being left now. */
  readonly depth: number
  /** States that are still to be left. */
  readonly queue: number
  readonly bytes: number
}

export interface Counterexample {
  readonly objection: Objection
  /** From the initial state. The last one is objected to. */
  readonly happenings: readonly Happening[]
}

export interface Exploration extends Progress {
  /** `Ended`: the budget did, before all was seen. */
  readonly verdict: 'Held' | 'Violated' | 'Ended'
  readonly counterexample?: Counterexample
  /** With these. */
  readonly reductions: Reductions
  /** Different servers with their disks, abstract states, and contents of channels. */
  readonly distinct: Readonly<Record<'servers' | 'abstract' | 'channels', number>>
}

/** States between two questions whether to go on. */
const ASK_EVERY = 2048

// --- operations

/**
 * What is found with reductions is walked again without. If it is not found there, the reductions are not sound for these
 * rules, which may be those of a bug, and the exploration begins again with fewer of them.
 */
export const explore = (options: Options): Exploration => {
  for (const reductions of fewerAndFewer(options.reductions)) {
    const exploration = confirmed(options, exploreWith({ ...options, reductions }))
    if (exploration !== undefined) return exploration
  }
  throw new Error('a way without reductions cannot be walked again')
}

/** The given ones, then those of them that rest on the least, then none. */
export const fewerAndFewer = (reductions: Reductions): readonly Reductions[] => [
  reductions,
  {
    ...reductions,
    forgets: false,
    spendsLess: false,
    syncsAtOnce: false,
    deadNotifications: false,
    oneHearsFirst: false,
  },
  noReductions,
]

/** The exploration, with what is objected to on its way when it is walked without reductions. */
export const confirmed = (
  options: Pick<Options, 'bounds' | 'rules' | 'program'>,
  exploration: Exploration,
): Exploration | undefined => {
  const { counterexample } = exploration
  if (counterexample === undefined) return exploration
  const objection = replay(makeEnsemble({ ...options, reductions: noReductions }), counterexample.happenings)
  return objection === undefined ? undefined : { ...exploration, counterexample: { ...counterexample, objection } }
}

const exploreWith = (options: Options): Exploration => {
  const { reductions, maxStates, mayGoOn = () => true } = options
  const ensemble = makeEnsemble(options)
  const share = makeShare({ ensemble, index: 0, count: 1, maxStates, subsumes: reductions.spendsLess, pass: nobody })
  let depth = 0

  const progress = (left: number): Progress => ({
    states: share.seen.size(),
    transitions: share.transitions(),
    depth,
    queue: left + share.found(),
    bytes: share.bytes(),
  })
  const end = (verdict: Exploration['verdict'], left: number, counterexample?: Counterexample): Exploration => ({
    ...progress(left),
    verdict,
    reductions,
    ...(counterexample === undefined ? {} : { counterexample }),
    distinct: ensemble.counts(),
  })

  share.begin()
  for (;;) {
    share.advance()
    if (share.length() === 0) {
      depth -= 1
      return end('Held', 0)
    }
    for (let index = 0; index < share.length(); index += 1) {
      const left = share.length() - index
      if (index % ASK_EVERY === 0 && !mayGoOn(progress(left))) return end('Ended', left)
      share.leave(index)
      const objected = share.objection()
      if (objected !== undefined) {
        const steps = [...wayTo(share.seen, objected.parent), objected.step]
        return end('Violated', left, { objection: objected.objection, happenings: walk(ensemble, steps) })
      }
      if (share.isFull()) return end('Ended', left)
    }
    depth += 1
  }
}

/** The steps from the initial state. */
const wayTo = ({ parentOf, stepOf }: Seen, state: number): readonly number[] => {
  const steps: number[] = []
  for (let at = state; parentOf(at) !== NONE; at = parentOf(at)) steps.push(stepOf(at))
  return steps.reverse()
}

/** There is one part only. */
const nobody = (): void => undefined
