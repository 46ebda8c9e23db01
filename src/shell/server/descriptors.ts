/**
 * File descriptors are shared out beforehand: when they run out it is not the log, a snapshot or a member that goes
 * without, but a client more, which is turned away.
 */

export interface DescriptorShares {
  /** Connections of clients; Infinity: no bound. */
  readonly clients: number
  /** Connections on the quorum and the election port together, in both directions. */
  readonly peers: number
}

/** Files of this process: log, snapshots, folders, listeners, standard streams, the engine's own. */
const FILES = 64
/** Connections between members, those that replace them, and strangers that have not been refused yet. */
const PEERS = 256

/**
 * @param limit descriptors that this process may have (the soft limit); not positive, or no number: unknown
 * @param maxCnxns connections of clients that the configuration allows; 0 is no limit
 */
export const descriptorShares = (limit: number, maxCnxns: number): DescriptorShares => {
  const allowed = maxCnxns > 0 ? maxCnxns : Infinity
  if (!(limit > 0)) return { clients: allowed, peers: PEERS }
  // With few descriptors files come first, and peers before clients.
  const left = Math.max(2, limit - FILES)
  const peers = Math.min(PEERS, Math.ceil(left / 2))
  return { clients: Math.max(1, Math.min(allowed, left - peers)), peers }
}
