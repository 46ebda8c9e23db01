// The real servers in the simulated world: whatever clients, faults and time do, every step is checked and is a step of
// the abstract system, the client histories are linearizable and OSC(writes), and after the last fault a write commits.
// ZAB_SEED and ZAB_RUNS change it.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { WorldOptions } from '../../model/world/options.js'
import { explain } from '../../model/world/report.js'
import { runSchedule } from '../../model/world/schedule.js'
import { simulate } from '../../model/world/simulate.js'
import { refinement } from '../../proofs/refinement.js'
import { schedule } from './world/arbitraries.js'

const seed = Number(process.env['ZAB_SEED'] ?? 1)
const runs = Number(process.env['ZAB_RUNS'] ?? 300)
const CLIENTS = 3

/** Runs until one is violated; then shrinks it and tells its story. */
const check = (shape: Pick<WorldOptions, 'voters' | 'observers'>, numRuns: number): void => {
  const servers = shape.voters + shape.observers
  const optionsOf = (worldSeed: number): WorldOptions => ({
    ...shape,
    seed: worldSeed,
    clients: CLIENTS,
    observe: refinement(),
  })
  const holds = fc.property(
    schedule(servers, CLIENTS),
    (run) => runSchedule(optionsOf(run.seed), run.commands).violation === undefined,
  )
  const details = fc.check(holds, { seed, numRuns })
  if (!details.failed) return
  const [counterexample] = details.counterexample ?? []
  if (counterexample === undefined) throw new Error(String(details.errorInstance))
  const run = runSchedule(optionsOf(counterexample.seed), counterexample.commands)
  expect.fail(`ZAB_SEED=${seed} ZAB_RUNS=${numRuns}, shrunk ${details.numShrinks} times\n${explain(run)}`)
}

describe(`the world, ZAB_SEED=${seed} ZAB_RUNS=${runs}`, () => {
  it('holds with three servers', () => {
    check({ voters: 3, observers: 0 }, runs)
  })

  it('holds with three servers and an observer', () => {
    check({ voters: 3, observers: 1 }, Math.ceil(runs / 3))
  })

  it('holds with five servers', () => {
    check({ voters: 5, observers: 0 }, Math.ceil(runs / 6))
  })

  it('is the same for the same seed, and another for another', () => {
    const fingerprintOf = (worldSeed: number): number => {
      const report = simulate({ seed: worldSeed, servers: 3, observers: 1, steps: 3000 })
      return report.fingerprint
    }
    expect(fingerprintOf(7)).toBe(fingerprintOf(7))
    expect(fingerprintOf(7)).not.toBe(fingerprintOf(8))
  })
})
