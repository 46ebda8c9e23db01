/** From a run that failed to the failure that is told. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Subject } from '../../../model/fuzz/execute.js'
import type { Scenario } from '../../../model/fuzz/scenario.js'
import { executing } from '../../../model/fuzz/execute.js'
import type { Command } from '../../../model/world/command.js'
import type { PlainOptions } from '../../../model/world/options.js'
import type { Account } from '../../../model/world/report.js'
import { accountOf } from '../../../model/world/report.js'
import type { Run } from '../../../model/world/schedule.js'
import { shrinking } from '../../../model/world/shrink.js'
import type { ClauseId } from '../../core/clause.js'
import { readSources } from '../commands/clause-files.js'
import type { CodeLine } from './code-line.js'
import { clausesOf, codeLine } from './code-line.js'
import type { Failure } from './failure.js'
import { packToken } from './token.js'

/** Milliseconds between two looks at signals. */
const SLICE_MS = 100

/** The shortest run with the same finding that was found by `endMs` of the process clock. */
export const shrinkUntil = async (
  subject: Subject,
  run: Run,
  endMs: number,
  isInterrupted: () => boolean,
): Promise<Run> => {
  let best = run
  let lookedMs = performance.now()
  for (const shorter of shrinking(run, executing(subject))) {
    best = shorter
    const nowMs = performance.now()
    if (nowMs >= endMs || isInterrupted()) break
    if (nowMs - lookedMs < SLICE_MS) continue
    await setImmediate()
    lookedMs = performance.now()
  }
  return best
}

/** Runs it with a journal: its account, and the clauses that its last step has cited. */
const tell = (
  subject: Subject,
  options: PlainOptions,
  commands: readonly Command[],
): { readonly account: Account; readonly lastStep: readonly ClauseId[] } => {
  let lastStep: readonly ClauseId[] = []
  const execute = executing(subject, (_config, _before, _event, _now, { clauses }) => {
    lastStep = clauses
  })
  return { account: accountOf(execute({ ...options, isRecorded: true }, commands)), lastStep }
}

/** Runs the scenario and tells it. `root`: the checkout, if it is one. */
export const failureOf = (subject: Subject, scenario: Scenario, root: string, commandsBefore?: number): Failure => {
  const { account, lastStep } = tell(subject, scenario.options, scenario.commands)
  return {
    account,
    token: packToken(scenario),
    codeLine: existsSync(path.join(root, 'src', 'core')) ? lineOf(root, account, lastStep) : undefined,
    commandsBefore: commandsBefore ?? scenario.commands.length,
  }
}

const lineOf = (root: string, { violation }: Account, lastStep: readonly ClauseId[]): CodeLine | undefined =>
  violation === undefined
    ? undefined
    : codeLine(readSources(root, ['src/core', 'src/server', 'src/service']), clausesOf(violation, lastStep))
