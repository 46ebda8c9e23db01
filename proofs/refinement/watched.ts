/** One server as the judge sees it. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Context } from './context.js'
import { NO_CONTEXT } from './context.js'
import type { WatchedDisk } from './disk.js'
import { emptyDisk } from './disk.js'

export interface Watched {
  isUp: boolean
  /** What it writes, it writes for this epoch and leader. */
  context: Context
  disk: WatchedDisk
}

/** The record of each server; a new one when it is first asked for. */
export const makeWatch = (): ((server: ServerId) => Watched) => {
  const watched = new Map<ServerId, Watched>()
  return (server) => {
    const known = watched.get(server)
    if (known !== undefined) return known
    const fresh: Watched = { isUp: false, context: NO_CONTEXT, disk: emptyDisk }
    watched.set(server, fresh)
    return fresh
  }
}
