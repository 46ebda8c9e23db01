/** Phase 1 at a learner: find the leader, promise it an epoch, report. DISC-1, DISC-4. */
import type { CoreConfig } from '../config.js'
import type { ServerId } from '../configuration.js'
import type { Effect } from '../effect.js'
import { lastZxid } from '../history.js'
import { isVotingMember } from '../membership.js'
import { learnsAs } from '../reconfiguration.js'
import type { FinalVote, LearnerPhase, Peer } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, outcome, persist, stay } from '../step.js'
import { UNTRUSTED } from '../zxid.js'
import type { Epoch } from '../zxid.js'
import type { LearnerPeer } from './learner.js'
import { abandon, isLearning, sendToLeader, withPhase } from './learner.js'

/** Attempts to reach a leader that does not listen yet; it may need a moment longer to learn that it leads. */
const CONNECT_ATTEMPTS = 20

/** Enter FOLLOWING or OBSERVING. OBS-3, RECFG-10: the shared configuration says which. */
export const startLearning = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  leader: ServerId,
  finalVote: FinalVote,
): Outcome<T> => {
  const kind = learnsAs(config, peer)
  return outcome<T>(
    {
      ...peer,
      role: {
        kind,
        leader,
        finalVote,
        phase: { kind: 'Connecting', attemptsLeft: CONNECT_ATTEMPTS },
        heard: 'heard',
      },
    },
    [
      { kind: 'Connect', to: leader },
      { kind: 'SetTimer', timer: 'phase.limit', afterMs: config.timing.initLimit * config.timing.tickTimeMs },
    ],
    kind === 'Following' && !isVotingMember(peer, peer.self) ? WITHOUT_A_VOTE : AS_A_MEMBER,
  )
}

const AS_A_MEMBER = ['DISC-1', 'OBS-3'] as const
const WITHOUT_A_VOTE = [...AS_A_MEMBER, 'RECFG-10'] as const

/** DISC-1: tell the leader the last epoch promised to anyone. */
export const onLeaderConnected = <T>(peer: LearnerPeer<T>): Outcome<T> => {
  const { phase, kind } = peer.role
  if (phase.kind !== 'Connecting') return stay(peer)
  return outcome(
    withPhase(peer, { kind: 'AwaitingLeaderInfo', attemptsLeft: phase.attemptsLeft }),
    [
      sendToLeader(peer, {
        type: 'FOLLOWERINFO',
        role: kind === 'Observing' ? 'observer' : 'participant',
        acceptedEpoch: peer.acceptedEpoch,
        configurationVersion: peer.configuration.committed.version,
      }),
    ],
    ['DISC-1'],
  )
}

/** Before LEADERINFO a lost connection means that the leader was not ready: try again a few times. Later: look for another. */
export const onLeaderGone = <T>(config: CoreConfig, peer: LearnerPeer<T>): Outcome<T> => {
  const { phase } = peer.role
  return (phase.kind === 'Connecting' || phase.kind === 'AwaitingLeaderInfo') && phase.attemptsLeft > 0
    ? outcome<T>(
        withPhase(peer, { kind: 'Connecting', attemptsLeft: phase.attemptsLeft - 1 }),
        [{ kind: 'SetTimer', timer: 'learner.reconnect', afterMs: config.timing.reconnectDelayMs }],
        ['DISC-1'],
      )
    : abandon(peer, ['BCAST-8'])
}

export const onReconnectTimer = <T>(peer: LearnerPeer<T>): Outcome<T> =>
  peer.role.phase.kind === 'Connecting'
    ? outcome<T>(peer, [{ kind: 'Connect', to: peer.role.leader }], ['DISC-1'])
    : stay(peer)

/**
 * LEADERINFO. DISC-4:
 * 1. a newer epoch is promised: durable first, then ACKEPOCH with the own summary;
 * 2. the same epoch was promised already: synchronize me, but do not count me. The promise may still be on its way to the
 *    disk, so this answer waits for it as well (RECV-2);
 * 3. an older one is refused: a newer leader has this server's promise.
 */
export const onLeaderInfo = <T>(config: CoreConfig, peer: LearnerPeer<T>, epoch: Epoch): Outcome<T> => {
  const { premises, plans } = config.rules
  if (peer.role.phase.kind !== 'AwaitingLeaderInfo') return abandon(peer, ['DISC-4'])
  // A server that was away, or is new, has promised far less than an old ensemble: what the election said counts as well.
  const known = Math.max(peer.acceptedEpoch, peer.role.finalVote.vote.peerEpoch)
  if (!premises['DISC-9.believed'](epoch - 1, known))
    return doubtLeader(peer, `it offers epoch ${epoch} after ${known}`)
  if (premises['DISC-4.newer'](epoch, peer.acceptedEpoch))
    return continuePromising(peer, {
      kind: 'StoringAcceptedEpoch',
      epoch,
      reported: peer.currentEpoch,
      plan: plans['DISC-4'],
    })
  if (premises['DISC-4.same'](epoch, peer.acceptedEpoch))
    return continuePromising(peer, { kind: 'StoringAcceptedEpoch', epoch, reported: -1, plan: plans['DISC-4'] })
  return abandon(peer, ['DISC-4', 'DISC-7'])
}

/** DISC-9: no leader says so; whoever did is left. */
const doubtLeader = <T>(peer: LearnerPeer<T>, why: string): Outcome<T> =>
  andThen(
    outcome<T>(peer, [{ kind: 'Doubted', reason: `leader ${peer.role.leader} is not believed: ${why}` }], ['DISC-9']),
    (state) => abandon(state, ['DISC-9']),
  )

type Storing = Extract<LearnerPhase<unknown>, { readonly kind: 'StoringAcceptedEpoch' }>

/** RECV-2: the next step of the plan; what stands after the ACKEPOCH does not hold it up. */
export const continuePromising = <T>(peer: LearnerPeer<T>, phase: Storing): Outcome<T> => {
  const [next, ...rest] = phase.plan
  switch (next) {
    case 'persistAcceptedEpoch':
      return persist(
        { ...withPhase(peer, { ...phase, plan: rest }), acceptedEpoch: phase.epoch },
        { kind: 'AcceptedEpoch', epoch: phase.epoch },
        { kind: 'Plan', incarnation: peer.incarnation },
      )
    case 'acknowledge':
      return andThen(
        outcome<T>(
          withPhase(peer, { kind: 'AwaitingSync', epoch: phase.epoch }),
          [ackEpoch(peer, phase.reported)],
          ['DISC-4', 'RECV-2'],
        ),
        (state) =>
          isLearning(state) && rest.includes('persistAcceptedEpoch')
            ? persist(
                { ...state, acceptedEpoch: phase.epoch },
                { kind: 'AcceptedEpoch', epoch: phase.epoch },
                { kind: 'Nothing' },
              )
            : stay(state),
      )
    default:
      return stay(withPhase(peer, { kind: 'AwaitingSync', epoch: phase.epoch }))
  }
}

const ackEpoch = <T>(peer: LearnerPeer<T>, currentEpoch: Epoch): Effect<T> =>
  sendToLeader(peer, {
    type: 'ACKEPOCH',
    currentEpoch,
    lastZxid: peer.trusted ? lastZxid(peer.history) : UNTRUSTED,
  })
