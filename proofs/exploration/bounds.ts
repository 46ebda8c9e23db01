/** How far an exploration goes. Within these bounds it visits every state. */
import { MAXIMAL_BOUND } from './budget.js'

export interface Bounds {
  /** Voters. Their ids are 1, 2, … */
  readonly servers: number
  /** Beside the voters, with the ids after theirs; none unless said otherwise. */
  readonly observers?: number
  /** Beside both, with the ids after theirs: in no configuration at first, so they follow without a vote (RECFG-10). */
  readonly joiners?: number
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
  /** So many reconfigurations are proposed by leaders. None: configurations never change, and nobody asks for that. */
  readonly reconfigurations?: number
  /** Sets of voters that leaders may propose, and those that differ in names only; all of them unless given. */
  readonly reconfigureTo?: readonly (readonly number[])[]
  /** Committed entries that a server keeps beside its log, to synchronize learners with: the usual number unless given. */
  readonly window?: number
}

/**
 * Enough attempts at leading for the first leader and for one after each failure; and after each reconfiguration, which may
 * take the leader its vote.
 */
export const boundsOf = ({
  servers,
  joiners = 0,
  transactions,
  timeouts,
  restarts,
  reconfigurations = 0,
}: Omit<Bounds, 'leaderships'>): Bounds => ({
  servers,
  ...(joiners === 0 ? {} : { joiners }),
  transactions,
  timeouts,
  restarts,
  leaderships: 1 + timeouts + restarts + reconfigurations,
  ...(reconfigurations === 0 ? {} : { reconfigurations }),
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

/** Of the first configuration, voters first. */
export const membersOf = ({ servers, observers = 0 }: Bounds): readonly number[] =>
  Array.from({ length: servers + observers }, (_, index) => index + 1)

/** Voters first, then observers. */
export const serversOf = ({ servers, observers = 0, joiners = 0 }: Bounds): readonly number[] =>
  Array.from({ length: servers + observers + joiners }, (_, index) => index + 1)

/** May configurations change? RECFG-1 … RECFG-10. */
export const isReconfigured = ({ reconfigurations = 0 }: Bounds): boolean => reconfigurations > 0
