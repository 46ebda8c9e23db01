/** What clients are told, before encoding. */
import type { Zxid } from '../core/zxid.js'
import type { ErrorCode } from './error.js'
import type { Names } from './names.js'
import type { SessionId } from './session.js'
import type { Stat } from './stat.js'

export interface ConnectResponse {
  readonly kind: 'ConnectResponse'
  /** Negotiated; 0 = the session is refused or expired. */
  readonly timeoutMs: number
  /** 0 when refused. */
  readonly sessionId: SessionId
  /** 16 bytes, zeros when refused. */
  readonly password: Uint8Array
  /** undefined: the request had no such byte, so the response has none. */
  readonly readOnly: boolean | undefined
}

/** One result inside a multi. */
export type MultiResult =
  | { readonly op: 'create'; readonly path: string }
  | { readonly op: 'create2'; readonly path: string; readonly stat: Stat }
  | { readonly op: 'delete' | 'check' }
  | { readonly op: 'setData'; readonly stat: Stat }
  | { readonly op: 'error'; readonly error: ErrorCode }

/** The record after the reply header; absent when there is an error or nothing to say. */
export type ResponseBody =
  | { readonly op: 'create'; readonly path: string }
  | { readonly op: 'create2'; readonly path: string; readonly stat: Stat }
  | { readonly op: 'setData' | 'exists'; readonly stat: Stat }
  | { readonly op: 'getData' | 'reconfig'; readonly data: Uint8Array | null; readonly stat: Stat }
  | { readonly op: 'getChildren'; readonly children: Names }
  | { readonly op: 'getChildren2'; readonly children: Names; readonly stat: Stat }
  | { readonly op: 'sync'; readonly path: string | null }
  | { readonly op: 'multi'; readonly results: readonly MultiResult[] }

export interface Reply {
  readonly kind: 'Reply'
  readonly xid: number
  readonly zxid: Zxid
  readonly error: ErrorCode
  readonly body: ResponseBody | undefined
}

export type WatchEventType = 'NodeCreated' | 'NodeDeleted' | 'NodeDataChanged' | 'NodeChildrenChanged'

/** Sent with xid −1 and state SyncConnected. */
export interface WatchNotification {
  readonly kind: 'WatchNotification'
  readonly type: WatchEventType
  readonly path: string
  /** The zxid in the reply header: −1 (UNTRUSTED) as 3.8 does. */
  readonly zxid: Zxid
}

export type ClientMessage = ConnectResponse | Reply | WatchNotification
