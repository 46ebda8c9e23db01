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
}

/**
 * Those that are sound where real elections are explored. Votes compare ids, so servers are not alike. And a server whose
 * role ends before its history is durable leaves undone what was to follow: it votes with the older epoch.
 *
 * Of the others none looks at what elections depend on: whom a server may dial, what a crash may find on a disk, messages
 * of the quorum port that it forgets with its role, facts of the abstract system, and a budget of which less is used.
 */
export const withElections = (reductions: Reductions): Reductions => ({
  ...reductions,
  serversAlike: false,
  syncsAtOnce: false,
})

export const noReductions: Reductions = {
  dialLeadersOnly: false,
  syncWhatIsAwaited: false,
  syncsAtOnce: false,
  quietArrivalsFirst: false,
  forgets: false,
  spendsLess: false,
  serversAlike: false,
  deadNotifications: false,
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
}
