/** What real elections add to what may happen: their timers, and notifications that arrive. The grain stands in fast.ts. */
import type { ServerId } from '../../src/core/server-id.js'
import type { Channels } from './channels.js'
import { EMPTY, NO_ITEM } from './channels.js'
import type { Layout } from './layout.js'
import type { Menu } from './menu.js'

export interface Election<Visit> {
  /** At a server that looks. */
  readonly look: (state: Int32Array, server: ServerId, menu: Menu, visit: Visit) => void
  /** The first notification on its way. */
  readonly hear: (state: Int32Array, server: ServerId, from: ServerId, visit: Visit) => void
  /** Whoever may do what it does before all others do anything; 0 for nobody. */
  readonly first: (state: Int32Array) => ServerId
  /** Takes away notifications that make no difference any more. */
  readonly forget: (state: Int32Array) => void
}

/** What happens, for whoever explores. */
export interface ElectionEvents<Visit> {
  readonly finalize: (state: Int32Array, server: ServerId, visit: Visit) => void
  readonly resend: (state: Int32Array, server: ServerId, visit: Visit) => void
  /** The first item in the channel arrives. */
  readonly arrive: (state: Int32Array, server: ServerId, from: ServerId, place: number, visit: Visit) => void
}

export const makeElection = <Visit>(
  servers: readonly ServerId[],
  { toVoter, toLeader, toLearner }: Layout,
  channels: Channels,
  menuOf: (site: number) => Menu,
  { finalize, resend, arrive }: ElectionEvents<Visit>,
): Election<Visit> => {
  const isLooking = (state: Int32Array, server: ServerId): boolean => menuOf(state[server - 1] ?? 0).role === 'Looking'
  const isSilent = (state: Int32Array, one: ServerId, other: ServerId): boolean =>
    one === other || (state[toVoter(one, other)] === EMPTY && state[toVoter(other, one)] === EMPTY)

  /** Nothing is on its way there on the quorum port, and nothing comes. */
  const isApart = (state: Int32Array, server: ServerId, other: ServerId): boolean => {
    const { isLinked, leader } = menuOf(state[other - 1] ?? 0)
    return (
      !(isLinked && leader === server) &&
      state[toLeader(other, server)] === EMPTY &&
      state[toLearner(server, other)] === EMPTY
    )
  }
  const isSpokenTo = (state: Int32Array, server: ServerId, by: ServerId): boolean =>
    state[toVoter(by, server)] !== EMPTY

  return {
    look: (state, server, { isFinalizing }, visit) => {
      if (isFinalizing) finalize(state, server, visit)
      if (servers.every((other) => isSilent(state, server, other))) resend(state, server, visit)
    },
    hear: (state, server, from, visit) => {
      const place = toVoter(from, server)
      if (channels.head(state[place] ?? EMPTY) !== NO_ITEM) arrive(state, server, from, place, visit)
    },
    /**
     * A server that looks, has nothing to write, and has a notification on its way to it from every other one: whatever else
     * happens, nothing more can happen to it before it has heard one of them or its wait is over, and to the others the
     * same can happen before and after it. (It does not send again while it is spoken to, nor do those who speak.) Provided
     * that nobody crashes, and that nobody dials who does not lead.
     */
    first: (state) =>
      servers.find((server) => {
        const { role, writes } = menuOf(state[server - 1] ?? 0)
        return (
          role === 'Looking' &&
          writes === 0 &&
          servers.every(
            (other) => other === server || (isSpokenTo(state, server, other) && isApart(state, server, other)),
          )
        )
      }) ?? 0,
    /**
     * When servers have begun to look as often as they may, who has decided never looks again. What it hears makes no
     * difference to itself, and its answers none to others that have decided.
     */
    forget: (state) => {
      for (const server of servers) {
        if (isLooking(state, server)) continue
        for (const from of servers) {
          if (from === server) continue
          const place = toVoter(from, server)
          const channel = state[place] ?? EMPTY
          if (channel !== EMPTY) state[place] = isLooking(state, from) ? channels.questions(channel) : EMPTY
        }
      }
    },
  }
}
