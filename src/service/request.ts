/** What clients ask for, decoded. One variant an opcode; the names are ZooKeeper's. */
import type { Acl } from './acl.js'
import type { SessionId } from './session.js'
import type { Zxid } from '../core/zxid.js'

/** First frame of a connection. */
export interface ConnectRequest {
  readonly protocolVersion: number
  readonly lastZxidSeen: Zxid
  readonly timeoutMs: number
  /** 0 asks for a new session. */
  readonly sessionId: SessionId
  readonly password: Uint8Array
  /** Absent for clients that do not send the trailing byte; the answer then lacks it too. */
  readonly readOnly: boolean | undefined
}

/** Requests that may stand in a multi. `flags` is not validated yet. null data stays null. */
export type MultiOperation =
  | {
      /** create2 answers with a Stat. Opcodes 1 and 15. */
      readonly op: 'create' | 'create2'
      readonly path: string
      readonly data: Uint8Array | null
      readonly acl: readonly Acl[] | null
      readonly flags: number
    }
  | { readonly op: 'delete'; readonly path: string; readonly version: number }
  | { readonly op: 'setData'; readonly path: string; readonly data: Uint8Array | null; readonly version: number }
  | { readonly op: 'check'; readonly path: string; readonly version: number }

export type WriteRequest =
  | Exclude<MultiOperation, { readonly op: 'check' }>
  | { readonly op: 'multi'; readonly operations: readonly MultiOperation[] }
  /** Internal: the accepting server asks for the session; `timeoutMs` is already negotiated. */
  | { readonly op: 'createSession'; readonly timeoutMs: number }
  | { readonly op: 'closeSession' }
  | ReconfigRequest

/**
 * Another configuration for the ensemble: either `newMembers`, all of it, or what changes. Opcode 16. Servers are written
 * as lines of the configuration text, commas between them; `leaving` holds their numbers. null is what is not asked for.
 */
export interface ReconfigRequest {
  readonly op: 'reconfig'
  readonly joining: string | null
  readonly leaving: string | null
  readonly newMembers: string | null
  /** The version of the configuration that is to be changed; −1 (UNTRUSTED): any. */
  readonly fromConfig: Zxid
}

export type ReadRequest = {
  readonly op: 'exists' | 'getData' | 'getChildren' | 'getChildren2'
  readonly path: string
  readonly watch: boolean
}

export type Request =
  | WriteRequest
  | ReadRequest
  /** The path is given back as it came, be it null. */
  | { readonly op: 'sync'; readonly path: string | null }
  | { readonly op: 'ping' }
  /** xid −8: put back the watches that the client held on its former connection. */
  | {
      readonly op: 'setWatches'
      readonly relativeZxid: Zxid
      readonly dataWatches: readonly string[]
      readonly existWatches: readonly string[]
      readonly childWatches: readonly string[]
    }
  /** xid −4. */
  | { readonly op: 'auth'; readonly scheme: string; readonly auth: Uint8Array }
  /** A known opcode whose body cannot be decoded, or a multi with an operation that may not stand in it: error −5. */
  | { readonly op: 'malformed'; readonly opcode: number }
  /** An opcode that is unknown, or not served yet: error −6, then the connection is closed. */
  | { readonly op: 'unimplemented'; readonly opcode: number }

/** A frame after the first one. */
export interface ClientRequest {
  readonly xid: number
  readonly request: Request
}
