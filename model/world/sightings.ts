/** What the sessions of one client hear besides answers, written down for the checkers: watch events, and new connections. SESS-6. */
import type { Zxid } from '../../src/core/zxid.js'
import type { WatchEventType } from '../../src/service/response.js'
import type { SessionId } from '../../src/service/session.js'
import type { History, Reconnection, WatchEvent } from '../consistency/history.js'

export interface Sightings {
  readonly heard: (session: SessionId, event: { readonly type: WatchEventType; readonly path: string }) => void
  /** The session speaks through a new connection. `lastZxidSeen`: when watches are put back, else undefined. */
  readonly connected: (session: SessionId, lastZxidSeen: Zxid | undefined) => void
  /** The answer to setWatches. */
  readonly restored: (zxid: Zxid) => void
  /** The connection is lost. */
  readonly lost: () => void
  readonly so: () => Required<Pick<History, 'events' | 'reconnections'>>
}

/** After everything else. */
const NOT_YET = Number.MAX_SAFE_INTEGER

/** `stamp` grows at every use: the clock of the history. */
export const makeSightings = (stamp: () => number): Sightings => {
  const events: WatchEvent[] = []
  const reconnections: Reconnection[] = []
  /** Watches are being put back: the connection whose answer to that is to come. */
  let restoring: (Omit<Reconnection, 'restored'> & { readonly lastZxidSeen: Zxid }) | undefined

  const end = (zxid: Zxid): void => {
    if (restoring === undefined) return
    const { session, at } = restoring
    restoring = undefined
    reconnections.push({ session, at, restored: { at: stamp(), zxid } })
  }
  return {
    heard: (session, { type, path }) => {
      events.push({ session, type, path, heard: stamp() })
    },
    connected: (session, lastZxidSeen) => {
      const at = stamp()
      if (lastZxidSeen === undefined) reconnections.push({ session, at })
      else restoring = { session, at, lastZxidSeen }
    },
    restored: end,
    // What was not put back will be put back on the next connection; nothing new is known.
    lost: () => {
      if (restoring !== undefined) end(restoring.lastZxidSeen)
    },
    so: () => {
      if (restoring === undefined) return { events, reconnections }
      const { session, at, lastZxidSeen } = restoring
      return {
        events,
        reconnections: [...reconnections, { session, at, restored: { at: NOT_YET, zxid: lastZxidSeen } }],
      }
    },
  }
}
