// What must be the same wherever a simulation runs: how far it came, what it did, and what it found.
import type { simulate } from '../../../model/world/simulate.js'

export const digestOf = (run: typeof simulate, seed: number): string => {
  const { schedules, steps, commits, simulatedMs, fingerprint, clausesReached } = run({
    seed,
    servers: 3,
    observers: 1,
    steps: 20_000,
  })
  return JSON.stringify({ schedules, steps, commits, simulatedMs, fingerprint, clauses: [...clausesReached].sort() })
}
