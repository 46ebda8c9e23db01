/** What `zab replay` does. */
import { readFileSync, statSync } from 'node:fs'
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, mapLeft } from 'fp-ts/lib/Either.js'
import type { Scenario } from '../../../model/fuzz/scenario.js'
import type { Account } from '../../../model/world/report.js'
import { showVerdict } from '../../../model/world/report.js'
import { renderPage } from '../../../model/fuzz/page.js'
import { EXIT } from '../exit-code.js'
import type { Failure } from './failure.js'
import { failureToJson, notesOf, renderFailure, settingOf } from './failure.js'
import { STANDARD_OUTPUT, misused, reasonOf, say, unwritable, writeOut } from './output.js'
import { failureOf } from './shrink-failure.js'
import { subjectOf } from './subject.js'
import { HOW, unpackToken } from './token.js'

export interface ReplayFlags {
  readonly story?: true
  readonly mermaid?: true
  readonly html?: string
  readonly json?: true
  readonly root: string
}

export const replay = async (source: string, flags: ReplayFlags): Promise<number> => {
  const scenario = scenarioOf(source)
  if (isLeft(scenario)) return misused(scenario.left)
  const planted = subjectOf(scenario.right.bug)
  if (isLeft(planted)) return misused(planted.left)
  const wrong =
    flags.html === STANDARD_OUTPUT
      ? '--html -: a page does not go to standard output; name a file'
      : unwritable('--html', flags.html)
  if (wrong !== undefined) return misused(wrong)
  const failure = failureOf(planted.right.subject, scenario.right, flags.root)
  await say(`${render(failure, flags)}\n`)
  const notWritten =
    flags.html === undefined
      ? undefined
      : await writeOut(
          '--html',
          flags.html,
          renderPage(failure.account, failure.token, [...notesOf(failure), settingOf(failure)]),
        )
  return notWritten === undefined ? exitCodeOf(failure.account) : misused(notWritten)
}

const MAX_FILE_BYTES = 16 << 20

const isToken = (source: string): boolean => /^\s*(\{|zab\d+\.)/.test(source)

/** From the token, or from a file that holds one. */
const scenarioOf = (source: string): Either<string, Scenario> => {
  if (isToken(source)) return unpackToken(source.trim())
  try {
    const found = statSync(source, { throwIfNoEntry: false })
    if (found === undefined) return left(`there is no file ${source}, and no replay token begins like that; ${HOW}`)
    if (found.isDirectory()) return left(`${source}: it is a directory; name a file in it`)
    if (found.size > MAX_FILE_BYTES) return left(`${source}: it is too long to be a schedule; ${HOW}`)
    return mapLeft((why: string) => `${source}: ${why}`)(unpackToken(readFileSync(source, 'utf8').trim()))
  } catch (error) {
    return left(`${source}: ${reasonOf(error)}; name a file that can be read`)
  }
}

const render = (failure: Failure, { story, mermaid, json }: ReplayFlags): string => {
  const { account } = failure
  if (json === true) {
    const { account: told, ...rest } = failureToJson(failure)
    return JSON.stringify({ ...told, ...rest }, undefined, 2)
  }
  if (story === true || mermaid === true)
    return [...(story === true ? [account.story] : []), ...(mermaid === true ? [account.diagram] : [])].join('\n\n')
  return account.violation === undefined
    ? [showVerdict(account), ...notesOf(failure), '', account.story].join('\n')
    : renderFailure(failure)
}

const exitCodeOf = ({ violation }: Account): number => {
  if (violation === undefined) return EXIT.held
  return violation.clause === 'UNKNOWN' ? EXIT.unknown : EXIT.violated
}
