/**
 * What happens to the servers of a simulated ensemble, told one thing after another. A judge that follows a run (such as
 * proofs/refinement.ts) is an observer; simulated worlds call it at every step.
 */
import type { Configuration, ServerId } from '../src/core/configuration.js'
import type { Durable, DurableState } from '../src/core/effect.js'
import type { QuorumMessage } from '../src/core/message.js'
import type { Peer } from '../src/core/peer.js'

export interface Observer<T> {
  /** The process starts with what its disk has. */
  readonly started: (server: ServerId, durable: DurableState<T>) => void
  /** One event has been handled, in memory; the effects of it follow. `what`: the event in a few words, made on demand. */
  readonly stepped: (server: ServerId, before: Peer<T>, after: Peer<T>, what: () => string) => void
  /** A message goes out to that server. */
  readonly sent: (server: ServerId, to: ServerId, message: QuorumMessage<T>) => void
  /** A write is handed to the disk, behind those before it. */
  readonly written: (server: ServerId, durable: Durable<T>) => void
  /** The oldest write that was not durable is durable now; of an append perhaps only its first entries, as a crash leaves it. */
  readonly synced: (server: ServerId, durable: Durable<T>) => void
  /** The process and everything not durable is gone. */
  readonly crashed: (server: ServerId) => void
  /**
   * While it is down, the server is replaced by one with this disk: as the member that it is, with its vote, or as an observer,
   * which is in no quorum. The vote of a voter that comes as an observer rests, until it is replaced by the member again.
   */
  readonly replaced: (server: ServerId, durable: DurableState<T>, by: 'member' | 'observer') => void
}

/** Makes the observer of one run. It may `report` a finding, with the id of a clause, action or property. */
export type Observe<T> = (host: {
  readonly voters: readonly ServerId[]
  /** All servers that are not among the first voters: observers, and servers that may join later. */
  readonly observers: readonly ServerId[]
  /** The initial configuration, when the ensemble may be reconfigured. Without it the quorums never change. */
  readonly configuration?: Configuration
  readonly report: (clause: string, what: string) => void
  /** Whether two transactions are the same one, where they do not travel as one value. */
  readonly isSame?: (first: unknown, second: unknown) => boolean
}) => Observer<T>
