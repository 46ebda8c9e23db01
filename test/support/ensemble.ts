/** An ensemble of real server processes on loopback, in a directory of its own, gone when the test is over. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { choosePorts, isPortFree } from '../../src/cli/start/ports.js'
import type { Kind } from './server-process.js'
import { ServerProcess } from './server-process.js'
import { until, untilTrue } from './wait.js'

export interface Options {
  /** Server 1, server 2 and so on; three of ours unless told otherwise. */
  readonly kinds?: readonly Kind[]
  /** So many of the last servers observe. */
  readonly observers?: number
  /** These servers are in their own zoo.cfg only: the ensemble has yet to be told of them. */
  readonly joiners?: readonly number[]
  /** Lines of zoo.cfg beside those that every server gets. */
  readonly settings?: Readonly<Record<string, string | number>>
  /** The name of this machine in all server lines; 127.0.0.1 unless told otherwise. */
  readonly host?: string
  /** See `ServerProcess`. */
  readonly through?: readonly string[]
}

/** Fast enough for tests, slow enough for a machine that does something else too. */
const SETTINGS = { tickTime: 500, initLimit: 20, syncLimit: 10, maxClientCnxns: 0, preAllocSize: 64 }

/** Below the ports that the system gives to outgoing connections: a server that restarts finds its own port free. */
const FIRST_PORT = 10_000
let nextPort = FIRST_PORT + (process.pid % 200) * 100

export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = await choosePorts(nextPort, count, new Set(), isPortFree)
  nextPort = (ports?.at(-1) ?? nextPort) + 1
  if (ports === undefined) throw new Error('no free ports')
  return ports
}

/** An empty directory that is removed when the test is over. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'zab-real-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export class Ensemble {
  /** @param end is given every server that a test makes: it ends with the test */
  constructor(
    readonly servers: readonly ServerProcess[],
    private readonly end: (server: ServerProcess) => void,
  ) {
    for (const server of servers) end(server)
  }

  /** With this server in the place of the one that has its id. */
  with(server: ServerProcess): Ensemble {
    return new Ensemble(
      this.servers.map((each) => (each.id === server.id ? server : each)),
      this.end,
    )
  }

  get connectString(): string {
    return this.servers.map(({ address }) => address).join(',')
  }

  server(id: number): ServerProcess {
    const found = this.servers.find((server) => server.id === id)
    if (found === undefined) throw new Error(`no server ${id}`)
    return found
  }

  running(): readonly ServerProcess[] {
    return this.servers.filter((server) => server.isRunning())
  }

  /** Starts those that do not run, and waits until all serve. */
  async start(): Promise<void> {
    for (const server of this.servers) if (!server.isRunning()) server.start()
    await this.serves()
  }

  /** All servers that run serve. */
  async serves(): Promise<void> {
    await Promise.all(this.running().map((server) => server.serves()))
  }

  /** The one running server that leads. */
  async leader(): Promise<ServerProcess> {
    return until('a server leads', async () => {
      for (const server of this.running()) {
        const mode = await server.mode()
        if (mode === 'leader') return server
      }
      return undefined
    })
  }

  /** All running servers have applied the same; meaningful when nobody writes. */
  async level(): Promise<void> {
    await untilTrue('all servers have applied the same', async () => {
      const zxids = await Promise.all(this.running().map((server) => server.lastZxid()))
      return zxids[0] !== undefined && zxids.every((zxid) => zxid === zxids[0])
    })
  }

  async killAll(): Promise<void> {
    await Promise.all(this.running().map((server) => server.kill()))
  }

  async stopAll(): Promise<readonly (number | string)[]> {
    return Promise.all(this.running().map((server) => server.stop()))
  }
}

/** What a reconfiguration calls this server: its line in its own zoo.cfg, and where clients find it. */
export const memberLine = ({ id, directory, address }: ServerProcess): string => {
  const line = new RegExp(`^server\\.${id}=.*$`, 'm').exec(readFileSync(join(directory, 'zoo.cfg'), 'utf8'))?.[0]
  if (line === undefined) throw new Error(`server ${id} is no member of an ensemble`)
  return `${line};${address}`
}

/** Writes the directories of an ensemble; nothing runs yet. Call it inside a test. */
export const makeEnsemble = async (options: Options = {}): Promise<Ensemble> => {
  const { kinds = ['zab', 'zab', 'zab'], observers = 0, joiners = [], settings = {}, host = '127.0.0.1' } = options
  const directory = temporaryDirectory()
  const ports = await freePorts(3 * kinds.length)
  const portsOf = (index: number): readonly number[] => ports.slice(3 * index, 3 * index + 3)
  const members = kinds.map((_, index) => {
    const [, quorum, election] = portsOf(index)
    const role = index < kinds.length - observers ? 'participant' : 'observer'
    return `server.${index + 1}=${host}:${quorum}:${election}:${role}`
  })
  const servers = kinds.map((kind, index) => {
    const id = index + 1
    const [client = 0] = portsOf(index)
    const server = new ServerProcess(id, kind, join(directory, `server.${id}`), client, options.through)
    const lines = [
      ...Object.entries({ ...SETTINGS, ...settings }).map(([key, value]) => `${key}=${value}`),
      `dataDir=${server.dataDirectory}`,
      `clientPort=${client}`,
      'clientPortAddress=127.0.0.1',
      '4lw.commands.whitelist=*',
      ...(index < kinds.length - observers ? [] : ['peerType=observer']),
      ...(kinds.length > 1 ? members.filter((_line, other) => !joiners.includes(other + 1) || other === index) : []),
    ]
    mkdirSync(server.dataDirectory, { recursive: true })
    writeFileSync(join(server.dataDirectory, 'myid'), `${id}\n`)
    writeFileSync(join(server.directory, 'zoo.cfg'), `${lines.join('\n')}\n`)
    return server
  })
  const made = new Set<ServerProcess>()
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') for (const server of made) process.stderr.write(`${server.logTail()}\n`)
    await Promise.all([...made].map((server) => server.kill()))
  })
  return new Ensemble(servers, (server) => made.add(server))
}
