/** One item against a fresh ensemble of one contender. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { logFile } from '../../start/child.js'
import type { Ensemble, Server } from '../ensemble.js'
import { askServer, awaitLeader, restart, startEnsemble, stopEnsemble } from '../ensemble.js'
import type { Contender } from '../options.js'
import type { Child } from './child.js'
import { startChild } from './child.js'
import type { Figures, Restart } from './figures.js'
import type { Check, Finding, Item, Target } from './item.js'
import type { AttackJob, AttackReport, InnocentJob, InnocentOutcome, InnocentReport } from './job.js'
import type { HostileOptions } from './options.js'
import { watchPeak } from './peak.js'

const SERVERS = 3
const EVERY_MS = 10
const RESTART_BOUND_MS = 120_000
const POLL_MS = 25
/** What an attacker leaves behind is looked at so long before the measurement ends. */
const AFTERMATH_MS = 2000
/** Above the time of an item its process is ended. */
const GRACE_MS = 10_000
/** A follower may come back so much later than without the attack. */
const REJOIN_SLACK_MS = 2000

/** `directory` is made, and gone at the end; so are all processes. Rejects when there is nothing to attack, or on `stop`. */
export const runItem = async (
  item: Item,
  contender: Contender,
  options: HostileOptions,
  directory: string,
): Promise<Figures> => {
  const ensemble = await startEnsemble(contender, SERVERS, options.firstPort, directory, item.settings)
  const children: Child<unknown>[] = []
  try {
    await awaitLeader(ensemble, options.stop)
    const withoutMs = await restartBefore(item, ensemble, options)
    const leader = await awaitLeader(ensemble, options.stop)
    const follower = ensemble.servers.find((server) => server !== leader) ?? leader
    const innocent = startChild<InnocentReport>(options.innocent, innocentJob(leader, follower, options), options.stop)
    children.push(innocent)
    await isReady(innocent)
    await sleep(AFTERMATH_MS / 2, undefined, { signal: options.stop })
    const epochBefore = epochOnDisk(ensemble)
    const logBefore = logBytes(leader)
    const peak = watchPeak(leader.process.pid)
    innocent.tell()
    const attacked = await attack(item, ensemble, leader, withoutMs, options, children)
    await sleep(AFTERMATH_MS, undefined, { signal: options.stop })
    innocent.tell()
    const outcome = await outcomeOf(innocent)
    const residentPeakBytes = peak.end()
    const epochs = epochOnDisk(ensemble) - epochBefore
    const logged = logBytes(leader) - logBefore
    const deaths = deathsOf(ensemble)
    const restarted = await restartAfter(item, ensemble, leader, withoutMs, options)
    return {
      innocent: outcome,
      residentBeforeBytes: peak.beforeBytes,
      residentPeakBytes,
      storedBytes: attacked.finding.storedBytes,
      deaths: [...new Set([...deaths, ...deathsOf(ensemble)])],
      epochs,
      logBytes: logged,
      restart: restarted,
      checks: [...attacked.finding.checks, ...attacked.checks],
      seen: attacked.finding.seen,
      ended: attacked.ended,
    }
  } finally {
    await Promise.all(children.map((child) => child.end()))
    await stopEnsemble(ensemble)
  }
}

// --- the innocent client

const innocentJob = (leader: Server, follower: Server, { boundMs }: HostileOptions): InnocentJob => ({
  attacked: leader.plan.client,
  other: follower.plan.client,
  everyMs: EVERY_MS,
  boundMs,
})

const isReady = async (innocent: Child<InnocentReport>): Promise<void> => {
  const report = await innocent.next()
  if (report?.event !== 'ready') throw new Error(`the innocent client: ${reasonOf(report)}`)
}

const outcomeOf = async (innocent: Child<InnocentReport>): Promise<InnocentOutcome> => {
  const report = await innocent.next()
  if (report?.event !== 'done') throw new Error(`the innocent client: ${reasonOf(report)}`)
  return report.outcome
}

const reasonOf = (report: InnocentReport | undefined): string =>
  report?.event === 'failed' ? report.reason : 'it has ended too early'

// --- the attack

interface Attacked {
  readonly finding: Finding
  readonly checks: readonly Check[]
  readonly ended: Figures['ended']
}

const NOTHING = { storedBytes: 0, checks: [] }

const attack = async (
  item: Item,
  ensemble: Ensemble,
  leader: Server,
  withoutMs: number | undefined,
  options: HostileOptions,
  children: Child<unknown>[],
): Promise<Attacked> => {
  const others = ensemble.servers.filter((server) => server !== leader)
  const job: AttackJob = {
    item: item.name,
    attacked: targetOf(leader),
    others: others.map(targetOf),
    brief: options.brief,
    seed: options.seed,
    seconds: options.seconds,
  }
  const limit = AbortSignal.timeout(options.seconds * 1000 + GRACE_MS + RESTART_BOUND_MS)
  const attacker = startChild<AttackReport>(options.attacker, job, AbortSignal.any([options.stop, limit]))
  children.push(attacker)
  const bound = setTimeout(() => void attacker.end(), options.seconds * 1000 + GRACE_MS)
  const checks: Check[] = []
  try {
    for (;;) {
      const report = await attacker.next()
      if (options.stop.aborted) throw new Error('interrupted')
      switch (report?.event) {
        case undefined:
          return { finding: { ...NOTHING, seen: 'the attacker was ended' }, checks, ended: 'budget' }
        case 'underAttack':
          if (item.meanwhile === 'restartFollower') {
            bound.refresh()
            checks.push(await rejoin(ensemble, others.at(-1) ?? leader, withoutMs ?? 0, options))
          }
          attacker.tell()
          break
        case 'done':
          return { finding: report.finding, checks, ended: report.isOver ? 'budget' : 'done' }
        case 'failed':
          return { finding: { ...NOTHING, seen: report.reason }, checks, ended: report.isOver ? 'budget' : 'failed' }
      }
    }
  } finally {
    clearTimeout(bound)
    await attacker.end()
  }
}

const targetOf = ({ plan, process }: Server): Target => {
  const [, quorumPort, electionPort] =
    new RegExp(`^server\\.${plan.id}=[^:]+:(\\d+):(\\d+)`, 'm').exec(plan.zooCfg) ?? []
  const { host } = plan.client
  return {
    id: plan.id,
    pid: process.pid,
    client: plan.client,
    quorum: { host, port: Number(quorumPort) },
    election: { host, port: Number(electionPort) },
  }
}

const rejoin = async (
  ensemble: Ensemble,
  follower: Server,
  withoutMs: number,
  { brief, stop }: HostileOptions,
): Promise<Check> => {
  const { afterMs, isUnfinished } = await restartServers(ensemble, [follower], brief ? 20_000 : 60_000, stop)
  const allowedMs = withoutMs + REJOIN_SLACK_MS
  return {
    aim: 'a follower that restarts meanwhile comes back in time',
    held: !isUnfinished && afterMs <= allowedMs,
    seen: `${isUnfinished ? 'not within ' : ''}${Math.round(afterMs)} ms, ${Math.round(withoutMs)} ms without the attack`,
  }
}

// --- restarts

/** How long the restart that comes after the attack takes without it. Undefined when none comes. */
const restartBefore = async (item: Item, ensemble: Ensemble, { stop }: HostileOptions): Promise<number | undefined> => {
  if (item.afterwards === 'nothing' && item.meanwhile === undefined) return undefined
  const leader = await awaitLeader(ensemble, stop)
  const follower = ensemble.servers.find((server) => server !== leader) ?? leader
  const again = item.meanwhile === 'restartFollower' ? [follower] : restartedOf(item, ensemble, leader)
  return (await restartServers(ensemble, again, RESTART_BOUND_MS, stop)).afterMs
}

const restartAfter = async (
  item: Item,
  ensemble: Ensemble,
  leader: Server,
  withoutMs: number | undefined,
  { brief, stop }: HostileOptions,
): Promise<Restart | undefined> => {
  if (item.afterwards === 'nothing' || withoutMs === undefined) return undefined
  const attacked = ensemble.servers.find(({ plan }) => plan.id === leader.plan.id) ?? leader
  const again = restartedOf(item, ensemble, attacked)
  return { withoutMs, ...(await restartServers(ensemble, again, brief ? 30_000 : RESTART_BOUND_MS, stop)) }
}

const restartedOf = (item: Item, ensemble: Ensemble, leader: Server): readonly Server[] =>
  item.afterwards === 'restartAll' ? ensemble.servers : [leader]

/** Stopped and started again; from the start until they all serve. */
const restartServers = async (
  ensemble: Ensemble,
  servers: readonly Server[],
  boundMs: number,
  stop: AbortSignal,
): Promise<{ readonly afterMs: number; readonly isUnfinished: boolean }> => {
  for (const { process } of servers) process.signal('SIGTERM')
  const kill = setTimeout(() => {
    for (const { process } of servers) process.signal('SIGKILL')
  }, 20_000)
  await Promise.all(servers.map(({ process }) => process.ended))
  clearTimeout(kill)
  const before = performance.now()
  for (const server of servers) await restart(ensemble, server)
  const ids = new Set(servers.map(({ plan }) => plan.id))
  for (;;) {
    const started = ensemble.servers.filter(({ plan }) => ids.has(plan.id))
    const afterMs = performance.now() - before
    if ((await Promise.all(started.map(askServer))).every((answer) => answer !== undefined))
      return { afterMs: performance.now() - before, isUnfinished: false }
    if (afterMs > boundMs || started.some(({ process }) => !process.isRunning())) return { afterMs, isUnfinished: true }
    await sleep(POLL_MS, undefined, { signal: stop })
  }
}

// --- what servers leave

const deathsOf = ({ servers }: Ensemble): readonly string[] =>
  servers.flatMap(({ plan, process }) => {
    const ending = process.ending()
    return ending === undefined ? [] : [`server ${plan.id}: ${ending}`]
  })

/** The newest epoch that any server has accepted a leader of. Read from disk: servers may be dead or silent. */
const epochOnDisk = ({ servers }: Ensemble): number =>
  servers
    .flatMap(({ plan }) => [...findFiles(plan.directory)].map(readNumber))
    .reduce((newest, epoch) => Math.max(newest, epoch), 0)

const findFiles = (directory: string): readonly string[] =>
  ['', ...(existsSync(directory) ? readdirSync(directory) : [])]
    .map((name) => path.join(directory, name, 'currentEpoch'))
    .filter((file) => existsSync(file))

const readNumber = (file: string): number => {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || 0
  } catch {
    // It is being replaced.
    return 0
  }
}

const logBytes = ({ plan }: Server): number => (existsSync(logFile(plan)) ? statSync(logFile(plan)).size : 0)
