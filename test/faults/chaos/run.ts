/**
 * One run: three servers, clients, and a nemesis, for a while; then all is healed, and everything that was seen is
 * judged. The seed fixes what is tried, not how the machine interleaves it.
 *
 * A killed process loses nothing that it has handed to the operating system, so a missing fsync cannot be seen here;
 * test/shell/storage has a disk for that. What is acknowledged before it is written is seen.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isAnswered, isWrite } from '../../../model/consistency/history.js'
import { makeRandom } from '../../../model/world/random.js'
import { OPEN } from '../../../src/service/acl.js'
import { until, untilTrue } from '../../support/wait.js'
import { alarmsIn } from './alarms.js'
import { makeArchive } from './archive.js'
import { RecordingClient } from './client.js'
import type { Cluster } from './cluster.js'
import { makeCluster } from './cluster.js'
import { committedSequence } from './committed.js'
import type { Recording } from './judge.js'
import { judge, staleSyncs } from './judge.js'
import { makeNemesis } from './nemesis.js'
import type { Tree } from './trees.js'
import { differences, readTree } from './trees.js'
import { makeWorkload, QUEUES } from './workload.js'

export interface Options {
  readonly seed: number
  /** Time with faults; start, the last healing and the judgement come on top. */
  readonly seconds: number
  /** Empty, and removed by the caller. */
  readonly directory: string
  readonly say: (line: string) => void
  /** Asked after each round: true ends the faults early. */
  readonly isEnough?: () => boolean
}

export interface Finding {
  readonly clause: string
  readonly what: string
}

export interface Report {
  readonly findings: readonly Finding[]
  readonly recording: Recording
  /** What happened, a line each. */
  readonly story: readonly string[]
  /** Figures for people. */
  readonly summary: string
}

const CLIENTS = 6
/** Lines of one kind in a report. */
const SHOWN = 5
const COLLECT_MS = 100
/** After a heal: an election, a synchronization, and as much again for a busy machine. */
const RECOVERY_LIMIT_MS = 30_000
/** Worth a line. */
const SLOW_MS = 5000
const CALM_MS = [200, 1200] as const
const SESSION_TIMEOUTS_MS = [800, 1500, 3000, 4000] as const
const DRAIN_LIMIT_MS = 20_000

export const run = async ({ seed, seconds, directory, say, isEnough = () => false }: Options): Promise<Report> => {
  const startedMs = performance.now()
  const story: string[] = []
  const findings: Finding[] = []
  const tell = (line: string): void => {
    const text = `${((performance.now() - startedMs) / 1000).toFixed(2).padStart(8)} s  ${line}`
    story.push(text)
    say(text)
  }
  const report = (clause: string, what: string): void => {
    findings.push({ clause, what })
    tell(`VIOLATED ${clause}: ${what}`)
  }
  let now = 0
  const stamp = (): number => (now += 1)
  const cluster = await makeCluster(directory)
  const archive = makeArchive(
    join(directory, 'archive'),
    cluster.servers.map(({ dataDirectory }) => dataDirectory),
  )
  const collecting = setInterval(archive.collect, COLLECT_MS)
  const clients: RecordingClient[] = []
  const connect: Connect = (index, choosePort) => {
    const sessionTimeoutMs = SESSION_TIMEOUTS_MS[index % SESSION_TIMEOUTS_MS.length] ?? 3000
    const client = new RecordingClient({ stamp, report, sessionTimeoutMs, choosePort })
    clients.push(client)
    return client
  }
  const stage: Stage = { seed, cluster, connect, stamp, tell, report }
  try {
    for (const server of cluster.servers) server.start()
    await allServe(cluster)
    const endMs = performance.now() + seconds * 1000
    const faults = await runWithFaults(stage, () => isEnough() || performance.now() > endMs)
    const tree = await compareTrees(stage)
    const codes = await Promise.all(cluster.servers.map((server) => server.stop()))
    if (codes.some((code) => code !== 0)) report('AVAILABILITY', `the servers ended with ${codes.join(', ')}`)
    for (const server of cluster.servers)
      for (const line of alarmsIn(server.log()).slice(0, SHOWN)) report('LOG', `server ${server.id}: ${line}`)
    archive.collect()
    const recording: Recording = {
      calls: clients.flatMap((client) => client.calls()),
      syncs: clients.flatMap((client) => client.syncs()),
      alive: clients.flatMap((client) => client.alive()),
      sights: clients.flatMap((client) => [...client.sights()]),
      entries: committedSequence(await archive.read(), report),
    }
    judge(recording, report)
    const summary = [...summarize(recording), `${tree.size} nodes`, faults].join('; ')
    tell(summary)
    return { findings, recording, story, summary }
  } finally {
    clearInterval(collecting)
    for (const client of clients) client.stop()
    await cluster.close()
  }
}

/** What the parts of a run share. */
interface Stage {
  readonly seed: number
  readonly cluster: Cluster
  readonly connect: Connect
  readonly stamp: () => number
  readonly tell: (line: string) => void
  readonly report: (clause: string, what: string) => void
}

type Connect = (index: number, choosePort: () => number) => RecordingClient

/** Until it is enough or something is found; then all is well again, and the clients end. Gives figures. */
const runWithFaults = async (stage: Stage, isEnough: () => boolean): Promise<string> => {
  const { seed, cluster, stamp, tell, report } = stage
  const random = makeRandom(seed)
  const workers = Array.from({ length: CLIENTS }, (_, index) => {
    const own = makeRandom(seed * 31 + index)
    return stage.connect(index, () => cluster.servers[own.below(cluster.servers.length)]?.clientPort ?? 0)
  })
  await makeQueues(workers[0])
  let isOver = false
  let isHurt = false
  let slowestMs = 0
  const found = (clause: string, what: string): void => {
    isHurt = true
    report(clause, what)
  }
  const progress = async (situation: string): Promise<void> => {
    const sinceMs = performance.now()
    const written = untilTrue('a write is acknowledged', acknowledgedAfter(workers, stamp()), RECOVERY_LIMIT_MS)
    await written.catch((error: unknown) => found('LIVENESS', `${situation}: ${String(error)}`))
    const tookMs = performance.now() - sinceMs
    slowestMs = Math.max(slowestMs, tookMs)
    if (tookMs > SLOW_MS) tell(`${situation}: no write was acknowledged for ${Math.round(tookMs)} ms`)
  }
  const serve = (situation: string): Promise<unknown> =>
    allServe(cluster).catch((error: unknown) => found('LIVENESS', `${situation}: ${String(error)}`))
  const cutClients = (): void => {
    for (const client of workers) client.cut()
  }
  const nemesis = makeNemesis({ cluster, random, cutClients, say: tell, report: found, progress, pause })
  const works = workers.map((client, index) =>
    makeWorkload(client, `c${index}`, makeRandom(seed * 131 + index)).run(() => isOver, pause),
  )

  let rounds = 0
  while (!isHurt && !isEnough()) {
    await nemesis.round()
    nemesis.checkRunning()
    nemesis.heal()
    await progress('after a heal')
    if (random.below(2) === 0) await serve('after a heal')
    nemesis.checkRunning()
    rounds += 1
    await pause(random.between(...CALM_MS))
  }
  await serve('in the end')
  isOver = true
  await endWork(workers, works)
  return `${rounds} rounds, slowest recovery ${Math.round(slowestMs)} ms`
}

/** Half of the clients end their sessions, half leave that to the timeout. */
const endWork = async (workers: readonly RecordingClient[], works: readonly Promise<void>[]): Promise<void> => {
  for (const [index, client] of workers.entries()) if (index % 2 === 1) client.stop()
  await Promise.race([Promise.all(works), pause(DRAIN_LIMIT_MS, undefined, { ref: false })])
  for (const client of workers) {
    if (client.isConnected) await client.call({ op: 'closeSession' })
    client.stop()
  }
}

/** All servers show the same tree, node for node, and reach the same zxid. These reads are judged like all others. */
const compareTrees = async ({ cluster, connect, report }: Stage): Promise<Tree> => {
  await ephemeralsGone(cluster).catch((error: unknown) => report('SESS-1', String(error)))
  let first: Tree | undefined
  for (const [index, { id, clientPort }] of cluster.servers.entries()) {
    const client = connect(CLIENTS + index, () => clientPort)
    const tree = await readTree(client)
    await client.call({ op: 'closeSession' })
    client.stop()
    first ??= tree
    for (const difference of differences(first, tree).slice(0, SHOWN))
      report('AGREEMENT', `servers 1 and ${id} differ at ${difference}`)
  }
  await level(cluster).catch((error: unknown) => report('AGREEMENT', String(error)))
  return first ?? new Map<string, string>()
}

const makeQueues = async (client: RecordingClient | undefined): Promise<void> => {
  for (const path of QUEUES) {
    await client?.ready()
    await client?.call({ op: 'create', path, data: null, acl: OPEN, flags: 0 })
  }
}

const allServe = (cluster: Cluster): Promise<unknown> =>
  until(
    'all servers serve',
    async () => {
      const modes = await Promise.all(cluster.servers.map((server) => server.mode()))
      return modes.every((mode) => mode !== undefined) ? modes : undefined
    },
    RECOVERY_LIMIT_MS,
  )

/** A write that was begun after the mark has been acknowledged. */
const acknowledgedAfter =
  (clients: readonly RecordingClient[], mark: number): (() => boolean) =>
  () =>
    clients.some((client) => client.lastWriteInvoked > mark)

const ephemeralsGone = (cluster: Cluster): Promise<void> =>
  untilTrue(
    'the ephemeral nodes of ended sessions are gone',
    async () => {
      const counts = await Promise.all(cluster.servers.map((server) => server.figure('zk_ephemerals_count')))
      return counts.every((count) => count === '0')
    },
    RECOVERY_LIMIT_MS,
  )

const level = (cluster: Cluster): Promise<void> =>
  untilTrue(
    'all servers have applied the same',
    async () => {
      const zxids = await Promise.all(cluster.servers.map((server) => server.lastZxid()))
      return zxids.every((zxid) => zxid !== undefined && zxid === zxids[0])
    },
    RECOVERY_LIMIT_MS,
  )

const summarize = (recording: Recording): readonly string[] => {
  const { calls, entries, syncs, sights } = recording
  const answered = calls.filter(isAnswered)
  const unknown = calls.filter((call) => isWrite(call) && !isAnswered(call))
  const events = sights.reduce((sum, [, seen]) => sum + seen.filter(({ kind }) => kind === 'Notified').length, 0)
  const epochs = new Set(entries.map(({ zxid }) => zxid.epoch))
  return [
    `${calls.length} calls, ${answered.length} answered (${answered.filter(isWrite).length} writes)`,
    `${unknown.length} writes of unknown outcome`,
    `${sights.length} sessions, ${events} watch events, ${syncs.length} syncs (${staleSyncs(recording)} stale)`,
    `${entries.length} transactions in ${epochs.size} epochs`,
  ]
}
