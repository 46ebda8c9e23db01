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
import { simplifying } from '../../../model/fuzz/shrink.js'
import type { ClauseId } from '../../core/clause.js'
import { readSources } from '../commands/clause-files.js'
import { clausesOf, codeLine } from './code-line.js'
import type { Failure } from './failure.js'
import { packToken } from './token.js'

/** Milliseconds between two looks at signals. */
const SLICE_MS = 100

/** The plainest run with the same finding that was found by `endMs` of the process clock. */
export const shrinkUntil = async (
  subject: Subject,
  run: Run,
  endMs: number,
  isInterrupted: () => boolean,
): Promise<Run> => {
  let best = run
  let lookedMs = performance.now()
  for (const shorter of simplifying(run, executing(subject))) {
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
  const { fingerprint, violation } = account
  const clauses = violation === undefined ? [] : clausesOf(violation, lastStep)
  return {
    account,
    clauses,
    token: packToken({ ...scenario, fingerprint }),
    options: scenario.options,
    codeLine: clauses.length > 0 && isCheckout(root) ? codeLine(readSources(root, FOLDERS), clauses) : undefined,
    commandsBefore: commandsBefore ?? scenario.commands.length,
    isAnotherRun: scenario.fingerprint !== undefined && scenario.fingerprint !== fingerprint,
  }
}

const FOLDERS = ['src/core', 'src/server', 'src/service']

/** Other projects have such folders too. */
const isCheckout = (root: string): boolean =>
  existsSync(path.join(root, 'spec', 'clauses', 'README.md')) &&
  FOLDERS.every((folder) => existsSync(path.join(root, folder)))
