/** What goes wrong: from one seed, in rounds of a few faults, each round followed by a time in which all is well. */
import type { Random } from '../../../model/world/random.js'
import { pick } from '../../../model/world/random.js'
import type { ServerProcess } from '../../support/server-process.js'
import type { Cluster } from './cluster.js'
import { IDS } from './cluster.js'
import type { Weather } from './proxy.js'

export interface NemesisHost {
  readonly cluster: Cluster
  readonly random: Random
  readonly cutClients: () => void
  readonly say: (line: string) => void
  readonly report: (clause: string, what: string) => void
  /** Resolves when a write has been acknowledged that began after the call; reports when none is, in time. */
  readonly progress: (situation: string) => Promise<void>
  readonly pause: (ms: number) => Promise<void>
}

export interface Nemesis {
  /** One to four faults, one on top of the other. */
  readonly round: () => Promise<void>
  /** All servers run, all connections are clear. */
  readonly heal: () => void
  /** Servers that ended without being killed; each is reported. */
  readonly checkRunning: () => void
}

/** [least, most] milliseconds. A pause is shorter than what servers bear in silence, or longer. */
const SHORT_PAUSE = [100, 700] as const
const LONG_PAUSE = [1500, 3500] as const
const BETWEEN_FAULTS = [50, 1500] as const
const DELAY = [20, 300] as const
const IN_STORM = [20, 600] as const

export const makeNemesis = (host: NemesisHost): Nemesis => {
  const { cluster, random, say, pause } = host
  const down = new Set<ServerProcess>()
  const stopped = new Set<ServerProcess>()

  const chance = (percent: number): boolean => random.below(100) < percent
  const between = ([least, most]: readonly [number, number]): number => random.between(least, most)
  const running = (): readonly ServerProcess[] => cluster.servers.filter((server) => !down.has(server))

  const leader = async (): Promise<ServerProcess | undefined> => {
    const asked = running().filter((server) => !stopped.has(server))
    const modes = await Promise.all(asked.map((server) => server.mode()))
    return asked[modes.indexOf('leader')]
  }
  /** The leader more often than not: that is where most can go wrong. */
  const victim = async (): Promise<ServerProcess | undefined> => {
    const candidates = running()
    return (chance(60) ? await leader() : undefined) ?? candidates[random.below(candidates.length)]
  }

  const kill = async (server: ServerProcess): Promise<void> => {
    if (down.has(server)) return
    down.add(server)
    stopped.delete(server)
    await server.kill()
  }
  const start = (server: ServerProcess): void => {
    down.delete(server)
    if (!server.isRunning()) server.start()
  }

  const killOne = async (): Promise<void> => {
    const server = await victim()
    if (server === undefined) return
    say(`kill -9 server ${server.id}`)
    await kill(server)
  }
  const killTwo = async (): Promise<void> => {
    const spared = pick(random, IDS)
    say(`kill -9 all but server ${spared}`)
    await Promise.all(
      running()
        .filter(({ id }) => id !== spared)
        .map(kill),
    )
  }
  const killAll = async (): Promise<void> => {
    say('kill -9 all servers')
    await Promise.all(running().map(kill))
  }
  const startOne = async (): Promise<void> => {
    const [server] = [...down]
    if (server === undefined) return killOne()
    say(`start server ${server.id}`)
    start(server)
  }
  const bounce = async (): Promise<void> => {
    const server = await victim()
    if (server === undefined) return
    say(`kill -9 and start server ${server.id}, in quick succession`)
    for (let times = random.between(2, 4); times > 0; times -= 1) {
      await kill(server)
      start(server)
      await pause(random.between(150, 700))
    }
  }
  /** Servers die while they recover, elect and synchronize. */
  const storm = async (): Promise<void> => {
    say('servers killed and started, one after the other')
    for (let times = random.between(6, 16); times > 0; times -= 1) {
      const server = cluster.servers[random.below(cluster.servers.length)]
      if (server !== undefined && down.has(server)) start(server)
      else if (server !== undefined) await kill(server)
      await pause(between(IN_STORM))
    }
  }
  const stop = (range: readonly [number, number]) => async (): Promise<void> => {
    const server = await victim()
    if (server === undefined || stopped.has(server)) return
    const ms = between(range)
    say(`SIGSTOP server ${server.id} for ${ms} ms`)
    stopped.add(server)
    server.signal('SIGSTOP')
    await pause(ms)
    resume(server)
  }
  const stopUntilHealed = async (): Promise<void> => {
    const server = await victim()
    if (server === undefined) return
    say(`SIGSTOP server ${server.id}`)
    stopped.add(server)
    server.signal('SIGSTOP')
  }
  const resume = (server: ServerProcess): void => {
    if (stopped.delete(server)) server.signal('SIGCONT')
  }

  const weather = (): Weather =>
    pick<() => Weather>(random, [
      () => ({ kind: 'cut' }),
      () => ({ kind: 'hold' }),
      () => ({ kind: 'swallow', direction: chance(50) ? 'toServer' : 'fromServer' }),
      () => ({ kind: 'delay', ms: between(DELAY) }),
    ])()
  const show = (value: Weather): string =>
    value.kind === 'delay'
      ? `delay ${value.ms} ms`
      : value.kind === 'swallow'
        ? `swallow ${value.direction}`
        : value.kind
  const isolate = async (): Promise<void> => {
    const server = await victim()
    if (server === undefined) return
    const chosen = weather()
    say(`between server ${server.id} and both others: ${show(chosen)}`)
    for (const id of IDS) if (id !== server.id) cluster.setBetween(server.id, id, chosen)
  }
  const separate = async (): Promise<void> => {
    const server = await victim()
    if (server === undefined) return
    const other = pick(random, [1, 2]) + server.id
    const id = other > IDS.length ? other - IDS.length : other
    const chosen = weather()
    say(`between servers ${server.id} and ${id}: ${show(chosen)}`)
    cluster.setBetween(server.id, id, chosen)
  }
  const onePort = async (): Promise<void> => {
    const port = pick(random, ['quorum', 'election'] as const)
    const chosen = weather()
    say(`all ${port} ports: ${show(chosen)}`)
    for (const route of cluster.routes) if (route.port === port) route.proxy.set(chosen)
  }
  /** A majority that is left alone serves: only as the first fault of a round. */
  const loseOne = async (): Promise<void> => {
    if (down.size > 0 || stopped.size > 0) return
    const server = await victim()
    if (server === undefined) return
    const others = IDS.filter((id) => id !== server.id)
    const [id] = others
    const situation = await pick<() => Promise<string>>(random, [
      async () => {
        await kill(server)
        return `server ${server.id} killed`
      },
      async () => {
        stopped.add(server)
        server.signal('SIGSTOP')
        return `server ${server.id} stopped`
      },
      async () => {
        const kind = pick(random, ['cut', 'hold'] as const)
        for (const other of others) cluster.setBetween(server.id, other, { kind })
        return `server ${server.id} alone (${kind})`
      },
      async () => {
        const kind = pick(random, ['cut', 'hold'] as const)
        if (id !== undefined) cluster.setBetween(server.id, id, { kind })
        return `no way between servers ${server.id} and ${id ?? 0} (${kind})`
      },
    ])()
    say(`${situation}; the rest has to serve`)
    await host.progress(situation)
  }
  const clearWeather = async (): Promise<void> => {
    say('network clear')
    cluster.heal()
  }
  const cutClients = async (): Promise<void> => {
    say('client connections cut')
    host.cutClients()
  }

  const faults = [
    killOne,
    killOne,
    killTwo,
    killAll,
    startOne,
    startOne,
    bounce,
    storm,
    stop(SHORT_PAUSE),
    stop(LONG_PAUSE),
    stopUntilHealed,
    isolate,
    isolate,
    separate,
    onePort,
    clearWeather,
    cutClients,
  ] as const

  return {
    round: async () => {
      if (chance(35)) await loseOne()
      for (let count = random.between(1, 4); count > 0; count -= 1) {
        await pick(random, faults)()
        await pause(between(BETWEEN_FAULTS))
      }
    },
    heal: () => {
      say('heal')
      cluster.heal()
      for (const server of [...stopped]) resume(server)
      for (const server of cluster.servers) if (!server.isRunning() || down.has(server)) start(server)
    },
    checkRunning: () => {
      for (const server of running())
        if (!server.isRunning())
          host.report('AVAILABILITY', `server ${server.id} ended by itself:\n${server.logTail()}`)
    },
  }
}
