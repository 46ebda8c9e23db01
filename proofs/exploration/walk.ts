/** The way to a state, walked again. */
import type { ServerId } from '../../src/core/server-id.js'
import type { Objection } from './abstraction.js'
import type { Ensemble } from './ensemble.js'
import type { Happening } from './happening.js'
import { textOf } from './intern.js'
import { renamedHappening } from './happening.js'

/**
 * What happened on the way of these steps. Servers change their names on the way, from one representative to the next: here
 * they have the names that they have at the end, which are those in the objection.
 */
export const walk = (ensemble: Ensemble, steps: readonly number[]): readonly Happening[] => {
  const fingerprint = new Int32Array(2)
  const state = new Int32Array(ensemble.width)
  const images: (readonly ServerId[])[] = [ensemble.imagesOf(ensemble.represent(ensemble.initial, state, fingerprint))]
  const happenings = steps.map((wanted) => {
    const happening = ensemble.happenings(state)[wanted]
    if (happening === undefined) throw new RangeError(`there is no step ${wanted}`)
    let step = 0
    let after: Int32Array | undefined
    ensemble.successors(state, (next, objection) => {
      if (step === wanted && objection === undefined) after = next.slice()
      step += 1
    })
    if (after !== undefined) images.push(ensemble.imagesOf(ensemble.represent(after, state, fingerprint)))
    return happening
  })
  return happenings.flatMap((several, index) =>
    several.map((happening) =>
      images.slice(index + 1).reduce((renamed, names) => renamedHappening(renamed, names), happening),
    ),
  )
}

/**
 * The objection to the last of the happenings, if they may happen one by one. In an ensemble without reductions that shows
 * that a way that was found with them is a way.
 */
export const replay = (ensemble: Ensemble, happenings: readonly Happening[]): Objection | undefined => {
  let state = ensemble.initial.slice()
  let found: Objection | undefined
  for (const happening of happenings) {
    const text = textOf([happening])
    const wanted = ensemble.happenings(state).findIndex((several) => textOf(several) === text)
    if (wanted < 0 || found !== undefined) return undefined
    let step = 0
    let after = state
    ensemble.successors(state, (next, objection) => {
      if (step === wanted) found = objection
      if (step === wanted && objection === undefined) after = next.slice()
      step += 1
    })
    state = after
  }
  return found
}
