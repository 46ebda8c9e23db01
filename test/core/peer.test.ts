/** The door of the core: starting, changing roles, answers of the disk that come too late, and that no event ever breaks it. */
import { describe, expect, it } from 'vitest'
import { initial, lastProcessed, serviceOf } from '../../src/core/peer.js'
import type { Premises } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import * as S from '../../src/core/sequence.js'
import type { Peer } from '../../src/core/state.js'
import * as Z from '../../src/core/zxid.js'
import { randomOf } from './random.js'
import {
  ack,
  broadcasting,
  commit,
  diskOf,
  elected,
  established,
  following,
  leaderInfo,
  promised,
  proposal,
  Server,
  synchronizing,
  vote,
  z,
} from './server.js'
import { wildEvent } from './wild-events.js'

describe('RECV-10, RECV-12: starting', () => {
  it('takes up what the disk has, nothing of it committed until a leader says so (RECV-13)', () => {
    const { peer } = new Server(1, { disk: diskOf(3, 2, '1:1', '2:1') })
    expect([peer.acceptedEpoch, peer.currentEpoch, peer.history.delivered]).toEqual([3, 2, 0])
    expect(lastProcessed(peer)).toEqual(Z.ZERO)
    expect(serviceOf(peer)).toEqual({ kind: 'NotServing' })
  })

  it('is entering the election, and nothing else', () => {
    const server = new Server(1)
    expect(server.effects.map(({ kind }) => kind)).toEqual(['Notify', 'Notify', 'SetTimer'])
    expect(server.clauses).toEqual(['RECV-10', 'RECV-12', 'RECV-13', 'ELEC-1'])
  })

  it('takes a history that is longer than its epoch: a crash between the two writes of SYNC-2 leaves it so (SYNC-14)', () => {
    expect(new Server(1, { disk: diskOf(3, 1, '1:1', '2:1') }).role).toBe('Looking')
  })

  it('is refused when no crash explains the disk', () => {
    const server = new Server(1, { disk: diskOf(1, 2) })
    expect(server.role).toBe('Stopped')
    expect(server.effects.map(({ kind }) => kind)).toEqual(['Fatal'])
    expect(server.clauses).toEqual(['RECV-10'])
  })

  it('comes first: before it nothing is answered but submissions, which are refused', () => {
    const server = new Server(1)
    server.peer = initial(server.config)
    expect(server.hears(2, vote(2)).effects).toEqual([])
    expect(server.fires('election.resend').receives(3, 'leader', leaderInfo(1)).syncs().effects).toEqual([])
    expect(server.submits('a').effects).toEqual([{ kind: 'Refused', transaction: 'a' }])
    expect(server.connects(2, 'learner').closed()).toEqual(['learner 2'])
  })
})

describe('changing roles', () => {
  it('cancels the timers of the old role, closes its connections, and ends the service', () => {
    const leader = established().fires('leader.ping').loses(2, 'learner').connects(1, 'learner').fires('leader.ping')
    expect(leader.role).toBe('Looking')
    expect(leader.cancelled()).toEqual(['phase.limit', 'liveness', 'leader.ping'])
    expect(leader.closed()).toEqual(['learner 1'])
    expect(leader.effects).toContainEqual({ kind: 'ServiceChanged', service: { kind: 'NotServing' } })
    const follower = broadcasting().fires('liveness').fires('liveness').fires('liveness')
    expect(follower.cancelled()).toEqual(['phase.limit', 'liveness', 'learner.reconnect'])
    expect(follower.closed()).toEqual(['leader 3'])
    expect(follower.effects).toContainEqual({ kind: 'ServiceChanged', service: { kind: 'NotServing' } })
  })

  it('begins another round of the election, and another incarnation', () => {
    const leader = established()
    const { round, incarnation } = leader.peer
    leader.loses(2, 'learner').fires('leader.ping')
    expect(leader.peer.round).toBe(round + 1)
    expect(leader.peer.incarnation).toBe(incarnation + 1)
  })

  it('says nothing about a service that there was not', () => {
    expect(following().loses(3, 'leader').did('ServiceChanged')).toBe(false)
    expect(elected().fires('phase.limit').did('ServiceChanged')).toBe(false)
  })

  it('keeps what is on its way to the disk in the history (BCAST-9, ZOOKEEPER-2845)', () => {
    const leader = established().submits('a').loses(2, 'learner').fires('leader.ping')
    expect(leader.log()).toEqual(['1:1'])
    expect(leader.notified()[0]?.notification.vote).toEqual(vote(3, '1:1', 1))
  })
})

describe('an answer of the disk that belongs to an earlier role', () => {
  it('does not go on with a plan', () => {
    const promising = following().receives(3, 'leader', leaderInfo(1)).loses(3, 'leader')
    expect(promising.role).toBe('Looking')
    expect(promising.syncs().effects).toEqual([])
    expect(promising.peer.acceptedEpoch).toBe(1)
    expect(S.isEmpty(promising.peer.pending)).toBe(true)
  })

  it('does not acknowledge a record to another leader', () => {
    const follower = broadcasting().receives(3, 'leader', proposal('1:1')).loses(3, 'leader')
    follower
      .hears(2, vote(3, '1:1', 1), 2)
      .hears(3, vote(3, '1:1', 1), 2)
      .connects(3, 'leader')
    expect(follower.phase).toBe('AwaitingLeaderInfo')
    expect(follower.syncs().effects).toEqual([])
  })

  it('does not count for a leader that leads again', () => {
    const leader = established().submits('a').loses(2, 'learner').fires('leader.ping')
    leader.hears(2, vote(3, '1:1', 1), 2).fires('election.finalize')
    expect(leader.role).toBe('Leading')
    leader.syncs()
    expect(leader.peer.role).toMatchObject({ ownAck: Z.ZERO })
  })

  it('of a token that nobody waits for is ignored', () => {
    const server = promised()
    const { peer } = server
    expect(peer).toMatchObject({ nextToken: 2, pending: { length: 0 } })
    for (const token of [0, 1, 99]) {
      expect(server.syncs(token).effects).toEqual([])
      expect(server.peer).toBe(peer)
    }
  })
})

describe('what counts as processed', () => {
  it('is ⟨e, 0⟩ from the start of the service, then what is delivered', () => {
    const follower = broadcasting()
    expect(lastProcessed(follower.peer)).toEqual(z('1:0'))
    expect(lastProcessed(follower.receives(3, 'leader', proposal('1:1'), commit('1:1')).peer)).toEqual(z('1:1'))
  })
})

/** What holds in every state, whatever has happened. */
const broken = (before: Peer<string>, { peer, effects }: Server): string | undefined => {
  const tokens = effects.flatMap((effect) => (effect.kind === 'Persist' ? [effect.token] : []))
  const zxids = [peer.history.base, ...S.toArray(peer.history.entries).map(({ zxid }) => zxid)]
  if (peer.pending.length >= peer.nextToken) return 'more answers are awaited than records were written'
  if (tokens.some((token, index) => token !== before.nextToken + index)) return 'tokens are not consecutive'
  if (peer.nextToken !== before.nextToken + tokens.length) return 'a token was given to nothing'
  if (peer.currentEpoch > peer.acceptedEpoch) return 'an epoch was adopted that was not accepted'
  if (peer.acceptedEpoch < before.acceptedEpoch) return 'a promise was taken back'
  if (peer.incarnation < before.incarnation) return 'an incarnation came back'
  if (peer.history.delivered > peer.history.entries.length) return 'more was delivered than there is'
  if (zxids.some((zxid, index) => index > 0 && !Z.isAfter(zxid, zxids[index - 1] ?? Z.ZERO)))
    return 'the history is out of order'
  if (peer.service.kind !== 'NotServing' && (peer.role.kind === 'Looking' || peer.role.kind === 'Stopped'))
    return 'serves without a role'
  return undefined
}

describe('any event in any state', () => {
  const starts: readonly (() => Server)[] = [
    () => new Server(1),
    () => new Server(3, { disk: diskOf(1, 1, '1:1', '1:2') }),
    () => new Server(4, { observers: [4] }),
    elected,
    synchronizing,
    established,
    following,
    () => following({ disk: diskOf(2, 1, '1:1') }),
    promised,
    () => promised({ disk: diskOf(1, 1, '1:1') }, 2),
    broadcasting,
  ]
  const wander = (seed: number, changed = rules): string | undefined => {
    const random = randomOf(seed)
    const server = starts[seed % starts.length]?.() ?? new Server(1)
    const wild = new Server(server.self, { observers: [4], rules: changed })
    wild.peer = server.peer
    for (let count = 0; count < 80; count++) {
      const before = wild.peer
      const event = wildEvent(random, before.nextToken, before)
      wild.on(event)
      const fault = event.kind === 'Started' ? undefined : broken(before, wild)
      if (fault !== undefined) return `${fault}, after ${JSON.stringify(event)}`
    }
    return undefined
  }
  const seeds = Array.from({ length: 3000 }, (_, seed) => seed)

  it('is survived, and leaves a state in order', () => {
    expect(seeds.map((seed) => wander(seed)).filter((fault) => fault !== undefined)).toEqual([])
  })

  const faults: readonly (readonly [string, Partial<Premises>])[] = [
    ['an epoch that is not newer', { 'DISC-4.newer': () => true }],
    [
      'a hole or a step back in the log',
      { 'BCAST-2.duplicate': () => false, 'BCAST-2.next': () => true, 'SYNC-11.consecutive': () => true },
    ],
  ]
  it.each(faults)('would show %s', (_, changed) => {
    const premises = { ...rules.premises, ...changed }
    expect(seeds.some((seed) => wander(seed, { ...rules, premises }) !== undefined)).toBe(true)
  })

  it('does not disturb who has acknowledged what', () => {
    const leader = established().submits('a').receives(2, 'learner', ack('1:1')).on({ kind: 'Persisted', token: 1 })
    expect(leader.delivered()).toEqual([])
  })
})
