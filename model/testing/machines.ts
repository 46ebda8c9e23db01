/** The servers of a fake ensemble: a world without clients of its own, every step of it checked, and a door for clients. */
import type { ServerId } from '../../src/core/configuration.js'
import type { ConnectionId } from '../../src/server/event.js'
import type { ClientMessage } from '../../src/service/response.js'
import type { Program } from '../world/node.js'
import type { WorldOptions } from '../world/options.js'
import type { Door, World } from '../world/world.js'
import { makeWorld } from '../world/world.js'
import type { MachineFault } from './fault.js'

/** What a connection tells its client. A pause is for what has not been read yet: the client may go on writing. */
export type Line = ClientMessage | 'closed' | 'paused' | 'resumed'

type OfWorld = 'servers' | 'nowMs' | 'isUp' | 'journal' | 'violation' | 'report' | 'commits' | 'fingerprint'

export interface Machines extends Pick<World, OfWorld>, Omit<Door, 'open'> {
  readonly inject: (fault: MachineFault) => void
  /** The server that leads with a quorum behind it. */
  readonly leader: () => ServerId | undefined
  /** A fresh connection to the server; `hear` is called within its steps. */
  readonly open: (server: ServerId, hear: (line: Line) => void) => ConnectionId
}

/** Machines at time 0, all just started. */
export const makeMachines = (options: Omit<WorldOptions, 'clients'>, program?: Program): Machines => {
  const world = makeWorld({ ...options, clients: 0 }, program)
  const { door, servers } = world
  return {
    ...world,
    ...door,
    inject: world.run,
    // A server that has been cut off may still think that it leads: the latest epoch is meant.
    leader: () => {
      const leading = servers.flatMap((id) => {
        const service = world.stateOf(id)?.service
        return service?.kind === 'Leader' ? [{ id, epoch: service.epoch }] : []
      })
      return leading.toSorted((first, second) => second.epoch - first.epoch)[0]?.id
    },
    open: (server, hear) =>
      door.open(server, {
        deliver: (_, message) => {
          hear(message)
        },
        setPaused: (_, isPaused) => {
          hear(isPaused ? 'paused' : 'resumed')
        },
      }),
  }
}
