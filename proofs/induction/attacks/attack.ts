/** What an attack on a mutant is, and scripts that many of them share. */
import type { Script } from '../script.js'
import { deliver, propose, reign, replicate, settle } from '../script.js'
import type { World } from '../small-world.js'

/** An execution that a mutant admits and that ends badly. The true system refuses a step of it. */
export interface Attack {
  /** Name of the mutant. */
  readonly mutant: string
  /** What happens, in a sentence. */
  readonly story: string
  readonly world: World
  readonly script: Script
  /** Name of a statement that is false in the end: of a property where one can be, else of a conjunct of the invariant. */
  readonly violates: string
  /** What the true system says to it: `action / guard`, or an axiom. It is the name of the mutant, if not given. */
  readonly refusedBy?: string
}

/** A commits 1:1 with B, and delivers it. */
export const committedByAB: Script = [...reign('e1', 'A', 'AB'), ...replicate('1:1', 'AB'), deliver('A', '1:1')]

/** The next epoch is settled without what is committed, and its leader broadcasts. */
export const broadcastWithoutIt = (zxid: string, epoch: string, quorum: string): Script => [
  ...settle(epoch, quorum),
  propose(zxid),
]
