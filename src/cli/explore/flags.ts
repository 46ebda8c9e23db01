/** The options of `zab explore`, as they were given. */

export interface Flags {
  readonly servers: number
  readonly transactions: number
  readonly timeouts: number
  readonly restarts: number
  readonly leaderships?: number
  readonly election: 'oracle' | 'fast'
  readonly elections?: number
  readonly reductions: boolean
  readonly rules?: string
  readonly maxStates: number
  readonly maxMegabytes: number
  readonly maxSeconds?: number
  readonly json?: true
}
