/** Votes of the fast leader election, and their order. ELEC-3. */
import type { ServerId } from './configuration.js'
import { NO_SERVER } from './configuration.js'
import type { Epoch, Zxid } from './zxid.js'
import { MINIMAL } from './zxid.js'
import * as Z from './zxid.js'

/** Candidate and its summary: the epoch whose leader it last acknowledged and its last logged zxid. */
export interface Vote {
  readonly leader: ServerId
  readonly zxid: Zxid
  readonly peerEpoch: Epoch
}

/** The vote of a server that may not vote: it can never win (ELEC-1). */
export const MINIMAL_VOTE: Vote = { leader: NO_SERVER, zxid: MINIMAL, peerEpoch: MINIMAL.epoch }

/** ELEC-3. Negative, zero, positive: epoch first, zxid for equal epochs, sid for equal zxids only (ZOOKEEPER-1419). */
export const compare = (first: Vote, second: Vote): number =>
  first.peerEpoch !== second.peerEpoch
    ? first.peerEpoch - second.peerEpoch
    : Z.equals(first.zxid, second.zxid)
      ? first.leader - second.leader
      : Z.compare(first.zxid, second.zxid)

export const equals = (first: Vote, second: Vote): boolean =>
  first.leader === second.leader && first.peerEpoch === second.peerEpoch && Z.equals(first.zxid, second.zxid)
