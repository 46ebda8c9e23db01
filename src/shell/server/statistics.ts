/**
 * What the shell itself counts: packets, and how long requests take. Reset by no one.
 *
 * Latency is sampled: at most one request a connection is timed at once, so that a pipelined request costs a
 * comparison and not a clock reading.
 */

export interface Latency {
  readonly count: number
  readonly minMs: number
  readonly maxMs: number
  readonly averageMs: number
}

export interface Statistics {
  /** Frames from clients, the first one of a connection and four-letter words included. */
  readonly packetsReceived: number
  readonly packetsSent: number
  readonly latency: Latency
  readonly startedAtMs: number
}

export interface StatisticsRecorder {
  readonly received: () => void
  readonly sent: () => void
  readonly answered: (latencyMs: number) => void
  readonly current: () => Statistics
}

/** @param startedAtMs the monotonic clock at the start of the server */
export const makeStatistics = (startedAtMs: number): StatisticsRecorder => {
  let packetsReceived = 0
  let packetsSent = 0
  let count = 0
  let minMs = 0
  let maxMs = 0
  let totalMs = 0
  return {
    received: () => {
      packetsReceived += 1
    },
    sent: () => {
      packetsSent += 1
    },
    answered: (latencyMs) => {
      minMs = count === 0 ? latencyMs : Math.min(minMs, latencyMs)
      maxMs = Math.max(maxMs, latencyMs)
      totalMs += latencyMs
      count += 1
    },
    current: () => ({
      packetsReceived,
      packetsSent,
      latency: { count, minMs, maxMs, averageMs: count === 0 ? 0 : totalMs / count },
      startedAtMs,
    }),
  }
}
