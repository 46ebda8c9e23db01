/** What a world is made of. */
import type { CoreConfig, Timing } from '../../src/core/config.js'
import { defaultLimits } from '../../src/core/config.js'
import type { Member, ServerId } from '../../src/core/configuration.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import * as Z from '../../src/core/zxid.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Observe } from '../observer.js'
import type { ServerConfig } from '../../src/server/config.js'
import { encodeNothing } from '../../src/server/config.js'
import { encodeTransaction } from '../../src/wire/transaction.js'
import type { FaultName } from './atlas.js'

export interface WorldOptions {
  readonly seed: number
  readonly voters: number
  readonly observers: number
  readonly clients: number
  /** Committed entries kept in memory: small, so that SNAP happens too. */
  readonly committedWindow?: number
  readonly snapCount?: number
  /** Real bytes: packets between servers and messages of clients are encoded and decoded, and may be cut anywhere. */
  readonly codecs?: boolean
  /** The faults that schedules are drawn from; all of the atlas unless told otherwise. */
  readonly faults?: readonly FaultName[]
  /** Another value than the rules of ZAB: a mutant. */
  readonly rules?: Rules
  /** A voter keeps its vote whatever its disk has lost: outside of what ZAB promises, to see that it is found. */
  readonly isReckless?: boolean
  /** A judge that follows the run beside the checks of the world itself. */
  readonly observe?: Observe<Transaction>
  /** Keep a journal, for the story and the diagram. */
  readonly isRecorded?: boolean
}

/** What of the options is data, and can stand in a replay token: all but other rules, judges and the journal. */
export type PlainOptions = Omit<WorldOptions, 'rules' | 'isReckless' | 'observe' | 'isRecorded'>

export const plainOptions = (options: WorldOptions): PlainOptions => {
  const { seed, voters, observers, clients, committedWindow, snapCount, codecs, faults } = options
  return {
    seed,
    voters,
    observers,
    clients,
    ...(committedWindow === undefined ? {} : { committedWindow }),
    ...(snapCount === undefined ? {} : { snapCount }),
    ...(codecs === undefined ? {} : { codecs }),
    ...(faults === undefined ? {} : { faults }),
  }
}

/** Short ticks: a minute of simulated time holds several elections. */
export const worldTiming: Timing = {
  tickTimeMs: 500,
  initLimit: 10,
  syncLimit: 4,
  finalizeWaitMs: 200,
  minNotificationIntervalMs: 200,
  maxNotificationIntervalMs: 3000,
  reconnectDelayMs: 100,
}

/** Simulated time begins here on the wall. */
export const WALL_START_MS = 1_700_000_000_000

export const serversOf = (options: WorldOptions): readonly ServerId[] =>
  Array.from({ length: options.voters + options.observers }, (_, index) => index + 1)

export const votersOf = (options: WorldOptions): readonly ServerId[] =>
  Array.from({ length: options.voters }, (_, index) => index + 1)

const memberOf =
  (voters: readonly ServerId[]) =>
  (id: ServerId): Member => ({
    id,
    role: voters.includes(id) ? 'participant' : 'observer',
    host: '127.0.0.1',
    quorumPort: 2888 + id,
    electionPort: 3888 + id,
  })

/** The configuration of one process of the world. `hasVote`: false for a voter that has been made an observer for a time. */
export const configOf = (options: WorldOptions, self: ServerId, nowMs: number, hasVote = true): ServerConfig => {
  const voters = votersOf(options).filter((voter) => hasVote || voter !== self)
  const core: CoreConfig = {
    self,
    ensemble: {
      version: Z.ZERO,
      members: serversOf(options).map(memberOf(voters)),
      quorums: { kind: 'Majority', voters },
    },
    timing: worldTiming,
    limits: { ...defaultLimits, committedWindow: options.committedWindow ?? 20 },
    rules: options.rules ?? rules,
  }
  return {
    core,
    tickTimeMs: worldTiming.tickTimeMs,
    minSessionTimeoutMs: 2 * worldTiming.tickTimeMs,
    maxSessionTimeoutMs: 20 * worldTiming.tickTimeMs,
    globalOutstandingLimit: 1000,
    snapCount: options.snapCount ?? 40,
    sessionIdStartMs: BigInt(WALL_START_MS + nowMs),
    configurationText: '',
    encodeTransaction: options.codecs === true ? encodeTransaction : encodeNothing,
  }
}
