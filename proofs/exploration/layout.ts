/**
 * A state is a short row of numbers: the servers with their disks, what is on its way to leaders and to learners for each
 * pair of servers, the abstract state, and what has been used of the budget. What the numbers stand for is kept once.
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
}

export const layoutOf = (servers: readonly ServerId[]): Layout => {
  const count = servers.length
  const pairs = count * (count - 1)
  const pair = (learner: ServerId, leader: ServerId): number =>
    (learner - 1) * (count - 1) + (leader < learner ? leader - 1 : leader - 2)
  return {
    width: count + 2 * pairs + 2,
    channels: count,
    abstract: count + 2 * pairs,
    budget: count + 2 * pairs + 1,
    toLeader: (learner, leader) => count + pair(learner, leader),
    toLearner: (learner, leader) => count + pairs + pair(learner, leader),
  }
}
