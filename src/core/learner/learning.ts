/** What a follower or observer does with each event. The phases are in files of their own. */
import type { CoreConfig } from '../config.js'
import type { ServerId } from '../configuration.js'
import type { Entry, QuorumMessage } from '../message.js'
import type { Outcome } from '../step.js'
import { andThen, outcome, stay } from '../step.js'
import type { TimerName } from '../timer.js'
import type { Zxid } from '../zxid.js'
import { listen } from '../hearing.js'
import { onCommit, onInform, onProposal } from './broadcast.js'
import { continuePromising, onLeaderInfo, onReconnectTimer } from './discovery.js'
import type { LearnerPeer } from './learner.js'
import { abandon, isLearning, sendToLeader } from './learner.js'
import {
  continueAcknowledging,
  onBatchCommit,
  onBatchProposal,
  onEarlyCommit,
  onNewLeader,
  onSyncMode,
  onUptodate,
} from './synchronization.js'

/** A message of the leader. One that the phase does not allow ends the allegiance (SYNC-2, BCAST-2). */
export const onLeaderMessage = <T>(
  config: CoreConfig,
  silentPeer: LearnerPeer<T>,
  message: QuorumMessage<T>,
): Outcome<T> => {
  const peer = noteHeard(silentPeer)
  switch (message.type) {
    case 'LEADERINFO':
      return onLeaderInfo(config, peer, message.epoch)
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
      return onSyncMode(config, peer, message)
    case 'PROPOSAL':
      return proposal(config, peer, message.entry)
    case 'COMMIT':
      return commit(config, peer, message.zxid)
    case 'COMMITANDACTIVATE':
      return commit(config, peer, message.zxid, message.leader)
    case 'INFORM':
      return inform(config, peer, message.entry)
    case 'INFORMANDACTIVATE':
      return inform(config, peer, message.entry, message.leader)
    case 'NEWLEADER':
      return onNewLeader(config, peer, message.epoch, message.configuration)
    case 'UPTODATE':
      return onUptodate(config, peer)
    case 'PING':
      return ping(peer, message.zxid)
    case 'FOLLOWERINFO':
    case 'ACKEPOCH':
    case 'ACK':
      return abandon(peer, ['DISC-1'])
  }
}

/** BCAST-8: any message is a sign of life. */
const noteHeard = <T>(peer: LearnerPeer<T>): LearnerPeer<T> =>
  peer.role.heard === 'heard' ? peer : { ...peer, role: { ...peer.role, heard: 'heard' } }

const proposal = <T>(config: CoreConfig, peer: LearnerPeer<T>, entry: Entry<T>): Outcome<T> => {
  const { phase } = peer.role
  switch (phase.kind) {
    case 'Broadcasting':
    case 'AwaitingUptodate':
      return onProposal(config, peer, entry)
    case 'Receiving':
    case 'Acknowledging':
      return onBatchProposal(config, peer, phase, entry)
    default:
      return abandon(peer, ['SYNC-1'])
  }
}

/** `designated`: who is to go on after a reconfiguration (RECFG-5). */
const commit = <T>(config: CoreConfig, peer: LearnerPeer<T>, zxid: Zxid, designated?: ServerId): Outcome<T> => {
  const { phase } = peer.role
  switch (phase.kind) {
    case 'Broadcasting':
      return onCommit(config, peer, zxid, designated)
    case 'AwaitingUptodate':
      return onEarlyCommit(config, peer, phase, zxid)
    case 'Receiving':
    case 'Acknowledging':
      return onBatchCommit(config, peer, phase, zxid)
    default:
      return abandon(peer, ['SYNC-1'])
  }
}

/** OBS-3: what an observer is told while it synchronizes must be kept, not dropped (ZOOKEEPER-1551). */
const inform = <T>(config: CoreConfig, peer: LearnerPeer<T>, entry: Entry<T>, designated?: ServerId): Outcome<T> =>
  peer.role.phase.kind === 'Broadcasting'
    ? onInform(config, peer, entry, designated)
    : andThen(proposal(config, peer, entry), (state) =>
        isLearning(state) ? commit(config, state, entry.zxid) : stay(state),
      )

const ping = <T>(peer: LearnerPeer<T>, zxid: Zxid): Outcome<T> => {
  const { phase } = peer.role
  return phase.kind === 'Broadcasting' || phase.kind === 'AwaitingUptodate'
    ? outcome<T>(peer, [sendToLeader(peer, { type: 'PING', zxid })], ['BCAST-8'])
    : stay(peer)
}

/** RECV-2, RECV-3, RECV-4: the record that a plan was waiting for is durable, so the plan goes on. */
export const onLearnerPlanDurable = <T>(config: CoreConfig, peer: LearnerPeer<T>): Outcome<T> => {
  const { phase } = peer.role
  switch (phase.kind) {
    case 'StoringAcceptedEpoch':
      return continuePromising(peer, phase)
    case 'Acknowledging':
      return continueAcknowledging(config, peer, phase)
    default:
      return stay(peer)
  }
}

export const onLearnerTimer = <T>(config: CoreConfig, peer: LearnerPeer<T>, timer: TimerName): Outcome<T> => {
  switch (timer) {
    case 'learner.reconnect':
      return onReconnectTimer(peer)
    case 'phase.limit':
      // LIVE-2: a leader that cannot bring this server level within initLimit is left.
      return peer.role.phase.kind === 'Broadcasting' ? stay(peer) : abandon(peer, ['DISC-1', 'SYNC-1'])
    case 'liveness':
      return onLivenessTimer(config, peer)
    case 'leader.ping':
    case 'election.resend':
    case 'election.finalize':
      return stay(peer)
  }
}

/** BCAST-8: a leader that is silent for syncLimit is left. */
const onLivenessTimer = <T>(config: CoreConfig, peer: LearnerPeer<T>): Outcome<T> => {
  const heard = listen(peer.role.heard)
  return heard === undefined
    ? abandon(peer, ['BCAST-8'])
    : outcome<T>(
        { ...peer, role: { ...peer.role, heard } },
        [{ kind: 'SetTimer', timer: 'liveness', afterMs: (config.timing.syncLimit * config.timing.tickTimeMs) / 2 }],
        ['BCAST-8'],
      )
}
