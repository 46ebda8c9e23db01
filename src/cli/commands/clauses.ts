/**
 * `zab clauses`: clause → functions → tests → lemmas → premises seen true and false. A tool for a checkout.
 *
 * Exit codes: 0 every implemented clause that binds has code and a test, 1 one lacks either, 2 no clauses are here.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, map } from 'fp-ts/lib/Either.js'
import type { Coverage, Lemma, Sources } from '../../../spec/clauses/citations.js'
import { coverageOf } from '../../../spec/clauses/citations.js'
import type { Clause, SourceText } from '../../../spec/clauses/parse.js'
import { parseClauses } from '../../../spec/clauses/parse.js'
import type { AddCommand } from '../command.js'
import { withExample } from '../command.js'
import { EXIT } from '../exit-code.js'
import { readClauseTexts, readSources } from './clause-files.js'
import type { Evidence } from './clause-table.js'
import { gapsIn, renderJson, renderText } from './clause-table.js'

/** The table of a checkout, or what is wrong with its clauses. */
export const readCoverage = (root: string, stated: readonly Lemma[]): Either<readonly string[], readonly Coverage[]> =>
  existsSync(join(root, 'spec', 'clauses', 'README.md'))
    ? map((clauses: readonly Clause[]) => coverageOf(clauses, sourcesOf(root, stated)))(
        parseClauses(readClauseTexts(root)),
      )
    : left([`no clauses below ${root}: run in a checkout of the project, or give --root`])

const sourcesOf = (root: string, stated: readonly Lemma[]): Sources => ({
  code: readSources(root, ['src']),
  tests: readSources(root, ['test']).filter(isTest),
  lemmas: stated,
})

/** What tests only use proves nothing by itself, and the tests of the clauses themselves name them as examples. */
const isTest = ({ file }: SourceText): boolean => /\.test\.ts$/.test(file) && !/^test[\\/]spec[\\/]/.test(file)

interface Flags {
  readonly json: boolean
  readonly run: boolean
  readonly root: string
}

export const addClauses: AddCommand = (program, finish) => {
  const command = program
    .command('clauses')
    .description('show what carries out, tests and states each clause of spec/clauses, and what each premise decided')
    .option('--json', 'print JSON', false)
    .option('--no-run', 'do not run the scenarios and the simulation that show premises true and false')
    .option('--root <directory>', 'a checkout of the project', '.')
    .action(async (flags: Flags) => show(flags, finish))
  withExample(command, 'zab clauses --json')
}

const show = async ({ json, run, root }: Flags, finish: (exitCode: number) => void): Promise<void> => {
  const { lemmas } = await import('./clause-lemmas.js')
  const read = readCoverage(root, lemmas)
  if (isLeft(read)) {
    process.stderr.write(`error: ${read.left.join('\n')}\n`)
    finish(EXIT.usage)
    return
  }
  const table = read.right
  const evidence = run ? await gather() : undefined
  const text = json ? renderJson(table, evidence) : renderText(table, evidence)
  // It is longer than a pipe holds: the process must not end before all of it is written.
  process.stdout.write(`${text}\n`, () => finish(exitCodeOf(table)))
}

/** Does something that binds lack code, or a test? */
export const exitCodeOf = (table: readonly Coverage[]): number => {
  const { withoutCode, withoutTest } = gapsIn(table)
  return withoutCode.length + withoutTest.length > 0 ? EXIT.violated : EXIT.held
}

/** Some two seconds, with a line on a terminal meanwhile. */
const gather = async (): Promise<Evidence> => {
  const { EVIDENCE_STEPS, gatherVerdicts } = await import('../../../model/evidence.js')
  const { isTTY } = process.stderr
  const verdicts = gatherVerdicts((steps) => {
    const percent = Math.min(100, Math.floor((100 * steps) / EVIDENCE_STEPS))
    if (isTTY) process.stderr.write(`\rwatching the premises: ${percent} %\u001b[K`)
  })
  if (isTTY) process.stderr.write('\r\u001b[K')
  return verdicts
}
