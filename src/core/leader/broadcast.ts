/** Phase 3 at the leader: propose, collect acknowledgements, commit in order. BCAST-1, 3 … 6. */
import type { ServerId } from '../configuration.js'
import type { CoreConfig } from '../config.js'
import type { Effect } from '../effect.js'
import * as H from '../history.js'
import { quorumSystems } from '../membership.js'
import type { Entry, LeaderMessage } from '../message.js'
import type { Completion, Learner, Peer } from '../state.js'
import { evolve, evolveLeading, withHistory } from '../state.js'
import type { Outcome } from '../step.js'
import { become, outcome, stay } from '../step.js'
import * as S from '../sequence.js'
import type { Zxid } from '../zxid.js'
import * as Z from '../zxid.js'
import type { Leader } from './learners.js'
import { isForwarded, learnerOf, send, withLearner, withRole } from './learners.js'

/** The zxid of the next proposal; undefined when this server may not propose. BCAST-1. */
export const nextZxid = <T>(config: CoreConfig, peer: Peer<T>): Zxid | undefined => {
  const { role } = peer
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting') return undefined
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
  const zxid = nextZxid(config, peer)
  if (zxid === undefined) return become(peer, { role: 'Looking' }, ['BCAST-1'], [{ kind: 'Refused', transaction }])
  const entry: Entry<T> = { zxid, transaction }
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
      { kind: 'Broadcasting', epoch: role.phase.epoch, lastProposed: zxid },
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
 */
export const tryCommit = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  const { phase } = peer.role
  const next = H.nextUndelivered(peer.history)
  if (phase.kind !== 'Broadcasting' || next === undefined) return stay(peer, BCAST_5)
  const systems = quorumSystems(peer)
  const hasQuorum = (zxid: Zxid): boolean =>
    config.rules.premises['BCAST-5.quorum'](systems, (server) => hasAcknowledged(peer, server, zxid))
  if (!hasQuorum(next.zxid)) return stay(peer, BCAST_5)
  const further = (best: Zxid, acked: Zxid): Zxid => (Z.isAfter(acked, best) && hasQuorum(acked) ? acked : best)
  const reached = peer.role.learners.reduce(
    (best, learner) =>
      learner.isCounted && learner.stage.kind === 'Synced' ? further(best, learner.stage.acked) : best,
    further(next.zxid, peer.role.ownAck),
  )
  return deliverUpTo(config, peer, reached)
}

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

/** BCAST-6: announce and deliver, in zxid order, everything committed now. Followers get COMMIT, observers INFORM. */
export const deliverUpTo = <T>(config: CoreConfig, peer: Leader<T>, zxid: Zxid): Outcome<T> => {
  const entries = H.undeliveredUpTo(peer.history, zxid)
  if (entries.length === 0) return stay(peer)
  return outcome<T>(
    withHistory(peer, H.deliver(peer.history, entries.length, config.limits.committedWindow)),
    entries.flatMap((entry): readonly Effect<T>[] => [...announce(peer, entry), { kind: 'Deliver', entry }]),
    BCAST_6,
  )
}

/** Entries of the initial history went to the learners with their COMMITs, in the sync batch (SYNC-5). */
const announce = <T>(peer: Leader<T>, entry: Entry<T>): readonly Effect<T>[] => {
  if (!Z.isAfter(entry.zxid, peer.role.committedFloor)) return []
  const commit: LeaderMessage<T> = { type: 'COMMIT', zxid: entry.zxid }
  const inform: LeaderMessage<T> = { type: 'INFORM', entry }
  return forward(peer.role.learners, (learner) => (learner.isObserver ? inform : commit))
}

const BCAST_6 = ['BCAST-5', 'BCAST-6'] as const
