/** What servers send, on its way: changes of the channels of a state. */
import type { ServerId } from '../../src/core/server-id.js'
import type { Channels } from './channels.js'
import { EMPTY } from './channels.js'
import type { Layout } from './layout.js'
import type { Menu } from './menu.js'

/** Something that a server does with one of its connections. */
export interface Sent {
  readonly kind: 'Open' | 'FromLearner' | 'FromLeader' | 'LearnerCloses' | 'LeaderCloses' | 'Notify'
  /** Place of the channel that it writes to. */
  readonly outgoing: number
  /** Place of the channel that it reads; the same one for a notification. */
  readonly incoming: number
  /** The message; of no matter otherwise. */
  readonly item: number
}

export interface Network {
  readonly send: (state: Int32Array, sent: Sent) => void
  readonly leaderCloses: (state: Int32Array, learner: ServerId, leader: ServerId) => void
  /** Of a server that crashes. What it has sent may still arrive. */
  readonly closeAll: (state: Int32Array, server: ServerId) => void
}

export const makeNetwork = (
  servers: readonly ServerId[],
  channels: Channels,
  { toLeader, toLearner, toVoter }: Layout,
  menuOf: (site: number) => Menu,
  hasElections: boolean,
): Network => {
  const OPEN = channels.itemNumber({ kind: 'Open' })
  const CLOSED = channels.itemNumber({ kind: 'Closed' })

  const append = (state: Int32Array, channel: number, item: number): void => {
    state[channel] = channels.append(state[channel] ?? EMPTY, item)
  }
  const learnerCloses = (state: Int32Array, outgoing: number, incoming: number): void => {
    if (!channels.isClosed(state[incoming] ?? EMPTY)) append(state, outgoing, CLOSED)
    state[incoming] = EMPTY
  }
  const leaderCloses = (state: Int32Array, outgoing: number, incoming: number): void => {
    const channel = state[incoming] ?? EMPTY
    if (!channels.isClosed(channel)) append(state, outgoing, CLOSED)
    state[incoming] = channels.afterClosed(channel)
  }

  return {
    send: (state, { kind, outgoing, incoming, item }) => {
      switch (kind) {
        case 'Open':
          return append(state, outgoing, OPEN)
        case 'FromLearner':
          // Unless the leader has closed: what is sent then goes nowhere.
          if (!channels.isClosed(state[incoming] ?? EMPTY)) append(state, outgoing, item)
          return
        case 'FromLeader':
          // Unless the learner has closed the connection that the leader knows.
          if (!channels.isOutdated(state[incoming] ?? EMPTY)) append(state, outgoing, item)
          return
        case 'LearnerCloses':
          return learnerCloses(state, outgoing, incoming)
        case 'LeaderCloses':
          return leaderCloses(state, outgoing, incoming)
        case 'Notify':
          return append(state, outgoing, item)
      }
    },
    leaderCloses: (state, learner, leader) =>
      leaderCloses(state, toLearner(learner, leader), toLeader(learner, leader)),
    closeAll: (state, server) => {
      for (const other of servers) {
        if (other === server) continue
        const own = menuOf(state[server - 1] ?? 0)
        if (own.isLinked && own.leader === other)
          learnerCloses(state, toLeader(server, other), toLearner(server, other))
        const theirs = menuOf(state[other - 1] ?? 0)
        const outgoing = toLearner(other, server)
        if (theirs.isLinked && theirs.leader === server && !channels.isClosed(state[outgoing] ?? EMPTY))
          append(state, outgoing, CLOSED)
        state[toLeader(other, server)] = EMPTY
        if (hasElections) state[toVoter(other, server)] = EMPTY
      }
    },
  }
}
