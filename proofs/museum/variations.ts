/** Bugs as other values of the rules: a premise that says something else, a plan in another order. */
import type { QuorumSystem } from '../../src/core/quorum.js'
import { votersOf } from '../../src/core/quorum.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import type { ServerId } from '../../src/core/server-id.js'
import * as Z from '../../src/core/zxid.js'

export const withPremises = (changed: Partial<Rules['premises']>): Rules => ({
  ...rules,
  premises: { ...rules.premises, ...changed },
})

export const withPlans = (changed: Partial<Rules['plans']>): Rules => ({
  ...rules,
  plans: { ...rules.plans, ...changed },
})

type IsIn = (server: ServerId) => boolean

/** Any non-empty set of voters will do. */
const anybody = (systems: readonly QuorumSystem[], isIn: IsIn): boolean =>
  systems.every((system) => votersOf(system).some(isIn))

/** More servers than any world or test has. */
const EVERY_SERVER: readonly ServerId[] = Array.from({ length: 16 }, (_, index) => index + 1)

/** As many servers as a majority of the voters has, whatever they are. */
const anyMajority = (systems: readonly QuorumSystem[], isIn: IsIn): boolean =>
  systems.every((system) => 2 * EVERY_SERVER.filter(isIn).length > votersOf(system).length)

/** Currency of a history was its zxid; there was no currentEpoch. */
export const zxidDecidesAlone = withPremises({
  'ELEC-3.better': (offered, current) =>
    Z.isAfter(offered.zxid, current.zxid) || (Z.equals(offered.zxid, current.zxid) && offered.leader > current.leader),
  'DISC-5.followerAhead': (reported, own) => Z.isAfter(reported.lastZxid, own.lastZxid),
})

/** Whatever lies between the ends of the window is taken for an entry of it. */
export const rangeInsteadOfMembership = withPremises({ 'SYNC-4.member': () => true })

/** Two orders of one vote under a missing parenthesis: equal zxids let the sid decide, whatever the epochs. */
export const missingParenthesis = withPremises({
  'ELEC-3.better': (offered, current) =>
    offered.peerEpoch > current.peerEpoch ||
    (offered.peerEpoch === current.peerEpoch && Z.isAfter(offered.zxid, current.zxid)) ||
    (Z.equals(offered.zxid, current.zxid) && offered.leader > current.leader),
})

/** Who is named by a quorum leads, though they named him in an earlier round. */
export const roundIgnored = withPremises({ 'ELEC-7.leads': (isSelf, saysLeading) => isSelf || saysLeading })

export const counterRollsOver = withPremises({ 'BCAST-1.counterLeft': () => true })

/** The leader's "last proposed" is still 0, so a server without any history seems to be level with it. */
export const freshServerInSync = withPremises({
  'SYNC-4.equal': (learner, end) => Z.equals(learner, end) || Z.equals(learner, Z.ZERO),
})

/** Everybody who spoke is in the sets that are compared with a majority. */
export const observersCounted = withPremises({
  'OBS-1.counted': () => true,
  'DISC-2.quorum': anyMajority,
  'DISC-5.quorum': anyMajority,
  'SYNC-3.quorum': anyMajority,
  'BCAST-5.quorum': anyMajority,
})

/** Learners of that time wrote a warning about a hole and went on. */
export const holesTolerated = withPremises({
  'SYNC-11.consecutive': (last, zxid) => Z.isAfter(zxid, last),
  'BCAST-2.next': (last, zxid) => Z.isAfter(zxid, last),
})

export const offeredBeforePromised = withPlans({ 'DISC-3': ['acknowledge', 'persistAcceptedEpoch'] })

/** Sooner than the bug, which waited for UPTODATE: the answer is on its way, and the write may be lost all the same. */
export const epochAfterAcknowledgement = withPlans({
  'SYNC-2': ['persistHistory', 'acknowledge', 'persistCurrentEpoch'],
})

export const acknowledgedBeforeLogged = withPlans({
  'SYNC-2': ['acknowledge', 'persistHistory', 'persistCurrentEpoch'],
})

export const epochBeforeHistory = withPlans({ 'SYNC-2': ['persistCurrentEpoch', 'persistHistory', 'acknowledge'] })

/** The plan of a learner for which NEWLEADER has overtaken its image. */
export const withWordBeforeHistory = (others: Rules): Rules => ({
  ...others,
  plans: { ...others.plans, 'SYNC-2': ['persistCurrentEpoch', 'acknowledge', 'persistHistory'] },
})

// --- beyond history

export const promiseAnsweredEarly = withPlans({ 'DISC-4': ['acknowledge', 'persistAcceptedEpoch'] })

export const entryAcknowledgedEarly = withPlans({ 'BCAST-3': ['acknowledge', 'persistEntry'] })

export const leaderEpochNotStored = withPlans({ 'DISC-6': ['acknowledge'] })

export const followerAheadIgnored = withPremises({
  'DISC-5.followerAhead': () => false,
  'ELEC-3.better': (offered, current) => offered.leader > current.leader,
})

export const commitWithoutQuorum = withPremises({ 'BCAST-5.quorum': anybody })

export const establishedWithoutQuorum = withPremises({ 'SYNC-3.quorum': anybody })

export const discoveryWithoutQuorum = withPremises({ 'DISC-2.quorum': anybody, 'DISC-5.quorum': anybody })

export const olderEpochAccepted = withPremises({ 'DISC-4.newer': () => true, 'DISC-2.promisedLater': () => false })

export const windowIgnored = withPremises({ 'SYNC-4.reaches': () => true, 'SYNC-4.member': () => true })
