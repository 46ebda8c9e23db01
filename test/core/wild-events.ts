/** Any event at all, whether it makes sense or not: small numbers, so that some of it does. */
import type { Event } from '../../src/core/event.js'
import type { ConnectionSide, QuorumMessage, ServerState } from '../../src/core/message.js'
import * as S from '../../src/core/sequence.js'
import type { Peer } from '../../src/core/state.js'
import type { TimerName } from '../../src/core/timer.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { emptyDisk } from './disk.js'

const TIMERS: readonly TimerName[] = [
  'election.finalize',
  'election.resend',
  'learner.reconnect',
  'leader.ping',
  'liveness',
  'phase.limit',
]
const STATES: readonly ServerState[] = ['LOOKING', 'LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING']
const TYPES = [
  'FOLLOWERINFO',
  'ACKEPOCH',
  'ACK',
  'PING',
  'LEADERINFO',
  'DIFF',
  'TRUNC',
  'SNAP',
  'PROPOSAL',
  'COMMIT',
  'INFORM',
  'NEWLEADER',
  'UPTODATE',
] as const

/** What a leader says most. */
const OF_LEADERS = [...TYPES, 'PROPOSAL', 'PROPOSAL'] as const

/**
 * `nextToken` is that of the server that gets the event: tokens near it are the interesting ones. `follower`: the server itself,
 * where half of what comes is to be of its leader, and of its epoch: what is of another one is not looked at further (DISC-9).
 */
export const wildEvent = (
  random: (bound: number) => number,
  nextToken: number,
  follower?: Peer<string>,
): Event<string> => {
  const pick = <A>(elements: readonly A[], fallback: A): A => elements[random(elements.length)] ?? fallback
  const zxid = (): Zxid =>
    random(20) === 0
      ? Z.UNTRUSTED
      : Z.zxid(follower !== undefined && random(2) === 0 ? follower.currentEpoch : random(4), random(4))
  const leader = follower?.role.kind === 'Following' && random(2) === 0 ? follower.role.leader : undefined
  const from = leader ?? pick([1, 2, 2, 3, 3, 3, 4, 5], 3)
  const side = leader === undefined ? pick<ConnectionSide>(['leader', 'learner'], 'leader') : 'leader'
  const message = (): QuorumMessage<string> => {
    const type = pick(follower === undefined ? TYPES : OF_LEADERS, 'UPTODATE')
    switch (type) {
      case 'FOLLOWERINFO':
        return {
          type,
          role: random(4) === 0 ? 'observer' : 'participant',
          acceptedEpoch: random(4),
          configurationVersion: random(9) === 0 ? zxid() : Z.ZERO,
        }
      case 'ACKEPOCH':
        return { type, currentEpoch: random(4) - 1, lastZxid: zxid() }
      case 'LEADERINFO':
      case 'NEWLEADER':
        return { type, epoch: random(5) }
      case 'PROPOSAL':
      case 'INFORM':
        return { type, entry: { zxid: zxid(), transaction: 'wild' } }
      case 'UPTODATE':
        return { type }
      default:
        return { type, zxid: zxid() }
    }
  }
  switch (random(12)) {
    case 0:
      return random(20) === 0
        ? {
            kind: 'Started',
            durable: { ...emptyDisk, acceptedEpoch: random(3), currentEpoch: random(3), entries: S.empty() },
          }
        : { kind: 'Submitted', transaction: 'wild' }
    case 1:
    case 2: {
      const vote = { leader: 1 + random(4), zxid: zxid(), peerEpoch: random(3) }
      const notification = { state: pick(STATES, 'LOOKING'), vote, round: random(4), configurationVersion: Z.ZERO }
      return { kind: 'Notified', from, notification }
    }
    case 3:
      return { kind: 'Connected', from, side }
    case 4:
      return random(3) === 0 ? { kind: 'Disconnected', from, side } : { kind: 'Submitted', transaction: 'wild' }
    case 5:
      return random(3) === 0
        ? { kind: 'TimerFired', timer: pick(TIMERS, 'liveness') }
        : { kind: 'Submitted', transaction: 'wild' }
    case 6:
    case 7:
      return { kind: 'Persisted', token: nextToken - 3 + random(5) }
    default:
      return { kind: 'Received', from, side, message: message() }
  }
}
