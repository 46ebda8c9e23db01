/** What a world is made of. */
import type { CoreConfig, Timing } from '../../src/core/config.js'
import { defaultLimits } from '../../src/core/config.js'
import type { Configuration, Member, ServerId } from '../../src/core/configuration.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import * as Z from '../../src/core/zxid.js'
import { renderConfigurationText } from '../../src/service/configuration/text.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Observe } from '../observer.js'
import type { ServerConfig } from '../../src/server/config.js'
import { serverLimits, type ServerLimits } from '../../src/server/limits.js'
import { CLOSING_OVERHEAD_BYTES, encodeNothing } from '../../src/server/config.js'
import { encodeTransaction } from '../../src/wire/transaction.js'
import type { FaultName } from './atlas.js'

export interface WorldOptions {
  readonly seed: number
  readonly voters: number
  readonly observers: number
  readonly clients: number
  /** Servers that run from the start, and are not in the first configuration: with the highest ids. RECFG-10. */
  readonly joiners?: number
  /** Operators may change the configuration, and nobody asks who they are. */
  readonly reconfiguration?: boolean
  /** Committed entries kept in memory: small, so that SNAP happens too. */
  readonly committedWindow?: number
  readonly snapCount?: number
  /** How many records of the log recovery keeps; it applies those before. All of them, if not given. */
  readonly replayWindow?: number
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
  const { seed, voters, observers, clients, joiners, reconfiguration, committedWindow, snapCount, codecs, faults } =
    options
  const { replayWindow } = options
  return {
    seed,
    voters,
    observers,
    clients,
    ...(joiners === undefined ? {} : { joiners }),
    ...(reconfiguration === undefined ? {} : { reconfiguration }),
    ...(committedWindow === undefined ? {} : { committedWindow }),
    ...(snapCount === undefined ? {} : { snapCount }),
    ...(replayWindow === undefined ? {} : { replayWindow }),
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

export const isReconfigurable = ({ reconfiguration }: WorldOptions): boolean => reconfiguration === true

/** As with the usual `jute.maxbuffer`. */
const MAXIMUM_TRANSACTION_BYTES = 2 * 0xfffff

const countTo = (count: number): readonly ServerId[] => Array.from({ length: count }, (_, index) => index + 1)

/** Voters, then observers, then joiners. */
export const serversOf = ({ voters, observers, joiners = 0 }: WorldOptions): readonly ServerId[] =>
  countTo(voters + observers + joiners)

/** Of the first configuration. */
export const votersOf = ({ voters }: WorldOptions): readonly ServerId[] => countTo(voters)

/** Where a server of the world listens. */
export const memberOf = (id: ServerId, role: Member['role']): Member => ({
  id,
  role,
  host: '127.0.0.1',
  quorumPort: 2888 + id,
  electionPort: 3888 + id,
})

/** The same; a member that joins later must say where it listens for clients, too. */
export const reconfigurableMemberOf = (id: ServerId, role: Member['role']): Member => ({
  ...memberOf(id, role),
  clientAddress: { host: '127.0.0.1', port: 2181 + id },
})

/** The first configuration. */
export const ensembleOf = (options: WorldOptions): Configuration =>
  configurationWith(options, serversOf({ ...options, joiners: 0 }), votersOf(options))

const configurationWith = (
  options: WorldOptions,
  servers: readonly ServerId[],
  voters: readonly ServerId[],
): Configuration => {
  const member = isReconfigurable(options) ? reconfigurableMemberOf : memberOf
  return {
    version: Z.ZERO,
    members: servers.map((id) => member(id, voters.includes(id) ? 'participant' : 'observer')),
    quorums: { kind: 'Majority', voters },
  }
}

/**
 * What the static file of a server says. A joiner has a partial view: the first configuration, and itself as one voter more
 * (RECFG-9: that must never win). `hasVote`: false for a voter that has been made an observer for a time.
 */
const staticOf = (options: WorldOptions, self: ServerId, hasVote: boolean): Configuration => {
  const { members } = ensembleOf(options)
  const voters = votersOf(options).filter((voter) => hasVote || voter !== self)
  const listed = members.map(({ id }) => id)
  return listed.includes(self)
    ? configurationWith(options, listed, voters)
    : configurationWith(options, [...listed, self], [...voters, self])
}

/** Limits so small that a pipeline or a few watches meet them. */
const inSlices: ServerLimits = {
  ...serverLimits,
  answersPerStep: 2,
  answerBytesPerStep: 150,
  watchesPerStep: 2,
  pendingRequests: 6,
  pendingBytes: 400,
  outstandingBytes: 1000,
}

/** Every third world answers its clients in small slices. */
const isInSlices = ({ seed }: WorldOptions): boolean => seed % 3 === 0

/** The configuration of one process of the world. `hasVote`: false for a voter that has been made an observer for a time. */
export const configOf = (options: WorldOptions, self: ServerId, nowMs: number, hasVote = true): ServerConfig => {
  const ensemble = staticOf(options, self, hasVote)
  const core: CoreConfig = {
    self,
    ensemble,
    timing: worldTiming,
    reconfiguration: isReconfigurable(options) ? 'Enabled' : 'Disabled',
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
    skipAcl: isReconfigurable(options),
    configurationText: isReconfigurable(options) ? renderConfigurationText(ensemble) : '',
    encodeTransaction: options.codecs === true ? encodeTransaction : encodeNothing,
    limits: isInSlices(options) ? inSlices : serverLimits,
    maximumTransactionBytes: MAXIMUM_TRANSACTION_BYTES,
    ephemeralLimitBytes: MAXIMUM_TRANSACTION_BYTES - CLOSING_OVERHEAD_BYTES,
  }
}
