/** Three server processes; each reaches each other through relays of its own, for the quorum and the election port. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { choosePorts, isPortFree } from '../../../src/cli/start/ports.js'
import { decodeHandshake, encodeHandshake } from '../../../src/wire/election.js'
import { ServerProcess } from '../../support/server-process.js'
import type { Rewrite, Weather } from './proxy.js'
import { CLEAR, Proxy } from './proxy.js'

export const IDS = [1, 2, 3] as const

/** Short limits, so that many elections fit into a run: synchronization 4 s, silence 1 s. */
export const TICK_MS = 200
const SETTINGS = {
  tickTime: TICK_MS,
  initLimit: 20,
  syncLimit: 5,
  maxClientCnxns: 0,
  preAllocSize: 64,
  // Small, so that a run has images, rolled logs, and learners that are too far behind for DIFF.
  snapCount: 400,
  commitLogCount: 60,
}

/** The way from one server to another. */
export interface Route {
  readonly from: number
  readonly to: number
  readonly port: 'quorum' | 'election'
  readonly proxy: Proxy
}

export interface Cluster {
  readonly servers: readonly ServerProcess[]
  readonly routes: readonly Route[]
  /** Between these two, in both ways of dialling. */
  readonly setBetween: (first: number, second: number, weather: Weather) => void
  readonly heal: () => void
  readonly close: () => Promise<void>
}

/** Below the ports that the system gives to outgoing connections: a server that restarts finds its own port free. */
const FIRST_PORT = 10_000

/** @param directory an empty directory; the caller removes it */
export const makeCluster = async (directory: string): Promise<Cluster> => {
  const first = FIRST_PORT + (process.pid % 200) * 100
  const ports = await choosePorts(first, 3 * IDS.length, new Set(), isPortFree)
  if (ports === undefined) throw new Error('no free ports')
  const portsOf = (id: number): readonly [number, number, number] => {
    const [client = 0, quorum = 0, election = 0] = ports.slice(3 * (id - 1), 3 * id)
    return [client, quorum, election]
  }
  const routes: Route[] = []
  for (const from of IDS)
    for (const to of IDS) {
      if (from === to) continue
      const [, quorum, election] = portsOf(to)
      const rewrite = namingRoute(() =>
        routes.find((route) => route.from === to && route.to === from && route.port === 'election'),
      )
      routes.push({ from, to, port: 'quorum', proxy: await Proxy.open(quorum) })
      routes.push({ from, to, port: 'election', proxy: await Proxy.open(election, rewrite) })
    }
  const servers = IDS.map((id) => {
    const server = new ServerProcess(id, 'zab', join(directory, `server.${id}`), portsOf(id)[0])
    const address = (to: number): string => {
      const [, quorum, election] = portsOf(to)
      const port = (name: Route['port'], real: number): number =>
        to === id ? real : (routes.find((r) => r.from === id && r.to === to && r.port === name)?.proxy.port ?? real)
      return `server.${to}=127.0.0.1:${port('quorum', quorum)}:${port('election', election)}`
    }
    const lines = [
      ...Object.entries(SETTINGS).map(([key, value]) => `${key}=${value}`),
      `dataDir=${server.dataDirectory}`,
      `clientPort=${server.clientPort}`,
      'clientPortAddress=127.0.0.1',
      '4lw.commands.whitelist=*',
      ...IDS.map(address),
    ]
    mkdirSync(server.dataDirectory, { recursive: true })
    writeFileSync(join(server.dataDirectory, 'myid'), `${id}\n`)
    writeFileSync(join(server.directory, 'zoo.cfg'), `${lines.join('\n')}\n`)
    return server
  })
  return {
    servers,
    routes,
    setBetween: (one, other, weather) => {
      for (const { from, to, proxy } of routes)
        if ((from === one && to === other) || (from === other && to === one)) proxy.set(turned(weather, from === one))
    },
    heal: () => {
      for (const { proxy } of routes) proxy.set(CLEAR)
    },
    close: async () => {
      await Promise.all(servers.filter((server) => server.isRunning()).map((server) => server.kill()))
      for (const { proxy } of routes) proxy.close()
    },
  }
}

/** Bytes from `one` to the other are swallowed, whoever has dialled. */
const turned = (weather: Weather, isForward: boolean): Weather =>
  weather.kind !== 'swallow' || isForward
    ? weather
    : { kind: 'swallow', direction: weather.direction === 'toServer' ? 'fromServer' : 'toServer' }

/** A handshake says where its sender can be called back: there, too, the way leads through a relay. */
const namingRoute =
  (back: () => Route | undefined): Rewrite =>
  (head) => {
    const decoded = decodeHandshake(head)
    if (decoded._tag === 'Left') return head
    if (decoded.right.kind === 'NeedMore') return undefined
    const { handshake, length } = decoded.right
    const addresses = [`127.0.0.1:${back()?.proxy.port ?? 0}`]
    return Buffer.concat([encodeHandshake({ id: handshake.id, addresses }), head.subarray(length)])
  }
