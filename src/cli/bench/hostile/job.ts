/** What the bench tells its attacker and its innocent client, and what they report: a line of JSON each. */
import type { Address } from '../../../shell/configuration/server-configuration.js'
import type { Finding, Target } from './item.js'

export interface AttackJob {
  readonly item: string
  readonly attacked: Target
  readonly others: readonly Target[]
  readonly brief: boolean
  readonly seed: number
  readonly seconds: number
}

export type AttackReport =
  /** Goes on when a line comes in. */
  | { readonly event: 'underAttack' }
  /** All its connections are gone. `isOver`: its time was up first. */
  | { readonly event: 'done'; readonly finding: Finding; readonly isOver: boolean }
  | { readonly event: 'failed'; readonly reason: string; readonly isOver: boolean }

export interface InnocentJob {
  readonly attacked: Address
  readonly other: Address
  readonly everyMs: number
  /** A request that has no answer by then counts as having waited so long, and is asked no more. */
  readonly boundMs: number
}

/** Of one server. */
export interface Waits {
  readonly longestMs: number
  readonly answers: number
  /** Requests that never got an answer, be it that the connection was lost or the bound was reached. */
  readonly lost: number
  /** The last requests had no answer when the bound was reached. */
  readonly isUnanswered: boolean
}

export interface InnocentOutcome {
  readonly attacked: Waits
  readonly other: Waits
  /** The longest that the client's own process was kept from looking: waits up to this may be the machine's. */
  readonly ownDelayMs: number
}

export type InnocentReport =
  /** Connected and asking. The first line that comes in begins the measurement, the second ends it. */
  | { readonly event: 'ready' }
  | { readonly event: 'done'; readonly outcome: InnocentOutcome }
  | { readonly event: 'failed'; readonly reason: string }
