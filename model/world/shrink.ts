/** A shorter schedule with the same finding: commands are left out, in runs of halving length, while it stays. */
import type { Command } from './command.js'
import type { Program } from './node.js'
import type { Run } from './schedule.js'
import { runSchedule } from './schedule.js'

/** Runs at most this many schedules; what has been reached by then is returned. */
const MAX_TRIALS = 2000

/** Keeps the clause of the violation; a run without one is returned as it is. */
export const shrink = (run: Run, program?: Program): Run => {
  let best = run
  let trials = 0
  const clause = run.violation?.clause
  if (clause === undefined) return run
  /** One pass with cuts of this length from the end; true when something was left out. */
  const pass = (length: number): boolean => {
    let hasShrunk = false
    for (let start = best.commands.length - length; start > -length && trials < MAX_TRIALS; start -= length) {
      const commands = without(best.commands, Math.max(0, start), start + length)
      trials += 1
      const shorter = runSchedule(run.options, commands, program)
      if (shorter.violation?.clause !== clause) continue
      best = shorter
      hasShrunk = true
    }
    return hasShrunk
  }
  for (let length = Math.ceil(run.commands.length / 2); length > 1; length = Math.ceil(length / 2)) pass(length)
  while (trials < MAX_TRIALS && pass(1)) continue
  return best
}

const without = (commands: readonly Command[], start: number, end: number): readonly Command[] => [
  ...commands.slice(0, start),
  ...commands.slice(end),
]
