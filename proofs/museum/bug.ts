/** What the museum keeps of a bug. */
import type { Observe } from '../../model/observer.js'
import type { Program } from '../../model/world/node.js'
import type { WorldOptions } from '../../model/world/options.js'
import type { ClauseId } from '../../src/core/clause.js'
import type { Rules } from '../../src/core/rules.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { ScheduleName } from './schedules.js'

/**
 * The bug as something handed to the shipped core, never a change of its code: other rules, another program around the
 * server's step, or both.
 */
export interface Variation {
  readonly rules?: Rules
  readonly program?: Program
  /** A world in which the bug can show: servers, observers, a short window. */
  readonly options?: Partial<Omit<WorldOptions, 'seed' | 'rules' | 'observe' | 'isRecorded'>>
  /** How faults are drawn; the world's own mixture unless said otherwise. */
  readonly schedule?: ScheduleName
  /** Looks at what no other judge looks at. */
  readonly judge?: Observe<Transaction>
}

export interface Bug {
  readonly id: string
  readonly title: string
  /** When, and what happened, in a sentence or two. */
  readonly history: string
  readonly breaks: readonly ClauseId[]
  /** What is lost: something agreed on, progress, or what only clients notice. */
  readonly kind: 'safety' | 'liveness' | 'service'
  readonly variation: Variation
}
