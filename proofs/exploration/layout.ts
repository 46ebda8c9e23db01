/**
 * A state is a short row of numbers: the servers with their disks, what is on its way to leaders and to learners for each
 * pair of servers, with real elections also the notifications on their way, the abstract state, and what has been used of
 * the budget. What the numbers stand for is kept once.
 */
import type { ServerId } from '../../src/core/server-id.js'

export interface Layout {
  /** Numbers in a state. */
  readonly width: number
  /** The first of the channels; before it are the servers, by id. */
  readonly channels: number
  readonly abstract: number
  readonly budget: number
  readonly toLeader: (learner: ServerId, leader: ServerId) => number
  readonly toLearner: (learner: ServerId, leader: ServerId) => number
  /** Notifications; only with real elections. */
  readonly toVoter: (from: ServerId, to: ServerId) => number
}

export const layoutOf = (servers: readonly ServerId[], hasElections: boolean): Layout => {
  const count = servers.length
  const pairs = count * (count - 1)
  const pair = (from: ServerId, to: ServerId): number => (from - 1) * (count - 1) + (to < from ? to - 1 : to - 2)
  const abstract = count + (hasElections ? 3 : 2) * pairs
  return {
    width: abstract + 2,
    channels: count,
    abstract,
    budget: abstract + 1,
    toLeader: (learner, leader) => count + pair(learner, leader),
    toLearner: (learner, leader) => count + pairs + pair(learner, leader),
    toVoter: (from, to) => count + 2 * pairs + pair(from, to),
  }
}
