/** Phase 1 at the leader: a new epoch that no quorum has promised to anyone else. DISC-2, DISC-3, DISC-5, DISC-6, DISC-8. */
import type { ServerId } from '../configuration.js'
import type { CoreConfig } from '../config.js'
import { isListed, isVotingMember, quorumSystems } from '../membership.js'
import { lastZxid } from '../history.js'
import { isEnabled } from '../reconfiguration.js'
import type { FinalVote, Leading, LearnerInfo, Peer } from '../state.js'
import type { Outcome } from '../step.js'
import { andThen, become, forEach, outcome, persist, stay } from '../step.js'
import * as Z from '../zxid.js'
import type { Leader } from './learners.js'
import {
  countedWith,
  disconnect,
  isLeading,
  learnerOf,
  send,
  withLearner,
  withoutLearner,
  withRole,
} from './learners.js'
import { countOwnHistory, synchronize } from './synchronization.js'

/** Enter LEADING. The summary is taken now, before discovery changes the epoch (DISC-5, ZOOKEEPER-790). */
export const startLeading = <T>(
  config: CoreConfig,
  peer: Peer<T>,
  finalVote: FinalVote,
  waiting: ReadonlyMap<ServerId, LearnerInfo | undefined>,
): Outcome<T> => {
  const role: Leading = {
    kind: 'Leading',
    finalVote,
    summary: { currentEpoch: peer.currentEpoch, lastZxid: lastZxid(peer.history) },
    phase: { kind: 'CollectingEpochs' },
    learners: [],
    committedFloor: lastZxid(peer.history),
    ownAck: Z.ZERO,
    lagMark: Z.ZERO,
  }
  const entered = outcome<T>(withRole(peer, role), [
    { kind: 'SetTimer', timer: 'phase.limit', afterMs: config.timing.initLimit * config.timing.tickTimeMs },
  ])
  const connected = andThen(entered, (state) =>
    forEach(state, [...waiting], (s, [id, info]) =>
      isLeading(s) ? andThen(onConnected(s, id), (t) => admit(config, t, id, info)) : stay(s),
    ),
  )
  return andThen(connected, (state) => (isLeading(state) ? tryChooseEpoch(config, state) : stay(state)))
}

const admit = <T>(config: CoreConfig, peer: Peer<T>, id: ServerId, info: LearnerInfo | undefined): Outcome<T> =>
  info === undefined || !isLeading(peer) ? stay(peer) : onLearnerInfo(config, peer, id, info)

/** A learner has opened its connection; a former one of the same server is replaced. */
export const onConnected = <T>(peer: Leader<T>, id: ServerId): Outcome<T> =>
  stay(
    withRole(
      peer,
      withLearner(peer.role, {
        id,
        isObserver: false,
        isCounted: false,
        stage: { kind: 'Connected' },
        heard: 'heard',
        isLingering: false,
      }),
    ),
  )

/** FOLLOWERINFO or OBSERVERINFO. DISC-1, DISC-2, DISC-8, RECFG-10. */
export const onLearnerInfo = <T>(config: CoreConfig, peer: Leader<T>, id: ServerId, info: LearnerInfo): Outcome<T> => {
  const { premises } = config.rules
  const learner = learnerOf(peer.role, id)
  if (learner?.stage.kind !== 'Connected') return stay(peer)
  if (premises['DISC-8.newerConfiguration'](info.configurationVersion, peer.configuration.committed.version))
    return refuseNewer(config, peer, id)
  // OBS-1, OBS-3: the shared configuration decides who counts, not only what the learner says of itself.
  const isObserver = info.role === 'observer'
  const isCounted = premises['OBS-1.counted'](isVotingMember(peer, id), isObserver)
  // DISC-9: of the others it does not matter, since it moves nothing.
  if (isCounted && !premises['DISC-9.believed'](info.acceptedEpoch, peer.acceptedEpoch))
    return doubt(peer, id, `it has promised epoch ${info.acceptedEpoch}, this server ${peer.acceptedEpoch}: ${TOO_FAR}`)
  const informed = withRole(
    peer,
    withLearner(peer.role, {
      ...learner,
      isObserver,
      isCounted,
      stage: { kind: 'Informed', acceptedEpoch: info.acceptedEpoch },
    }),
  )
  const { phase } = peer.role
  if (phase.kind === 'CollectingEpochs') return tryChooseEpoch(config, informed)
  // It would refuse this epoch now and at every attempt (DISC-4): the next election brings a later one. Who serves goes on
  // until its next look at who is being admitted (DISC-10).
  if (isCounted && premises['DISC-2.promisedLater'](info.acceptedEpoch, phase.epoch))
    return phase.kind === 'Broadcasting'
      ? stay(informed, ['DISC-10'])
      : become(informed, { role: 'Looking' }, ['DISC-2', 'DISC-4'])
  return phase.kind === 'StoringAcceptedEpoch' ? stay(informed, ['DISC-3']) : offer(informed, id, phase.epoch)
}

const TOO_FAR =
  'too far to be believed. If that server really has, see docs/repair.md; if not, somebody else speaks in its name'

/** DISC-9: what cannot be is refused with its sender, and nothing changes. */
const doubt = <T>(peer: Leader<T>, id: ServerId, why: string): Outcome<T> =>
  outcome(
    withRole(peer, withoutLearner(peer.role, id)),
    [disconnect(id), { kind: 'Doubted', reason: `learner ${id} is refused: ${why}` }],
    ['DISC-9'],
  )

/**
 * DISC-8. While it may, the leader looks for a leader again: what the learner tells in the election is adopted (RECFG-7), and
 * with its own, older configuration this server might never get the quorum that counts.
 */
const refuseNewer = <T>(config: CoreConfig, peer: Leader<T>, id: ServerId): Outcome<T> =>
  isEnabled(config) && peer.role.phase.kind !== 'Broadcasting' && isListed(peer, config.ensemble, id)
    ? become(peer, { role: 'Looking' }, ['DISC-8', 'RECFG-7'])
    : outcome(withRole(peer, withoutLearner(peer.role, id)), [disconnect(id)], ['DISC-8'])

/** DISC-2: once a quorum has reported, the new epoch is greater than every promise of those who count. */
const tryChooseEpoch = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  if (peer.role.phase.kind !== 'CollectingEpochs') return stay(peer)
  const reported = countedWith(peer, ({ stage }) => stage.kind === 'Informed')
  if (!config.rules.premises['DISC-2.quorum'](quorumSystems(peer), reported)) return stay(peer, ['DISC-2'])
  const reports = peer.role.learners.flatMap(({ stage, isCounted }) =>
    isCounted && stage.kind === 'Informed' ? [stage.acceptedEpoch] : [],
  )
  const promised = reports.reduce((highest, told) => Math.max(highest, told), peer.acceptedEpoch)
  if (!config.rules.premises['DISC-2.epochLeft'](promised))
    return outcome<T>({ ...peer, role: { kind: 'Stopped' } }, [{ kind: 'Fatal', reason: NO_EPOCH_LEFT }], ['DISC-2'])
  const epoch = 1 + promised
  return continueOffering(
    withRole(peer, {
      ...peer.role,
      phase: { kind: 'StoringAcceptedEpoch', epoch, plan: config.rules.plans['DISC-3'] },
    }),
    config,
  )
}

const NO_EPOCH_LEFT = `no epoch is left: the last one, ${Z.MAX_EPOCH - 1}, is promised. The ensemble can be repaired while it is stopped: see docs/repair.md`

/** DISC-3: the promise is durable before the epoch is offered to anyone (ZOOKEEPER-1291). */
export const continueOffering = <T>(peer: Leader<T>, config: CoreConfig): Outcome<T> => {
  const { phase } = peer.role
  if (phase.kind !== 'StoringAcceptedEpoch') return stay(peer)
  const [next, ...rest] = phase.plan
  const ahead = withRole(peer, { ...peer.role, phase: { ...phase, plan: rest } })
  switch (next) {
    case 'persistAcceptedEpoch':
      return persist(
        { ...ahead, acceptedEpoch: phase.epoch },
        { kind: 'AcceptedEpoch', epoch: phase.epoch },
        { kind: 'Plan', incarnation: peer.incarnation },
      )
    case 'acknowledge':
      return andThen(offerToAll(ahead, phase.epoch), (state) =>
        isLeading(state) ? continueOffering(state, config) : stay(state),
      )
    default:
      return tryEndDiscovery(
        config,
        withRole(ahead, { ...ahead.role, phase: { kind: 'CollectingAckEpochs', epoch: phase.epoch } }),
      )
  }
}

const offerToAll = <T>(peer: Leader<T>, epoch: Z.Epoch): Outcome<T> =>
  forEach(peer, peer.role.learners, (state, { id }) => (isLeading(state) ? offer(state, id, epoch) : stay(state)))

/** LEADERINFO to one learner that has reported. */
const offer = <T>(peer: Leader<T>, id: ServerId, epoch: Z.Epoch): Outcome<T> => {
  const learner = learnerOf(peer.role, id)
  if (learner?.stage.kind !== 'Informed') return stay(peer)
  const stage = { kind: 'Offered', acceptedEpoch: learner.stage.acceptedEpoch } as const
  return outcome(
    withRole(peer, withLearner(peer.role, { ...learner, stage })),
    [send(id, { type: 'LEADERINFO', epoch })],
    ['DISC-3', 'RECV-1'],
  )
}

/** ACKEPOCH. DISC-5. */
export const onAckEpoch = <T>(
  config: CoreConfig,
  peer: Leader<T>,
  id: ServerId,
  message: { readonly currentEpoch: Z.Epoch; readonly lastZxid: Z.Zxid },
): Outcome<T> => {
  const learner = learnerOf(peer.role, id)
  const { phase } = peer.role
  if (learner?.stage.kind !== 'Offered' || phase.kind === 'CollectingEpochs') return stay(peer)
  if (!config.rules.premises['DISC-9.consistent'](message, Math.max(learner.stage.acceptedEpoch, phase.epoch)))
    return doubt(
      peer,
      id,
      `it is in epoch ${message.currentEpoch} at ${Z.toHex(message.lastZxid)}, which it has not promised`,
    )
  // A follower acknowledges an epoch once: −1 says that it has done so before (DISC-4, DISC-7).
  const counts = message.currentEpoch !== -1 && !Z.equals(message.lastZxid, Z.UNTRUSTED)
  const stage = {
    kind: 'AcknowledgedEpoch',
    acceptedEpoch: learner.stage.acceptedEpoch,
    counts,
    lastZxid: message.lastZxid,
  } as const
  const acknowledged = withRole(peer, withLearner(peer.role, { ...learner, stage }))
  switch (phase.kind) {
    case 'StoringAcceptedEpoch':
    case 'StoringCurrentEpoch':
      return stay(acknowledged, ['DISC-5'])
    case 'CollectingAckEpochs':
      // The leader never fetches history: when a counted follower knows more, somebody else must lead.
      return counts && learner.isCounted && config.rules.premises['DISC-5.followerAhead'](message, peer.role.summary)
        ? become(acknowledged, { role: 'Looking' }, ['DISC-5'])
        : tryEndDiscovery(config, acknowledged)
    case 'CollectingAcks':
    case 'Broadcasting':
      return synchronize(config, acknowledged, id)
  }
}

/** DISC-5, DISC-6: with a quorum of ACKEPOCHs the own history is the initial history; the epoch is adopted. */
const tryEndDiscovery = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> => {
  const acknowledged = countedWith(peer, ({ stage }) => stage.kind === 'AcknowledgedEpoch' && stage.counts)
  const { phase } = peer.role
  if (phase.kind !== 'CollectingAckEpochs') return stay(peer)
  if (!config.rules.premises['DISC-5.quorum'](quorumSystems(peer), acknowledged)) return stay(peer, ['DISC-5'])
  return continueAdopting(
    withRole(peer, {
      ...peer.role,
      phase: { kind: 'StoringCurrentEpoch', epoch: phase.epoch, plan: config.rules.plans['DISC-6'] },
    }),
    config,
  )
}

/** DISC-6, RECV-5: own history and currentEpoch are durable before the leader counts itself. */
export const continueAdopting = <T>(peer: Leader<T>, config: CoreConfig): Outcome<T> => {
  const { phase } = peer.role
  if (phase.kind !== 'StoringCurrentEpoch') return stay(peer)
  const [next, ...rest] = phase.plan
  const ahead = withRole(peer, { ...peer.role, phase: { ...phase, plan: rest } })
  switch (next) {
    case 'persistCurrentEpoch':
      return persist(
        { ...ahead, currentEpoch: phase.epoch },
        { kind: 'CurrentEpoch', epoch: phase.epoch },
        { kind: 'Plan', incarnation: peer.incarnation },
      )
    case 'acknowledge':
    default:
      return countOwnHistory(config, ahead, phase.epoch)
  }
}
