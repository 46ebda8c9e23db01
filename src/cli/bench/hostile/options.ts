/** What a run of `zab bench --hostile` is told. */
import type { Contender } from '../options.js'
import type { Progress } from '../progress.js'
import type { Item } from './item.js'

export interface HostileOptions {
  readonly items: readonly Item[]
  readonly ours: Contender
  readonly theirs: Contender | undefined
  readonly brief: boolean
  readonly seed: number
  /** The longest that one item attacks. */
  readonly seconds: number
  /** The longest that is waited for an answer of the innocent client after the attack. */
  readonly boundMs: number
  readonly firstPort: number
  readonly dataDir: string
  /** What Node is given to run the attacker, and the innocent client, before their jobs. */
  readonly attacker: readonly string[]
  readonly innocent: readonly string[]
  readonly progress: Progress
  readonly stop: AbortSignal
}
