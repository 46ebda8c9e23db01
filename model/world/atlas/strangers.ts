/** What somebody does who is no server, and reaches the ports of those that are. */
import type { ServerId } from '../../../src/core/configuration.js'
import { pick } from '../random.js'
import type { Faults } from './fault.js'
import { serverOf } from './fault.js'

/** No server of a world has such an id. */
const UNLISTED: readonly [ServerId, ...ServerId[]] = [101, 102, 103]

const STAYS_MS = [1000, 3000, 10_000, 30_000] as const

export const strangers = {
  stranger: {
    group: 'strangers',
    does:
      'somebody opens connections to the quorum port, or sends notifications to the election port, in the name of a server that ' +
      'nobody knows or that is not connected there: promises, epochs, acknowledgements, rounds, votes, versions, ' +
      'configurations, requests for sessions of others; or nothing at all',
    promise:
      'safe while it is there; epochs and rounds stay in bounds (DISC-9, ELEC-13), no configuration and no request of it counts ' +
      '(RECFG-7, FWD-5); a write commits again when it is gone',
    bound:
      'never a member: in the name of a server of the world it presents itself, and may be believed in that (DISC-2), but never ' +
      'acknowledges an epoch in a way that could be believed, so none of its ACKs counts; it asks for nothing of a session and ' +
      'offers no configuration. Who can do that in the name of a voter can make a commit that is on no disk (BCAST-5): ' +
      'to refuse that, servers have to prove who they are. Settling sends it away',
    draw: (context) => {
      const { random } = context
      return {
        kind: 'stranger',
        server: serverOf(context),
        ...(random.below(3) === 0 ? { claims: pick(random, UNLISTED) } : {}),
        port: pick(random, ['quorum', 'election']),
        seed: random.below(0x7fffffff),
        ms: pick(random, STAYS_MS),
      }
    },
  },
} as const satisfies Faults
