/**
 * Bounds of this layer, and what happens at them. Those of zoo.cfg are in ServerConfig.
 *
 * One client's bytes cost bounded time and memory: what is answered, restored or taken away in one step is a slice, and
 * what waits is counted, in requests and in bytes.
 */

const KIB = 1024
const MIB = 1024 * KIB

export interface ServerLimits {
  // --- slices: what is left goes on in a later turn

  /** Answers from the queue of one connection in one step, and requests of a queue that need no ordering. */
  readonly answersPerStep: number
  /** Bytes answered from the queue of one connection before its client has to have taken them; one answer at least. */
  readonly answerBytesPerStep: number
  /** Watches restored for one connection, or taken away, in one step. */
  readonly watchesPerStep: number

  // --- requests that wait: at these bounds reading stops, and goes on at half of them

  /** Requests of one connection. */
  readonly pendingRequests: number
  /** Bytes of the requests of one connection. */
  readonly pendingBytes: number
  /** Bytes of the requests of all connections. Reading stops from connections that have requests pending. */
  readonly outstandingBytes: number

  // --- what has no other end: one log line, and one connection is closed

  /** Bytes of the requests of all connections: what comes beyond closes the connection that it came from. */
  readonly outstandingBytesAtMost: number
  /** Memory of the watches of one connection, in bytes: it is closed. */
  readonly watchBytesPerConnection: number
  /** Memory of all watches, in bytes: the connection that has most of them is closed. */
  readonly watchBytes: number
}

export const serverLimits: ServerLimits = {
  answersPerStep: 128,
  answerBytesPerStep: 256 * KIB,
  watchesPerStep: 64,
  pendingRequests: 4096,
  pendingBytes: 16 * MIB,
  outstandingBytes: 64 * MIB,
  outstandingBytesAtMost: 128 * MIB,
  watchBytesPerConnection: 64 * MIB,
  watchBytes: 112 * MIB,
}

/**
 * Requests of one connection that wait for an answer. Reading stops at `pendingRequests`, so that no client gets here: a
 * shell that goes on all the same loses that connection.
 */
export const MAXIMUM_PENDING_PER_CONNECTION = 65_536

/**
 * Sessions in a touch table. A learner that has more leaves out the rest, whose sessions are touched by a later PING;
 * with at least three PINGs in the shortest session timeout no session expires by that before its client is idle.
 */
export const MAXIMUM_TOUCHES_PER_PING = 100_000
