/**
 * What has been used of the bounds, in one number: five bits for each, of which the highest stays free; three for
 * reconfigurations, so that there is room for the number of a step beside it.
 */

export type Spending = 'timeouts' | 'restarts' | 'transactions' | 'leaderships' | 'elections' | 'reconfigurations'

export const unitOf: Readonly<Record<Spending, number>> = {
  timeouts: 1,
  restarts: 2 ** 5,
  transactions: 2 ** 10,
  // An exploration bounds the one or the other.
  leaderships: 2 ** 15,
  elections: 2 ** 15,
  reconfigurations: 2 ** 20,
}

/** Bits of a budget. */
export const BUDGET_BITS = 23

const LANE = 2 ** 5 - 1
/** The free bits. */
const GUARDS = 0x484210

/** The most that a bound may be. */
export const MAXIMAL_BOUND = 15
export const MAXIMAL_RECONFIGURATIONS = 3

export const used = (budget: number, what: Spending): number => Math.floor(budget / unitOf[what]) & LANE

/** Has the first used at most as much as the second, of each? A lane that has used more borrows from its free bit. */
export const isWithin = (first: number, second: number): boolean => (((second | GUARDS) - first) & GUARDS) === GUARDS
