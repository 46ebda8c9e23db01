/**
 * Messages between servers, by their ZooKeeper packet names. Two channels: the election port carries notifications,
 * the quorum port (learner dials leader, FIFO, no loss within one connection) carries all the rest.
 *
 * `T` is the transaction: the core orders it and never looks inside.
 */
import type { Configuration, ServerId } from './configuration.js'
import type { Epoch, Zxid } from './zxid.js'
import type { Vote } from './vote.js'

/** One element of a history. */
export interface Entry<T> {
  readonly zxid: Zxid
  readonly transaction: T
  /** What the transaction proposes, if it is a reconfiguration; its version is the zxid. RECFG-1. */
  readonly configuration?: Configuration
}

/** What a server reports of itself in an election. */
export type ServerState = 'LOOKING' | 'FOLLOWING' | 'LEADING' | 'OBSERVING'

/** ELEC-2. `round` is the sender's logical clock (`electionEpoch` on the wire). */
export interface Notification {
  readonly state: ServerState
  readonly vote: Vote
  readonly round: number
  /** Version of the sender's committed configuration. */
  readonly configurationVersion: Zxid
  /** That configuration, where reconfiguration is enabled. RECFG-7. */
  readonly configuration?: Configuration
}

/** Learner to leader. */
export type LearnerMessage =
  /** DISC-1. `role` tells FOLLOWERINFO from OBSERVERINFO. */
  | {
      readonly type: 'FOLLOWERINFO'
      readonly role: 'participant' | 'observer'
      readonly acceptedEpoch: Epoch
      readonly configurationVersion: Zxid
    }
  /** DISC-4. `currentEpoch` −1: synchronize me, but do not count me for this epoch. */
  | { readonly type: 'ACKEPOCH'; readonly currentEpoch: Epoch; readonly lastZxid: Zxid }
  /** BCAST-3, and SYNC-2 when the counter is 0. */
  | { readonly type: 'ACK'; readonly zxid: Zxid }
  | { readonly type: 'PING'; readonly zxid: Zxid }

/** Leader to learner. */
export type LeaderMessage<T> =
  /** DISC-3: NEWEPOCH in the paper. */
  | { readonly type: 'LEADERINFO'; readonly epoch: Epoch }
  | { readonly type: 'DIFF'; readonly zxid: Zxid }
  | { readonly type: 'TRUNC'; readonly zxid: Zxid }
  /**
   * The state image itself travels beside the message; the core knows only its zxid (SYNC-8) and, where reconfiguration is
   * enabled, which configuration was in force at that point (RECFG-4). That is read from the image, not carried beside it.
   */
  | { readonly type: 'SNAP'; readonly zxid: Zxid; readonly configuration?: Configuration }
  | { readonly type: 'PROPOSAL'; readonly entry: Entry<T> }
  | { readonly type: 'COMMIT'; readonly zxid: Zxid }
  /** OBS-2. */
  | { readonly type: 'INFORM'; readonly entry: Entry<T> }
  /** RECFG-5: COMMIT of a reconfiguration. `leader`: who is to go on. */
  | { readonly type: 'COMMITANDACTIVATE'; readonly zxid: Zxid; readonly leader: ServerId }
  /** RECFG-5: INFORM of a reconfiguration. */
  | { readonly type: 'INFORMANDACTIVATE'; readonly entry: Entry<T>; readonly leader: ServerId }
  /** `configuration`: the one that is committed once this leader is established. RECFG-6, RECFG-9. */
  | { readonly type: 'NEWLEADER'; readonly epoch: Epoch; readonly configuration?: Configuration }
  | { readonly type: 'UPTODATE' }
  | { readonly type: 'PING'; readonly zxid: Zxid }

/** Everything that the quorum port carries for the core. */
export type QuorumMessage<T> = LearnerMessage | LeaderMessage<T>

/** Direction of a quorum connection, seen from this server: `leader` = I dialled it as its learner. */
export type ConnectionSide = 'leader' | 'learner'

export type { ServerId }
