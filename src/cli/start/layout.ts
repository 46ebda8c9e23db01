/** Who the servers of the ensemble are and what their files say. Pure. */
import type { Configuration, Member } from '../../core/configuration.js'
import { ZERO } from '../../core/zxid.js'
import { defaultSettings, renderZooCfg } from '../../shell/configuration/render.js'
import type { Address } from '../../shell/configuration/server-configuration.js'

export interface Ports {
  readonly client: readonly number[]
  readonly quorum: readonly number[]
  readonly election: readonly number[]
}

/** One server: its place on disk, its addresses and its zoo.cfg. */
export interface Plan {
  readonly id: number
  readonly directory: string
  readonly client: Address
  readonly zooCfg: string
}

const HOST = '127.0.0.1'

const TICK_TIME_MS = 2000

/** Servers 1 … voters vote, the rest observe; as many as there are ports. `join` puts a path together. */
export const planEnsemble = (
  voters: number,
  ports: Ports,
  dataDir: string,
  join: (directory: string, name: string) => string,
): readonly Plan[] => {
  const members = ports.client.map((_, index): Member => {
    const role = index < voters ? 'participant' : 'observer'
    return {
      id: index + 1,
      role,
      host: HOST,
      quorumPort: ports.quorum[index] ?? 0,
      electionPort: ports.election[index] ?? 0,
    }
  })
  const participants = members.filter(({ role }) => role === 'participant').map(({ id }) => id)
  const ensemble: Configuration = { version: ZERO, members, quorums: { kind: 'Majority', voters: participants } }
  return members.map(({ id }, index) => {
    const directory = join(dataDir, `server.${id}`)
    const client = { host: HOST, port: ports.client[index] ?? 0 }
    return { id, directory, client, zooCfg: zooCfg(directory, client, ensemble) }
  })
}

const zooCfg = (directory: string, clientAddress: Address, ensemble: Configuration): string =>
  renderZooCfg(
    {
      ...defaultSettings(directory),
      ensemble,
      standalone: ensemble.members.length === 1,
      clientAddress,
      tickTimeMs: TICK_TIME_MS,
      minSessionTimeoutMs: 2 * TICK_TIME_MS,
      maxSessionTimeoutMs: 20 * TICK_TIME_MS,
      // The load generator and every tool come from one address.
      maxClientCnxns: 0,
      fourLetterWords: 'all',
    },
    'Written by `zab start`, anew at every start. To run this server by itself: zab server <this file>',
  )

/** `host:port,host:port,…`: what a client is given. */
export const connectString = (plans: readonly Plan[]): string =>
  plans.map(({ client }) => `${client.host}:${client.port}`).join(',')
