/** How far an exploration goes. Within these bounds it visits every state. */
import { MAXIMAL_BOUND } from './budget.js'

export interface Bounds {
  /** Voters. Their ids are 1, 2, … */
  readonly servers: number
  /** Beside the voters, with the ids after theirs; none unless said otherwise. */
  readonly observers?: number
  /** So many transactions are submitted. */
  readonly transactions: number
  /** So often a server gives up for want of progress, or one end of a connection loses the other. */
  readonly timeouts: number
  /** So often a server crashes, loses any part of what it has not synced, and starts again. */
  readonly restarts: number
  /** So often a server takes the lead. Each failure is worth one more attempt than the first. */
  readonly leaderships: number
  /**
   * So often a server begins to look for a leader, its start included. If it is given, real elections are explored; else an
   * oracle names leaders.
   */
  readonly elections?: number
  /** Committed entries that a server keeps beside its log, to synchronize learners with: the usual number unless given. */
  readonly window?: number
}

/** Enough attempts at leading for the first leader and for one after each failure. */
export const boundsOf = ({ servers, transactions, timeouts, restarts }: Omit<Bounds, 'leaderships'>): Bounds => ({
  servers,
  transactions,
  timeouts,
  restarts,
  leaderships: 1 + timeouts + restarts,
})

/**
 * With real elections: enough of them for the start and, after each failure, for all servers to look again. Each takes one
 * that leads and, but for a server alone, others that follow: so there are fewer leaderships.
 */
export const fastBoundsOf = (
  { servers, observers = 0, transactions, timeouts, restarts }: Omit<Bounds, 'leaderships' | 'elections'>,
  elections = Math.min(MAXIMAL_BOUND, (servers + observers) * (1 + timeouts + restarts)),
): Bounds => ({
  servers,
  ...(observers === 0 ? {} : { observers }),
  transactions,
  timeouts,
  restarts,
  leaderships: elections - Math.floor(servers / 2),
  elections,
})

export const votersOf = ({ servers }: Bounds): readonly number[] =>
  Array.from({ length: servers }, (_, index) => index + 1)

/** Voters first. */
export const serversOf = ({ servers, observers = 0 }: Bounds): readonly number[] =>
  Array.from({ length: servers + observers }, (_, index) => index + 1)
