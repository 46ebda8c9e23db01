/** Bounds of this layer, and what happens at them. Those of zoo.cfg are in ServerConfig. */

/**
 * Requests of one connection that wait for an answer. Back-pressure (`globalOutstandingLimit`) stops reading long
 * before; only frames already read can still arrive. A connection that exceeds this is closed.
 */
export const MAXIMUM_PENDING_PER_CONNECTION = 65_536

/**
 * Sessions in a touch table. A learner that has more leaves out the rest, whose sessions are touched by a later PING;
 * with at least three PINGs in the shortest session timeout no session expires by that before its client is idle.
 */
export const MAXIMUM_TOUCHES_PER_PING = 100_000
