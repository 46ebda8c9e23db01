/**
 * From a run that failed to a plainer one with the same finding: fewer commands, a smaller world, commands that do less. The
 * best so far is always kept, so it may be stopped at any time; where it ends no single change makes it any plainer.
 */
import { plainOptions } from '../world/options.js'
import type { Run } from '../world/schedule.js'
import type { Execute } from '../world/shrink.js'
import { shrinking } from '../world/shrink.js'
import { plainerCommands } from './plainer.js'
import { smallerWorlds } from './smaller.js'
import type { Trial } from './trial.js'

/** Gives the best run so far after each trial. */
export function* simplifying(run: Run, execute: Execute): Generator<Run, void> {
  const clause = run.violation?.clause
  if (clause === undefined) return
  const once = runningOnce(run, execute)
  let best = run
  /** One pass over the changes. When one of them is for the better, those of the new run are asked for, from there on. */
  function* pass(changesOf: (trial: Trial) => readonly Trial[]): Generator<Run, void> {
    let changes = changesOf(best)
    for (let next = 0; next < changes.length; ) {
      const { options, commands } = changes[next] ?? best
      const made = once(options, commands)
      if (made.violation?.clause === clause) {
        best = made
        changes = changesOf(best)
      } else next += 1
      yield best
    }
  }
  for (let before: Run | undefined; before !== best; ) {
    before = best
    for (best of shrinking(best, once)) yield best
    yield* pass(smallerWorlds)
    yield* pass(plainerCommands)
    // Chance may stand in the way: what is left may hang on a delay that another seed does not have.
    if (best === before) yield* pass(underOtherSeeds)
  }
}

const SEEDS = [1, 2, 3] as const

/** One command fewer, or a smaller world, with another seed. */
const underOtherSeeds = ({ options, commands }: Trial): readonly Trial[] =>
  [
    ...commands.map((_, index) => ({ options, commands: commands.toSpliced(commands.length - 1 - index, 1) })),
    ...smallerWorlds({ options, commands }),
  ].flatMap((trial) => SEEDS.map((seed) => ({ ...trial, options: { ...trial.options, seed } })))

/** What has been tried once was either taken or in vain: it is not run again, and no finding. */
const runningOnce = (first: Run, execute: Execute): Execute => {
  const tried = new Set<string>()
  return (options, commands) => {
    const key = JSON.stringify([plainOptions(options), commands])
    if (tried.has(key)) return { ...first, violation: undefined }
    tried.add(key)
    return execute(options, commands)
  }
}
