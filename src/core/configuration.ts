/**
 * The configuration of an ensemble: who its members are and which sets of them are quorums.
 *
 * It is part of the state, not a constant: reconfiguration will change it. Addresses are opaque to the core.
 */
import type { QuorumSystem } from './quorum.js'
import type { ServerId } from './server-id.js'
import type { Zxid } from './zxid.js'

export { NO_SERVER, type ServerId } from './server-id.js'

export type MemberRole = 'participant' | 'observer'

/** Where the other servers reach one. */
export interface MemberAddress {
  /** Host that the other servers dial. */
  readonly host: string
  readonly quorumPort: number
  readonly electionPort: number
}

export interface Member extends MemberAddress {
  readonly id: ServerId
  readonly role: MemberRole
  /** Further addresses of the same server; absent when there are none. */
  readonly otherAddresses?: readonly MemberAddress[]
  /** Host and port for clients, when the server line gives them. */
  readonly clientAddress?: { readonly host: string; readonly port: number }
}

export interface Configuration {
  /** Zxid of the transaction that proposed it; zero for one read from a static file (RECFG-9). */
  readonly version: Zxid
  /** Sorted by id, ids unique. */
  readonly members: readonly Member[]
  readonly quorums: QuorumSystem
}
