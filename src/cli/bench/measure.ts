/** One round of one contender: each phase that was asked for, as samples. */
import path from 'node:path'
import type { Ensemble, Server } from './ensemble.js'
import { askServer, awaitLeader, describeDeath, restart, startEnsemble, stopEnsemble } from './ensemble.js'
import type { Job, Outcome } from './load/job.js'
import { runLoad } from './load-process.js'
import type { MetricName, Samples } from './metric.js'
import { joinSamples } from './metric.js'
import type { BenchOptions, Contender, Phase } from './options.js'
import { writeUntil } from './probe.js'
import { percentile } from './statistics.js'
import { usageOf } from './usage.js'

const WRITABLE_LIMIT_MS = 60_000
const SETTLE_BEFORE_KILL_MS = 500
/** A read is so much cheaper than a write that the same number would be over before it can be measured. */
const READS_FOR_A_WRITE = 20
/** With fewer servers the others have no quorum without the leader. */
export const LEAST_FOR_FAILOVER = 3
const MIB = 1024 * 1024

export interface Round {
  readonly samples: Samples
  /** Of the phase `writes`: what clients were told, and how far the servers' zxid went meanwhile. */
  readonly written: { readonly acknowledged: number; readonly zxidGrowth: number } | undefined
}

/** `directory` is made, and gone at the end. Rejects when a phase fails or the run is stopped. */
export const measureRound = async (contender: Contender, options: BenchOptions, directory: string): Promise<Round> => {
  const has = (phase: Phase): boolean => options.phases.has(phase)
  const startMs: number[] = []
  let ensemble = await coldStart(contender, options, path.join(directory, 'start-1'), startMs)
  try {
    for (let count = 2; has('start') && count <= options.starts; count += 1) {
      await stopEnsemble(ensemble)
      ensemble = await coldStart(contender, options, path.join(directory, `start-${count}`), startMs)
    }
    await awaitLeader(ensemble, options.stop)
    const freshMiB = largestMiB(ensemble)
    const writes = has('writes') || has('memory') ? await load(ensemble, options, options.write) : undefined
    const loadedMiB = largestMiB(ensemble)
    const reads = has('reads') ? await load(ensemble, options, 'read') : undefined
    const latency = has('latency') ? await oneByOne(ensemble, options) : undefined
    const failoverMs = has('failover') && options.servers >= LEAST_FOR_FAILOVER ? await failover(ensemble, options) : []
    return {
      written: writes && { acknowledged: writes.outcome.acknowledged, zxidGrowth: writes.zxidGrowth },
      samples: [
        has('start') ? { startMs } : {},
        has('memory') ? { freshMiB: [freshMiB], loadedMiB: [loadedMiB] } : {},
        writes ? throughput(writes, 'writesPerSecond', 'cpuUsPerWrite', 'clientCpuUsPerWrite') : {},
        reads ? throughput(reads, 'readsPerSecond', 'cpuUsPerRead', 'clientCpuUsPerRead') : {},
        latency ?? {},
        { failoverMs },
      ].reduce(joinSamples),
    }
  } finally {
    await stopEnsemble(ensemble)
  }
}

const addressesOf = ({ servers }: Ensemble) => servers.map(({ plan }) => plan.client)

/** From the start of the first process to the first acknowledged write. */
const coldStart = async (
  contender: Contender,
  { firstPort, progress, servers, stop }: BenchOptions,
  directory: string,
  startMs: number[],
): Promise<Ensemble> => {
  progress.step(`${contender.name}: start`)
  const before = performance.now()
  const ensemble = await startEnsemble(contender, servers, firstPort, directory)
  const death = new AbortController()
  let firstDeath = ''
  for (const server of ensemble.servers)
    void server.process.ended.then(() => {
      if (firstDeath === '') firstDeath = describeDeath(ensemble, server)
      death.abort()
    })
  try {
    const either = AbortSignal.any([stop, death.signal])
    const { atMs } = await writeUntil(addressesOf(ensemble), () => true, WRITABLE_LIMIT_MS, either)
    startMs.push(atMs - before)
    return ensemble
  } catch (error) {
    await stopEnsemble(ensemble)
    throw death.signal.aborted ? new Error(firstDeath) : error
  }
}

const largestMiB = ({ servers }: Ensemble): number =>
  usageOf(servers.map(({ process }) => process.pid)).reduce(
    (largest, { residentBytes }) => Math.max(largest, residentBytes / MIB),
    0,
  )

// --- load

interface Loaded {
  readonly outcome: Outcome
  readonly serverCpuUs: number
  readonly zxidGrowth: number
}

const jobOf = (ensemble: Ensemble, options: BenchOptions): Omit<Job, 'kind' | 'operation'> => ({
  addresses: addressesOf(ensemble),
  sessions: options.sessions,
  outstanding: options.outstanding,
  sizeBytes: options.sizeBytes,
  operations: options.operations,
  seconds: options.seconds,
  warmupSeconds: options.warmupSeconds,
})

const load = (ensemble: Ensemble, options: BenchOptions, operation: Job['operation']): Promise<Loaded> => {
  options.progress.step(`${ensemble.contender.name}: ${operation === 'read' ? 'reads' : 'writes'}`)
  const operations = options.operations * (operation === 'read' ? READS_FOR_A_WRITE : 1)
  return run(ensemble, options, { ...jobOf(ensemble, options), kind: 'pipeline', operation, operations })
}

const run = async (ensemble: Ensemble, { load, progress, stop }: BenchOptions, job: Job): Promise<Loaded> => {
  const groups = ensemble.servers.map(({ process }) => process.pid)
  const leader = await awaitLeader(ensemble, stop)
  const look = async (): Promise<{ readonly cpuUs: number; readonly zxid: bigint }> => {
    const cpuUs = usageOf(groups).reduce((sum, usage) => sum + usage.cpuUs, 0)
    return { cpuUs, zxid: (await askServer(leader))?.zxid ?? 0n }
  }
  let before = await look()
  let after = before
  const outcome = await runLoad(
    load,
    job,
    {
      onReady: async () => {
        before = await look()
      },
      onProgress: (acknowledged) => progress.tick(`${acknowledged.toLocaleString('en-US')} done`),
      onDone: async () => {
        after = await look()
      },
    },
    stop,
  )
  if (outcome.errors > 0) throw new Error(`${outcome.errors} of the ${job.operation} requests were refused`)
  return { outcome, serverCpuUs: after.cpuUs - before.cpuUs, zxidGrowth: Number(after.zxid - before.zxid) }
}

const throughput = (
  { outcome, serverCpuUs }: Loaded,
  perSecond: MetricName,
  cpu: MetricName,
  clientCpu: MetricName,
): Samples => {
  const { acknowledged, cpuUs, seconds } = outcome
  if (acknowledged === 0) return {}
  return {
    [perSecond]: [acknowledged / seconds],
    [cpu]: [serverCpuUs / acknowledged],
    [clientCpu]: [cpuUs / acknowledged],
  }
}

const oneByOne = async (ensemble: Ensemble, options: BenchOptions): Promise<Samples> => {
  options.progress.step(`${ensemble.contender.name}: latency`)
  const { outcome } = await run(ensemble, options, {
    ...jobOf(ensemble, options),
    kind: 'latency',
    operation: options.write,
    // One session to each server: an equal share of writes enters at the leader and at each follower.
    sessions: ensemble.servers.length,
    operations: options.latencyOperations,
    warmupSeconds: Math.min(1, options.warmupSeconds),
  })
  const at = (fraction: number): readonly number[] => {
    const value = percentile(outcome.latenciesMs, fraction)
    return value === undefined ? [] : [value]
  }
  return { latencyP50Ms: at(0.5), latencyP99Ms: at(0.99) }
}

// --- failover

const failover = async (ensemble: Ensemble, options: BenchOptions): Promise<readonly number[]> => {
  const gapsMs: number[] = []
  for (let count = 1; count <= options.kills; count += 1) {
    options.progress.step(`${ensemble.contender.name}: failover ${count} of ${options.kills}`)
    const leader = await awaitLeader(ensemble, options.stop)
    gapsMs.push(await killAndWait(ensemble, leader, options.stop))
    await leader.process.ended
    await restart(ensemble, leader)
  }
  await awaitLeader(ensemble, options.stop)
  return gapsMs
}

/**
 * From the last acknowledgement of the old epoch to the first of a later one, as clients of the surviving servers see
 * it. Which epoch has acknowledged a write, its zxid tells.
 */
const killAndWait = async (ensemble: Ensemble, leader: Server, stop: AbortSignal): Promise<number> => {
  const survivors = ensemble.servers.filter((server) => server !== leader).map(({ plan }) => plan.client)
  let old: { readonly epoch: number; readonly sinceMs: number; atMs: number } | undefined
  let isKilled = false
  const first = await writeUntil(
    survivors,
    ({ atMs, zxid }) => {
      old ??= { epoch: zxid.epoch, sinceMs: atMs, atMs }
      if (zxid.epoch > old.epoch) return true
      old.atMs = atMs
      if (!isKilled && atMs - old.sinceMs > SETTLE_BEFORE_KILL_MS) {
        isKilled = true
        leader.process.signal('SIGKILL')
      }
      return false
    },
    WRITABLE_LIMIT_MS,
    stop,
  )
  if (old === undefined || !isKilled) throw new Error('the leader changed before it was killed')
  return first.atMs - old.atMs
}
