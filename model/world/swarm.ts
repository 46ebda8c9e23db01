/**
 * Swarm testing: each run switches on a random subset of the faults, each with a random rate. A run in which everything
 * happens hides what only shows when one thing happens often, or when another does not happen at all.
 */
import type { FaultName } from './atlas.js'
import { faultNames } from './atlas.js'
import type { Random } from './random.js'
import { pick } from './random.js'

export interface Swarm {
  /** So many times as long as usual time passes between commands: in a slow run sessions expire, and much is idle. */
  readonly pace: number
  /** Of a hundred commands, so many are faults. */
  readonly percent: number
  /** How often a fault is drawn, against the others. */
  readonly weights: readonly (readonly [fault: FaultName, weight: number])[]
}

const PERCENTAGES = [5, 15, 30, 40] as const
const PACES = [1, 1, 1, 4] as const
const WEIGHTS = [1, 2, 4, 8] as const

/** What it is in a reconfigurable world, as often as several others together: or hardly any run would see two. */
const RECONFIGURATION_WEIGHTS = [8, 16, 32] as const

/** Some of the `allowed` faults; of reconfigurations only where the world is there for them, and then always. */
export const drawSwarm = (
  random: Random,
  allowed: readonly FaultName[] = faultNames,
  isReconfigurable = false,
): Swarm => {
  const swarm = drawOthers(
    random,
    allowed.filter((fault) => fault !== RECONFIGURATION),
  )
  return isReconfigurable && allowed.includes(RECONFIGURATION)
    ? { ...swarm, weights: [...swarm.weights, [RECONFIGURATION, pick(random, RECONFIGURATION_WEIGHTS)]] }
    : swarm
}

const RECONFIGURATION = 'reconfigure' satisfies FaultName

const drawOthers = (random: Random, allowed: readonly FaultName[]): Swarm => {
  const pace = pick(random, PACES)
  const percent = pick(random, PERCENTAGES)
  const chosen = allowed.filter(() => random.below(2) === 0)
  const [first = 'crash'] = allowed
  const on = chosen.length > 0 || allowed.length === 0 ? chosen : [first]
  return { pace, percent, weights: on.map((fault) => [fault, pick(random, WEIGHTS)] as const) }
}

/** One of the faults that are on, by their weights; none when all are off. */
export const drawFault = (random: Random, { weights }: Swarm): FaultName | undefined => {
  let left = random.below(weights.reduce((sum, [, weight]) => sum + weight, 0))
  for (const [fault, weight] of weights) {
    if (left < weight) return fault
    left -= weight
  }
  return undefined
}
