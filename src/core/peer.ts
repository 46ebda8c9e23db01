/** The state of one server, and its one door. (Contract; the body follows.) */
import type { CoreConfig } from './config.js'
import type { Service } from './effect.js'
import type { Event } from './event.js'
import type { Step } from './step.js'
import type { Zxid } from './zxid.js'

export interface Peer<T> {
  readonly transaction?: T
}

export declare const initial: <T>(config: CoreConfig) => Peer<T>

/** The whole protocol: one event in, the next state, effects and clauses out. Total: never throws. */
export declare const step: <T>(config: CoreConfig, peer: Peer<T>, event: Event<T>) => Step<T>

/** The zxid that a transaction submitted now would get; undefined on all but an established leader that can go on. */
export declare const nextZxid: <T>(peer: Peer<T>) => Zxid | undefined

/** What the server is for its clients now. */
export declare const serviceOf: <T>(peer: Peer<T>) => Service

/** The last zxid delivered or installed, ⟨epoch, 0⟩ counted once the server serves in that epoch. */
export declare const lastProcessed: <T>(peer: Peer<T>) => Zxid
