/** What servers run: the core's step, or one that bends what it has led to. Transactions are of any kind: nobody looks inside. */
import type { CoreConfig } from '../../src/core/config.js'
import type { Event } from '../../src/core/event.js'
import type { Peer, Step } from '../../src/core/peer.js'

export type CoreProgram = <T>(config: CoreConfig, peer: Peer<T>, event: Event<T>) => Step<T>
