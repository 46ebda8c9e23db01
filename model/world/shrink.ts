/**
 * A shorter schedule with the same finding: commands are left out, in runs of halving length, while it stays; then what is
 * left is made plainer. The best so far is always kept, so it may be stopped at any time.
 */
import type { Command } from './command.js'
import type { Program } from './node.js'
import type { Run } from './schedule.js'
import { runSchedule } from './schedule.js'

/** Runs at most this many schedules; what has been reached by then is returned. */
const MAX_TRIALS = 2000

/** Runs a schedule in the way in which the finding was made. */
export type Execute = (options: Run['options'], commands: readonly Command[]) => Run

/** Keeps the clause of the violation; a run without one is returned as it is. */
export const shrink = (run: Run, program?: Program): Run => {
  let best = run
  for (best of shrinking(run, (options, commands) => runSchedule(options, commands, program))) continue
  return best
}

/** As `shrink`, one trial after another: after each it gives the best run so far, so it may be left at any time. */
export function* shrinking(run: Run, execute: Execute): Generator<Run, void> {
  let best = run
  let trials = 0
  const clause = run.violation?.clause
  if (clause === undefined) return
  const isBetter = (commands: readonly Command[]): boolean => {
    trials += 1
    const other = execute(run.options, commands)
    if (other.violation?.clause !== clause) return false
    best = other
    return true
  }
  /** One pass with cuts of this length from the end; true when something was left out. */
  function* leaveOut(length: number): Generator<Run, boolean> {
    let hasShrunk = false
    for (let start = best.commands.length - length; start > -length && trials < MAX_TRIALS; start -= length) {
      if (isBetter(without(best.commands, Math.max(0, start), start + length))) hasShrunk = true
      yield best
    }
    return hasShrunk
  }
  /** One pass over the commands; true when one of them became plainer. */
  function* makePlainer(): Generator<Run, boolean> {
    let hasChanged = false
    for (let index = 0; index < best.commands.length; index += 1)
      for (const plainer of plainerThan(best.commands[index])) {
        if (trials >= MAX_TRIALS) return false
        const isPlainer = isBetter(best.commands.with(index, plainer))
        yield best
        if (!isPlainer) continue
        hasChanged = true
        break
      }
    return hasChanged
  }
  for (let length = Math.ceil(run.commands.length / 2); length > 1; length = Math.ceil(length / 2))
    yield* leaveOut(length)
  do while (yield* leaveOut(1)) continue
  while (yield* makePlainer())
}

const without = (commands: readonly Command[], start: number, end: number): readonly Command[] => [
  ...commands.slice(0, start),
  ...commands.slice(end),
]

/** Commands that do less than this one, the least first. Times only fall, so that it ends. */
const plainerThan = (command: Command | undefined): readonly Command[] => {
  switch (command?.kind) {
    case 'advance':
      return [1, 10, 100, 1000].filter((ms) => ms < command.ms).map((ms) => ({ kind: 'advance', ms }))
    case 'request':
      return command.action.op === 'create' && command.action.path === '/a' && command.action.value === 0
        ? []
        : [{ kind: 'request', client: command.client, action: { op: 'create', path: '/a', value: 0 } }]
    default:
      return []
  }
}
