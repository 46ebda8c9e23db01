/** Lets a bug loose in the explorer. */
import { rules } from '../../src/core/rules.js'
import type { Options, Exploration, Progress } from '../exploration/explore.js'
import { explore } from '../exploration/explore.js'
import type { Reductions } from '../exploration/reductions.js'
import { allReductions, noReductions } from '../exploration/reductions.js'
import type { Bug } from './bug.js'
import type { InSight } from './explored.js'

const MAX_STATES = 20_000_000

type MayGoOn = (progress: Progress) => boolean

/** Every state within the bounds, breadth first, until a step is objected to: on the shortest way, or as soon as can be. */
export const exploreBug = (
  { variation }: Bug,
  inSight: InSight,
  goal: 'shortest' | 'soonest',
  mayGoOn?: MayGoOn,
): Exploration =>
  explore({
    ...settingOf(inSight, mayGoOn),
    rules: variation.rules ?? rules,
    reductions: goal === 'shortest' ? exact : allReductions,
  })

/** The core without the bug in the same bounds. */
export const exploreWithoutBug = (inSight: InSight, mayGoOn?: MayGoOn): Exploration => {
  const { program: _, ...setting } = settingOf(inSight, mayGoOn)
  return explore({ ...setting, rules, reductions: allReductions })
}

/**
 * These take states for one that have the same future, names of servers aside, and keep the one that was reached first. So no
 * way gets longer or shorter, and the first one found is a shortest one. Other reductions put some steps before others, which
 * may add to a way.
 */
const exact: Reductions = { ...noReductions, serversAlike: true, forgets: true, spendsLess: true }

const settingOf = (
  { bounds, program }: InSight,
  mayGoOn: MayGoOn | undefined,
): Omit<Options, 'rules' | 'reductions'> => ({
  bounds,
  ...(program === undefined ? {} : { program }),
  maxStates: MAX_STATES,
  ...(mayGoOn === undefined ? {} : { mayGoOn }),
})
