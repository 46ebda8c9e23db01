/** Gathers what the administrator's commands show. */
import type { Configuration, Member } from '../../core/configuration.js'
import { votersOf } from '../../core/quorum.js'
import { metricsOf } from '../../server/metrics.js'
import type { Server } from '../../server/server.js'
import { maxFileDescriptors, openFileDescriptors } from '../admin/descriptors.js'
import type { AdminView, ConnectionView } from '../admin/view.js'
import { renderConfigurationText } from '../../service/configuration/text.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'
import type { LearnerView } from '../network/quorum-port.js'
import type { StorageStatistics } from '../storage/statistics.js'
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
  const { committed } = sources.server.peer.configuration
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
      failedSnapshots: storage.failedSnapshots,
    },
    nowMs: performance.now(),
    connections: sources.connections,
    openFileDescriptors: openFileDescriptors(),
    maxFileDescriptors: maxFileDescriptors(),
    quorumSize: votersOf(committed.quorums).length,
    learners: learners.length,
    syncedFollowers: synced('participant'),
    syncedObservers: synced('observer'),
    configuration: configurationLines(configuration, committed),
    membership: configuration.standalone ? '' : renderConfigurationText(committed),
  }
}

/** The lines of `conf`, by ZooKeeper's keys. */
const configurationLines = (
  configuration: ServerConfiguration,
  committed: Configuration,
): AdminView['configuration'] => [
  ['clientPort', configuration.clientAddress?.port ?? -1],
  ['secureClientPort', -1],
  ['dataDir', configuration.dataDir],
  ['dataLogDir', configuration.dataLogDir],
  ['tickTime', configuration.tickTimeMs],
  ['maxClientCnxns', configuration.maxClientCnxns],
  ['minSessionTimeout', configuration.minSessionTimeoutMs],
  ['maxSessionTimeout', configuration.maxSessionTimeoutMs],
  ['serverId', configuration.self],
  ...(configuration.standalone ? [] : ensembleLines(configuration, committed)),
]

/** Ports as zoo.cfg says, since they are open; the role as the present configuration does, while it lists this server. */
const ensembleLines = (configuration: ServerConfiguration, committed: Configuration): AdminView['configuration'] => {
  const own = ({ members }: Configuration): Member | undefined => members.find(({ id }) => id === configuration.self)
  const member = own(configuration.ensemble)
  const role = (own(committed) ?? member)?.role
  return [
    ['initLimit', configuration.initLimit],
    ['syncLimit', configuration.syncLimit],
    ['electionAlg', 3],
    ['electionPort', member?.electionPort ?? -1],
    ['quorumPort', member?.quorumPort ?? -1],
    ['peerType', role === 'observer' ? 1 : 0],
  ]
}
