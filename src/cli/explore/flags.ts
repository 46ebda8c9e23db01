/** The options of `zab explore`, as they were given. */

export interface Flags {
  readonly servers: number
  readonly observers: number
  /** Beside both, in no configuration at first. */
  readonly joiners: number
  readonly transactions: number
  readonly timeouts: number
  readonly restarts: number
  readonly reconfigurations: number
  /** Sets of voters that may be proposed. */
  readonly reconfigureTo?: readonly (readonly number[])[]
  readonly leaderships?: number
  readonly election: 'oracle' | 'fast'
  readonly elections?: number
  /** Committed entries in memory. */
  readonly window?: number
  readonly reductions: boolean
  readonly rules?: string
  readonly maxStates: number
  readonly maxMegabytes: number
  readonly maxSeconds?: number
  /** Threads. */
  readonly workers: number
  /** Folder to put the exploration aside in, and seconds until it is. */
  readonly checkpoint?: string
  readonly checkpointEvery: number
  /** Folder to go on from. */
  readonly resume?: string
  /** Folder for the marks of the nightly exploration. */
  readonly marks?: string
  readonly json?: true
}
