/** Many random schedules one after another, for `zab simulate`. */
import type { Program } from './node.js'
import { makeRandom } from './random.js'
import { reconfigurableBy } from './reconfigurable.js'
import { explain } from './report.js'
import type { WorldOptions } from './options.js'
import { randomCommands, runSchedule } from './schedule.js'
import { shrink } from './shrink.js'
import type { Violation } from './world.js'

export interface SimulationOptions {
  readonly seed: number
  /** Voters. */
  readonly servers: number
  readonly observers?: number
  readonly clients?: number
  /** Real bytes between servers, and between clients and servers. */
  readonly codecs?: boolean
  /** The faults that may happen; all of the atlas unless told otherwise. */
  readonly faults?: WorldOptions['faults']
  /** Events to be handled by servers, at least; the last schedule is finished. */
  readonly steps: number
  /** So many schedules, however many steps they take. */
  readonly schedules?: number
  /** A clock of the caller, in milliseconds; without it nothing is said of speed. */
  readonly clockMs?: () => number
  readonly rules?: WorldOptions['rules']
  readonly observe?: WorldOptions['observe']
  /** Another program than the real server: a mutant. */
  readonly program?: Program
  /** Called after each schedule. */
  readonly onSchedule?: (progress: {
    readonly schedules: number
    readonly steps: number
    readonly commits: number
  }) => void
}

export interface SimulationReport {
  readonly seed: number
  readonly schedules: number
  readonly steps: number
  readonly commits: number
  readonly simulatedMs: number
  readonly clausesReached: ReadonlySet<string>
  /** Equal for equal options. */
  readonly fingerprint: number
  readonly simulatedHoursPerSecond: number | undefined
  readonly stepsPerSecond: number | undefined
  readonly violation: Violation | undefined
  /** Shrunk commands, story and diagram of the violation. */
  readonly explanation: string | undefined
}

const COMMANDS_A_SCHEDULE = 60

/** Stops at the first violation, or when the steps are done. */
export const simulate = (options: SimulationOptions): SimulationReport => {
  const random = makeRandom(options.seed)
  const clausesReached = new Set<string>()
  const startMs = options.clockMs?.()
  let schedules = 0
  let steps = 0
  let commits = 0
  let simulatedMs = 0
  let fingerprint = 0
  let violation: Violation | undefined
  let explanation: string | undefined
  const isEnough = (): boolean =>
    options.schedules === undefined ? steps >= options.steps : schedules >= options.schedules
  while (!isEnough() && violation === undefined) {
    const worldSeed = random.below(0x7fffffff)
    const world: WorldOptions = {
      seed: worldSeed,
      voters: options.servers,
      observers: options.observers ?? 0,
      clients: options.clients ?? 3,
      ...reconfigurableBy(worldSeed, options.faults),
      ...(options.codecs === undefined ? {} : { codecs: options.codecs }),
      ...(options.faults === undefined ? {} : { faults: options.faults }),
      ...(options.rules === undefined ? {} : { rules: options.rules }),
      ...(options.observe === undefined ? {} : { observe: options.observe }),
    }
    const run = runSchedule(world, randomCommands(random, world, COMMANDS_A_SCHEDULE), options.program)
    schedules += 1
    steps += Math.max(1, run.world.steps())
    commits += run.world.commits().length
    simulatedMs += run.world.nowMs()
    fingerprint = (Math.imul(fingerprint, 31) + run.world.fingerprint()) | 0
    for (const clause of run.world.clausesReached()) clausesReached.add(clause)
    options.onSchedule?.({ schedules, steps, commits })
    violation = run.violation
    if (violation !== undefined) explanation = explain(shrink(run, options.program), options.program)
  }
  const seconds =
    startMs === undefined || options.clockMs === undefined ? undefined : (options.clockMs() - startMs) / 1000
  return {
    seed: options.seed,
    schedules,
    steps,
    commits,
    simulatedMs,
    clausesReached,
    fingerprint,
    simulatedHoursPerSecond: seconds === undefined ? undefined : simulatedMs / 3_600_000 / seconds,
    stepsPerSecond: seconds === undefined ? undefined : steps / seconds,
    violation,
    explanation,
  }
}
