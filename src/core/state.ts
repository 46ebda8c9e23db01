/**
 * The state of one server, as sums: what it is (Looking, Following, Observing, Leading) and in which phase.
 * Illegal combinations do not type-check. What survives a crash stands apart from what does not.
 */
import type { Configuration, ServerId } from './configuration.js'
import type { Service, Token } from './effect.js'
import type { Hearing } from './hearing.js'
import type { History } from './history.js'
import type { Entry, ServerState } from './message.js'
import type { PlanStep } from './plan.js'
import type { Sequence } from './sequence.js'
import type { Vote } from './vote.js'
import type { Epoch, Zxid } from './zxid.js'

export interface Peer<T> {
  readonly self: ServerId
  readonly configuration: Configurations

  // Durable, or on its way to the disk: the Persist effect has been emitted. RECV-1…6 wait for Persisted.
  readonly acceptedEpoch: Epoch
  readonly currentEpoch: Epoch
  readonly history: History<T>
  /** False: the data directory was unexpectedly empty. ELEC-10. */
  readonly trusted: boolean

  // Volatile. RECV-13.
  /** Logical clock of the election; unrelated to the epoch. */
  readonly round: number
  /** Grows at each change of role: an answer that belongs to an earlier role is told apart by it. */
  readonly incarnation: number
  readonly nextToken: Token
  /** Persist effects not yet answered, oldest first; their tokens are consecutive and end at nextToken − 1. */
  readonly pending: Sequence<Completion>
  readonly role: Role<T>
  readonly service: Service
}

/** Last committed and last seen configuration; equal but while a reconfiguration is under way. RECFG-3. */
export interface Configurations {
  readonly committed: Configuration
  readonly lastSeen: Configuration
}

/**
 * The peer after an event of the broadcast phase. Written field by field: one is made for every message, and a literal
 * costs a fraction of a spread.
 */
export const evolve = <T>(
  peer: Peer<T>,
  history: History<T>,
  nextToken: Token,
  pending: Sequence<Completion>,
  role: Role<T>,
): Peer<T> => ({
  self: peer.self,
  configuration: peer.configuration,
  acceptedEpoch: peer.acceptedEpoch,
  currentEpoch: peer.currentEpoch,
  history,
  trusted: peer.trusted,
  round: peer.round,
  incarnation: peer.incarnation,
  nextToken,
  pending,
  role,
  service: peer.service,
})

export const withHistory = <T>(peer: Peer<T>, history: History<T>): Peer<T> =>
  evolve(peer, history, peer.nextToken, peer.pending, peer.role)

export const withConfigurations = <T>(peer: Peer<T>, configuration: Configurations): Peer<T> =>
  configuration === peer.configuration ? peer : { ...peer, configuration }

export const withPending = <T>(peer: Peer<T>, pending: Sequence<Completion>): Peer<T> =>
  evolve(peer, peer.history, peer.nextToken, pending, peer.role)

/** What to do when a Persist effect is durable. */
export type Completion =
  /** Nothing waits for it. */
  | { readonly kind: 'Nothing' }
  /** A log record of the broadcast phase: acknowledge it. RECV-6. */
  | { readonly kind: 'Entry'; readonly incarnation: number; readonly zxid: Zxid }
  /** The plan of the current phase goes on with its next step. */
  | { readonly kind: 'Plan'; readonly incarnation: number }

export type Role<T> = Stopped | Looking | Learning<T> | Leading

/** Not started yet, or stopped for good by a Fatal effect. */
export interface Stopped {
  readonly kind: 'Stopped'
}

/** The vote with which an election ended, and its round. ELEC-8 answers with it. */
export interface FinalVote {
  readonly vote: Vote
  readonly round: number
}

// --- election

export interface RecordedVote {
  readonly vote: Vote
  readonly round: number
  readonly state: ServerState
}

export interface Looking {
  readonly kind: 'Looking'
  readonly proposal: Vote
  /** Votes of this round, by server; the own one included for a voter. */
  readonly received: ReadonlyMap<ServerId, RecordedVote>
  /** Votes of servers that are not looking. */
  readonly outOfElection: ReadonlyMap<ServerId, RecordedVote>
  readonly resendAfterMs: number
  /** The proposal has a quorum and finalizeWait is running. */
  readonly finalizing: boolean
  /** Learners that have decided sooner than this server: they wait until it leads. */
  readonly waiting: ReadonlyMap<ServerId, LearnerInfo | undefined>
}

/** FOLLOWERINFO or OBSERVERINFO. */
export interface LearnerInfo {
  readonly role: 'participant' | 'observer'
  readonly acceptedEpoch: Epoch
  readonly configurationVersion: Zxid
}

// --- learner

/** Following as a voter, or Observing. */
export interface Learning<T> {
  readonly kind: 'Following' | 'Observing'
  readonly leader: ServerId
  readonly finalVote: FinalVote
  readonly phase: LearnerPhase<T>
  readonly heard: Hearing
}

export type LearnerPhase<T> =
  /** Dialling the leader's quorum port. */
  | { readonly kind: 'Connecting'; readonly attemptsLeft: number }
  /** FOLLOWERINFO is sent. DISC-1. */
  | { readonly kind: 'AwaitingLeaderInfo'; readonly attemptsLeft: number }
  /** acceptedEpoch is on its way to the disk. DISC-4. */
  | {
      readonly kind: 'StoringAcceptedEpoch'
      readonly epoch: Epoch
      readonly reported: Epoch
      readonly plan: readonly PlanStep[]
    }
  /** ACKEPOCH is sent; DIFF, TRUNC or SNAP comes next. */
  | { readonly kind: 'AwaitingSync'; readonly epoch: Epoch }
  /** The sync batch is coming in. SYNC-10. */
  | { readonly kind: 'Receiving'; readonly epoch: Epoch; readonly batch: Batch<T> }
  /** NEWLEADER has come: history, then epoch, then ACK. SYNC-2. */
  | {
      readonly kind: 'Acknowledging'
      readonly epoch: Epoch
      readonly plan: readonly PlanStep[]
      readonly committed: readonly Entry<T>[]
      readonly batch: Batch<T>
      /** What NEWLEADER brought: committed with UPTODATE. RECFG-6. */
      readonly configuration?: Configuration
    }
  /** ACK of NEWLEADER is sent. */
  | {
      readonly kind: 'AwaitingUptodate'
      readonly epoch: Epoch
      readonly committedZxid: Zxid
      readonly configuration?: Configuration
    }
  | { readonly kind: 'Broadcasting'; readonly epoch: Epoch }

/** What the leader sends between SNAP, DIFF or TRUNC and NEWLEADER; nothing of it is in the history yet. SYNC-10. */
export interface Batch<T> {
  /** SNAP: the image has replaced the history up to here, once the batch is adopted. Undefined: the history stays. */
  readonly image: Zxid | undefined
  /** The configuration that is in force in the image. RECFG-4. */
  readonly imageConfiguration?: Configuration | undefined
  /** In order, following the image or the history; those up to `committedZxid` have had their COMMIT. */
  readonly entries: Sequence<Entry<T>>
  readonly committedZxid: Zxid
}

// --- leader

export interface Leading {
  readonly kind: 'Leading'
  readonly finalVote: FinalVote
  /** Taken before discovery. DISC-5. */
  readonly summary: Summary
  readonly phase: LeaderPhase
  /** In no particular order; ids are unique. An array, since there are few and each message looks at all of them. */
  readonly learners: readonly Learner[]
  /** Everything up to here is committed as soon as this leader is established, or is committed already. SYNC-5. */
  readonly committedFloor: Zxid
  /** What the own disk has. BCAST-4. */
  readonly ownAck: Zxid
  /** The last proposal at the last look at liveness: who has not acknowledged it by the next look is too slow. */
  readonly lagMark: Zxid
}

/** As `evolve`, for the leader's part of an event of the broadcast phase. */
export const evolveLeading = (
  role: Leading,
  phase: LeaderPhase,
  learners: readonly Learner[],
  ownAck: Zxid,
): Leading => ({
  kind: 'Leading',
  finalVote: role.finalVote,
  summary: role.summary,
  phase,
  learners,
  committedFloor: role.committedFloor,
  ownAck,
  lagMark: role.lagMark,
})

export interface Summary {
  readonly currentEpoch: Epoch
  readonly lastZxid: Zxid
}

export type LeaderPhase =
  /** Waiting for FOLLOWERINFO from a quorum. DISC-2. */
  | { readonly kind: 'CollectingEpochs' }
  /** DISC-3. */
  | { readonly kind: 'StoringAcceptedEpoch'; readonly epoch: Epoch; readonly plan: readonly PlanStep[] }
  /** Waiting for ACKEPOCH from a quorum. DISC-5. */
  | { readonly kind: 'CollectingAckEpochs'; readonly epoch: Epoch }
  /** DISC-6. */
  | { readonly kind: 'StoringCurrentEpoch'; readonly epoch: Epoch; readonly plan: readonly PlanStep[] }
  /** Waiting for the ACK of NEWLEADER from a quorum. SYNC-3. */
  | { readonly kind: 'CollectingAcks'; readonly epoch: Epoch }
  | { readonly kind: 'Broadcasting'; readonly epoch: Epoch; readonly lastProposed: Zxid }

/** One learner as the leader sees it. */
export interface Learner {
  readonly id: ServerId
  /** INFORM instead of PROPOSAL and COMMIT. */
  readonly isObserver: boolean
  /** Counts in quorums: a voter of the configuration that came as a follower. OBS-1. */
  readonly isCounted: boolean
  readonly stage: LearnerStage
  readonly heard: Hearing
  /** It was behind in its stage at the last look already. */
  readonly isLingering: boolean
}

export type LearnerStage =
  /** Connected; FOLLOWERINFO not seen. */
  | { readonly kind: 'Connected' }
  | { readonly kind: 'Informed'; readonly acceptedEpoch: Epoch }
  | { readonly kind: 'Offered'; readonly acceptedEpoch: Epoch }
  /** ACKEPOCH is here; `counts` unless it said "do not count me". */
  | {
      readonly kind: 'AcknowledgedEpoch'
      readonly acceptedEpoch: Epoch
      readonly counts: boolean
      readonly lastZxid: Zxid
    }
  /** Sync batch and NEWLEADER are sent; everything new is forwarded. SYNC-7. */
  | {
      readonly kind: 'Synchronizing'
      /**
       * What is durable there once it acknowledges NEWLEADER: the sync batch, and proposals that it has acknowledged
       * already, as some followers do.
       */
      readonly acked: Zxid
    }
  /** ACK of NEWLEADER is here. `acked`: everything up to it is durable there. BCAST-3. */
  | { readonly kind: 'Synced'; readonly acked: Zxid }
