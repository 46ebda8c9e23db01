/** What exploration makes of each bug: the smallest bounds in which it shows, or why it cannot show there. */
import type { Bounds } from '../exploration/bounds.js'
import { boundsOf } from '../exploration/bounds.js'
import type { CatalogueId } from './catalogue.js'

// --- model

export interface InSight {
  readonly kind: 'InSight'
  /** With one server, transaction, timeout or restart less the bug does not show. */
  readonly bounds: Bounds
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

const shows = (within: Within, check: string, steps: number): InSight => ({
  kind: 'InSight',
  bounds: { ...boundsOf({ transactions: 0, timeouts: 0, restarts: 0, ...within }), ...within },
  check,
  steps,
})

const outOfSight = (why: string): OutOfSight => ({ kind: 'OutOfSight', why })

const PROGRAM = 'it is no choice of the rules, and the step that is explored is the core’s own'
const OBSERVERS = 'there are no observers'
const IMAGES = 'an image has no contents there, and is on the disk as a whole or not at all'
const ELECTION = 'it makes elections longer or idle, and an oracle takes their place: safety does not hang on them'

// --- operations

export const explored: Readonly<Record<CatalogueId, Explored>> = {
  'ZK-335': shows({ servers: 2, timeouts: 1 }, 'startEpoch', 18),
  'ZK-1154': shows({ servers: 3, transactions: 2, timeouts: 1 }, 'log', 47),
  'ZK-1156': outOfSight(PROGRAM),
  'ZK-962': outOfSight(PROGRAM),
  'ZK-790': outOfSight(PROGRAM),
  'ZK-1282': shows({ servers: 2 }, 'ACK of NEWLEADER', 11),
  'ZK-1291': shows({ servers: 2 }, 'LEADERINFO', 4),
  'ZK-1277': outOfSight(PROGRAM),
  'ZK-1319': shows({ servers: 2, transactions: 1, restarts: 1 }, 'adopt', 28),
  'ZK-1367': outOfSight('sessions belong to the service, and the core orders transactions without looking into them'),
  'ZK-1419': outOfSight(ELECTION),
  'ZK-1514': outOfSight(ELECTION),
  'ZK-2959': outOfSight(OBSERVERS),
  'ZK-1551': outOfSight(OBSERVERS),
  'ZK-2845': outOfSight(PROGRAM),
  'ZK-3911': shows({ servers: 2 }, 'ACK of NEWLEADER', 11),
  'ZK-4643': shows({ servers: 2, transactions: 1, restarts: 1 }, 'adopt', 30),
  'ZK-3104': outOfSight(IMAGES),
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
