/**
 * Scenarios from seeds. Case number n of a campaign is drawn from its own seed, so a shard needs nothing of the others:
 * shard i of m has the cases i, i + m, i + 2 m, …
 */
import type { FaultName } from '../world/atlas.js'
import type { Command } from '../world/command.js'
import type { PlainOptions, WorldOptions } from '../world/options.js'
import type { Random } from '../world/random.js'
import { makeRandom, pick } from '../world/random.js'
import { reconfigurableBy } from '../world/reconfigurable.js'
import { isAllowed } from './faults.js'

// --- model

/** `length`: so many commands, or a few more. */
export type Schedule = (random: Random, options: WorldOptions, length: number) => readonly Command[]

/** 1 … `count`. */
export interface Shard {
  readonly index: number
  readonly count: number
}

export interface GeneratorOptions {
  readonly seed: number
  readonly shard: Shard
  readonly voters: number
  readonly observers: number
  readonly clients: number
  /** What a planted bug needs to show; it goes before what is drawn. */
  readonly fixed?: Partial<PlainOptions>
  readonly faults: readonly FaultName[]
  /** One of them is drawn for each case. */
  readonly schedules: readonly [Schedule, ...Schedule[]]
  /** Likewise where operators may reconfigure; the same ones unless told otherwise. */
  readonly reconfiguring?: readonly [Schedule, ...Schedule[]]
}

export interface Draft {
  /** Its seed is also that of the world. */
  readonly random: Random
  readonly options: PlainOptions
  readonly commands: readonly Command[]
}

// --- operations

const COMMANDS_A_SCHEDULE = 60

/** Distinct for distinct cases of a campaign: every step can be undone. 32 bits. */
export const seedOfCase = (seed: number, index: number): number => {
  const sum = (seed + Math.imul(index, 0x9e3779b1)) | 0
  const mixed = Math.imul(sum ^ (sum >>> 16), 0x21f0aaad)
  return (mixed ^ (mixed >>> 15)) >>> 0
}

/** The number, in the whole campaign, of this shard's n-th case; both counted from 0. */
export const indexInShard = ({ index, count }: Shard, n: number): number => n * count + index - 1

/** The shard's n-th case. */
export const draft = (generator: GeneratorOptions, n: number): Draft => {
  const { voters, observers, clients, fixed, faults, schedules, reconfiguring = schedules } = generator
  const seed = seedOfCase(generator.seed, indexInShard(generator.shard, n))
  // Not the world's own stream of chance.
  const random = makeRandom(~seed)
  const options: PlainOptions = {
    voters,
    observers,
    clients,
    // Short ones, so that state images travel and are stored.
    committedWindow: pick(random, [2, 5, 20]),
    snapCount: pick(random, [5, 15, 40]),
    codecs: random.below(4) === 0,
    ...reconfigurableBy(seed, faults),
    faults,
    ...fixed,
    seed,
  }
  const chosen = pick(random, options.reconfiguration === true ? reconfiguring : schedules)
  const commands = chosen(random, options, COMMANDS_A_SCHEDULE).filter(isAllowed(faults))
  return { random, options, commands }
}
