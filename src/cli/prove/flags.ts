/** The options of `zab prove`, as they were given. */
import type { EngineName } from './choose.js'

export interface Flags {
  readonly only?: string
  readonly conjunct?: string
  readonly engine?: EngineName
  readonly jobs: number
  readonly seed: number
  readonly seeds: number
  readonly timeout: number
  readonly full?: true
  readonly crossCheck?: 'cvc5'
  readonly record?: true
  readonly root: string
  readonly smtlib?: string
  readonly tla?: true
  readonly json?: true
}
