/** A failing run, told so that a person can follow it: token, finding, commands, story, diagram. */
import type { Command } from './command.js'
import { showCommand } from './command.js'
import { diagram } from './diagram.js'
import type { Program } from './node.js'
import type { WorldOptions } from './options.js'
import type { Run } from './schedule.js'
import { runSchedule } from './schedule.js'
import { story } from './story.js'

/** All that a run depends on but the code. */
export const tokenOf = ({ seed, voters, observers, clients }: WorldOptions, commands: readonly Command[]): string =>
  JSON.stringify({ seed, voters, observers, clients, commands })

/** Runs it again with a journal, and says what went wrong and how. */
export const explain = (run: Run, program?: Program): string => {
  const again = runSchedule({ ...run.options, isRecorded: true }, run.commands, program)
  const { violation, world } = again
  return [
    violation === undefined
      ? `held: ${world.steps()} steps, ${world.nowMs()} ms of simulated time`
      : `violated: ${violation.clause} at ${violation.atMs} ms: ${violation.what}`,
    `replay: ${tokenOf(run.options, run.commands)}`,
    '',
    'commands:',
    ...run.commands.map((command, index) => `  ${index + 1}. ${showCommand(command)}`),
    '',
    'story:',
    story(world.journal()),
    '',
    '```mermaid',
    diagram(world.servers, world.journal()),
    '```',
  ].join('\n')
}
