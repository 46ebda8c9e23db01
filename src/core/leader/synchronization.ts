/** Phase 2 at the leader: every learner gets the leader's history, and a quorum of ACKs establishes it. SYNC-1, 3 … 8. */
import type { Configuration, ServerId } from '../configuration.js'
import type { CoreConfig } from '../config.js'
import type { Effect } from '../effect.js'
import { between, committedZxid, lastZxid } from '../history.js'
import { isReconfiguring, quorumSystems } from '../membership.js'
import type { LeaderMessage } from '../message.js'
import { isEnabled, withFirstVersion } from '../reconfiguration.js'
import type { Leading, Learner } from '../state.js'
import { withConfigurations } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, forEach, outcome, stay } from '../step.js'
import type { Epoch, Zxid } from '../zxid.js'
import * as Z from '../zxid.js'
import { activateAtLeader, deliverUpTo, tryCommit } from './broadcast.js'
import type { Leader } from './learners.js'
import { countedWith, epochOf, isLeading, learnerOf, send, withLearner, withRole } from './learners.js'
import { chooseSync } from './sync-mode.js'

/** RECV-5: the leader's own history and epoch are durable: it counts itself, and synchronizes those who have answered. */
export const countOwnHistory = <T>(config: CoreConfig, peer: Leader<T>, epoch: Epoch): Outcome<T> => {
  const role: Leading = {
    ...peer.role,
    phase: { kind: 'CollectingAcks', epoch },
    committedFloor: lastZxid(peer.history),
    ownAck: lastZxid(peer.history),
  }
  const versioned = withConfigurations(peer, withFirstVersion(config, peer.configuration, epoch))
  const synchronized = andThen(
    stay(withRole(versioned, role), versioned === peer ? COUNTED : FIRST_COUNTED),
    (counted) =>
      forEach(counted, role.learners, (state, { id }) =>
        isLeading(state) ? synchronize(config, state, id) : stay(state),
      ),
  )
  return andThen(synchronized, (state) => (isLeading(state) ? tryEstablish(config, state) : stay(state)))
}

const COUNTED = ['DISC-6', 'RECV-5'] as const
const FIRST_COUNTED = [...COUNTED, 'RECFG-9'] as const

/**
 * SYNC-1, SYNC-4 … SYNC-8. The decision, the batch, the outstanding proposals and the registration for everything new are
 * one step: nothing can fall between them (ZOOKEEPER-962). NEWLEADER stands behind the whole batch on the same channel.
 * A learner that has not acknowledged the epoch yet is synchronized when it does.
 */
export const synchronize = <T>(config: CoreConfig, peer: Leader<T>, id: ServerId): Outcome<T> => {
  const learner = learnerOf(peer.role, id)
  const epoch = epochOf(peer.role)
  if (learner?.stage.kind !== 'AcknowledgedEpoch' || epoch === undefined) return stay(peer)
  const end = Z.max(peer.role.committedFloor, committedZxid(peer.history))
  const plan = chooseSync(
    config.rules,
    {
      history: peer.history,
      end,
      applied: committedZxid(peer.history),
      lineage: [peer.role.summary.currentEpoch, epoch],
    },
    learner.stage.lastZxid,
  )
  // OBS-2: what is not committed is not for observers.
  const outstanding = learner.isObserver ? [] : between(peer.history, end, lastZxid(peer.history))
  const messages: readonly LeaderMessage<T>[] = [
    // RECFG-4: NEWLEADER may bring a later one, and the learner has to know both.
    plan.mode.type === 'SNAP' && isEnabled(config)
      ? { ...plan.mode, configuration: peer.configuration.committed }
      : plan.mode,
    // SYNC-5: each entry with its COMMIT, since the whole initial history counts as committed.
    ...plan.entries.flatMap((entry): readonly LeaderMessage<T>[] => [
      { type: 'PROPOSAL', entry },
      { type: 'COMMIT', zxid: entry.zxid },
    ]),
    ...outstanding.map((entry): LeaderMessage<T> => ({ type: 'PROPOSAL', entry })),
    { type: 'NEWLEADER', epoch, ...offered(config, peer) },
  ]
  // SYNC-2: with NEWLEADER it acknowledges the whole batch; what is outstanding it acknowledges one by one.
  const stage = { kind: 'Synchronizing', acked: Z.max(Z.newLeaderZxid(epoch), end) } as const
  return outcome(
    withRole(peer, withLearner(peer.role, { ...learner, stage, isLingering: false })),
    messages.map((message) => send(id, message)),
    [
      ...SYNCHRONIZE,
      ...(Z.isNewLeaderZxid(learner.stage.lastZxid) ? (['SYNC-6'] as const) : []),
      ...(learner.isObserver ? (['OBS-2'] as const) : []),
    ],
  )
}

/**
 * RECFG-6: with this leader's establishment all that it has seen is committed. Once it is established, what is proposed is
 * not: a learner that made it its own would no longer ask the quorums of the old configuration.
 */
const offered = <T>(
  config: CoreConfig,
  { role, configuration }: Leader<T>,
): { readonly configuration?: Configuration } =>
  isEnabled(config)
    ? { configuration: role.phase.kind === 'Broadcasting' ? configuration.committed : configuration.lastSeen }
    : {}

const SYNCHRONIZE = ['SYNC-1', 'SYNC-4', 'SYNC-5', 'SYNC-7'] as const

/** ACK while the learner is being synchronized: that of NEWLEADER, or an early one of a proposal. SYNC-3. */
export const onSynchronizationAck = <T>(
  config: CoreConfig,
  peer: Leader<T>,
  learner: Learner,
  zxid: Zxid,
): Outcome<T> => {
  const epoch = epochOf(peer.role)
  if (learner.stage.kind !== 'Synchronizing' || epoch === undefined || zxid.epoch !== epoch) return stay(peer)
  if (zxid.counter !== 0) {
    const stage = { kind: 'Synchronizing', acked: Z.max(learner.stage.acked, zxid) } as const
    return stay(withRole(peer, withLearner(peer.role, { ...learner, stage })))
  }
  const stage = { kind: 'Synced', acked: learner.stage.acked } as const
  const synced = withRole(peer, withLearner(peer.role, { ...learner, stage, isLingering: false }))
  return synced.role.phase.kind === 'Broadcasting'
    ? andThen(outcome<T>(synced, [send(learner.id, { type: 'UPTODATE' })], ['SYNC-3']), () => tryCommit(config, synced))
    : tryEstablish(config, synced)
}

/**
 * SYNC-3: a quorum has acknowledged NEWLEADER. The leader is established, its whole initial history is committed, and each
 * learner that has acknowledged is told so.
 */
const tryEstablish = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  const { phase } = peer.role
  const synced = countedWith(peer, ({ stage }) => stage.kind === 'Synced')
  if (phase.kind !== 'CollectingAcks' || !config.rules.premises['SYNC-3.quorum'](quorumSystems(peer), synced))
    return stay(peer, ['SYNC-3'])
  const { epoch } = phase
  const { finalVote } = peer.role
  const { tickTimeMs, syncLimit } = config.timing
  const established: Leader<T> = {
    ...withRole(peer, {
      ...peer.role,
      phase: { kind: 'Broadcasting', epoch, lastProposed: Z.newLeaderZxid(epoch) },
      // ELEC-8: from now on late comers must see the new epoch in our vote.
      finalVote: { ...finalVote, vote: { ...finalVote.vote, peerEpoch: epoch } },
      lagMark: Z.newLeaderZxid(epoch),
    }),
    service: { kind: 'Leader', epoch },
  }
  const upToDate = peer.role.learners.flatMap(({ id, stage }): readonly Effect<T>[] =>
    stage.kind === 'Synced' ? [send(id, { type: 'UPTODATE' })] : [],
  )
  const completed = andThen(deliverUpTo(config, established, established.role.committedFloor), (state) =>
    // An unfinished reconfiguration is completed before anything else is proposed.
    isLeading(state) && isReconfiguring(state)
      ? andThen(activateAtLeader(config, state, state.configuration.lastSeen), (s) => stay(s, ['RECFG-6']))
      : stay(state),
  )
  return andThen(completed, (state) =>
    outcome<T>(
      state,
      [
        ...upToDate,
        { kind: 'ServiceChanged', service: state.service },
        { kind: 'SetTimer', timer: 'leader.ping', afterMs: tickTimeMs / 2 },
        { kind: 'SetTimer', timer: 'liveness', afterMs: (syncLimit * tickTimeMs) / 2 },
      ],
      ['SYNC-3', 'BCAST-1', 'ELEC-8'],
    ),
  )
}
