/** The lines between servers, one each way: which of them are cut, and how slow they are. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Port } from './command.js'
import type { Random } from './random.js'

export interface Links {
  /** On one port, or on both. */
  readonly cut: (from: ServerId, to: ServerId, port?: Port) => void
  readonly isCut: (from: ServerId, to: ServerId, port: Port) => boolean
  /** So many times as long as usual. */
  readonly slow: (from: ServerId, to: ServerId, factor: number) => void
  /** Drawn anew for each message. */
  readonly delayMs: (from: ServerId, to: ServerId) => number
  readonly heal: () => void
  readonly isTroubled: () => boolean
}

const MIN_DELAY_MS = 1
const MAX_DELAY_MS = 5

const keyOf = (from: ServerId, to: ServerId): number => from * 1024 + to

export const makeLinks = (random: Random): Links => {
  const cuts: Readonly<Record<Port, Set<number>>> = { election: new Set(), quorum: new Set() }
  const factors = new Map<number, number>()
  return {
    cut: (from, to, port) => {
      for (const each of port === undefined ? (['election', 'quorum'] as const) : [port])
        cuts[each].add(keyOf(from, to))
    },
    isCut: (from, to, port) => cuts[port].size > 0 && cuts[port].has(keyOf(from, to)),
    slow: (from, to, factor) => {
      if (factor === 1) factors.delete(keyOf(from, to))
      else factors.set(keyOf(from, to), factor)
    },
    delayMs: (from, to) => {
      const usual = random.between(MIN_DELAY_MS, MAX_DELAY_MS)
      return factors.size === 0 ? usual : usual * (factors.get(keyOf(from, to)) ?? 1)
    },
    heal: () => {
      cuts.election.clear()
      cuts.quorum.clear()
      factors.clear()
    },
    isTroubled: () => cuts.election.size + cuts.quorum.size + factors.size > 0,
  }
}
