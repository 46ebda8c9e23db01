/** What a campaign leaves behind: text for people, reports for programs, and what GitHub shows. */
import { renderPage } from '../../../model/fuzz/page.js'
import type { Failure } from './failure.js'
import { notesOf, renderFailure, settingOf } from './failure.js'
import type { FuzzFlags } from './flags.js'
import { annotation, stepSummary } from './github.js'
import { renderJunit } from './junit.js'
import { STANDARD_OUTPUT, addTo, say, unwritable, writeOut } from './output.js'
import type { Summary } from './summary.js'
import { renderSummary, summaryToJson } from './summary.js'

type Files = Pick<FuzzFlags, 'junit' | 'json' | 'html'>

/** Why a report could not be written; it is asked before anything is done. */
export const unwritableOf = ({ junit, json, html }: Files): string | undefined => {
  if (junit === STANDARD_OUTPUT && json === STANDARD_OUTPUT)
    return '--junit - --json -: only one of them can go to standard output; name a file for the other'
  if (html === STANDARD_OUTPUT) return '--html -: a page does not go to standard output; name a file'
  return unwritable('--junit', junit) ?? unwritable('--json', json) ?? unwritable('--html', html)
}

/** Says and writes it all; what could not be written, one line each. */
export const publish = async (
  { junit, json, html }: Files,
  summary: Summary,
  failure: Failure | undefined,
): Promise<readonly string[]> => {
  const isTaken = junit === STANDARD_OUTPUT || json === STANDARD_OUTPUT
  const people = isTaken ? process.stderr : process.stdout
  const { GITHUB_ACTIONS, GITHUB_STEP_SUMMARY } = process.env
  if (failure !== undefined) await say(`${renderFailure(failure)}\n\n`, people)
  await say(`${renderSummary(summary)}\n`, people)
  // Logs are read from their end.
  if (failure !== undefined) await say(`run it again: zab replay ${failure.token}\n`, people)
  if (failure !== undefined && GITHUB_ACTIONS === 'true') await say(`${annotation(failure)}\n`, people)
  const problems = [
    GITHUB_STEP_SUMMARY === undefined || GITHUB_STEP_SUMMARY === ''
      ? undefined
      : addTo('GITHUB_STEP_SUMMARY', GITHUB_STEP_SUMMARY, stepSummary(summary, failure)),
    junit === undefined ? undefined : await writeOut('--junit', junit, renderJunit(summary, failure)),
    json === undefined ? undefined : await writeOut('--json', json, `${summaryToJson(summary, failure)}\n`),
    html === undefined || failure === undefined
      ? undefined
      : await writeOut(
          '--html',
          html,
          renderPage(failure.account, failure.token, [...notesOf(failure), settingOf(failure)]),
        ),
  ]
  return problems.flatMap((problem) => problem ?? [])
}
