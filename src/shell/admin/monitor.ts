/** `mntr`: the figures of a server, a line each, by ZooKeeper's names and a few of our own. */
import { toHex } from '../../core/zxid.js'
import type { AdminView } from './view.js'
import { version } from './version.js'

export type Figure = readonly [name: string, value: string | number]

/** `standalone` is what a server without peers is called while it serves. */
export const modeOf = (view: AdminView): string =>
  view.standalone && view.metrics.mode === 'leader' ? 'standalone' : view.metrics.mode

/** At most four decimals, and always one: `0.0`, `3.6667`. */
export const showDecimal = (value: number): string => {
  const rounded = Math.round(value * 10_000) / 10_000
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded)
}

/** All figures, named as Prometheus names them: without `zk_`. */
export const figuresOf = (view: AdminView): readonly Figure[] => [
  ['version', version],
  ['server_state', modeOf(view)],
  ...ifQuorum(view, [['peer_state', view.metrics.peerState]]),
  ['avg_latency', showDecimal(view.statistics.latency.averageMs)],
  ['min_latency', Math.round(view.statistics.latency.minMs)],
  ['max_latency', Math.round(view.statistics.latency.maxMs)],
  ['packets_received', view.statistics.packetsReceived],
  ['packets_sent', view.statistics.packetsSent],
  ['num_alive_connections', view.connections.length],
  ['outstanding_requests', view.metrics.outstandingRequests],
  ['znode_count', view.metrics.nodeCount],
  ['watch_count', view.metrics.watchCount],
  ['ephemerals_count', view.metrics.ephemeralCount],
  // Exact figures would need a walk over the tree; the newest snapshot holds the same data.
  ['approximate_data_size', view.disk.lastSnapshotBytes],
  ['snapshot_error_count', view.disk.failedSnapshots],
  ['global_sessions', view.metrics.globalSessions],
  ['open_file_descriptor_count', view.openFileDescriptors],
  ['max_file_descriptor_count', view.maxFileDescriptors],
  ['uptime', Math.round(view.nowMs - view.statistics.startedAtMs)],
  ['avg_fsynctime', showDecimal(view.disk.averageSyncMs)],
  ['max_fsynctime', Math.round(view.disk.maxSyncMs)],
  ['cnt_fsynctime', view.disk.syncs],
  ['digest_mismatches_count', view.metrics.digestMismatches],
  ...ifQuorum(view, [['quorum_size', view.quorumSize]]),
  ...(view.metrics.mode === 'leader' ? ifQuorum(view, leaderFigures(view)) : []),
  ['zab_epoch', view.metrics.epoch ?? -1],
  ['last_zxid', toHex(view.metrics.lastZxid)],
]

const leaderFigures = (view: AdminView): readonly Figure[] => [
  ['learners', view.learners],
  ['synced_followers', view.syncedFollowers],
  ['synced_observers', view.syncedObservers],
  ['pending_syncs', view.metrics.pendingSyncs],
  ['outstanding_proposals', view.metrics.outstandingProposals],
]

const ifQuorum = (view: AdminView, figures: readonly Figure[]): readonly Figure[] => (view.standalone ? [] : figures)

/** The text of `mntr`. */
export const monitorText = (view: AdminView): string =>
  figuresOf(view)
    .map(([name, value]) => `zk_${name}\t${value}\n`)
    .join('')
