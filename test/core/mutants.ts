/**
 * Bugs of the museum that are values of the rules, by the names that the tests of the core give them. The others are
 * programs around the server (proofs/museum/synchronization.ts, claims.ts): what they break is no choice of this core.
 */
import * as V from '../../proofs/museum/variations.js'
import type { Rules } from '../../src/core/rules.js'

/** Bugs that break safety: random schedules find them. */
export const mutants = {
  'ZK-335 zxid decides alone': V.zxidDecidesAlone,
  'ZK-1154 range instead of membership': V.rangeInsteadOfMembership,
  'ZK-1291 epoch offered before it is durable': V.offeredBeforePromised,
  'ZK-1282 currentEpoch after the ACK': V.epochAfterAcknowledgement,
  'ZK-1319 a fresh server is taken for one in sync': V.freshServerInSync,
  'ZK-2959 observers counted': V.observersCounted,
  'ZK-3911 NEWLEADER acknowledged before the history is durable': V.acknowledgedBeforeLogged,
  'ZK-4643 currentEpoch before the history': V.epochBeforeHistory,
  'promise answered before it is durable': V.promiseAnsweredEarly,
  'ACK before the log': V.entryAcknowledgedEarly,
  'the leader does not store the epoch that it adopts': V.leaderEpochNotStored,
  'follower ahead ignored': V.followerAheadIgnored,
  'commit without a quorum': V.commitWithoutQuorum,
  'established without a quorum': V.establishedWithoutQuorum,
  'discovery without a quorum': V.discoveryWithoutQuorum,
  'an older epoch is accepted': V.olderEpochAccepted,
  'a log that the window no longer reaches gets DIFF': V.windowIgnored,
} as const satisfies Readonly<Record<string, Rules>>

/** Bugs that cost progress or show in one step: mutants.test.ts shows the step. */
export const directedMutants = {
  'ZK-1277 the counter rolls over': V.counterRollsOver,
  'ZK-1419 parentheses of the vote order': V.missingParenthesis,
  'ZK-1514 the round is ignored when others name us': V.roundIgnored,
} as const satisfies Readonly<Record<string, Rules>>
