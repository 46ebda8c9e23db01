/** What an exploration may leave out. Why each is sound stands where it is used. */

/** Each leaves out states or steps that make no difference to any verdict. */
export interface Reductions {
  /** Only a leader's port is dialled. */
  readonly dialLeadersOnly: boolean
  /** A sync ends with the first write that something waits for. */
  readonly syncWhatIsAwaited: boolean
  /** With no restart left, what a server writes that does not lead is durable at once. */
  readonly syncsAtOnce: boolean
  /** What a message changes in a server's memory alone, and nothing else can notice, happens before all else. */
  readonly quietArrivalsFirst: boolean
  /** States that differ in what nothing ahead asks the abstract system for are one. */
  readonly forgets: boolean
  /** A state that was reached earlier, with no more of the budget used, stands for one that differs in nothing else. */
  readonly spendsLess: boolean
  /** States that differ in the names of servers only are one. */
  readonly serversAlike: boolean
}

export const noReductions: Reductions = {
  dialLeadersOnly: false,
  syncWhatIsAwaited: false,
  syncsAtOnce: false,
  quietArrivalsFirst: false,
  forgets: false,
  spendsLess: false,
  serversAlike: false,
}

export const allReductions: Reductions = {
  dialLeadersOnly: true,
  syncWhatIsAwaited: true,
  syncsAtOnce: true,
  quietArrivalsFirst: true,
  forgets: true,
  spendsLess: true,
  serversAlike: true,
}
