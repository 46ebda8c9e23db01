/** What one step of the core yields. */
import type { ClauseId } from './clause.js'
import type { Effect } from './effect.js'
import type { Peer } from './peer.js'

export interface Step<T> {
  readonly state: Peer<T>
  readonly effects: readonly Effect<T>[]
  /** The clauses that justified this step. */
  readonly clauses: readonly ClauseId[]
}
