/**
 * The rules of the protocol as values: every guard is a named premise, every order that safety needs a named plan.
 *
 * The core receives this record with its configuration and consults nothing else. So one mechanism serves coverage (wrap
 * the premises and see each true and false), explanation (which premise decided), and mutation (pass another value).
 */
import type { QuorumSystem } from './quorum.js'
import { isQuorum } from './quorum.js'
import type { Summary } from './state.js'
import type { Vote } from './vote.js'
import * as V from './vote.js'
import type { Epoch, Zxid } from './zxid.js'
import * as Z from './zxid.js'
import { isNext } from './history.js'
import { isEpoch, isRound, lastBelieved } from './bounds.js'
import type { PlanStep } from './plan.js'
import type { ServerId } from './server-id.js'

/** DISC-5, ELEC-3: epoch first, then zxid. */
const isMoreRecent = (reported: Summary, own: Summary): boolean =>
  reported.currentEpoch !== own.currentEpoch
    ? reported.currentEpoch > own.currentEpoch
    : Z.isAfter(reported.lastZxid, own.lastZxid)

/** ELEC-1: of a server without a vote; −1 of one of Apache's that has only just begun. */
const isVoteless = (peerEpoch: Epoch): boolean => peerEpoch === V.MINIMAL_VOTE.peerEpoch || peerEpoch === -1

/** Do these servers form a quorum of every relevant configuration? QUO-1, RECFG-3. */
const isQuorumOfEach = (systems: readonly QuorumSystem[], isIn: (server: ServerId) => boolean): boolean =>
  systems.every((system) => isQuorum(system, isIn))

export const premises = {
  /** The offered vote beats the current one; a candidate of weight 0 beats nothing. */
  'ELEC-3.better': (offered: Vote, current: Vote, weightOfOffered: number): boolean =>
    weightOfOffered > 0 && V.compare(offered, current) > 0,
  /** The sender is in a later round: adopt it. */
  'ELEC-4.laterRound': (offered: number, own: number): boolean => offered > own,
  /** The sender is in an earlier round: tell it ours, take nothing from it. */
  'ELEC-4.earlierRound': (offered: number, own: number): boolean => offered < own,
  /** The servers whose recorded vote is the proposal form a quorum of every relevant configuration. */
  'ELEC-5.quorum': isQuorumOfEach,
  /** Every voter agrees: no better vote can come, so finalizeWait is pointless. */
  'ELEC-5.unanimous': (voters: readonly ServerId[], agrees: (server: ServerId) => boolean): boolean =>
    voters.every(agrees),
  /** Members of one established ensemble agree on leader and epoch; zxid and round may differ among them. */
  'ELEC-6.sameLeader': (first: Vote, second: Vote): boolean =>
    first.leader === second.leader && first.peerEpoch === second.peerEpoch,
  /** Another server must itself say that it leads; for oneself the round must be the current one (ZOOKEEPER-1514). */
  'ELEC-7.leads': (isSelf: boolean, saysLeading: boolean, round: number, ownRound: number): boolean =>
    isSelf ? round === ownRound : saysLeading,
  /** Sender and candidate are voters. */
  'ELEC-9.voters': (senderVotes: boolean, candidateVotes: boolean): boolean => senderVotes && candidateVotes,
  /** Neither this server nor the candidate has an unexpectedly empty data directory. */
  'ELEC-10.trusted': (own: Zxid, offered: Zxid): boolean =>
    !Z.equals(own, Z.UNTRUSTED) && !Z.equals(offered, Z.UNTRUSTED),

  /** Round and vote are those of a server that can exist; a server without a vote has the minimal one. */
  'ELEC-13.believed': (round: number, { peerEpoch, zxid }: Vote): boolean =>
    isRound(round) && (isVoteless(peerEpoch) || isEpoch(peerEpoch)) && zxid.epoch < Z.MAX_EPOCH,

  /** Those who have reported their acceptedEpoch, the leader included, form a quorum; observers never count. */
  'DISC-2.quorum': isQuorumOfEach,
  /** There is an epoch after this one. */
  'DISC-2.epochLeft': (promised: Epoch): boolean => promised < Z.MAX_EPOCH - 1,
  /** A voter has promised a later epoch to somebody else: it can follow only in an epoch that is later still. */
  'DISC-2.promisedLater': (reported: Epoch, own: Epoch): boolean => reported > own,
  'DISC-4.newer': (offered: Epoch, accepted: Epoch): boolean => offered > accepted,
  'DISC-4.same': (offered: Epoch, accepted: Epoch): boolean => offered === accepted,
  /** A counted follower knows more than this leader: the leader must give up. */
  'DISC-5.followerAhead': isMoreRecent,
  'DISC-5.quorum': isQuorumOfEach,
  /** A promise that a server can have given while this one was away: not out of reach of the own one. */
  'DISC-9.believed': (reported: Epoch, own: Epoch): boolean => reported >= -1 && reported <= lastBelieved(own),
  /** The summary agrees with the promise of its sender: nobody is in an epoch, or has entries of one, that he never promised. */
  'DISC-9.consistent': (reported: Summary, promised: Epoch): boolean =>
    reported.currentEpoch >= -1 && reported.currentEpoch <= promised && reported.lastZxid.epoch <= promised,
  /** The learner's configuration is newer than ours. */
  'DISC-8.newerConfiguration': (offered: Zxid, own: Zxid): boolean => Z.isAfter(offered, own),

  /** NEWLEADER belongs to the epoch that this server has accepted, and it has promised nothing newer. */
  'SYNC-2.accepted': (offered: Epoch, accepted: Epoch): boolean => offered === accepted,
  'SYNC-3.quorum': isQuorumOfEach,
  /** The learner's last zxid is exactly the end of what is committed. */
  'SYNC-4.equal': (learner: Zxid, end: Zxid): boolean => Z.equals(learner, end),
  /** The learner's last zxid is after everything committed. */
  'SYNC-4.ahead': (learner: Zxid, end: Zxid): boolean => Z.isAfter(learner, end),
  /** The learner's last zxid is in the window itself: membership, not range (ZOOKEEPER-1154). */
  'SYNC-4.member': (isMember: boolean): boolean => isMember,
  /** The window reaches back to the learner's last zxid. */
  'SYNC-4.reaches': (learner: Zxid, base: Zxid): boolean => !Z.isBefore(learner, base),
  /** The divergent tail lies in one epoch, so the cut does not cross an epoch boundary. */
  'SYNC-4.sameEpoch': (learner: Zxid, following: Zxid): boolean => learner.epoch === following.epoch,
  /** ⟨e, 0⟩ has no log record. */
  'SYNC-6.newLeaderZxid': (learner: Zxid): boolean => Z.isNewLeaderZxid(learner),
  /** This leader's history contains the whole initial history of the learner's epoch. */
  'SYNC-6.lineage': (sharesEpoch: boolean): boolean => sharesEpoch,
  /** The point of truncation is in the learner's own history and takes away nothing that was delivered. */
  'SYNC-9.possible': (isMember: boolean, point: Zxid, delivered: Zxid): boolean =>
    isMember && !Z.isBefore(point, delivered),
  'SYNC-11.consecutive': (last: Zxid, zxid: Zxid): boolean => isNext(last, zxid),

  /** The counter must not roll over (ZOOKEEPER-1277). */
  'BCAST-1.counterLeft': (last: Zxid): boolean => last.counter < Z.MAX_COUNTER - 1,
  'BCAST-2.currentEpoch': (zxid: Zxid, epoch: Epoch): boolean => zxid.epoch === epoch,
  'BCAST-2.duplicate': (zxid: Zxid, last: Zxid): boolean => !Z.isAfter(zxid, last),
  'BCAST-2.next': (last: Zxid, zxid: Zxid): boolean => isNext(last, zxid),
  /** The servers that have everything up to this zxid on disk form a quorum of every relevant configuration. */
  'BCAST-5.quorum': isQuorumOfEach,
  /** An ACK counts for the current epoch only. */
  'BCAST-5.currentEpoch': (zxid: Zxid, epoch: Epoch): boolean => zxid.epoch === epoch,
  /** COMMIT names the next undelivered entry. */
  'BCAST-6.next': (committed: Zxid, pending: Zxid): boolean => Z.equals(committed, pending),
  /** The leader has heard from a quorum of synced followers lately. */
  'BCAST-8.quorum': isQuorumOfEach,

  /** No reconfiguration is under way. */
  'RECFG-1.single': (committed: Zxid, lastSeen: Zxid): boolean => Z.equals(committed, lastSeen),
  /** The synced followers, and the leader if it is one of them, form a quorum of the new configuration. */
  'RECFG-2.quorum': isQuorumOfEach,
  /** The configuration that another server says is committed is newer than the one committed here. */
  'RECFG-7.newer': (offered: Zxid, own: Zxid): boolean => Z.isAfter(offered, own),
  /** Who offers it is listed in a configuration that this server knows, and its version is one that can have been proposed. */
  'RECFG-7.believed': (isListed: boolean, offered: Zxid): boolean => isListed && isEpoch(offered.epoch),

  /** What was recovered is a state in which a server can have stopped. */
  'RECV-10.consistent': (acceptedEpoch: Epoch, currentEpoch: Epoch): boolean => acceptedEpoch >= currentEpoch,
  /** A learner counts only when it is a voter of the configuration and came as a follower. */
  'OBS-1.counted': (isVoter: boolean, cameAsObserver: boolean): boolean => isVoter && !cameAsObserver,
} as const

export type Premises = { readonly [Name in keyof typeof premises]: (typeof premises)[Name] }
export type PremiseId = keyof Premises

/** What becomes durable before what is said. */
export const plans = {
  /** RECV-1: the leader's promise is durable before it is offered. */
  'DISC-3': ['persistAcceptedEpoch', 'acknowledge'],
  /** RECV-2. */
  'DISC-4': ['persistAcceptedEpoch', 'acknowledge'],
  /** RECV-5: the leader counts itself for NEWLEADER last. */
  'DISC-6': ['persistCurrentEpoch', 'acknowledge'],
  /** RECV-3, RECV-4: history, then epoch, then ACK (ZOOKEEPER-3911, 4643, 1282). */
  'SYNC-2': ['persistHistory', 'persistCurrentEpoch', 'acknowledge'],
  /** RECV-6. */
  'BCAST-3': ['persistEntry', 'acknowledge'],
} as const satisfies Readonly<Record<string, readonly PlanStep[]>>

export type PlanId = keyof typeof plans
export type Plans = Readonly<Record<PlanId, readonly PlanStep[]>>

export interface Rules {
  readonly premises: Premises
  readonly plans: Plans
}

/** The rules of ZAB. */
export const rules: Rules = { premises, plans }
