/** ZOOKEEPER-1277: the counter of a zxid runs over into its epoch. */
import type { Peer } from '../../src/core/peer.js'
import * as Z from '../../src/core/zxid.js'
import { bending } from './program.js'

/** The counter is made this narrow, so that a schedule gets to its end. */
const LAST_COUNTER = 6

/**
 * A zxid was one number of 64 bits and the next one was that plus 1. Behind the last counter comes ⟨e + 1, 0⟩: before the
 * addition that is ⟨e + 1, −1⟩, the same number as ⟨e, last⟩ where the counter has its full width.
 */
export const runOver = <T>(peer: Peer<T>, lastCounter: number): Peer<T> => {
  const { role } = peer
  if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting') return peer
  const { lastProposed } = role.phase
  if (lastProposed.counter !== lastCounter) return peer
  const phase = { ...role.phase, lastProposed: Z.zxid(lastProposed.epoch + 1, -1) }
  return { ...peer, role: { ...role, phase } }
}

export const carries = bending((_, __, step) => ({
  ...step,
  server: { ...step.server, peer: runOver(step.server.peer, LAST_COUNTER) },
}))
