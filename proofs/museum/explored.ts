/** What exploration makes of each bug: the smallest bounds in which it shows, or why it cannot show there. */
import type { Bounds } from '../exploration/bounds.js'
import { boundsOf } from '../exploration/bounds.js'
import type { CoreProgram } from '../exploration/program.js'
import type { CatalogueId } from './catalogue.js'
import * as C from './core-programs.js'

// --- model

export interface InSight {
  readonly kind: 'InSight'
  /** With one server, transaction, timeout, restart or observer less the bug does not show. */
  readonly bounds: Bounds
  /** Around the core's step, beside the rules of the variation. */
  readonly program?: CoreProgram
  /** Action, statement or message that is objected to. */
  readonly check: string
  /** On the shortest way, the last one is objected to. */
  readonly steps: number
}

export interface OutOfSight {
  readonly kind: 'OutOfSight'
  readonly why: string
}

export type Explored = InSight | OutOfSight

// --- constructors

/** Nothing of what is not said; enough attempts at leading. */
type Within = Pick<Bounds, 'servers'> & Partial<Bounds>

const shows = (within: Within, check: string, steps: number, program?: CoreProgram): InSight => {
  const none = { transactions: 0, timeouts: 0, restarts: 0 }
  return {
    kind: 'InSight',
    bounds: { ...boundsOf({ ...none, ...within }), ...within },
    check,
    steps,
    ...(program === undefined ? {} : { program }),
  }
}

const outOfSight = (why: string): OutOfSight => ({ kind: 'OutOfSight', why })

// --- operations

export const explored: Readonly<Record<CatalogueId, Explored>> = {
  'ZK-335': shows({ servers: 2, timeouts: 1 }, 'startEpoch', 18),
  'ZK-1154': shows({ servers: 3, transactions: 2, timeouts: 1 }, 'log', 47),
  'ZK-1156': shows({ servers: 2, transactions: 2, timeouts: 1 }, 'synchronize', 32, C.truncatedTooFar),
  'ZK-962': shows({ servers: 3, transactions: 2 }, 'log', 31, C.batchReadEarlier),
  'ZK-790': shows({ servers: 2, timeouts: 1 }, 'universe', 14, C.leaderZxidTooSoon),
  'ZK-1282': shows({ servers: 2 }, 'ACK of NEWLEADER', 11),
  'ZK-1291': shows({ servers: 2 }, 'LEADERINFO', 4),
  'ZK-1277': shows({ servers: 1, transactions: 2 }, 'universe', 5, C.carries),
  'ZK-1319': shows({ servers: 2, transactions: 1, restarts: 1 }, 'adopt', 28),
  'ZK-1367': outOfSight('sessions belong to the service, and the core orders transactions without looking into them'),
  'ZK-1419': shows(
    { servers: 2, transactions: 1, timeouts: 1, restarts: 1, elections: 6, leaderships: 5 },
    'ELEC-3',
    38,
  ),
  'ZK-1514': shows({ servers: 3, timeouts: 1, elections: 4, leaderships: 3 }, 'ELEC-7', 13),
  'ZK-2959': shows({ servers: 2, observers: 1 }, 'startEpoch', 8),
  'ZK-1551': shows({ servers: 1, transactions: 2, observers: 1 }, 'log', 20, C.observerForgets),
  'ZK-2845': shows({ servers: 2, transactions: 1, timeouts: 1 }, 'ACKEPOCH', 24, C.memoryKept),
  'ZK-3911': shows({ servers: 2 }, 'ACK of NEWLEADER', 11),
  'ZK-4643': shows({ servers: 2, transactions: 1, restarts: 1 }, 'adopt', 30),
  'ZK-3104': shows({ servers: 3, transactions: 1, timeouts: 1, window: 0 }, 'adopt', 34, C.imageOvertaken),
  'promise-answered-early': shows({ servers: 2 }, 'ACKEPOCH', 6),
  'entry-acknowledged-early': shows({ servers: 1, transactions: 1 }, 'acknowledge', 4),
  'leader-epoch-not-stored': shows({ servers: 1 }, 'establish', 2),
  'follower-ahead-ignored': shows({ servers: 2, timeouts: 1 }, 'startEpoch', 18),
  'commit-without-quorum': shows({ servers: 2, transactions: 1 }, 'commit', 15),
  'established-without-quorum': shows({ servers: 2 }, 'establish', 9),
  'discovery-without-quorum': shows({ servers: 2 }, 'startEpoch', 2),
  'older-epoch-accepted': shows({ servers: 2, timeouts: 1 }, 'ACKEPOCH', 18),
  'window-ignored': shows({ servers: 3, transactions: 1, timeouts: 1, window: 0 }, 'adopt', 34),
}
