/** What `zab replay` does. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left } from 'fp-ts/lib/Either.js'
import type { Scenario } from '../../../model/fuzz/scenario.js'
import type { Account } from '../../../model/world/report.js'
import { showVerdict } from '../../../model/world/report.js'
import { renderPage } from '../../../model/fuzz/page.js'
import { EXIT } from '../exit-code.js'
import type { Failure } from './failure.js'
import { renderFailure, showCodeLine } from './failure.js'
import { failureOf } from './shrink-failure.js'
import { subjectOf } from './subject.js'
import { unpackToken } from './token.js'

export interface ReplayFlags {
  readonly story?: true
  readonly mermaid?: true
  readonly html?: string
  readonly json?: true
  readonly root: string
}

export const replay = (source: string, flags: ReplayFlags): number => {
  const scenario = scenarioOf(source)
  if (isLeft(scenario)) return misused(scenario.left)
  const planted = subjectOf(scenario.right.bug)
  if (isLeft(planted)) return misused(planted.left)
  const failure = failureOf(planted.right.subject, scenario.right, flags.root)
  if (flags.html !== undefined) writeFileSync(flags.html, renderPage(failure.account, failure.token, notesOf(failure)))
  process.stdout.write(`${render(failure, flags)}\n`)
  return exitCodeOf(failure.account)
}

const misused = (why: string): number => {
  process.stderr.write(`error: ${why}\n`)
  return EXIT.usage
}

const MAX_FILE_BYTES = 16 << 20

/** A file when there is one of that name. */
const scenarioOf = (source: string): Either<string, Scenario> => {
  if (!existsSync(source)) return unpackToken(source.trim())
  try {
    const text = readFileSync(source, 'utf8')
    return text.length > MAX_FILE_BYTES ? left(`${source} is too long`) : unpackToken(text.trim())
  } catch (error) {
    return left(error instanceof Error ? error.message : String(error))
  }
}

const notesOf = ({ codeLine }: Failure): readonly string[] =>
  codeLine === undefined ? [] : [`code: ${showCodeLine(codeLine)}`]

const render = (failure: Failure, { story, mermaid, json }: ReplayFlags): string => {
  const { account, token, codeLine } = failure
  if (json === true) {
    const { items: _items, ...rest } = account
    return JSON.stringify({ ...rest, token, codeLine }, undefined, 2)
  }
  if (story === true || mermaid === true)
    return [...(story === true ? [account.story] : []), ...(mermaid === true ? [account.diagram] : [])].join('\n\n')
  return account.violation === undefined ? [showVerdict(account), '', account.story].join('\n') : renderFailure(failure)
}

const exitCodeOf = ({ violation }: Account): number => {
  if (violation === undefined) return EXIT.held
  return violation.clause === 'UNKNOWN' ? EXIT.unknown : EXIT.violated
}
