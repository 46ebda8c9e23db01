/** A failing run, told so that a person can follow it: token, finding, commands, story, diagram. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Command } from './command.js'
import { showCommand } from './command.js'
import { diagram } from './diagram.js'
import type { JournalItem } from './journal.js'
import type { Program } from './node.js'
import type { WorldOptions } from './options.js'
import { plainOptions } from './options.js'
import type { Run } from './schedule.js'
import { runSchedule } from './schedule.js'
import { story } from './story.js'
import type { Violation } from './world.js'

/** All that a run depends on but the code. */
export const tokenOf = (options: WorldOptions, commands: readonly Command[]): string =>
  JSON.stringify({ ...plainOptions(options), commands })

/** What there is to tell of a run. */
export interface Account {
  readonly violation: Violation | undefined
  /** Simulated. */
  readonly durationMs: number
  /** Events that servers have handled. */
  readonly steps: number
  readonly fingerprint: number
  readonly servers: readonly ServerId[]
  /** One line each. */
  readonly commands: readonly string[]
  /** At most twenty numbered lines. */
  readonly story: string
  /** Mermaid. */
  readonly diagram: string
  readonly items: readonly JournalItem[]
}

/** Of a run whose journal was kept. */
export const accountOf = ({ world, violation, commands }: Run): Account => ({
  violation,
  durationMs: world.nowMs(),
  steps: world.steps(),
  fingerprint: world.fingerprint(),
  servers: world.servers,
  commands: commands.map(showCommand),
  story: story(world.journal()),
  diagram: diagram(world.servers, world.journal()),
  items: world.journal(),
})

/** What came out of it, on one line or a few. */
export const showVerdict = ({ violation, steps, durationMs }: Account): string =>
  violation === undefined
    ? `held: ${steps} steps, ${durationMs} ms of simulated time`
    : `violated: ${violation.clause} at ${violation.atMs} ms: ${violation.what}`

/** Runs it again with a journal, and says what went wrong and how. */
export const explain = (run: Run, program?: Program): string => {
  const account = accountOf(runSchedule({ ...run.options, isRecorded: true }, run.commands, program))
  return [
    showVerdict(account),
    `replay: ${tokenOf(run.options, run.commands)}`,
    '',
    'commands:',
    ...account.commands.map((command, index) => `  ${index + 1}. ${command}`),
    '',
    'story:',
    account.story,
    '',
    '```mermaid',
    account.diagram,
    '```',
  ].join('\n')
}
