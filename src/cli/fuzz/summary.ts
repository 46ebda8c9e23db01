/** What a campaign has done and reached, and to what it is blind. Pure. */
import type { Progress, Reached } from '../../../model/fuzz/campaign.js'
import type { Failure } from './failure.js'
import { failureToJson } from './failure.js'
import type { Shard } from '../../../model/fuzz/generate.js'
import { clauseIds } from '../../core/clause.js'

export interface Summary {
  readonly outcome: 'held' | 'violated' | 'unknown' | 'interrupted'
  readonly seed: number
  readonly shard: Shard
  readonly elapsedMs: number
  readonly progress: Progress
  readonly reached: Reached
  readonly corpus: number
}

export const unreached = ({ marks }: Reached): readonly string[] =>
  [...marks].flatMap(([name, count]) => (count === 0 ? [name] : []))

/** Clauses that no server has cited. */
export const uncited = ({ clauses }: Reached): readonly string[] => clauseIds.filter((id) => !clauses.has(id))

/** Verdicts of premises that were never seen, as `ELEC-3.better: true`. */
export const undecided = ({ premises }: Reached): readonly string[] =>
  [...premises].flatMap(([name, seen]) => [
    ...(seen.true === 0 ? [`${name}: true`] : []),
    ...(seen.false === 0 ? [`${name}: false`] : []),
  ])

export const renderSummary = (summary: Summary): string => {
  const { reached } = summary
  const blind = unreached(reached)
  return [
    headline(summary),
    `marks: ${reached.marks.size - blind.length} of ${reached.marks.size} reached`,
    ...[...reached.marks].map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`),
    ...listed('never reached in this budget', blind),
    `clauses: ${reached.clauses.size} of ${clauseIds.length} cited by a step`,
    ...listed('not cited', uncited(reached)),
    `premises: ${reached.premises.size}, ${2 * reached.premises.size - undecided(reached).length} of ${2 * reached.premises.size} verdicts seen`,
    ...listed('not seen', undecided(reached)),
  ].join('\n')
}

const listed = (label: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`  ${label}: ${names.join(', ')}`]

const OUTCOMES = {
  held: 'held within the budget',
  violated: 'violated',
  unknown: 'unknown',
  interrupted: 'interrupted; nothing was found so far',
} as const

/** What was done, in a sentence. */
export const headline = ({ outcome, seed, shard, elapsedMs, progress, corpus }: Summary): string => {
  const seconds = elapsedMs / 1000
  const hours = progress.simulatedMs / 3_600_000
  return (
    `${OUTCOMES[outcome]}: seed ${seed}, shard ${shard.index}/${shard.count}: ${progress.cases} schedules, ` +
    `${progress.steps} steps, ${progress.commits} commits, ${hours.toFixed(2)} simulated hours in ${seconds.toFixed(1)} s ` +
    `(${((hours * 3600) / seconds).toFixed(0)} in an hour); ${corpus} schedules kept`
  )
}

/** For programs. */
export const summaryToJson = (summary: Summary, failure: Failure | undefined): string =>
  JSON.stringify(
    {
      ...summary,
      reached: {
        marks: Object.fromEntries(summary.reached.marks),
        clauses: Object.fromEntries(summary.reached.clauses),
        premises: Object.fromEntries(summary.reached.premises),
      },
      neverReached: unreached(summary.reached),
      failure: failure === undefined ? null : failureToJson(failure),
    },
    undefined,
    2,
  )
