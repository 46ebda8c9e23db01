/** One exhibit, told: what happened, what it breaks, who sees it, and the shortest run known, step by step. */
import { accountOf } from '../../model/world/report.js'
import type { Bug } from './bug.js'
import { demandOf } from './checks.js'
import type { Counterexample } from './counterexample.js'
import { replay } from './counterexample.js'

const WIDTH = 100

/** Text for a terminal and for golden files; `clauseTitle` looks a clause up in spec/clauses. */
export const tell = (
  bug: Bug,
  counterexample: Counterexample,
  clauseTitle: (id: string) => string | undefined,
): string => {
  const { run, objection } = replay(bug.variation, counterexample, true)
  const account = accountOf(run)
  const { violation, commands } = account
  return [
    ...head(bug, clauseTitle),
    'It is caught by',
    ...(violation === undefined
      ? ['  nothing: the run below held']
      : [
          `  ${violation.clause}: ${demandOf(violation.clause, clauseTitle)}`,
          ...violation.what.split('\n').map((line) => `    ${line}`),
        ]),
    ...(objection === undefined || objection === violation?.what
      ? []
      : ['and, step by step, by the judge of refinement', ...objection.split('\n').map((line) => `    ${line}`)]),
    '',
    commands.length === 0
      ? `Nothing need go wrong: the bug shows as soon as the ensemble starts (seed ${counterexample.seed})`
      : `What is done to the ensemble (seed ${counterexample.seed})`,
    ...commands.map((command, index) => `${String(index + 1).padStart(4)}. ${command}`),
    '',
    'What happens',
    account.story,
    '',
    '```mermaid',
    account.diagram,
    '```',
    '',
  ].join('\n')
}

/** What happened, and what it breaks. */
export const head = (
  { id, title, history, breaks }: Bug,
  clauseTitle: (id: string) => string | undefined,
): readonly string[] => [
  `${id}: ${title}`,
  '',
  ...wrap(history),
  '',
  'It breaks',
  ...breaks.map((clause) => `  ${clause.padEnd(8)}  ${clauseTitle(clause) ?? 'no such clause'}`),
  '',
]

const wrap = (text: string): readonly string[] => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
