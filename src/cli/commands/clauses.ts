/**
 * `zab clauses`: which code carries out which clause, and which tests name it. A tool for a checkout of the project.
 *
 * Exit codes: 0 every implemented clause that binds has code, 1 one has none, 2 there are no clauses to read here.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, map } from 'fp-ts/lib/Either.js'
import type { Coverage } from '../../../spec/clauses/citations.js'
import { coverageOf, uncited } from '../../../spec/clauses/citations.js'
import type { Clause, SourceText } from '../../../spec/clauses/parse.js'
import { parseClauses } from '../../../spec/clauses/parse.js'
import type { AddCommand } from '../command.js'
import { withExample } from '../command.js'
import { EXIT } from '../exit-code.js'
import { readClauseTexts, readSources } from './clause-files.js'

/** The table of a checkout, or what is wrong with its clauses. */
export const readCoverage = (root: string): Either<readonly string[], readonly Coverage[]> =>
  existsSync(join(root, 'spec', 'clauses', 'README.md'))
    ? map(coverageIn(root))(parseClauses(readClauseTexts(root)))
    : left([`no clauses below ${root}: run in a checkout of the project, or give --root`])

const coverageIn =
  (root: string) =>
  (clauses: readonly Clause[]): readonly Coverage[] =>
    coverageOf(clauses, readSources(root, ['src']), readSources(root, ['test']).filter(isEvidence))

/** The tests of the clauses themselves name them as examples. */
const isEvidence = ({ file }: SourceText): boolean => !/^test[\\/]spec[\\/]/.test(file)

/** Clauses that bind, are said to be implemented, and have no code. */
export const missing = (table: readonly Coverage[]): readonly string[] =>
  uncited(table).flatMap((clause) => (clause.force === 'must' ? [clause.id] : []))

/** For people: a line a clause, files below it. */
export const renderText = (table: readonly Coverage[]): string =>
  [
    ...table.flatMap(({ clause, code, tests }) => [
      `${clause.id.padEnd(9)} ${clause.force.padEnd(5)} ${clause.status.padEnd(12)} ${clause.title}`,
      ...(code.length > 0 ? [`          code   ${code.join(' ')}`] : []),
      ...(tests.length > 0 ? [`          tests  ${tests.join(' ')}`] : []),
    ]),
    '',
    summary(table),
  ].join('\n')

const summary = (table: readonly Coverage[]): string => {
  const implemented = table.filter(({ clause }) => clause.status === 'implemented')
  const none = missing(table)
  return [
    `${table.length} clauses, ${implemented.length} implemented`,
    `${implemented.filter(({ code }) => code.length > 0).length} of these named in code`,
    `${implemented.filter(({ tests }) => tests.length > 0).length} in tests`,
    none.length === 0 ? 'no binding clause without code' : `binding and without code: ${none.join(' ')}`,
  ].join('; ')
}

/** For programs: one object a clause. */
export const renderJson = (table: readonly Coverage[]): string =>
  JSON.stringify(
    table.map(({ clause, code, tests }) => ({ ...clause, code, tests })),
    undefined,
    2,
  )

interface Flags {
  readonly json: boolean
  readonly root: string
}

export const addClauses: AddCommand = (program, finish) => {
  const command = program
    .command('clauses')
    .description('show which code carries out which clause of spec/clauses, and which tests name it')
    .option('--json', 'print JSON', false)
    .option('--root <directory>', 'a checkout of the project', '.')
    .action((flags: Flags) => finish(show(flags)))
  withExample(command, 'zab clauses --json')
}

const show = ({ json, root }: Flags): number => {
  const table = readCoverage(root)
  if (isLeft(table)) {
    process.stderr.write(`error: ${table.left.join('\n')}\n`)
    return EXIT.usage
  }
  process.stdout.write(`${json ? renderJson(table.right) : renderText(table.right)}\n`)
  return missing(table.right).length > 0 ? EXIT.violated : EXIT.held
}
