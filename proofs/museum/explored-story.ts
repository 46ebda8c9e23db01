/** One exhibit, told as exploration finds it: the shortest way to the mistake, step by step. */
import { sayings } from '../../spec/messages.js'
import { serversOf } from '../exploration/bounds.js'
import type { Bounds } from '../exploration/bounds.js'
import type { Exploration } from '../exploration/explore.js'
import { showHappening } from '../exploration/story.js'
import type { Bug } from './bug.js'
import { demandOf } from './checks.js'
import { STEP_JUDGE } from './counterexample.js'
import type { InSight } from './explored.js'
import { sequence } from './sequence.js'
import { head } from './story.js'

const TRUE_MESSAGES = 'Every message says what is so when it is sent (spec/messages.ts).'

const SHORTEST = 'No way within these bounds is shorter: exploration sees every state, breadth first.'
/** Text for a terminal and for golden files; `clauseTitle` looks a clause up in spec/clauses. */
export const tellExplored = (
  bug: Bug,
  inSight: InSight,
  { counterexample, verdict }: Exploration,
  clauseTitle: (id: string) => string | undefined,
): string => {
  const { bounds } = inSight
  if (counterexample === undefined)
    return [
      ...head(bug, clauseTitle),
      `Exploration has not found it: ${verdict === 'Held' ? 'all states held' : 'it ended before all states were seen'}`,
      '',
    ].join('\n')
  const { objection, happenings } = counterexample
  return [
    ...head(bug, clauseTitle),
    'It is caught by',
    `  ${objection.id}: ${objection.id in sayings ? TRUE_MESSAGES : demandOf(STEP_JUDGE, clauseTitle)}`,
    ...objection.what.split('\n').map((line) => `    ${line}`),
    ...(objection.clauses.length === 0 ? [] : [`    clauses: ${objection.clauses.join(', ')}`]),
    '',
    `What happens, with ${showBounds(bounds)}${showWindow(bounds)}`,
    ...happenings.map((happening, index) => `${String(index + 1).padStart(4)}. ${showHappening(happening)}`),
    '',
    SHORTEST,
    '',
    '```mermaid',
    sequence(serversOf(bounds), counterexample),
    '```',
    '',
  ].join('\n')
}

export const showBounds = ({ servers, observers = 0, transactions, timeouts, restarts }: Bounds): string => {
  const parts = [
    count(servers, 'server'),
    ...(observers === 0 ? [] : [count(observers, 'observer')]),
    count(transactions, 'transaction'),
    count(timeouts, 'timeout'),
    count(restarts, 'restart'),
  ]
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`
}

const count = (number: number, what: string): string =>
  `${number === 0 ? 'no' : number} ${number === 1 ? what : `${what}s`}`

/** How much of what has been applied is kept to answer DIFF. */
const showWindow = ({ window }: Bounds): string =>
  window === undefined ? '' : ` (of what is applied ${window === 0 ? 'nothing' : window} stays in memory)`
