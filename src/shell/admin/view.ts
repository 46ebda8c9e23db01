/** What the administrator's commands may look at. All figures are those of one moment. */
import type { ServerMetrics } from '../../server/metrics.js'
import type { Statistics } from '../server/statistics.js'

export interface ConnectionView {
  /** `ip:port`. */
  readonly remote: string
  readonly paused: boolean
  readonly outstanding: number
  readonly received: number
  readonly sent: number
}

export interface DiskFigures {
  readonly syncs: number
  readonly averageSyncMs: number
  readonly maxSyncMs: number
  /** Bytes of the newest snapshot written or read; 0 when there is none yet. */
  readonly lastSnapshotBytes: number
  /** Attempts to write one that failed. */
  readonly failedSnapshots: number
}

export interface AdminView {
  readonly standalone: boolean
  readonly metrics: ServerMetrics
  readonly statistics: Statistics
  readonly disk: DiskFigures
  readonly nowMs: number
  /** The asking connection included. */
  readonly connections: readonly ConnectionView[]
  readonly openFileDescriptors: number
  readonly maxFileDescriptors: number
  /** Voters of the committed configuration. */
  readonly quorumSize: number
  /** Leader: followers and observers connected, and those of them that are synchronized. */
  readonly learners: number
  readonly syncedFollowers: number
  readonly syncedObservers: number
  /** `key=value` lines of `conf`. */
  readonly configuration: readonly (readonly [key: string, value: string | number])[]
  /** The committed configuration as text; empty for a standalone server. */
  readonly membership: string
}
