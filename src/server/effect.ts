/** What one ZooKeeper server wants done, in this order. */
import type { ConnectionSide, Notification } from '../core/message.js'
import type { ServerId } from '../core/configuration.js'
import type { Durable, Service, Token } from '../core/effect.js'
import type { Zxid } from '../core/zxid.js'
import type { Database } from '../service/database.js'
import type { ClientMessage } from '../service/response.js'
import type { Transaction } from '../service/transaction.js'
import type { ConnectionId, ServerTimer } from './event.js'
import type { Packet } from './packet.js'

export type ServerEffect =
  | { readonly kind: 'Notify'; readonly to: ServerId; readonly notification: Notification }
  | { readonly kind: 'Connect'; readonly to: ServerId }
  | { readonly kind: 'Disconnect'; readonly from: ServerId; readonly side: ConnectionSide }
  | { readonly kind: 'Send'; readonly to: ServerId; readonly side: ConnectionSide; readonly packet: Packet }
  /** `image` goes with a durable of kind Snapshot: the state to store. */
  | {
      readonly kind: 'Persist'
      readonly token: Token
      readonly durable: Durable<Transaction>
      readonly image: Database | undefined
    }
  | { readonly kind: 'SetTimer'; readonly timer: ServerTimer; readonly afterMs: number }
  | { readonly kind: 'CancelTimer'; readonly timer: ServerTimer }
  /** Roll the log and store this state in the background; no answer is awaited. `zxid`: last transaction in it. */
  | { readonly kind: 'SaveSnapshot'; readonly zxid: Zxid; readonly database: Database }
  | { readonly kind: 'ClientSend'; readonly connection: ConnectionId; readonly message: ClientMessage }
  /** After what was sent before it has been written, close. No ClientClosed follows. */
  | { readonly kind: 'ClientClose'; readonly connection: ConnectionId }
  /** There is more to answer, or much has been: ClientReady is awaited, in a later turn and once the client has taken what was sent. */
  | { readonly kind: 'ClientContinue'; readonly connection: ConnectionId }
  /** There is more to do that nobody waits for: Continued is awaited, in a later turn. */
  | { readonly kind: 'Continue' }
  /** Stop and resume reading that client's frames (back-pressure, session being settled). */
  | { readonly kind: 'ClientPause' | 'ClientResume'; readonly connection: ConnectionId }
  | { readonly kind: 'ServiceChanged'; readonly service: Service }
  /** For the log: one line, rare. */
  | { readonly kind: 'Log'; readonly level: 'info' | 'warn'; readonly text: string }
  | { readonly kind: 'Fatal'; readonly reason: string }
