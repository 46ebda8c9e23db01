/** What an exploration may leave out. Why each is sound stands where it is used. */

/** Each leaves out states or steps that make no difference to any verdict. */
export interface Reductions {
  /** Only a leader's port is dialled. */
  readonly dialLeadersOnly: boolean
  /** A sync ends with the first write that something waits for. */
  readonly syncWhatIsAwaited: boolean
  /** With no restart left, what a server that does not lead has written is durable at once, if only a message follows. */
  readonly syncsAtOnce: boolean
  /** What a message changes in a server's memory alone, and nothing else can notice, happens before all else. */
  readonly quietArrivalsFirst: boolean
  /** States that differ in what nothing ahead asks the abstract system for are one. */
  readonly forgets: boolean
  /** A state that was reached earlier, with no more of the budget used, stands for one that differs in nothing else. */
  readonly spendsLess: boolean
  /** States that differ in the names of servers only are one. */
  readonly serversAlike: boolean
  /** With real elections: notifications that make no difference any more are gone. */
  readonly deadNotifications: boolean
  /** With real elections and no restart left: who has something to hear from everybody does so before all else. */
  readonly oneHearsFirst: boolean
}

/**
 * Those that are sound where real elections are explored: all but one. Votes compare ids, so servers are not alike.
 *
 * A server votes with the epoch and the history that it has in memory, and answers with the vote that won. Whom others may
 * dial, what a crash may find on a disk, messages of the quorum port that it forgets with its role, facts of the abstract
 * system and the budget left are none of these. What is durable at once leaves the same in memory as if the role had ended
 * first, so the same vote.
 */
export const withElections = (reductions: Reductions): Reductions => ({ ...reductions, serversAlike: false })

export const noReductions: Reductions = {
  dialLeadersOnly: false,
  syncWhatIsAwaited: false,
  syncsAtOnce: false,
  quietArrivalsFirst: false,
  forgets: false,
  spendsLess: false,
  serversAlike: false,
  deadNotifications: false,
  oneHearsFirst: false,
}

export const allReductions: Reductions = {
  dialLeadersOnly: true,
  syncWhatIsAwaited: true,
  syncsAtOnce: true,
  quietArrivalsFirst: true,
  forgets: true,
  spendsLess: true,
  serversAlike: true,
  deadNotifications: true,
  oneHearsFirst: true,
}
