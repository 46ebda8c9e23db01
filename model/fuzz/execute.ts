/** What is fuzzed, who watches it, and how one scenario is run. */
import type { Rules } from '../../src/core/rules.js'
import * as server from '../../src/server/server.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Observe } from '../observer.js'
import type { Command } from '../world/command.js'
import type { Program } from '../world/node.js'
import type { WorldOptions } from '../world/options.js'
import type { Run } from '../world/schedule.js'
import { runSchedule } from '../world/schedule.js'

// --- model

/** The servers, and the judges of their run. */
export interface Subject {
  /** The shipped server unless a bug is planted. */
  readonly program?: Program
  readonly rules?: Rules
  readonly observe?: Observe<Transaction>
}

export type Step = Program['step']

/** Sees a step that has just been made. */
export type Watch = (...step: [...Parameters<Step>, made: ReturnType<Step>]) => void

// --- operations

/** Runs schedules with these servers and judges; `watch` sees every step of every server. */
export const executing =
  ({ program = server, rules, observe }: Subject, watch?: Watch) =>
  (options: WorldOptions, commands: readonly Command[]): Run => {
    const whole: WorldOptions = {
      ...options,
      ...(rules === undefined ? {} : { rules }),
      ...(observe === undefined ? {} : { observe }),
    }
    const run = runSchedule(whole, commands, watch === undefined ? program : watched(program, watch))
    return { ...run, violation: run.world.violation() }
  }

const watched = (program: Program, watch: Watch): Program => ({
  initial: program.initial,
  step: (config, before, event, now) => {
    const made = program.step(config, before, event, now)
    watch(config, before, event, now, made)
    return made
  },
})
