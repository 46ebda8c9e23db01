/** What happens before all else, because nobody can tell when it happens: the reductions that take steps of their own. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Objection } from './abstraction.js'
import { EMPTY, NO_ITEM } from './channels.js'
import type { Happened } from './happening.js'
import type { Doing, Surroundings } from './moves.js'
import type { Steps } from './steps.js'

interface Taking extends Pick<Doing, 'next' | 'isLeft'> {
  /** The event at the server, in `next`. */
  readonly take: (server: ServerId, event: number) => Objection | undefined
  readonly record: (kind: Happened['kind'], server: ServerId, other: number, item: number) => void
}

/** Takes all of it, in `next`. */
export const makeSettling = (
  { servers, reductions, layout, channels, events, menuOf }: Surroundings,
  steps: Pick<Steps, 'take'>,
  { next, isLeft, take, record }: Taking,
): (() => Objection | undefined) => {
  const { toLeader, toLearner } = layout
  const CLOSED = channels.itemNumber({ kind: 'Closed' })

  /** All of `reductions` that happens first, in `next`, until there is no more of it. */
  const settle = (): Objection | undefined => {
    if (!reductions.quietArrivalsFirst && !reductions.syncsAtOnce) return undefined
    for (let hasMoved = true; hasMoved; ) {
      hasMoved = false
      for (const server of servers) {
        if (reductions.syncsAtOnce && !isLeft(next, 'restarts')) {
          const count = promptWrites(server)
          if (count > 0) {
            record('Sync', server, count, 0)
            const objection = take(server, events.synced(count))
            if (objection !== undefined) return objection
            hasMoved = true
          }
        }
        if (!reductions.quietArrivalsFirst) continue
        for (const from of servers)
          if (from !== server && (receiveQuietly(server, from, false) || receiveQuietly(server, from, true)))
            hasMoved = true
      }
    }
    return undefined
  }

  /**
   * With no restart left nobody can tell when a server that does not lead has synced, but by what it says then; and what is
   * said early may still be long on its way, or be lost with the connection. What others count is what has reached them, so
   * a step that should not have been taken shows as well when the servers that did not cause it are slow.
   */
  const promptWrites = (server: ServerId): number => {
    const site = next[server - 1] ?? 0
    let { writes } = menuOf(site)
    while (writes > 0 && !steps.take(site, events.synced(writes)).isPrompt) writes -= 1
    return writes
  }

  /**
   * A message that changes nothing but what its receiver forgets with its role: receiving it commutes with all else that may
   * happen, and nobody can tell whether it was received or lost. So it is received before all else.
   */
  const receiveQuietly = (server: ServerId, from: ServerId, isFromLearner: boolean): boolean => {
    const place = isFromLearner ? toLeader(from, server) : toLearner(server, from)
    const channel = next[place] ?? EMPTY
    const item = channels.head(channel)
    if (item === NO_ITEM || item === CLOSED) return false
    const known = steps.take(next[server - 1] ?? 0, events.arrived(item, from, isFromLearner))
    if (!known.isQuiet) return false
    next[place] = channels.rest(channel)
    next[server - 1] = known.site
    record('Arrive', server, from, item)
    return true
  }

  return settle
}
