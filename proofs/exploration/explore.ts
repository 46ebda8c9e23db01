/** Breadth first through every state within the bounds, so that the first objection is a shortest one. */
import type { Rules } from '../../src/core/rules.js'
import type { Objection } from './abstraction.js'
import { makeAbstraction } from './abstraction.js'
import type { Bounds } from './bounds.js'
import type { Happening } from './happening.js'
import type { Reductions } from './reductions.js'
import { makeEnsemble } from './ensemble.js'
import { FULL, NONE, makeSeen } from './seen.js'

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
  /** Different servers with their disks, and different abstract states. */
  readonly distinct: Readonly<Record<'servers' | 'abstract', number>>
}

/** States between two questions whether to go on. */
const ASK_EVERY = 2048

// --- operations

export const explore = ({ bounds, rules, reductions, maxStates, mayGoOn = () => true }: Options): Exploration => {
  const ensemble = makeEnsemble({ bounds, rules, reductions, abstraction: makeAbstraction(bounds) })
  const { width } = ensemble
  const seen = makeSeen(maxStates)
  const fingerprint = new Int32Array(2)
  let level = makeRows(width)
  let following = makeRows(width)
  let transitions = 0
  let depth = 0
  /** Number of the first state of the level. */
  let first = 0

  const note = (state: Int32Array, parent: number, step: number): boolean => {
    ensemble.fingerprint(state, fingerprint)
    const number = seen.add(fingerprint[0] ?? 0, fingerprint[1] ?? 0, parent, step)
    if (number !== NONE && number !== FULL) following.push(state)
    return number !== FULL
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
    ...(counterexample === undefined ? {} : { counterexample }),
    distinct: ensemble.counts(),
  })

  const wayTo = (state: number): readonly number[] =>
    seen.parentOf(state) === NONE ? [] : [...wayTo(seen.parentOf(state)), seen.stepOf(state)]

  note(ensemble.initial, NONE, 0)
  for (;;) {
    const former = level
    level = following
    following = former
    following.clear()
    if (level.length() === 0) {
      depth -= 1
      return end('Held', 0)
    }
    for (let index = 0; index < level.length(); index += 1) {
      const number = first + index
      if (number % ASK_EVERY === 0 && !mayGoOn(progress(level.length() - index)))
        return end('Ended', level.length() - index)
      let step = 0
      let isFull = false
      let objected: { readonly step: number; readonly objection: Objection } | undefined
      ensemble.successors(level.at(index), (next, objection) => {
        if (objection !== undefined) objected ??= { step, objection }
        else if (!note(next, number, step)) isFull = true
        step += 1
      })
      transitions += step
      if (objected !== undefined) {
        const happenings = walk(ensemble, [...wayTo(number), objected.step])
        return end('Violated', level.length() - index, { objection: objected.objection, happenings })
      }
      if (isFull) return end('Ended', level.length() - index)
    }
    first += level.length()
    depth += 1
  }
}

/** What happened on the way of these steps. */
const walk = (ensemble: ReturnType<typeof makeEnsemble>, steps: readonly number[]): readonly Happening[] => {
  let state = ensemble.initial.slice()
  return steps.map((wanted) => {
    const happening = ensemble.happenings(state)[wanted]
    let step = 0
    let after = state
    ensemble.successors(state, (next, objection) => {
      if (step === wanted && objection === undefined) after = next.slice()
      step += 1
    })
    state = after
    if (happening === undefined) throw new RangeError(`there is no step ${wanted}`)
    return happening
  })
}

// --- how: states of one level

interface Rows {
  readonly length: () => number
  readonly push: (row: Int32Array) => void
  /** Valid until the next change. */
  readonly at: (index: number) => Int32Array
  readonly clear: () => void
  readonly bytes: () => number
}

const ROWS_IN_BLOCK = 4096

const makeRows = (width: number): Rows => {
  const blocks: Int32Array[] = []
  let length = 0
  return {
    length: () => length,
    push: (row) => {
      const block = Math.floor(length / ROWS_IN_BLOCK)
      blocks[block] ??= new Int32Array(width * ROWS_IN_BLOCK)
      blocks[block]?.set(row, (length % ROWS_IN_BLOCK) * width)
      length += 1
    },
    at: (index) => {
      const start = (index % ROWS_IN_BLOCK) * width
      return blocks[Math.floor(index / ROWS_IN_BLOCK)]?.subarray(start, start + width) ?? new Int32Array(width)
    },
    clear: () => {
      length = 0
      // A level may be much smaller than the one before it.
      blocks.length = Math.min(blocks.length, 64)
    },
    bytes: () => blocks.length * width * ROWS_IN_BLOCK * Int32Array.BYTES_PER_ELEMENT,
  }
}
