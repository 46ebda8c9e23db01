/** Phase 3 at the leader: propose, collect acknowledgements, commit in order. BCAST-1, 3 … 6. */
import type { Configuration, ServerId } from '../configuration.js'
import type { CoreConfig } from '../config.js'
import type { Effect } from '../effect.js'
import * as H from '../history.js'
import { isReconfiguring, quorumSystemsFor } from '../membership.js'
import type { Entry, LeaderMessage } from '../message.js'
import type { QuorumSystem } from '../quorum.js'
import { isVoter } from '../quorum.js'
import { activate, lastProposedBy, mayLead, proposedBy } from '../reconfiguration.js'
import type { Completion, Leading, Learner, Peer } from '../state.js'
import { evolve, evolveLeading, withHistory } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, become, outcome, stay } from '../step.js'
import * as S from '../sequence.js'
import type { Epoch, Zxid } from '../zxid.js'
import * as Z from '../zxid.js'
import type { Leader } from './learners.js'
import { isForwarded, isLeading, learnerOf, recount, send, withLearner, withRole } from './learners.js'

/** RECFG-5: the leader has no vote in the committed configuration. It only waits for its followers to leave. */
export const isRetired = <T>(config: CoreConfig, peer: Peer<T>): boolean => !mayLead(config, peer, peer.self)

/** The zxid of the next proposal; undefined when this server may not propose. BCAST-1. */
export const nextZxid = <T>(config: CoreConfig, peer: Peer<T>): Zxid | undefined => {
  const { role } = peer
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting' || isRetired(config, peer)) return undefined
  const { lastProposed } = role.phase
  return config.rules.premises['BCAST-1.counterLeft'](lastProposed) ? Z.next(lastProposed) : undefined
}

/**
 * BCAST-1, BCAST-4. One transaction gets the next zxid, goes to the log and, at the same time, to every forwarded follower.
 * A counter about to roll over ends the leadership instead: the next epoch starts again from 1 (ZOOKEEPER-1277).
 */
export const onSubmitted = <T>(config: CoreConfig, peer: Peer<T>, transaction: T): Outcome<T> => {
  const { role } = peer
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting')
    return outcome(peer, [{ kind: 'Refused', transaction }], ['BCAST-1'])
  if (isRetired(config, peer)) return outcome(peer, [{ kind: 'Refused', transaction }], ['RECFG-5'])
  const zxid = nextZxid(config, peer)
  if (zxid === undefined) return become(peer, { role: 'Looking' }, ['BCAST-1'], [{ kind: 'Refused', transaction }])
  return propose(config, peer, role, role.phase.epoch, { zxid, transaction })
}

/** The entry goes to the log and to the followers. BCAST-1, BCAST-4. */
export const propose = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  role: Leading,
  epoch: Epoch,
  entry: Entry<T>,
): Outcome<T> => {
  const { zxid } = entry
  const message: LeaderMessage<T> = { type: 'PROPOSAL', entry }
  const proposals = forward(role.learners, (learner) => (learner.isObserver ? undefined : message))
  const isAckedFirst = config.rules.plans['BCAST-3'][0] === 'acknowledge'
  const state = evolve(
    peer,
    H.append(peer.history, entry),
    peer.nextToken + 1,
    S.append<Completion>({ kind: 'Entry', incarnation: peer.incarnation, zxid })(peer.pending),
    evolveLeading(
      role,
      { kind: 'Broadcasting', epoch, lastProposed: zxid },
      role.learners,
      isAckedFirst ? zxid : role.ownAck,
    ),
  )
  return outcome<T>(
    state,
    [
      { kind: 'Proposed', entry },
      ...proposals,
      { kind: 'Persist', token: peer.nextToken, durable: { kind: 'Append', entries: [entry] } },
    ],
    PROPOSED,
  )
}

const PROPOSED = ['BCAST-1', 'BCAST-4'] as const

/** BCAST-4, RECV-6: the leader's own vote counts after its own fsync. The last of the records stands for all. */
export const onOwnEntriesDurable = <T>(config: CoreConfig, peer: Leader<T>, zxids: readonly Zxid[]): Outcome<T> =>
  tryCommit(
    config,
    withRole(
      peer,
      evolveLeading(peer.role, peer.role.phase, peer.role.learners, zxids.reduce(Z.max, peer.role.ownAck)),
    ),
  )

/** One message to each learner that is forwarded to, or none where `messageFor` gives none. */
const forward = <T>(
  learners: readonly Learner[],
  messageFor: (learner: Learner) => LeaderMessage<T> | undefined,
): readonly Effect<T>[] =>
  learners.flatMap((learner) => {
    const message = isForwarded(learner) ? messageFor(learner) : undefined
    return message === undefined ? [] : send(learner.id, message)
  })

/** ACK of a proposal by a synced learner; the second ACK of NEWLEADER (SYNC-12) says nothing new. BCAST-3, BCAST-5. */
export const onAck = <T>(config: CoreConfig, peer: Leader<T>, learner: Learner, zxid: Zxid): Outcome<T> => {
  const { stage } = learner
  const { phase } = peer.role
  if (
    stage.kind !== 'Synced' ||
    phase.kind !== 'Broadcasting' ||
    !config.rules.premises['BCAST-5.currentEpoch'](zxid, phase.epoch) ||
    Z.isAfter(zxid, phase.lastProposed) ||
    !Z.isAfter(zxid, stage.acked)
  )
    return stay(peer, ['BCAST-5'])
  return tryCommit(
    config,
    withRole(peer, withLearner(peer.role, { ...learner, stage: { kind: 'Synced', acked: zxid } })),
  )
}

/**
 * BCAST-5. An ACK of z says that everything up to z is durable there (BCAST-3), so one zxid a server is enough: what is
 * committed is the greatest acknowledged zxid that a quorum has reached. Everything before it commits with it, in order.
 * A reconfiguration changes who is asked, and so does its commit (RECFG-3): neither is stepped over.
 */
export const tryCommit = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  const { phase } = peer.role
  const next = H.nextUndelivered(peer.history)
  if (phase.kind !== 'Broadcasting' || next === undefined || isRetired(config, peer)) return stay(peer, BCAST_5)
  const systems = quorumSystemsFor(peer, next.zxid)
  const hasQuorum = (zxid: Zxid): boolean =>
    config.rules.premises['BCAST-5.quorum'](systems, (server) => hasAcknowledged(peer, server, zxid))
  if (!hasQuorum(next.zxid)) return stay(peer, BCAST_5)
  const further = (best: Zxid, acked: Zxid): Zxid => (Z.isAfter(acked, best) && hasQuorum(acked) ? acked : best)
  const reached = peer.role.learners.reduce(
    (best, learner) =>
      learner.isCounted && learner.stage.kind === 'Synced' ? further(best, learner.stage.acked) : best,
    further(next.zxid, peer.role.ownAck),
  )
  return isReconfiguring(peer) ? commitInParts(config, peer, next, reached) : deliverUpTo(config, peer, reached)
}

/** RECFG-3: up to the reconfiguration, then itself, then what comes after it; each by those who are asked for it. */
const commitInParts = <T>(config: CoreConfig, peer: Leader<T>, next: Entry<T>, reached: Zxid): Outcome<T> => {
  const { version } = peer.configuration.lastSeen
  const border = Z.isBefore(next.zxid, version) ? lastBefore(peer, version) : version
  const end = Z.isAfter(reached, border) && !Z.isAfter(next.zxid, border) ? border : reached
  return andThen(deliverUpTo(config, peer, end), (state) => (isLeading(state) ? tryCommit(config, state) : stay(state)))
}

const lastBefore = <T>({ history }: Leader<T>, zxid: Zxid): Zxid =>
  S.at(history.entries, H.indexAfter(history, zxid) - 2)?.zxid ?? history.base

/** Is everything up to `zxid` durable at that server, as far as the leader knows? OBS-1: only who counts is asked. */
const hasAcknowledged = <T>({ self, role }: Leader<T>, server: ServerId, zxid: Zxid): boolean => {
  if (server === self) return !Z.isBefore(role.ownAck, zxid)
  const learner = learnerOf(role, server)
  return (
    learner !== undefined &&
    learner.isCounted &&
    learner.stage.kind === 'Synced' &&
    !Z.isBefore(learner.stage.acked, zxid)
  )
}

const BCAST_5 = ['BCAST-5'] as const

/**
 * BCAST-6: announce and deliver, in zxid order, everything committed now. Followers get COMMIT, observers INFORM. A
 * reconfiguration among it is in force from here on (RECFG-5).
 */
export const deliverUpTo = <T>(config: CoreConfig, peer: Leader<T>, zxid: Zxid): Outcome<T> => {
  const entries = H.undeliveredUpTo(peer.history, zxid)
  if (entries.length === 0) return stay(peer)
  const delivered = outcome<T>(
    withHistory(peer, H.deliver(peer.history, entries.length, config.limits.committedWindow)),
    entries.flatMap((entry): readonly Effect<T>[] => [...announce(config, peer, entry), { kind: 'Deliver', entry }]),
    BCAST_6,
  )
  const activated = lastProposedBy(config, entries)
  return activated === undefined
    ? delivered
    : andThen(delivered, (state) => (isLeading(state) ? activateAtLeader(config, state, activated) : stay(state)))
}

/** RECFG-5: from now on this configuration decides. */
export const activateAtLeader = <T>(config: CoreConfig, peer: Leader<T>, configuration: Configuration): Outcome<T> =>
  Z.isAfter(configuration.version, peer.configuration.committed.version)
    ? andThen(activate(peer, configuration), (state) =>
        stay(recount(config, { ...state, role: peer.role }), ['RECFG-5']),
      )
    : stay(peer)

/** Entries of the initial history went to the learners with their COMMITs, in the sync batch (SYNC-5). */
const announce = <T>(config: CoreConfig, peer: Leader<T>, entry: Entry<T>): readonly Effect<T>[] => {
  if (!Z.isAfter(entry.zxid, peer.role.committedFloor)) return []
  const { zxid } = entry
  const proposed = proposedBy(config, entry)
  const leader = proposed === undefined ? undefined : designatedLeader(peer, proposed.quorums)
  const commit: LeaderMessage<T> =
    leader === undefined ? { type: 'COMMIT', zxid } : { type: 'COMMITANDACTIVATE', zxid, leader }
  const inform: LeaderMessage<T> =
    leader === undefined ? { type: 'INFORM', entry } : { type: 'INFORMANDACTIVATE', entry, leader }
  return forward(peer.role.learners, (learner) => (learner.isObserver ? inform : commit))
}

/**
 * RECFG-5: who is to go on: this leader if it keeps its vote, else the voter that has acknowledged most. A quorum of the new
 * configuration has acknowledged the reconfiguration, so there is one.
 */
const designatedLeader = <T>({ self, role }: Leader<T>, quorums: QuorumSystem): ServerId => {
  if (isVoter(quorums, self)) return self
  const ackedBy = ({ stage }: Learner): Zxid => (stage.kind === 'Synced' ? stage.acked : Z.ZERO)
  return (
    role.learners
      .filter(({ id, isObserver }) => isVoter(quorums, id) && !isObserver)
      .reduce<Learner | undefined>(
        (best, learner) => (best === undefined || Z.isAfter(ackedBy(learner), ackedBy(best)) ? learner : best),
        undefined,
      )?.id ?? self
  )
}

const BCAST_6 = ['BCAST-5', 'BCAST-6'] as const
