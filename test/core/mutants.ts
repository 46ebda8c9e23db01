/**
 * Historical bugs as other values of the rules. The core itself knows nothing of them.
 *
 * Of the known bugs of ZooKeeper these are not a value of the rules, because what they break is not a choice of this core:
 * - ZK-790, lastProcessed set before the leader is established: the summary is read from the history, nothing else holds it.
 * - ZK-962, batch and live stream apart: the decision, the batch and the registration are one step.
 * - ZK-1156, truncation that cuts too much: that is in the log files of the shell; here it is `take` of a sequence.
 * - ZK-1367, sessions not updated during synchronization: the state machine is not part of the core.
 * - ZK-1551, an observer drops what comes before UPTODATE: batch and live stream go the same way for all learners.
 * - ZK-2845, memory kept across elections: there is one history, in memory and on its way to the disk.
 * - ZK-3104, NEWLEADER before the end of SNAP: message and image are one, and NEWLEADER follows in the same step.
 */
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import type { QuorumSystem } from '../../src/core/quorum.js'
import * as Z from '../../src/core/zxid.js'

const withPremises = (changed: Partial<Rules['premises']>): Rules => ({
  ...rules,
  premises: { ...rules.premises, ...changed },
})
const withPlans = (changed: Partial<Rules['plans']>): Rules => ({ ...rules, plans: { ...rules.plans, ...changed } })

/** Any non-empty set of servers will do. */
const anybody = (systems: readonly QuorumSystem[], isIn: (server: number) => boolean): boolean =>
  systems.every((system) => (system.kind === 'Majority' ? system.voters : []).some(isIn))

/** Bugs that break safety: random schedules find them. */
export const mutants = {
  'ZK-335 zxid decides alone': withPremises({
    'ELEC-3.better': (offered, current) =>
      Z.isAfter(offered.zxid, current.zxid) ||
      (Z.equals(offered.zxid, current.zxid) && offered.leader > current.leader),
    'DISC-5.followerAhead': (reported, own) => Z.isAfter(reported.lastZxid, own.lastZxid),
  }),
  'ZK-1154 range instead of membership': withPremises({ 'SYNC-4.member': () => true }),
  'ZK-1291 epoch offered before it is durable': withPlans({ 'DISC-3': ['acknowledge', 'persistAcceptedEpoch'] }),
  'ZK-1282 currentEpoch after the ACK': withPlans({
    'SYNC-2': ['persistHistory', 'acknowledge', 'persistCurrentEpoch'],
  }),
  'ZK-1319 a fresh server is taken for one in sync': withPremises({
    'SYNC-4.equal': (learner, end) => Z.equals(learner, end) || Z.equals(learner, Z.ZERO),
  }),
  'ZK-2959 observers counted': withPremises({
    'OBS-1.counted': () => true,
    'DISC-2.quorum': anybody,
    'DISC-5.quorum': anybody,
  }),
  'ZK-3911 NEWLEADER acknowledged before the history is durable': withPlans({
    'SYNC-2': ['acknowledge', 'persistHistory', 'persistCurrentEpoch'],
  }),
  'ZK-4643 currentEpoch before the history': withPlans({
    'SYNC-2': ['persistCurrentEpoch', 'persistHistory', 'acknowledge'],
  }),
  'promise answered before it is durable': withPlans({ 'DISC-4': ['acknowledge', 'persistAcceptedEpoch'] }),
  'ACK before the log': withPlans({ 'BCAST-3': ['acknowledge', 'persistEntry'] }),
  'the leader does not store the epoch that it adopts': withPlans({ 'DISC-6': ['acknowledge'] }),
  'follower ahead ignored': withPremises({
    'DISC-5.followerAhead': () => false,
    'ELEC-3.better': (offered, current) => offered.leader > current.leader,
  }),
  'commit without a quorum': withPremises({ 'BCAST-5.quorum': anybody }),
  'established without a quorum': withPremises({ 'SYNC-3.quorum': anybody }),
  'discovery without a quorum': withPremises({ 'DISC-2.quorum': anybody, 'DISC-5.quorum': anybody }),
  'an older epoch is accepted': withPremises({ 'DISC-4.newer': () => true, 'DISC-2.promisedLater': () => false }),
  'a log that the window no longer reaches gets DIFF': withPremises({
    'SYNC-4.reaches': () => true,
    'SYNC-4.member': () => true,
  }),
} as const satisfies Readonly<Record<string, Rules>>

/** Bugs that cost progress or show in one step: mutants.test.ts shows the step. */
export const directedMutants = {
  'ZK-1277 the counter rolls over': withPremises({ 'BCAST-1.counterLeft': () => true }),
  'ZK-1419 parentheses of the vote order': withPremises({
    'ELEC-3.better': (offered, current) =>
      offered.peerEpoch > current.peerEpoch ||
      (offered.peerEpoch === current.peerEpoch && Z.isAfter(offered.zxid, current.zxid)) ||
      (Z.equals(offered.zxid, current.zxid) && offered.leader > current.leader),
  }),
  'ZK-1514 the round is ignored when others name us': withPremises({
    'ELEC-7.leads': (isSelf, saysLeading) => isSelf || saysLeading,
  }),
} as const satisfies Readonly<Record<string, Rules>>
