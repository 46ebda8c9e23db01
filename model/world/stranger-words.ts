/**
 * What a stranger says: extreme, plausible, or nothing; from its own stream of chance and what the server is at that moment.
 *
 * In the name of a server of the world it never says what would make it a counted voter: see the bound of the atlas.
 */
import * as H from '../../src/core/history.js'
import type { Notification, ServerState } from '../../src/core/message.js'
import type { ServerId } from '../../src/core/configuration.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { bounds } from '../../src/core/bounds.js'
import type { Packet } from '../../src/server/packet.js'
import type { Server } from '../../src/server/state.js'
import { SUPER } from '../../src/service/acl.js'
import { sessionsOf } from '../../src/service/database.js'
import type { Request } from '../../src/service/request.js'
import type { SessionId } from '../../src/service/session.js'
import { reconfigurableMemberOf } from './options.js'
import type { Random } from './random.js'
import { pick } from './random.js'

/** As far as an epoch is moved by what is believed: small, so that a run has few epochs. */
const STEPS = [0, 0, 1, 2, 5] as const
const EXTREMES = [-1, 20_000, 1_000_000, 0x7fff0000, 0x7ffffffd, 0x7ffffffe, 0x7fffffff] as const
const ROUNDS = [-(2 ** 63), -1, 0, 7, bounds.lastRound, bounds.lastRound + 1, 2 ** 52] as const
const STATES: readonly [ServerState, ...ServerState[]] = [
  'LOOKING',
  'LOOKING',
  'LOOKING',
  'FOLLOWING',
  'LEADING',
  'OBSERVING',
]
/** Above every promise: a leader must not believe it, whoever is said to say it (DISC-9). */
const UNBELIEVABLE: Epoch = 0x7ffffffe

export interface Heard {
  readonly random: Random
  readonly server: Server
  readonly claims: ServerId
  /** The name is that of a server of the world. */
  readonly isServers: boolean
}

const epochOf = ({ random, server }: Heard): Epoch =>
  random.below(2) === 0 ? pick(random, EXTREMES) : server.peer.acceptedEpoch + pick(random, STEPS)

const zxidOf = (heard: Heard): Zxid => {
  const { random, server } = heard
  const last = H.lastZxid(server.peer.history)
  switch (random.below(4)) {
    case 0:
      return last
    case 1:
      return Z.zxid(server.peer.currentEpoch, random.below(9))
    case 2:
      return Z.zxid(last.epoch, last.counter + 1 + random.below(3))
    default:
      return Z.zxid(epochOf(heard), random.below(9))
  }
}

// --- the quorum port

/** The first packet. */
export const introductionOf = (heard: Heard): Packet => ({
  type: 'FOLLOWERINFO',
  role: heard.random.below(4) === 0 ? 'observer' : 'participant',
  acceptedEpoch: epochOf(heard),
  configurationVersion: heard.random.below(4) === 0 ? zxidOf(heard) : Z.ZERO,
})

export const packetOf = (heard: Heard): Packet => {
  const { random, isServers } = heard
  switch (random.below(isServers ? 4 : 8)) {
    case 0:
      return isServers
        ? { type: 'ACKEPOCH', currentEpoch: UNBELIEVABLE, lastZxid: zxidOf(heard) }
        : { type: 'ACKEPOCH', currentEpoch: epochOf(heard), lastZxid: zxidOf(heard) }
    case 1:
    case 2:
      return { type: 'ACK', zxid: zxidOf(heard) }
    case 3: {
      const touched = isServers ? [] : [{ id: sessionOf(heard), timeoutMs: 2000 }]
      return { type: 'PING', zxid: zxidOf(heard), touched }
    }
    case 4:
      return { type: 'REVALIDATE', sessionId: sessionOf(heard), timeoutMs: 2000 }
    default:
      return {
        type: 'REQUEST',
        request: { sessionId: sessionOf(heard), cxid: random.below(9), request: requestOf(random), ids: [SUPER] },
      }
  }
}

/** Of somebody else, or of nobody. */
const sessionOf = ({ random, server }: Heard): SessionId => {
  const sessions = [...sessionsOf(server.database)].map(([id]) => id)
  return sessions[random.below(sessions.length + 1)] ?? 0x7777n
}

const requestOf = (random: Random): Request => {
  const path = pick(random, ['/a', '/b'])
  switch (random.below(3)) {
    case 0:
      return { op: 'closeSession' }
    case 1:
      return { op: 'delete', path, version: -1 }
    default:
      return { op: 'setData', path, data: Uint8Array.of(66), version: -1 }
  }
}

// --- the election port

export const notificationOf = (heard: Heard): Notification => {
  const { random, server, isServers } = heard
  const { round } = server.peer
  const version = Z.zxid(epochOf(heard), 1 + random.below(4))
  const said: Notification = {
    state: pick(random, STATES),
    vote: { leader: candidateOf(heard), zxid: zxidOf(heard), peerEpoch: epochOf(heard) },
    round: random.below(2) === 0 ? round + random.below(3) : pick(random, ROUNDS),
    configurationVersion: version,
  }
  return isServers || random.below(2) === 0
    ? said
    : {
        ...said,
        configuration: {
          version,
          members: HIS_OWN.map((id) => reconfigurableMemberOf(id, 'participant')),
          quorums: { kind: 'Majority', voters: HIS_OWN },
        },
      }
}

const HIS_OWN: readonly ServerId[] = [101, 102, 103]

const candidateOf = ({ random, server, claims }: Heard): ServerId => {
  const members = server.peer.configuration.committed.members.map(({ id }) => id)
  return members[random.below(members.length + 1)] ?? claims
}
