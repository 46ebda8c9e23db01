/** The state of one server: the core's state, the replicated state, and what is owed to clients and learners. */
import type { ServerId } from '../core/configuration.js'
import type { Service } from '../core/effect.js'
import type { Peer } from '../core/peer.js'
import type { Sequence } from '../core/sequence.js'
import type { Zxid } from '../core/zxid.js'
import type { Id } from '../service/acl.js'
import type { Applied } from '../service/apply.js'
import type { Database } from '../service/database.js'
import type { ErrorCode } from '../service/error.js'
import type { Hamt } from '../service/hamt.js'
import type { Request } from '../service/request.js'
import type { ResponseBody } from '../service/response.js'
import type { SessionId } from '../service/session.js'
import type { Transaction } from '../service/transaction.js'
import type { WatchTable } from '../service/watch.js'
import type { ConnectionId } from './event.js'
import type { SessionTouch } from './packet.js'

/** What a request came to. */
export interface Outcome {
  readonly error: ErrorCode
  readonly body: ResponseBody | undefined
}

/** A request that is not answered yet. */
export interface Pending {
  readonly xid: number
  readonly request: Request
  /** Of the frame that it came in. */
  readonly bytes: number
  /** Known, but an earlier request of this connection is not answered yet (FWD-2). */
  readonly outcome: Outcome | undefined
}

/** Requests of one connection that are not answered yet. */
export interface Queue {
  /**
   * In order of arrival. The first is a write or a sync that is on its way, as anything else would have been answered; but
   * not while a client is awaited.
   */
  readonly pending: Sequence<Pending>
  /** Bytes of all their frames. */
  readonly pendingBytes: number
  /** How much those of them take that are answered here, in answers (`weightOf`). */
  readonly localWeight: number
  /** Watches that the first one, a setWatches, has put back already. */
  readonly restored: number
  /** `awaiting`: a slice has been answered, and ClientReady, in a later turn, lets the next one follow. */
  readonly answers: 'flowing' | 'awaiting'
  /** Bytes that may be answered before the client is awaited again. */
  readonly credit: number
}

/**
 * One client connection.
 *
 * - `opened`: its ConnectRequest has not come yet.
 * - `creating`: its createSession is on its way through the leader.
 * - `validating`: the leader has been asked whether the session exists (SESS-4).
 * - `open`: it has a session and may ask.
 */
export interface Connection extends Queue {
  readonly id: ConnectionId
  readonly phase: 'opened' | 'creating' | 'validating' | 'open'
  /** The identities that the ACLs are checked against. */
  readonly ids: readonly Id[]
  readonly sessionId: SessionId
  readonly timeoutMs: number
  /** The client's readOnly byte: the answer has one exactly when the request has. */
  readonly readOnly: boolean | undefined
  /** Has reading stopped, because this connection (`full`) or the whole server (`busy`) has too much pending? */
  readonly reading: 'on' | 'full' | 'busy'
  /** What the last touch of the session has written down; touching again says nothing new until it changes. */
  readonly touched: number
}

/**
 * The connection with another queue and mark of touch: one is made for every request and every answer, and a literal costs
 * a fraction of a spread.
 */
export const withQueue = (connection: Connection, queue: Queue, touched: number): Connection => ({
  id: connection.id,
  phase: connection.phase,
  ids: connection.ids,
  sessionId: connection.sessionId,
  timeoutMs: connection.timeoutMs,
  readOnly: connection.readOnly,
  pending: queue.pending,
  pendingBytes: queue.pendingBytes,
  localWeight: queue.localWeight,
  restored: queue.restored,
  answers: queue.answers,
  credit: queue.credit,
  reading: connection.reading,
  touched,
})

/** What the leader knows of one session. SESS-2. */
export interface TrackedSession {
  readonly timeoutMs: number
  /** End of the bucket in which the session expires, on the monotonic clock. */
  readonly deadlineMs: number
  /** The server through which the session speaks; undefined until it first does. SESS-4. */
  readonly owner: ServerId | undefined
  /** A closeSession transaction has been submitted. */
  readonly isClosing: boolean
}

export type SessionTracker = Hamt<SessionId, TrackedSession>

/** A proposal whose outcome the leader already knows (SM-1). */
export interface Outstanding {
  readonly zxid: Zxid
  readonly applied: Applied
}

/** A sync that the leader answers once the transaction `after` is delivered. READ-2. */
export interface PendingSync {
  readonly after: Zxid
  /** A learner's sync, or one of a client of this very server. */
  readonly from:
    | { readonly kind: 'Learner'; readonly learner: ServerId }
    | { readonly kind: 'Client'; readonly connection: ConnectionId }
}

/** What only a leader has. Dropped when it stops leading. */
export interface Leadership {
  readonly sessions: SessionTracker
  /** In zxid order. The database of the last one is the state that the next request is prepared against. */
  readonly outstanding: Sequence<Outstanding>
  readonly syncs: Sequence<PendingSync>
}

/** As `withQueue`, for the leader's books of one write. */
export const withOutstanding = (leadership: Leadership, outstanding: Sequence<Outstanding>): Leadership => ({
  sessions: leadership.sessions,
  outstanding,
  syncs: leadership.syncs,
})

export const withSessions = (leadership: Leadership, sessions: SessionTracker): Leadership => ({
  sessions,
  outstanding: leadership.outstanding,
  syncs: leadership.syncs,
})

export interface Server {
  readonly peer: Peer<Transaction>
  /** What the core last said this server is for its clients. */
  readonly service: Service
  /** The state after the last delivered transaction. */
  readonly database: Database
  /** The last zxid processed: of a transaction, of an installed image, or ⟨epoch, 0⟩. */
  readonly lastProcessed: Zxid
  /** The state image that came with the last SNAP, until it is installed and handed to the disk. */
  readonly image: Database | undefined
  readonly connections: Hamt<ConnectionId, Connection>
  /** Which connection of this server carries a session. */
  readonly connectionOf: Hamt<SessionId, ConnectionId>
  /** Requests that are not answered, of all connections. */
  readonly outstandingRequests: number
  /** Bytes of their frames. */
  readonly outstandingBytes: number
  /** Connections paused for back-pressure; some may have been closed since. */
  readonly paused: Sequence<ConnectionId>
  readonly watches: WatchTable
  readonly nextSessionId: SessionId
  /** Learner: counts the PINGs answered. */
  readonly touchRound: number
  /** Learner: sessions touched since the last PING, each once a connection. */
  readonly touches: Sequence<SessionTouch>
  /** Learner: connections whose sync the leader has not answered, in the order in which it was asked. */
  readonly syncs: Sequence<ConnectionId>
  /** Present exactly while the service is Leader. */
  readonly leadership: Leadership | undefined
  readonly deliveredSinceSnapshot: number
  /** How many deliveries make the next snapshot due. */
  readonly snapshotDueAfter: number
  /** Transactions whose digest was not that of the local tree after them. SM-5. */
  readonly digestMismatches: number
}
