/** What the checks remember of each server. */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Service } from '../../../src/core/effect.js'
import type { Epoch, Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { Database } from '../../../src/service/database.js'

export interface Watched {
  /** Zxids handed to the disk, oldest first; the first is that of the base. */
  written: Zxid[]
  acceptedEpoch: Epoch
  currentEpoch: Epoch
  /** The currentEpoch that was last seen on the disk. */
  durableEpoch: Epoch
  /** The last epoch that a leader has offered to this server. */
  offered: Epoch
  service: Service
  database: Database | undefined
  /** How many of the committed entries its state includes. */
  position: number
  /** The latest state that this process has shown to clients. */
  served: Zxid
}

export type Watch = (server: ServerId) => Watched

/** The record of each server; a new one when it is first asked for. */
export const makeWatch = (): Watch => {
  const watched = new Map<ServerId, Watched>()
  return (server) => {
    const known = watched.get(server)
    if (known !== undefined) return known
    const fresh: Watched = {
      written: [Z.ZERO],
      acceptedEpoch: 0,
      currentEpoch: 0,
      durableEpoch: 0,
      offered: 0,
      service: { kind: 'NotServing' },
      database: undefined,
      position: 0,
      served: Z.ZERO,
    }
    watched.set(server, fresh)
    return fresh
  }
}
