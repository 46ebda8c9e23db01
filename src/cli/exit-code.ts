/** Exit codes of every command. */
export const EXIT = {
  /** It was done, or: what was asked holds. */
  held: 0,
  /** A violation was found, or: it could not be done. */
  violated: 1,
  /** The command line or a configuration is wrong. */
  usage: 2,
  /** The budget of time or steps ended before an answer was found. */
  budget: 3,
  /** No answer either way. */
  unknown: 4,
} as const
