/**
 * The keys of zoo.cfg: those that have an effect here, and those that ZooKeeper knows and that have none. Keys that ask for
 * security are in security-keys.ts. All others are unknown.
 *
 * From the administrator's guides of ZooKeeper 3.8 and 3.9, the official container image, and what charts and operators write.
 */

const PREFIX = 'zookeeper.'

/** System properties of ZooKeeper have the prefix on a command line, and lose it in zoo.cfg; both spellings are read. */
export const plainKey = (key: string): string => (key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key)

/** Besides server.N, group.N and weight.N. */
export const EFFECTIVE_KEYS: ReadonlySet<string> = new Set([
  'tickTime',
  'initLimit',
  'syncLimit',
  'dataDir',
  'dataLogDir',
  'clientPort',
  'clientPortAddress',
  'peerType',
  'snapCount',
  'minSessionTimeout',
  'maxSessionTimeout',
  'globalOutstandingLimit',
  'jute.maxbuffer',
  'ephemeralNodes.total.byte.limit',
  'preAllocSize',
  'autopurge.snapRetainCount',
  'autopurge.purgeInterval',
  'maxClientCnxns',
  'maxCnxns',
  '4lw.commands.whitelist',
  'commitLogCount',
  'electionAlg',
  'quorumListenOnAllIPs',
  'standaloneEnabled',
  'forceSync',
  'reconfigEnabled',
  'skipACL',
  'dynamicConfigFile',
  'multiAddress.enabled',
  'db.autocreate',
  'startAloneThoughOthersMayHaveNewerWrites',
  'membersMayComeFromAnyAddress',
])

const NO_ADMIN_SERVER = 'there is no HTTP admin server; four-letter words answer on the client port'
const NO_METRICS_SERVER = 'metrics are read with the four-letter word mntr'
const BUILT_IN = 'the value is fixed here'
const NO_NETTY = 'connections are served by one built-in implementation'
const NO_JVM = 'there is no Java virtual machine'
const NOT_LIMITED = 'not implemented: nothing is limited by it'
const NOT_DONE = 'not implemented: it stays as if it were switched off'

/** Known to ZooKeeper, without effect here, and why that is so. */
const WITHOUT_EFFECT: ReadonlyMap<string, string> = new Map([
  ['audit.enable', 'not implemented: no audit log is written'],
  ['audit.impl.class', 'not implemented: no audit log is written'],
  ['bitHashCacheSize', BUILT_IN],
  ['clientCnxnSocket', NO_NETTY],
  ['clientPortListenBacklog', BUILT_IN],
  ['clientTcpKeepAlive', BUILT_IN],
  ['closeSessionTxn.enabled', 'a closed session always names the nodes that went with it'],
  ['cnxTimeout', BUILT_IN],
  ['commitProcessor.maxCommitBatchSize', BUILT_IN],
  ['commitProcessor.maxReadBatchSize', BUILT_IN],
  ['commitProcessor.numWorkerThreads', BUILT_IN],
  ['commitProcessor.shutdownTimeout', BUILT_IN],
  ['connection_throttle_decrease_ratio', NOT_LIMITED],
  ['connection_throttle_drop_decrease', NOT_LIMITED],
  ['connection_throttle_drop_increase', NOT_LIMITED],
  ['connection_throttle_fill_count', NOT_LIMITED],
  ['connection_throttle_fill_time', NOT_LIMITED],
  ['connection_throttle_freeze_time', NOT_LIMITED],
  ['connection_throttle_global_session_weight', NOT_LIMITED],
  ['connection_throttle_local_session_weight', NOT_LIMITED],
  ['connection_throttle_renew_session_weight', NOT_LIMITED],
  ['connection_throttle_tokens', NOT_LIMITED],
  ['connection_throttle_weight_enabled', NOT_LIMITED],
  ['connectToLearnerMasterLimit', 'initLimit counts'],
  ['controllerPort', NOT_DONE],
  ['datadir.autocreate', 'directories that are missing are always made'],
  ['digest.enabled', 'digests of the tree are always kept'],
  ['disableAutoWatchReset', 'it is for clients'],
  ['electionPortBindRetry', BUILT_IN],
  ['emulate353TTLNodes', NOT_DONE],
  ['enableEagerACLCheck', NOT_DONE],
  ['enforceQuota', 'not implemented: quotas bind nobody'],
  ['extendedTypesEnabled', 'nodes with a time to live are always possible'],
  ['fastleader.maxNotificationInterval', BUILT_IN],
  ['fastleader.minNotificationInterval', BUILT_IN],
  ['fips-mode', 'there is no TLS whose algorithms it would limit'],
  ['flushDelay', BUILT_IN],
  ['follower.nodelay', BUILT_IN],
  ['follower.skipLearnerRequestToNextProcessor', BUILT_IN],
  ['forceSnapshotSync', NOT_DONE],
  ['forward_learner_requests_to_commit_processor_disabled', BUILT_IN],
  ['fsync.warningthresholdms', BUILT_IN],
  ['intBufferStartingSizeBytes', BUILT_IN],
  ['jmx.log4j.disable', NO_JVM],
  ['largeRequestMaxBytes', NOT_LIMITED],
  ['largeRequestThreshold', NOT_LIMITED],
  ['leader.ackLoggingFrequency', BUILT_IN],
  ['leader.closeSocketAsync', BUILT_IN],
  ['leader.maxConcurrentDiffSyncs', BUILT_IN],
  ['leader.maxConcurrentSnapSyncs', BUILT_IN],
  ['leader.maxTimeToWaitForEpoch', 'initLimit counts'],
  ['leader.nodelay', BUILT_IN],
  ['leaderConnectDelayDuringRetryMs', BUILT_IN],
  ['leaderServes', 'the leader always serves clients'],
  ['learner.asyncSending', BUILT_IN],
  ['learner.closeSocketAsync', BUILT_IN],
  ['localSessionsEnabled', NOT_DONE],
  ['localSessionsUpgradingEnabled', NOT_DONE],
  ['maxBatchSize', BUILT_IN],
  ['maxGetChildrenResponseCacheSize', BUILT_IN],
  ['maxInProcessingDeadWatchers', BUILT_IN],
  ['maxResponseCacheSize', BUILT_IN],
  ['maxWriteQueuePollTime', BUILT_IN],
  ['messageTracker.BufferSize', NOT_DONE],
  ['messageTracker.Enabled', NOT_DONE],
  ['multiAddress.reachabilityCheckEnabled', BUILT_IN],
  ['multiAddress.reachabilityCheckTimeoutMs', BUILT_IN],
  ['nio.directBufferBytes', BUILT_IN],
  ['nio.numSelectorThreads', BUILT_IN],
  ['nio.numWorkerThreads', BUILT_IN],
  ['nio.sessionlessCnxnTimeout', BUILT_IN],
  ['nio.shutdownTimeout', BUILT_IN],
  ['observer.election.DelayMs', BUILT_IN],
  ['observer.reconnectDelayMs', BUILT_IN],
  ['observer.syncEnabled', 'observers always keep a log'],
  ['observerMaster.sizeLimit', 'observers follow the leader'],
  ['observerMasterPort', 'observers follow the leader'],
  ['oraclePath', NOT_DONE],
  ['quorum.cnxn.threads.size', BUILT_IN],
  ['quorumCnxnTimeoutMs', BUILT_IN],
  ['readonlymode.enabled', NOT_DONE],
  ['request.timeout', BUILT_IN],
  ['request_throttler.shutdownTimeout', BUILT_IN],
  ['serializeLastProcessedZxid.enabled', BUILT_IN],
  ['serverCnxnFactory', NO_NETTY],
  ['snapshot.compression.method', 'snapshots are written without compression'],
  ['snapshot.trust.empty', NOT_DONE],
  ['snapshotSizeFactor', BUILT_IN],
  ['snapSizeLimitInKb', BUILT_IN],
  ['syncEnabled', 'observers always keep a log'],
  ['tcpKeepAlive', BUILT_IN],
  ['throttled_op_wait_time', NOT_LIMITED],
  ['txnLogSizeLimitInKb', BUILT_IN],
  ['warningRequestThresholdMs', BUILT_IN],
  ['watcherCleanBatchSize', BUILT_IN],
  ['watcherCleanIntervalInSeconds', BUILT_IN],
  ['watcherCleanThreadsNum', BUILT_IN],
  ['watchManagerName', BUILT_IN],
  ['znode.container.checkIntervalMs', BUILT_IN],
  ['znode.container.maxNeverUsedIntervalMs', BUILT_IN],
  ['znode.container.maxPerMinute', BUILT_IN],
])

/** Families of keys without effect, by how they begin. */
const FAMILIES_WITHOUT_EFFECT: readonly (readonly [beginning: string, why: string])[] = [
  ['admin.', NO_ADMIN_SERVER],
  ['metricsProvider.', NO_METRICS_SERVER],
  ['jvm.', NO_JVM],
  ['netty.', NO_NETTY],
  ['learner.', BUILT_IN],
  ['request_', NOT_LIMITED],
  ['commitProcessor.', BUILT_IN],
  ['connection_throttle_', NOT_LIMITED],
  ['snapshot.', BUILT_IN],
  ['pathStats.', NOT_DONE],
]

/** Why the key has no effect; undefined for one that ZooKeeper does not know either, or that has one. */
export const whyWithoutEffect = (key: string): string | undefined => {
  const plain = plainKey(key)
  return WITHOUT_EFFECT.get(plain) ?? FAMILIES_WITHOUT_EFFECT.find(([beginning]) => plain.startsWith(beginning))?.[1]
}
