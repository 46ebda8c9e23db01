/** Does every premise decide something? Watches them in directed scenarios and a short simulation. Deterministic. */
import { scenarios } from './alone/scenarios.js'
import type { Verdicts } from './recording.js'
import { recording } from './recording.js'
import { simulate } from './world/simulate.js'

/** Enough for elections, crashes and every kind of synchronization; some two seconds. */
export const EVIDENCE_STEPS = 80_000

/** Five voters and an observer, so that quorums are larger than a pair. `onSteps`: called now and then. */
export const gatherVerdicts = (onSteps?: (steps: number) => void): ReadonlyMap<string, Verdicts> => {
  const { rules, verdicts } = recording()
  for (const scenario of Object.values(scenarios)) scenario(rules)
  simulate({
    seed: 1,
    servers: 5,
    observers: 1,
    steps: EVIDENCE_STEPS,
    rules,
    ...(onSteps === undefined ? {} : { onSchedule: ({ steps }) => onSteps(steps) }),
  })
  return verdicts()
}
