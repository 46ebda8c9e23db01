/**
 * Mutation testing of src/core; what survives is held against the list of mutants that no test can tell from the code.
 *
 *   node .ci/mutation.mjs [--mutate src/core/zxid.ts,src/core/vote.ts]     run Stryker with these arguments, then judge
 *   node .ci/mutation.mjs --judge [report.json [survivors.md]]             judge a run that is over
 *
 * Exit code 1 when a mutant survives that the list does not explain, and when Stryker is not content (`thresholds.break`).
 * A row of the list explains one mutant. A row whose mutant was killed is named as out of date, which is no fault.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')

/** What is long is cut: the beginning of a block tells which block it is. */
const LONGEST = 70

const onOneLine = (code) => code.replace(/\s+/g, ' ').trim()

/** The text between two places of Stryker's report: lines and columns begin at 1. */
const textAt = (source, { start, end }) => {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join('\n')
}

const DEFINITION = /^(?:export )?const (\w+)|^ {2}'([A-Z]+-\d+[\w.]*)':/

/** The definition around a line: a constant of the module, or one of the rules. */
const definitionAt = (source, line) => {
  for (const text of source.split('\n').slice(0, line).reverse()) {
    const found = DEFINITION.exec(text)
    if (found !== null) return found[1] ?? found[2]
  }
  return ''
}

/** The mutants of a report with one of these states, in the words of the list. */
const mutantsOf = ({ files }, ...states) =>
  Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => states.includes(status))
      .map(({ location, replacement }) => ({
        file: file.replace(/^src\/core\//, ''),
        definition: definitionAt(source, location.start.line),
        code: onOneLine(textAt(source, location)),
        becomes: onOneLine(replacement),
        line: location.start.line,
      })),
  )

/** Rows of five cells whose first is a file: `file`, `definition`, `code`, `becomes`, why. */
const explainedIn = (markdown) =>
  markdown
    .split('\n')
    .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')))
    .filter((cells) => cells.length === 7 && /^`[\w/-]+\.ts`$/.test(cells[1]))
    .map(([, ...cells]) => cells.map((cell) => cell.replace(/^`|`$/g, '')))
    .map(([file, definition, code, becomes, why]) => ({ file, definition, code, becomes, why }))

const agrees = (written, code) => (written.endsWith('…') ? code.startsWith(written.slice(0, -1)) : code === written)

const explains = (row, mutant) =>
  row.why !== '' &&
  row.file === mutant.file &&
  row.definition === mutant.definition &&
  agrees(row.code, mutant.code) &&
  agrees(row.becomes, mutant.becomes)

const quoted = (text) => `\`${text.replaceAll('|', '\\|')}\``
const shortened = (code) => (code.length > LONGEST ? `${code.slice(0, LONGEST)}…` : code)
const rowOf = ({ file, definition, code, becomes }) =>
  `| ${[file, definition, shortened(code), shortened(becomes)].map(quoted).join(' | ')} |`

/** Survivors without a row, and rows whose mutant was killed. */
const judge = (report, markdown) => {
  const rows = explainedIn(markdown)
  const unexplained = []
  for (const mutant of mutantsOf(report, 'Survived', 'NoCoverage')) {
    const found = rows.findIndex((row) => explains(row, mutant))
    if (found < 0) unexplained.push(mutant)
    else rows.splice(found, 1)
  }
  const killed = mutantsOf(report, 'Killed', 'Timeout')
  return { unexplained, outdated: rows.filter((row) => killed.some((mutant) => explains(row, mutant))) }
}

const isContent = (reportFile, listFile) => {
  const { unexplained, outdated } = judge(JSON.parse(readFileSync(reportFile, 'utf8')), readFileSync(listFile, 'utf8'))
  for (const mutant of unexplained)
    console.log(`survived, and is not in the list: src/core/${mutant.file}:${mutant.line}\n  ${rowOf(mutant)}`)
  for (const row of outdated) console.log(`in the list, and did not survive:\n  ${rowOf(row)}`)
  console.log(`${unexplained.length} unexplained survivors, ${outdated.length} rows out of date`)
  return unexplained.length === 0
}

const reportFile = path.join(root, 'dist/mutation/report.json')
const listFile = path.join(root, 'proofs/museum/survivors.md')
const [first, ...rest] = process.argv.slice(2)
if (first === '--judge') process.exitCode = isContent(rest[0] ?? reportFile, rest[1] ?? listFile) ? 0 : 1
else {
  rmSync(reportFile, { force: true })
  const stryker = path.join(root, 'node_modules/.bin/stryker')
  const { status } = spawnSync(stryker, ['run', '.ci/stryker.config.mjs', ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  // A report is written also when the score is too low. When there is none, reading it fails, and says so.
  process.exitCode = isContent(reportFile, listFile) && status === 0 ? 0 : 1
}
