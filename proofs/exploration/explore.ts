/** Breadth first through every state within the bounds, so that the first objection is a shortest one. */
import type { Rules } from '../../src/core/rules.js'
import type { Objection } from './abstraction.js'
import type { Bounds } from './bounds.js'
import { makeEnsemble } from './ensemble.js'
import type { Happening } from './happening.js'
import type { Reductions } from './reductions.js'
import { noReductions } from './reductions.js'
import { makeRows } from './rows.js'
import { FULL, NONE, makeSeen } from './seen.js'
import { replay, walk } from './walk.js'

// --- model

export interface Options {
  readonly bounds: Bounds
  readonly rules: Rules
  readonly reductions: Reductions
  readonly maxStates: number
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
  const { bounds, rules, reductions } = options
  const fewer = { ...reductions, forgets: false, spendsLess: false, syncsAtOnce: false }
  for (const chosen of [reductions, fewer, noReductions]) {
    const exploration = exploreWith({ ...options, reductions: chosen })
    const { counterexample } = exploration
    if (counterexample === undefined) return exploration
    const objection = replay(makeEnsemble({ bounds, rules, reductions: noReductions }), counterexample.happenings)
    if (objection !== undefined) return { ...exploration, counterexample: { ...counterexample, objection } }
  }
  throw new Error('a way without reductions cannot be walked again')
}

const exploreWith = (options: Options): Exploration => {
  const { bounds, rules, reductions, maxStates, mayGoOn = () => true } = options
  const ensemble = makeEnsemble({ bounds, rules, reductions })
  const { width } = ensemble
  const seen = makeSeen(maxStates, reductions.spendsLess)
  const fingerprint = new Int32Array(2)
  const representative = new Int32Array(width)
  let level = makeRows(width)
  let following = makeRows(width)
  let transitions = 0
  let depth = 0
  /** Number of the first state of the level. */
  let first = 0
  /** The state that is being left, and the step that it is left by. */
  let parent = NONE
  let step = 0
  let isFull = false
  let objected: { readonly step: number; readonly objection: Objection } | undefined

  const visit = (next: Int32Array, objection: Objection | undefined): void => {
    if (objection === undefined) note(next)
    else objected ??= { step, objection }
    step += 1
  }
  const note = (state: Int32Array): void => {
    ensemble.represent(state, representative, fingerprint)
    const [high = 0, low = 0] = fingerprint
    const number = seen.add(high, low, ensemble.budgetOf(representative), parent, step)
    if (number === FULL) isFull = true
    else if (number !== NONE) following.push(representative)
  }
  const progress = (left: number): Progress => ({
    states: seen.size(),
    transitions,
    depth,
    queue: left + following.length(),
    bytes: seen.bytes() + level.bytes() + following.bytes(),
  })
  const end = (verdict: Exploration['verdict'], left: number, counterexample?: Counterexample): Exploration => ({
    ...progress(left),
    verdict,
    reductions,
    ...(counterexample === undefined ? {} : { counterexample }),
    distinct: ensemble.counts(),
  })

  const wayTo = (state: number): readonly number[] =>
    seen.parentOf(state) === NONE ? [] : [...wayTo(seen.parentOf(state)), seen.stepOf(state)]

  note(ensemble.initial)
  for (;;) {
    const former = level
    level = following
    following = former
    following.clear()
    seen.seal()
    if (level.length() === 0) {
      depth -= 1
      return end('Held', 0)
    }
    for (let index = 0; index < level.length(); index += 1) {
      parent = first + index
      step = 0
      if (parent % ASK_EVERY === 0 && !mayGoOn(progress(level.length() - index)))
        return end('Ended', level.length() - index)
      ensemble.successors(level.at(index), visit)
      transitions += step
      if (objected !== undefined) {
        const happenings = walk(ensemble, [...wayTo(parent), objected.step])
        return end('Violated', level.length() - index, { objection: objected.objection, happenings })
      }
      if (isFull) return end('Ended', level.length() - index)
    }
    first += level.length()
    depth += 1
  }
}
