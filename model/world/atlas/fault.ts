/** What a fault is, and what several draw. */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Command } from '../command.js'
import type { Random } from '../random.js'
import { pick } from '../random.js'

export type FaultGroup = 'network' | 'process' | 'disk' | 'clock' | 'clients' | 'operators' | 'strangers'

export interface FaultContext {
  readonly random: Random
  readonly servers: readonly ServerId[]
  readonly clients: number
}

export interface Fault {
  readonly group: FaultGroup
  readonly does: string
  /** What ZAB promises of it. */
  readonly promise: string
  /** What keeps it inside that promise. */
  readonly bound: string
  readonly draw: (context: FaultContext) => Command
}

export type Faults = Readonly<Record<string, Fault>>

export const serverOf = ({ random, servers }: FaultContext): ServerId => servers[random.below(servers.length)] ?? 1

export const twoOf = (context: FaultContext): readonly [ServerId, ServerId] => {
  const first = serverOf(context)
  const others = context.servers.filter((server) => server !== first)
  return [first, others[context.random.below(others.length)] ?? first]
}

export const lossOf = (random: Random): Pick<Extract<Command, { readonly kind: 'crash' }>, 'loss'> => {
  const loss = pick(random, [undefined, undefined, 'all', 'none'] as const)
  return loss === undefined ? {} : { loss }
}

export const UNTIL_HEALED = 'safe whatever is cut; a write commits again when a quorum can talk (LIVE-1…4)'
export const NONE = 'none is needed: settling heals it'
export const PAUSES_MS = [100, 1000, 3000] as const
