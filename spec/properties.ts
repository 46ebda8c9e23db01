/**
 * What ZAB promises: the six delivery properties of Junqueira, Reed and Serafini (DSN 2011), each for all servers, epochs
 * and transactions. Delivery orders are real ones: `deliveredBefore` records what happened first, not which zxid is less.
 */
import type { Formula } from './logic/formula.js'
import { all, and, different, equal, or, when } from './logic/formula.js'
import type { Statement } from './logic/system.js'
import {
  below,
  delivered,
  deliveredAtBroadcast,
  deliveredBefore,
  epochBelow,
  epochOf,
  genesis,
  history,
  m,
  n,
  t,
  u,
} from './symbols.js'

const property = (name: string, why: string, formula: Formula): Statement => ({ name, why, formula })

/** t was broadcast by the primary of its epoch. */
const broadcast = (a: typeof t): Formula => and(history(epochOf(a), a), different(epochOf(a), genesis))

export const properties: readonly Statement[] = [
  property(
    'integrity',
    'whatever is delivered was broadcast by some primary',
    all(n, t)(when(delivered(n, t), different(epochOf(t), genesis)).then(broadcast(t))),
  ),
  property(
    'total order',
    'if one process delivers t before u, every process that delivers u delivers t, and before u',
    all(
      n,
      m,
      t,
      u,
    )(when(deliveredBefore(n, t, u), delivered(m, u)).then(and(delivered(m, t), deliveredBefore(m, t, u)))),
  ),
  property(
    'agreement',
    'of two delivered transactions one process delivers both',
    all(n, m, t, u)(when(delivered(n, t), delivered(m, u)).then(or(delivered(m, t), delivered(n, u)))),
  ),
  property(
    'local primary order',
    'what one primary broadcast earlier is delivered earlier, by everybody who delivers the later one',
    all(
      n,
      t,
      u,
    )(
      when(broadcast(t), broadcast(u), equal(epochOf(t), epochOf(u)), below(t, u), delivered(n, u)).then(
        and(delivered(n, t), deliveredBefore(n, t, u)),
      ),
    ),
  ),
  property(
    'global primary order',
    'what a former primary broadcast is delivered before what a later one broadcast',
    all(
      n,
      t,
      u,
    )(when(delivered(n, t), delivered(n, u), epochBelow(epochOf(t), epochOf(u))).then(deliveredBefore(n, t, u))),
  ),
  property(
    'primary integrity',
    'a primary has delivered, before it broadcasts, all that anybody ever delivers of former primaries',
    all(
      n,
      t,
      u,
    )(when(delivered(n, t), broadcast(u), epochBelow(epochOf(t), epochOf(u))).then(deliveredAtBroadcast(u, t))),
  ),
]
