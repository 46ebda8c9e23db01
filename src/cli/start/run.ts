/** `zab start`: from free ports to a clean end. */
import path from 'node:path'
import { EXIT } from '../exit-code.js'
import { lockDirectory } from './data-lock.js'
import { isNew, prepareDirectory, votersOnDisk } from './directories.js'
import type { Plan, Ports } from './layout.js'
import { connectString, planEnsemble } from './layout.js'
import { choosePorts, isPortFree } from './ports.js'
import type { Screen } from './screen.js'
import { supervise } from './supervise.js'

export interface StartOptions {
  /** Undefined: as many as the data directory holds, else three. */
  readonly voters: number | undefined
  readonly observers: number
  readonly firstPort: number
  readonly dataDir: string
  readonly restart: boolean
  readonly pollMs: number
  readonly screen: Screen
  readonly stop: AbortSignal
  /** What Node is given to run one server, before the name of its zoo.cfg. */
  readonly server: readonly string[]
}

const FIRST_QUORUM_PORT = 2888
const FIRST_ELECTION_PORT = 3888

/** Resolves to the exit code, when all servers are gone. */
export const runEnsemble = async (options: StartOptions): Promise<number> => {
  const { dataDir, screen } = options
  const lock = await lockDirectory(dataDir)
  if (lock._tag === 'Left') return refuse(screen, lock.left)
  try {
    const onDisk = votersOnDisk(dataDir)
    const voters = options.voters ?? onDisk ?? 3
    // Empty servers could outvote those that hold the data: the ensemble would forget what it has promised.
    if (onDisk !== undefined && onDisk !== voters)
      return refuse(
        screen,
        `${dataDir} holds the data of ${onDisk} voting servers, not ${voters}; give --servers ${onDisk}, or another directory with --data`,
      )
    const ports = await findPorts(options, voters + options.observers)
    if (ports === undefined)
      return refuse(screen, `too few free ports from ${options.firstPort} up; give a lower one with --port`)
    const plans = planEnsemble(voters, ports, dataDir, (directory, name) => path.join(directory, name))
    const isNewEnsemble = isNew(dataDir)
    for (const plan of plans) prepareDirectory(plan, isNewEnsemble)
    announce(screen, plans, options, onDisk !== undefined)
    return await supervise(plans, voters, options)
  } finally {
    await lock.right()
  }
}

const refuse = (screen: Screen, reason: string): number => {
  screen.tell('refused', `error: ${reason}`)
  return EXIT.usage
}

const findPorts = async (options: StartOptions, count: number): Promise<Ports | undefined> => {
  const client = await choosePorts(options.firstPort, count, new Set(), isPortFree)
  const quorum = await choosePorts(FIRST_QUORUM_PORT, count, new Set(client), isPortFree)
  const election = await choosePorts(
    FIRST_ELECTION_PORT,
    count,
    new Set([...(client ?? []), ...(quorum ?? [])]),
    isPortFree,
  )
  return client && quorum && election && { client, quorum, election }
}

const announce = (
  screen: Screen,
  plans: readonly Plan[],
  { dataDir, firstPort }: StartOptions,
  isOld: boolean,
): void => {
  const wanted = plans.map((_, index) => firstPort + index)
  const taken = wanted.filter((port) => plans.every(({ client }) => client.port !== port))
  if (taken.length > 0)
    screen.tell('ports', `client port ${taken.join(', ')} is taken; the next free ones are used instead`, { taken })
  screen.tell(
    'starting',
    [
      `${plans.length} ${plans.length === 1 ? 'server' : 'servers'}; ${isOld ? 'recovering the data in' : 'data in'} ${dataDir}`,
      `connect string: ${connectString(plans)}`,
    ].join('\n'),
    { dataDir, connectString: connectString(plans) },
  )
}
