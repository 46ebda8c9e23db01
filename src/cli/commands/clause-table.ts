/** The table of `zab clauses`, for people and for programs. Pure. */
import type { Citation, Coverage } from '../../../spec/clauses/citations.js'
import { uncited, untested } from '../../../spec/clauses/citations.js'
import type { Clause, Premise } from '../../../spec/clauses/parse.js'
import type { Verdicts } from '../../../model/recording.js'

/** How often each premise was true and false; undefined: nothing was run. */
export type Evidence = ReadonlyMap<string, Verdicts> | undefined

/** Clauses that bind and are said to be implemented. */
export interface Gaps {
  readonly withoutCode: readonly string[]
  readonly withoutTest: readonly string[]
}

/** What makes the command fail. */
export const gapsIn = (table: readonly Coverage[]): Gaps => ({
  withoutCode: idsOf(uncited(table)),
  withoutTest: idsOf(untested(table)),
})

const idsOf = (clauses: readonly Clause[]): readonly string[] =>
  clauses.flatMap((clause) => (clause.force === 'must' ? [clause.id] : []))

// --- text

const INDENT = ' '.repeat(10)
const COLUMN = 10

/** For people: a line a clause, and below it what answers to it. */
export const renderText = (table: readonly Coverage[], evidence: Evidence): string =>
  [
    ...table.flatMap(({ clause, code, tests, lemmas }) => [
      `${clause.id.padEnd(INDENT.length)}${clause.force.padEnd(5)} ${clause.status.padEnd(12)} ${clause.title}`,
      ...rows('code', code.map(showCitation(', '))),
      ...rows('tests', tests.map(showCitation(' | '))),
      ...rows('lemmas', lemmas),
      ...rows('premises', clause.premises.map(showPremise(evidence))),
      ...rows(
        'decided',
        clause.decisions.map(({ name, file }) => `${file}: ${name}`),
      ),
    ]),
    '',
    summary(table, evidence),
  ].join('\n')

const rows = (label: string, lines: readonly string[]): readonly string[] =>
  lines.map((line, index) => `${INDENT}${(index === 0 ? label : '').padEnd(COLUMN)}${line}`)

const showCitation =
  (separator: string) =>
  ({ file, names }: Citation): string =>
    names.length === 0 ? file : `${file}: ${names.join(separator)}`

const showPremise =
  (evidence: Evidence) =>
  ({ name }: Premise): string =>
    evidence === undefined ? name : `${name.padEnd(26)} ${showVerdicts(evidence.get(name))}`

const showVerdicts = (seen: Verdicts | undefined): string =>
  `true ${showCount(seen?.true)}  false ${showCount(seen?.false)}`

const showCount = (count = 0): string => (count === 0 ? 'not in this run' : `✓ ${count}`)

const summary = (table: readonly Coverage[], evidence: Evidence): string => {
  const implemented = table.filter(({ clause }) => clause.status === 'implemented')
  const count = (has: (row: Coverage) => boolean): number => implemented.filter(has).length
  const { withoutCode, withoutTest } = gapsIn(table)
  const lines = [
    `${table.length} clauses, ${implemented.length} implemented; ` +
      `of these ${count(({ code }) => code.length > 0)} in code, ${count(({ tests }) => tests.length > 0)} in tests, ` +
      `${count(({ lemmas }) => lemmas.length > 0)} in the abstract system`,
    ...(evidence === undefined ? ['premises: not run'] : [summaryOf(table, evidence)]),
    ...(withoutCode.length > 0 ? [`must be, and is not, in code: ${withoutCode.join(' ')}`] : []),
    ...(withoutTest.length > 0 ? [`must be, and is not, in a test: ${withoutTest.join(' ')}`] : []),
  ]
  return lines.join('\n')
}

const summaryOf = (table: readonly Coverage[], evidence: ReadonlyMap<string, Verdicts>): string => {
  const names = table.flatMap(({ clause }) => clause.premises.map(({ name }) => name))
  const decided = names.filter((name) => {
    const seen = evidence.get(name)
    return seen !== undefined && seen.true > 0 && seen.false > 0
  })
  return `${names.length} premises, ${decided.length} of them seen true and seen false`
}

// --- JSON

/** For programs: one object a clause. A premise has its counts only where something was run. */
export const renderJson = (table: readonly Coverage[], evidence: Evidence): string =>
  JSON.stringify(
    table.map(({ clause, code, tests, lemmas }) => ({
      ...clause,
      code,
      tests,
      lemmas,
      premises: clause.premises.map((premise) => ({ ...premise, seen: evidence?.get(premise.name) })),
    })),
    undefined,
    2,
  )
