/** An ensemble of a contender on this machine, each server a process with a directory of its own. */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fourLetter } from '../four-letter.js'
import { lastLogLines } from '../start/child.js'
import { prepareDirectory } from '../start/directories.js'
import type { Plan } from '../start/layout.js'
import { planEnsemble } from '../start/layout.js'
import { choosePorts, isPortFree } from '../start/ports.js'
import type { Contender } from './options.js'
import type { ServerProcess } from './server-process.js'
import { startServerProcess } from './server-process.js'

const SERVE_LIMIT_MS = 60_000
const ASK_LIMIT_MS = 2000
const ASK_PAUSE_MS = 100
const STOP_LIMIT_MS = 20_000

export interface Server {
  readonly plan: Plan
  readonly process: ServerProcess
}

export interface Ensemble {
  readonly contender: Contender
  readonly directory: string
  /** Replaced when one is started again. */
  servers: readonly Server[]
}

/** What a server says of itself. */
export interface Answer {
  readonly mode: string
  readonly zxid: bigint
}

/**
 * Processes are started and nothing is waited for. The directory is made, and must not hold anything yet. `settings`:
 * further lines of every zoo.cfg.
 */
export const startEnsemble = async (
  contender: Contender,
  count: number,
  firstPort: number,
  directory: string,
  settings: readonly string[] = [],
): Promise<Ensemble> => {
  const ports = await choosePorts(firstPort, 3 * count, new Set(), isPortFree)
  if (ports === undefined) throw new Error(`too few free ports from ${firstPort} up; give a lower one with --port`)
  const plans = planEnsemble(
    count,
    { client: ports.slice(0, count), quorum: ports.slice(count, 2 * count), election: ports.slice(2 * count) },
    directory,
    (parent, name) => path.join(parent, name),
  ).map((plan) => ({ ...plan, zooCfg: `${plan.zooCfg}${settings.map((line) => `${line}\n`).join('')}` }))
  mkdirSync(directory, { recursive: true })
  for (const plan of plans) prepareDirectory(plan, true)
  const ensemble: Ensemble = { contender, directory, servers: [] }
  try {
    for (const plan of plans)
      ensemble.servers = [...ensemble.servers, { plan, process: await startServerProcess(plan, contender) }]
  } catch (error) {
    await stopEnsemble(ensemble)
    throw error
  }
  return ensemble
}

/** Starts a server that has ended again, on the data that it left. */
export const restart = async (ensemble: Ensemble, server: Server): Promise<void> => {
  const again = { plan: server.plan, process: await startServerProcess(server.plan, ensemble.contender) }
  ensemble.servers = ensemble.servers.map((one) => (one === server ? again : one))
}

export const askServer = async ({ plan }: Server): Promise<Answer | undefined> => {
  const answer = await fourLetter(plan.client, 'srvr', ASK_LIMIT_MS)
  if (answer._tag === 'Left') return undefined
  const mode = /^Mode: (\w+)/m.exec(answer.right)?.[1]
  const zxid = /^Zxid: (0x[0-9a-f]+)/im.exec(answer.right)?.[1]
  return mode === undefined || zxid === undefined ? undefined : { mode, zxid: BigInt(zxid) }
}

/** Waits until every server serves; the value is the one that leads. */
export const awaitLeader = async (ensemble: Ensemble, stop: AbortSignal): Promise<Server> => {
  const deadline = performance.now() + SERVE_LIMIT_MS
  while (performance.now() < deadline) {
    const dead = ensemble.servers.find(({ process }) => !process.isRunning())
    if (dead !== undefined) throw new Error(describeDeath(ensemble, dead))
    const answers = await Promise.all(ensemble.servers.map(askServer))
    const leader = answers.findIndex((answer) => answer?.mode === 'leader' || answer?.mode === 'standalone')
    const server = ensemble.servers[leader]
    if (server !== undefined && answers.every((answer) => answer !== undefined)) return server
    await sleep(ASK_PAUSE_MS, undefined, { signal: stop })
  }
  throw new Error(`${ensemble.contender.name}: not all servers serve after ${SERVE_LIMIT_MS / 1000} s`)
}

/** Its last words. Before its directory is removed. */
export const describeDeath = ({ contender }: Ensemble, { plan }: Server): string =>
  [`${contender.name}: server ${plan.id} has ended:`, ...lastLogLines(plan).map((line) => `  | ${line}`)].join('\n')

/** SIGTERM, and SIGKILL for what does not end; then removes the data. */
export const stopEnsemble = async (ensemble: Ensemble): Promise<void> => {
  for (const { process } of ensemble.servers) process.signal('SIGTERM')
  const timer = setTimeout(() => {
    for (const { process } of ensemble.servers) process.signal('SIGKILL')
  }, STOP_LIMIT_MS)
  await Promise.all(ensemble.servers.map(({ process }) => process.ended))
  clearTimeout(timer)
  rmSync(ensemble.directory, { recursive: true, force: true })
}
