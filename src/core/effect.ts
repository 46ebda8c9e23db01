/**
 * Effects: all that the core wants done, as plain data, in the order in which it must be done.
 *
 * The shell executes effects of one server strictly in order per destination: messages to one peer keep their order,
 * Persist effects keep theirs. It may group any number of Persist effects into one fsync.
 */
import type { ConnectionSide, Entry, Notification, QuorumMessage } from './message.js'
import type { Configuration, ServerId } from './configuration.js'
import type { Epoch, Zxid } from './zxid.js'
import type { TimerName } from './timer.js'
import type { Sequence } from './sequence.js'

/** Names one Persist effect. Tokens of one process grow by one. */
export type Token = number

/**
 * What survives a crash. `history` is the log after the snapshot; `base` is the zxid of the snapshot.
 * `trusted` is false for an unexpectedly empty data directory (ELEC-10).
 */
export interface DurableState<T> {
  readonly acceptedEpoch: Epoch
  readonly currentEpoch: Epoch
  readonly base: Zxid
  readonly entries: Sequence<Entry<T>>
  readonly trusted: boolean
  /** The newest configuration known to be committed: that of the snapshot, or the one last stored. RECFG-4. */
  readonly configuration?: Configuration
}

/** What to make durable. */
export type Durable<T> =
  | { readonly kind: 'AcceptedEpoch'; readonly epoch: Epoch }
  | { readonly kind: 'CurrentEpoch'; readonly epoch: Epoch }
  /** Append to the log, in order. Never empty. */
  | { readonly kind: 'Append'; readonly entries: readonly Entry<T>[] }
  /** Remove every log record after `zxid`; none may re-appear, from a snapshot neither (RECV-7). */
  | { readonly kind: 'Truncate'; readonly zxid: Zxid }
  /**
   * Store the state image received with SNAP as the only history up to `zxid`, and `entries` after it, in one: a crash
   * leaves the old history or all of the new one (SYNC-8, SYNC-14).
   */
  | { readonly kind: 'Snapshot'; readonly zxid: Zxid; readonly entries: readonly Entry<T>[] }
  /** This configuration is committed. The log may tell so no longer, and those it left may be gone (RECFG-4, RECFG-5). */
  | { readonly kind: 'Configuration'; readonly configuration: Configuration }

export type Effect<T> =
  | { readonly kind: 'Notify'; readonly to: ServerId; readonly notification: Notification }
  /** Dial the quorum port of that server. Answered by Connected or Disconnected with side `leader`. */
  | { readonly kind: 'Connect'; readonly to: ServerId }
  /** Close that quorum connection; no Disconnected event follows. Unsent messages on it may be dropped. */
  | { readonly kind: 'Disconnect'; readonly from: ServerId; readonly side: ConnectionSide }
  | {
      readonly kind: 'Send'
      readonly to: ServerId
      readonly side: ConnectionSide
      readonly message: QuorumMessage<T>
    }
  | { readonly kind: 'Persist'; readonly token: Token; readonly durable: Durable<T> }
  | { readonly kind: 'SetTimer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly kind: 'CancelTimer'; readonly timer: TimerName }
  /** The entry is committed; apply it. Delivered in zxid order, each once between a Start or InstallSnapshot and the next. */
  | { readonly kind: 'Deliver'; readonly entry: Entry<T> }
  /** Make the image that came with the last SNAP message the state; deliveries continue after `zxid`. */
  | { readonly kind: 'InstallSnapshot'; readonly zxid: Zxid }
  /** Whether the server may serve clients, and as what. Emitted when it changes. */
  | { readonly kind: 'ServiceChanged'; readonly service: Service }
  /** The leader gave this zxid to the transaction of the Submitted event just handled. */
  | { readonly kind: 'Proposed'; readonly entry: Entry<T> }
  /** The transaction of the Submitted event just handled is not ordered: this server does not lead (any more). */
  | { readonly kind: 'Refused'; readonly transaction: T }
  /** Something that another server said is not believed, and nothing was done because of it. One line for the log. DISC-9. */
  | { readonly kind: 'Doubted'; readonly reason: string }
  /** The server must stop: continuing could break a promise (SYNC-9, RECV-10, RECV-14). */
  | { readonly kind: 'Fatal'; readonly reason: string }

/** What a server is for its clients. `epoch` is the established epoch; the zxid ⟨epoch, 0⟩ counts as processed. */
export type Service =
  | { readonly kind: 'NotServing' }
  | { readonly kind: 'Leader'; readonly epoch: Epoch }
  | { readonly kind: 'Follower'; readonly leader: ServerId; readonly epoch: Epoch }
  | { readonly kind: 'Observer'; readonly leader: ServerId; readonly epoch: Epoch }
