/** Events: the one door into the core. Everything that can happen to a server is one of these. */
import type { ConnectionSide, Notification, QuorumMessage } from './message.js'
import type { Configuration, ServerId } from './configuration.js'
import type { DurableState, Token } from './effect.js'
import type { TimerName } from './timer.js'

export type Event<T> =
  /** Start of the process, with what was recovered from disk (RECV-10); everything in it has been fsynced (RECV-12). */
  | { readonly kind: 'Started'; readonly durable: DurableState<T> }
  /** A notification from the election port. */
  | { readonly kind: 'Notified'; readonly from: ServerId; readonly notification: Notification }
  /**
   * A quorum connection is open. `side` says what the other end is to us: `leader` answers our Connect effect;
   * `learner` is a connection that we accepted and whose first packet named the sid `from`.
   */
  | { readonly kind: 'Connected'; readonly from: ServerId; readonly side: ConnectionSide }
  /** That connection is gone, or could not be opened. Nothing sent on it after this counts. */
  | { readonly kind: 'Disconnected'; readonly from: ServerId; readonly side: ConnectionSide }
  | {
      readonly kind: 'Received'
      readonly from: ServerId
      readonly side: ConnectionSide
      readonly message: QuorumMessage<T>
    }
  | { readonly kind: 'TimerFired'; readonly timer: TimerName }
  /** Every Persist effect with a token up to and including this one is durable, in the order in which they were emitted. */
  | { readonly kind: 'Persisted'; readonly token: Token }
  /** A transaction for the leader to order. Refused (effect `Refused`) by a server that is no established leader. */
  | {
      readonly kind: 'Submitted'
      readonly transaction: T
      /** What the transaction proposes, if it is a reconfiguration. Its version is set by the leader. RECFG-1. */
      readonly configuration?: Configuration
    }
