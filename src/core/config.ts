/** What a core is started with. Constant for the life of a process, unlike the ensemble's configuration. */
import type { Configuration, ServerId } from './configuration.js'
import type { Rules } from './rules.js'

export interface CoreConfig {
  readonly self: ServerId
  /** The configuration from the static file; the state starts with it. */
  readonly ensemble: Configuration
  /**
   * May the ensemble change its configuration? RECFG-1 … RECFG-10. Off, as ZooKeeper's `reconfigEnabled` is by default, the
   * configuration stays what the static file says, and what others tell of theirs is passed over.
   */
  readonly reconfiguration: 'Disabled' | 'Enabled'
  readonly timing: Timing
  readonly limits: Limits
  /** Premises and plans; `rules` of rules.ts in production. */
  readonly rules: Rules
}

/** Durations in milliseconds, limits in ticks, as in zoo.cfg. */
export interface Timing {
  readonly tickTimeMs: number
  readonly initLimit: number
  readonly syncLimit: number
  /** ELEC-5: 200. */
  readonly finalizeWaitMs: number
  /** ELEC-11: 200 … 60,000. */
  readonly minNotificationIntervalMs: number
  readonly maxNotificationIntervalMs: number
  /** Between two attempts to reach the leader's quorum port: 100. */
  readonly reconnectDelayMs: number
}

export interface Limits {
  /** Committed entries kept in memory to answer DIFF (`commitLogCount`): 500. */
  readonly committedWindow: number
  /** Messages kept while a learner waits for its disk. Beyond it the learner leaves the leader. */
  readonly learnerInbox: number
}

export const defaultTiming: Timing = {
  tickTimeMs: 2000,
  initLimit: 10,
  syncLimit: 5,
  finalizeWaitMs: 200,
  minNotificationIntervalMs: 200,
  maxNotificationIntervalMs: 60_000,
  reconnectDelayMs: 100,
}

export const defaultLimits: Limits = { committedWindow: 500, learnerInbox: 100_000 }
