/**
 * What travels on a quorum connection: the core's messages, and those of the service that share the channel (and its
 * order) with them. FWD, SESS, READ-2.
 */
import type { Entry, LeaderMessage, LearnerMessage } from '../core/message.js'
import type { Zxid } from '../core/zxid.js'
import type { Database } from '../service/database.js'
import type { Id } from '../service/acl.js'
import type { Request } from '../service/request.js'
import type { SessionId } from '../service/session.js'
import type { Transaction } from '../service/transaction.js'

export interface SessionTouch {
  readonly id: SessionId
  readonly timeoutMs: number
}

/** A client's request on its way to the leader. */
export interface ForwardedRequest {
  readonly sessionId: SessionId
  readonly cxid: number
  readonly request: Request
  /** The identities of the connection; empty for internal requests. */
  readonly ids: readonly Id[]
}

export type Packet =
  | Exclude<LearnerMessage, { readonly type: 'PING' }>
  | Exclude<LeaderMessage<Transaction>, { readonly type: 'PING' | 'SNAP' }>
  /** Leader to learner: `touched` undefined. Learner to leader: the sessions touched since the last PING. */
  | { readonly type: 'PING'; readonly zxid: Zxid; readonly touched: readonly SessionTouch[] | undefined }
  | { readonly type: 'SNAP'; readonly zxid: Zxid; readonly image: Database }
  | { readonly type: 'REQUEST'; readonly request: ForwardedRequest }
  /** Learner to leader without `valid`, back with it. */
  | { readonly type: 'REVALIDATE'; readonly sessionId: SessionId; readonly timeoutMs: number }
  | { readonly type: 'REVALIDATED'; readonly sessionId: SessionId; readonly valid: boolean }
  | { readonly type: 'SYNC' }

export type TransactionEntry = Entry<Transaction>
