/** What is measured of one item at one contender. */
import type { Check } from './item.js'
import type { InnocentOutcome } from './job.js'

export interface Restart {
  /** Of the same kind, before the attack. */
  readonly withoutMs: number
  readonly afterMs: number
  /** It did not serve within the bound, which `afterMs` is then. */
  readonly isUnfinished: boolean
}

export interface Figures {
  readonly innocent: InnocentOutcome
  readonly residentBeforeBytes: number
  readonly residentPeakBytes: number
  readonly storedBytes: number
  /** `server 2: exit code 14`, of servers that ended by themselves. */
  readonly deaths: readonly string[]
  /** New epochs since the attack began. */
  readonly epochs: number
  /** What the attacked server logged meanwhile. */
  readonly logBytes: number
  readonly restart: Restart | undefined
  readonly checks: readonly Check[]
  readonly seen: string
  /** `budget`: the time was up before the item had sent all. */
  readonly ended: 'done' | 'budget' | 'failed'
}

/** An item, and what it did to whom. */
export interface Row {
  readonly item: string
  readonly ours: Figures
  readonly theirs: Figures | undefined
}
