/**
 * Client histories: what clients asked, when, and what they were told. zab-protocol §8.
 *
 * Times are any numbers on one clock of the observer; only their order counts. A reply carries the zxid up to which the
 * answering server had applied: a read's position, a write's own zxid. (The reply to a write that waited behind a sync of
 * its session may carry a later one; where the commits are seen, the own zxid is taken from there, else such pipelines
 * must not be recorded.) That makes every check a sort and one pass.
 */
import type { Zxid } from '../../src/core/zxid.js'
import { compare } from '../../src/core/zxid.js'
import type { WatchEventType } from '../../src/service/response.js'
import type { SessionId } from '../../src/service/session.js'
import type { Operation, Result } from '../service.js'
import { showResult } from '../service.js'

export type Outcome =
  | { readonly kind: 'ok'; readonly returned: number; readonly zxid: Zxid; readonly result: Result }
  /** Surely not done: the service never saw it. */
  | { readonly kind: 'fail'; readonly returned: number }
  /** The connection was lost first: done at most once, after its invocation, or never. FWD-4. */
  | { readonly kind: 'unknown' }

export interface Call {
  readonly session: SessionId
  /** Unique within the session; calls of a session are made in the order of their numbers. */
  readonly xid: number
  readonly operation: Operation
  readonly invoked: number
  readonly outcome: Outcome
}

/** What is known of the committed sequence from another source: which request each zxid was. */
export interface Commit {
  readonly zxid: Zxid
  readonly session: SessionId
  readonly xid: number
  /** For what no client asked for: expiry, and session creation. */
  readonly internal?: Operation
  /** Refused for a reason that lies outside the sequential model: the session had moved. It changes nothing. */
  readonly isRefused?: boolean
}

/** A watch event as a session heard it. SESS-6. */
export interface WatchEvent {
  readonly session: SessionId
  readonly type: WatchEventType
  readonly path: string
  /** When it reached the client, on the clock of the calls. */
  readonly heard: number
}

/** The session spoke through a new connection from then on. The watches of the former one are gone, or were put back. */
export interface Reconnection {
  readonly session: SessionId
  readonly at: number
  /** The answer to setWatches and its zxid; absent: the client did not put its watches back, and holds none. */
  readonly restored?: { readonly at: number; readonly zxid: Zxid }
}

/** Somebody was told for certain that the session is no more: by a refused connection, say. SESS-1, SESS-2. */
export interface SessionEnd {
  readonly session: SessionId
  readonly heard: number
}

export interface History {
  readonly calls: readonly Call[]
  /** Watch events; absent: they were not recorded, and watches are not judged. */
  readonly events?: readonly WatchEvent[]
  /** Absent: not recorded. Needed with `events` if any client lost a connection. */
  readonly reconnections?: readonly Reconnection[]
  /** Sessions known to have ended otherwise than by a confirmed closeSession. */
  readonly ends?: readonly SessionEnd[]
  /** All commits in zxid order, where they can be seen; it settles the calls of unknown outcome. */
  readonly commits?: readonly Commit[]
}

export type Answered = Call & { readonly outcome: Extract<Outcome, { readonly kind: 'ok' }> }

export const isAnswered = (call: Call): call is Answered => call.outcome.kind === 'ok'

/** `sync` does not appear here: it changes and shows nothing. */
export const isWrite = (call: Call): boolean => !READS.has(call.operation.op)

const READS: ReadonlySet<string> = new Set(['exists', 'getData', 'getChildren', 'getChildren2'])

export const byZxid = (first: Answered, second: Answered): number => compare(first.outcome.zxid, second.outcome.zxid)

/** Names one request: session and xid. */
export const requestKey = (session: SessionId, xid: number): string => `${session}/${xid}`

/** One line for a story: who asked what and was told what. */
export const showCall = (call: Call): string => {
  const path = 'path' in call.operation ? ` ${call.operation.path}` : ''
  const answer =
    call.outcome.kind === 'ok'
      ? `${showResult(call.outcome.result)} @${call.outcome.zxid.epoch}:${call.outcome.zxid.counter}`
      : call.outcome.kind
  return `${showSession(call.session)} #${call.xid} ${call.operation.op}${path} → ${answer}`
}

/** Whose event, and of what. */
export const showEvent = ({ session, type, path }: WatchEvent): string => `${showSession(session)}: ${type} ${path}`

const showSession = (session: SessionId): string => `session 0x${BigInt.asUintN(64, session).toString(16)}`
