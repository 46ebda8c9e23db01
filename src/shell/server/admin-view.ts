/** Gathers what the administrator's commands show. */
import { votersOf } from '../../core/quorum.js'
import { metricsOf } from '../../server/metrics.js'
import type { Server } from '../../server/server.js'
import { maxFileDescriptors, openFileDescriptors } from '../admin/descriptors.js'
import type { AdminView, ConnectionView } from '../admin/view.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'
import type { LearnerView } from '../network/quorum-port.js'
import type { StorageStatistics } from '../storage/statistics.js'
import { textOf } from './server-config.js'
import type { Statistics } from './statistics.js'

export interface Sources {
  readonly configuration: ServerConfiguration
  readonly server: Server
  readonly statistics: Statistics
  readonly storage: StorageStatistics
  readonly connections: readonly ConnectionView[]
  readonly learners: readonly LearnerView[]
}

export const adminViewOf = ({ configuration, storage, learners, ...sources }: Sources): AdminView => {
  const synced = (role: LearnerView['role']): number =>
    learners.filter((learner) => learner.synced && learner.role === role).length
  return {
    standalone: configuration.standalone,
    metrics: metricsOf(sources.server),
    statistics: sources.statistics,
    disk: {
      syncs: storage.fsyncs,
      averageSyncMs: storage.fsyncs === 0 ? 0 : storage.fsyncTotalMs / storage.fsyncs,
      maxSyncMs: storage.fsyncMaxMs,
      lastSnapshotBytes: storage.lastSnapshotBytes,
    },
    nowMs: performance.now(),
    connections: sources.connections,
    openFileDescriptors: openFileDescriptors(),
    maxFileDescriptors: maxFileDescriptors(),
    quorumSize: votersOf(configuration.ensemble.quorums).length,
    learners: learners.length,
    syncedFollowers: synced('participant'),
    syncedObservers: synced('observer'),
    configuration: configurationLines(configuration),
    membership: textOf(configuration),
  }
}

/** The lines of `conf`, by ZooKeeper's keys. */
const configurationLines = (configuration: ServerConfiguration): AdminView['configuration'] => [
  ['clientPort', configuration.clientAddress?.port ?? -1],
  ['secureClientPort', -1],
  ['dataDir', configuration.dataDir],
  ['dataLogDir', configuration.dataLogDir],
  ['tickTime', configuration.tickTimeMs],
  ['maxClientCnxns', configuration.maxClientCnxns],
  ['minSessionTimeout', configuration.minSessionTimeoutMs],
  ['maxSessionTimeout', configuration.maxSessionTimeoutMs],
  ['serverId', configuration.self],
  ...(configuration.standalone ? [] : ensembleLines(configuration)),
]

const ensembleLines = (configuration: ServerConfiguration): AdminView['configuration'] => {
  const member = configuration.ensemble.members.find(({ id }) => id === configuration.self)
  return [
    ['initLimit', configuration.initLimit],
    ['syncLimit', configuration.syncLimit],
    ['electionAlg', 3],
    ['electionPort', member?.electionPort ?? -1],
    ['quorumPort', member?.quorumPort ?? -1],
    ['peerType', member?.role === 'observer' ? 1 : 0],
  ]
}
