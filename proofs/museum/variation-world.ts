/** The world in which a bug is let loose. */
import type { WorldOptions } from '../../model/world/options.js'
import type { Bug, Variation } from './bug.js'

/** Three voters and three clients, unless the variation needs others. */
export const worldOf = ({ rules, options }: Variation, seed: number): WorldOptions => ({
  voters: 3,
  observers: 0,
  clients: 3,
  ...options,
  seed,
  ...(rules === undefined ? {} : { rules }),
})

/** The same worlds, schedules and judges for the rules of ZAB. */
export const withoutBug = ({ variation: { options, schedule, judge } }: Bug): Variation => ({
  ...(options === undefined ? {} : { options }),
  ...(schedule === undefined ? {} : { schedule }),
  ...(judge === undefined ? {} : { judge }),
})
