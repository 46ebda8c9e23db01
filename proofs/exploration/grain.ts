/** How finely an exploration looks at elections. */
import type { CoreConfig } from '../../src/core/config.js'
import type { Event } from '../../src/core/event.js'
import type { Peer } from '../../src/core/peer.js'
import type { Rules } from '../../src/core/rules.js'
import type { ServerId } from '../../src/core/server-id.js'
import type { Objection } from './abstraction.js'
import type { CoreProgram } from './program.js'
import type { Transaction } from './site.js'

export interface Grain {
  /** Notifications travel and the timers of elections fire; otherwise an oracle names leaders. */
  readonly hasElections: boolean
  /** The configuration of one server. Voters are all alike, and so are the others, who observe. */
  readonly configurationOf: (
    rules: Rules,
    self: ServerId,
    members: readonly ServerId[],
    voters: readonly ServerId[],
    window: number | undefined,
    reconfiguration: CoreConfig['reconfiguration'],
  ) => CoreConfig
  readonly step: CoreProgram
  /** With what makes no difference to anything that is explored set to one value. */
  readonly canonical: (peer: Peer<Transaction>) => Peer<Transaction>
  /** What the abstract system does not have. */
  readonly objectTo: (
    before: Peer<Transaction>,
    event: Event<Transaction>,
    after: Peer<Transaction>,
  ) => Objection | undefined
}
