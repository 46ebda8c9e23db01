/** What can happen to one ZooKeeper server. */
import type { ConnectionSide, Notification } from '../core/message.js'
import type { ServerId } from '../core/configuration.js'
import type { DurableState, Token } from '../core/effect.js'
import type { TimerName } from '../core/timer.js'
import type { Database } from '../service/database.js'
import type { ClientRequest, ConnectRequest } from '../service/request.js'
import type { Transaction } from '../service/transaction.js'
import type { Packet } from './packet.js'

/** Names one client connection of this process; never used twice. */
export type ConnectionId = number

/** The clocks at an event. `wallMs` goes into transactions; `monotonicMs` measures sessions. */
export interface Now {
  readonly wallMs: number
  readonly monotonicMs: number
}

/** Timers of the service, beside the core's. */
export type ServerTimer = TimerName | 'session.expiry'

export type ServerEvent =
  /** `database` is the state at `durable.base`; `applied` is how many records of the log lie between the snapshot and it. */
  | {
      readonly kind: 'Started'
      readonly durable: DurableState<Transaction>
      readonly database: Database
      readonly applied: number
    }
  | { readonly kind: 'Notified'; readonly from: ServerId; readonly notification: Notification }
  | { readonly kind: 'Connected' | 'Disconnected'; readonly from: ServerId; readonly side: ConnectionSide }
  | { readonly kind: 'Received'; readonly from: ServerId; readonly side: ConnectionSide; readonly packet: Packet }
  | { readonly kind: 'TimerFired'; readonly timer: ServerTimer }
  | { readonly kind: 'Persisted'; readonly token: Token }
  /** `address`: the literal IP address of the client. */
  | { readonly kind: 'ClientOpened'; readonly connection: ConnectionId; readonly address: string }
  | { readonly kind: 'ClientConnect'; readonly connection: ConnectionId; readonly request: ConnectRequest }
  /** `bytes`: of the frame that it came in. */
  | {
      readonly kind: 'ClientRequested'
      readonly connection: ConnectionId
      readonly request: ClientRequest
      readonly bytes: number
    }
  /** Answers ClientContinue. */
  | { readonly kind: 'ClientReady'; readonly connection: ConnectionId }
  /** Answers Continue. */
  | { readonly kind: 'Continued' }
  | { readonly kind: 'ClientClosed'; readonly connection: ConnectionId }
