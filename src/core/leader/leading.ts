/** What a leader does with each event. The phases are in files of their own. */
import type { CoreConfig } from '../config.js'
import type { ServerId } from '../configuration.js'
import type { QuorumMessage } from '../message.js'
import type { Outcome } from '../step.js'
import { become, stay } from '../step.js'
import type { TimerName } from '../timer.js'
import { onAck } from './broadcast.js'
import { continueAdopting, continueOffering, onAckEpoch, onLearnerInfo } from './discovery.js'
import type { Leader } from './learners.js'
import { learnerOf, withLearner, withoutLearner, withRole } from './learners.js'
import { onAdmissionTimer, onLivenessTimer, onPingTimer } from './liveness.js'
import { onSynchronizationAck } from './synchronization.js'

/** A message of a learner. One that its stage does not allow is ignored: the learner, not the leader, is at fault. */
export const onLearnerMessage = <T>(
  config: CoreConfig,
  peer: Leader<T>,
  from: ServerId,
  message: QuorumMessage<T>,
): Outcome<T> => {
  const heard = noteHeard(peer, from)
  const learner = learnerOf(heard.role, from)
  if (learner === undefined) return stay(peer)
  switch (message.type) {
    case 'FOLLOWERINFO':
      return onLearnerInfo(config, heard, from, message)
    case 'ACKEPOCH':
      return onAckEpoch(config, heard, from, message)
    case 'ACK':
      return learner.stage.kind === 'Synchronizing'
        ? onSynchronizationAck(config, heard, learner, message.zxid)
        : onAck(config, heard, learner, message.zxid)
    default:
      return stay(heard)
  }
}

/** BCAST-8: any message is a sign of life. */
const noteHeard = <T>(peer: Leader<T>, from: ServerId): Leader<T> => {
  const learner = learnerOf(peer.role, from)
  return learner === undefined || learner.heard === 'heard'
    ? peer
    : withRole(peer, withLearner(peer.role, { ...learner, heard: 'heard' }))
}

/** The next look at the quorum (BCAST-8) decides whether the leader can go on without this learner. */
export const onLearnerGone = <T>(peer: Leader<T>, from: ServerId): Outcome<T> =>
  stay(withRole(peer, withoutLearner(peer.role, from)), ['BCAST-8'])

/** RECV-1, RECV-5: the record that a plan was waiting for is durable, so the plan goes on. */
export const onLeaderPlanDurable = <T>(config: CoreConfig, peer: Leader<T>): Outcome<T> =>
  peer.role.phase.kind === 'StoringAcceptedEpoch' ? continueOffering(peer, config) : continueAdopting(peer, config)

export const onLeaderTimer = <T>(config: CoreConfig, peer: Leader<T>, timer: TimerName): Outcome<T> => {
  switch (timer) {
    case 'leader.ping':
      return onPingTimer(config, peer)
    case 'liveness':
      return onLivenessTimer(config, peer)
    case 'phase.limit':
      // LIVE-2: discovery and synchronization end within initLimit, or somebody else tries.
      return peer.role.phase.kind === 'Broadcasting'
        ? onAdmissionTimer(config, peer)
        : become(peer, { role: 'Looking' }, ['DISC-2', 'SYNC-3'])
    case 'election.resend':
    case 'election.finalize':
    case 'learner.reconnect':
      return stay(peer)
  }
}
