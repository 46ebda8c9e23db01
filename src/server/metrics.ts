/** Read-only figures of a server, for metrics and the four-letter words. */
import * as D from '../service/database.js'
import * as H from '../service/hamt.js'
import type { Epoch, Zxid } from '../core/zxid.js'
import type { Server } from './state.js'

export interface ServerMetrics {
  readonly mode: 'leader' | 'follower' | 'observer' | 'not serving'
  /** As ZooKeeper's mntr prints it: `leading - broadcast`. */
  readonly peerState: string
  /** The established epoch; undefined while not serving. */
  readonly epoch: Epoch | undefined
  readonly lastZxid: Zxid
  /** Client requests not answered yet. */
  readonly outstandingRequests: number
  /** Leader: proposals not committed yet. */
  readonly outstandingProposals: number
  readonly pendingSyncs: number
  readonly connections: number
  readonly nodeCount: number
  readonly watchCount: number
  readonly ephemeralCount: number
  readonly globalSessions: number
  readonly digestMismatches: number
}

export const metricsOf = (server: Server): ServerMetrics => {
  const { database, leadership, service } = server
  return {
    mode: modeOf(server),
    peerState: peerStateOf(server),
    epoch: service.kind === 'NotServing' ? undefined : service.epoch,
    lastZxid: server.lastProcessed,
    outstandingRequests: server.outstandingRequests,
    outstandingProposals: leadership?.outstanding.length ?? 0,
    pendingSyncs: leadership === undefined ? server.syncs.length : leadership.syncs.length,
    connections: server.connections.size,
    nodeCount: D.nodeCount(database),
    watchCount: server.watches.size,
    ephemeralCount: ephemeralCountOf(server),
    globalSessions: database.sessions.size,
    digestMismatches: server.digestMismatches,
  }
}

/** Walks over the sessions that own ephemerals. */
const ephemeralCountOf = ({ database }: Server): number => {
  let count = 0
  for (const [, { paths }] of H.entries(database.ephemerals)) count += paths.size
  return count
}

const modeOf = ({ service }: Server): ServerMetrics['mode'] => {
  switch (service.kind) {
    case 'NotServing':
      return 'not serving'
    case 'Leader':
      return 'leader'
    case 'Follower':
      return 'follower'
    case 'Observer':
      return 'observer'
  }
}

/** `role - phase`, the phases being those of the protocol: election, discovery, synchronization, broadcast. */
const peerStateOf = ({ peer: { role } }: Server): string => {
  switch (role.kind) {
    case 'Stopped':
      return 'stopped'
    case 'Looking':
      return 'looking - election'
    case 'Leading':
      return `leading - ${leaderPhase[role.phase.kind]}`
    case 'Following':
      return `following - ${learnerPhase[role.phase.kind]}`
    case 'Observing':
      return `observing - ${learnerPhase[role.phase.kind]}`
  }
}

type Phase = 'discovery' | 'synchronization' | 'broadcast'
type Role = Server['peer']['role']

const leaderPhase: Readonly<Record<Extract<Role, { readonly kind: 'Leading' }>['phase']['kind'], Phase>> = {
  CollectingEpochs: 'discovery',
  StoringAcceptedEpoch: 'discovery',
  CollectingAckEpochs: 'discovery',
  StoringCurrentEpoch: 'discovery',
  CollectingAcks: 'synchronization',
  Broadcasting: 'broadcast',
}

const learnerPhase: Readonly<
  Record<Extract<Role, { readonly kind: 'Following' | 'Observing' }>['phase']['kind'], Phase>
> = {
  Connecting: 'discovery',
  AwaitingLeaderInfo: 'discovery',
  StoringAcceptedEpoch: 'discovery',
  AwaitingSync: 'synchronization',
  Receiving: 'synchronization',
  Acknowledging: 'synchronization',
  AwaitingUptodate: 'synchronization',
  Broadcasting: 'broadcast',
}
