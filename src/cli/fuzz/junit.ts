/** A campaign as a JUnit report: one test that nothing is violated, and one for each mark, skipped when it was not reached. */
import type { Failure } from './failure.js'
import { renderFailure } from './failure.js'
import type { Summary } from './summary.js'

export const renderJunit = (summary: Summary, failure: Failure | undefined): string => {
  const { seed, shard, elapsedMs, progress, reached, outcome } = summary
  const seconds = (elapsedMs / 1000).toFixed(3)
  const marks = [...reached.marks]
  const skipped = marks.filter(([, count]) => count === 0).length
  const hasError = failure === undefined && outcome !== 'held'
  const name = attribute(`seed ${seed}, shard ${shard.index}/${shard.count}: ${progress.cases} schedules`)
  const counts =
    `tests="${marks.length + 1}" failures="${failure === undefined ? 0 : 1}" errors="${hasError ? 1 : 0}" ` +
    `skipped="${skipped}" time="${seconds}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="zab fuzz" ${counts}>`,
    `  <testsuite name="zab fuzz" ${counts}>`,
    `    <testcase classname="zab.fuzz" name="${name}" time="${seconds}">`,
    ...(failure === undefined ? [] : [failed(failure)]),
    ...(hasError ? [`      <error message="${attribute(outcome)}"/>`] : []),
    '    </testcase>',
    ...marks.map(([mark, count]) => markCase(mark, count)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const failed = (failure: Failure): string => {
  const { clause, what } = failure.account.violation ?? { clause: '', what: '' }
  return `      <failure type="${attribute(clause)}" message="${attribute(what)}">${text(renderFailure(failure))}</failure>`
}

const markCase = (mark: string, count: number): string => {
  const begin = `    <testcase classname="zab.fuzz.marks" name="${attribute(mark)}"`
  return count === 0 ? `${begin}><skipped message="not reached in this budget"/></testcase>` : `${begin}/>`
}

/** XML 1.0 has no way to write most control characters, nor halves of surrogate pairs. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

const text = (value: string): string =>
  value.replace(FORBIDDEN, '\u{FFFD}').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A parser turns a bare line break in an attribute into a space. */
const attribute = (value: string): string =>
  text(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;')
