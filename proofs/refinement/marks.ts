/** What is worth counting in a run: it tells whether the schedules were blind. */
import type { Change } from '../../spec/logic/structure.js'

/** Situations that a good set of schedules reaches, besides each of the actions. */
export const marks = {
  withdrawn: 'an acknowledgement is withdrawn by TRUNC or SNAP',
  suffixLost: 'a crash loses records that were not synced',
  foreignCut: 'a log loses records that the epoch does without',
  window: 'a server starts with the history of a later epoch than its currentEpoch',
  image: 'a server starts from an image',
} as const

/** …when the ensemble is reconfigured. */
export const reconfigurationMarks = {
  proposed: 'a reconfiguration is proposed',
  joint: 'a commit needs quorums of two configurations',
  unfinished: 'an epoch starts with a reconfiguration that is not committed',
  activated: 'a server activates a reconfiguration',
} as const

/** What is remarkable about an action. */
export const note = (count: (what: string) => void, action: string, changes: readonly Change[]): void => {
  count(action)
  const drops = (name: string): boolean =>
    changes.some((change) => change.kind === 'Relation' && change.symbol.name === name && change.value === 0)
  if (action === 'synchronize' && drops('acknowledged')) count(marks.withdrawn)
  if (action === 'synchronize' && drops('log')) count(marks.foreignCut)
  if (action === 'crash' && drops('log')) count(marks.suffixLost)
}
