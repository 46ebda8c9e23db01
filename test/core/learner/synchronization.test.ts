/** Synchronization at a learner: the batch, its durability before the ACK, and everything that must end the allegiance. */
import { describe, expect, it } from 'vitest'
import * as S from '../../../src/core/sequence.js'
import * as Z from '../../../src/core/zxid.js'
import type { Setting } from '../server.js'
import {
  ack,
  commit,
  diskOf,
  following,
  inform,
  leaderInfo,
  newLeader,
  ping,
  promised,
  proposal,
  Server,
  sync,
  upToDate,
  vote,
} from '../server.js'

const receiving = (setting: Setting = {}): Server => promised(setting).receives(3, 'leader', sync('DIFF', '1:9'))

/** Server 1 with 1:1 in its log, being brought level in epoch 2. */
const second = (): Server => promised({ disk: diskOf(1, 1, '1:1') }, 2)

describe('SYNC-2: NEWLEADER', () => {
  it('is acknowledged after the history is durable, and after that the epoch (RECV-3, RECV-4)', () => {
    const server = second().receives(
      3,
      'leader',
      sync('DIFF', '1:3'),
      proposal('1:2'),
      commit('1:2'),
      proposal('1:3'),
      commit('1:3'),
    )
    expect(server.log()).toEqual(['1:1'])
    server.receives(3, 'leader', newLeader(2))
    expect([server.written(), server.said(), server.peer.currentEpoch]).toEqual([['Append'], [], 1])
    expect(server.peer.role).toMatchObject({ phase: { committed: [], batch: { image: undefined } } })
    server.syncs()
    expect([server.written(), server.said(), server.peer.currentEpoch]).toEqual([['CurrentEpoch'], [], 2])
    server.syncs()
    expect([server.written(), server.said()]).toEqual([[], ['3: ACK 2:0']])
    expect(server.phase).toBe('AwaitingUptodate')
    expect(server.delivered()).toEqual([])
  })

  it('with nothing to log needs the epoch only', () => {
    const server = receiving().receives(3, 'leader', newLeader(1))
    expect(server.written()).toEqual(['CurrentEpoch'])
    expect(server.syncs().said()).toEqual(['3: ACK 1:0'])
  })

  it.each([0, 2])('of epoch %i, which was not the one accepted, ends the allegiance', (epoch) => {
    expect(receiving().receives(3, 'leader', newLeader(epoch)).role).toBe('Looking')
  })

  it('before DIFF, TRUNC or SNAP, or a second time, ends the allegiance', () => {
    expect(promised().receives(3, 'leader', newLeader(1)).role).toBe('Looking')
    expect(receiving().receives(3, 'leader', newLeader(1), newLeader(1)).role).toBe('Looking')
    expect(receiving().receives(3, 'leader', newLeader(1)).syncs().receives(3, 'leader', newLeader(1)).role).toBe(
      'Looking',
    )
  })
})

describe('SYNC-9: TRUNC', () => {
  const longer = (): Server => promised({ disk: diskOf(1, 1, '1:1', '1:2', '1:3') }, 2)

  it('cuts the log, durably, before anything that follows', () => {
    const server = longer().receives(3, 'leader', sync('TRUNC', '1:2'))
    expect(server.effects).toEqual([
      { kind: 'Persist', token: 2, durable: { kind: 'Truncate', zxid: { epoch: 1, counter: 2 } } },
    ])
    expect(server.log()).toEqual(['1:1', '1:2'])
    expect(S.toArray(server.peer.pending)).toEqual([{ kind: 'Nothing' }])
    server.receives(3, 'leader', proposal('2:1'), commit('2:1'), newLeader(2))
    expect(server.written()).toEqual(['Append'])
    expect(server.log()).toEqual(['1:1', '1:2', '2:1'])
  })

  it('is followed by appends to the log, durable before the ACK as after a DIFF (SYNC-15)', () => {
    const server = longer().receives(3, 'leader', sync('TRUNC', '1:2'), proposal('2:1'), commit('2:1'), newLeader(2))
    expect([server.written(), server.said()]).toEqual([['Append'], []])
    expect([server.syncs().written(), server.said()]).toEqual([['CurrentEpoch'], []])
    expect(server.syncs().said()).toEqual(['3: ACK 2:0'])
  })

  it('to the beginning is possible', () => {
    expect(longer().receives(3, 'leader', sync('TRUNC', '0:0')).log()).toEqual([])
  })

  it.each(['1:4', '0:9', '2:1'])('to %s, which is no point of the log, is fatal', (point) => {
    const server = longer().receives(3, 'leader', sync('TRUNC', point))
    expect(server.role).toBe('Stopped')
    expect(server.effects.map(({ kind }) => kind)).toEqual(['Fatal'])
  })

  it('of what was delivered is fatal', () => {
    const server = promised().receives(3, 'leader', sync('DIFF', '1:1'), proposal('0:1'), commit('0:1'), newLeader(1))
    server.syncs().syncs().receives(3, 'leader', upToDate)
    expect(server.delivered()).toEqual(['0:1'])
    server
      .loses(3, 'leader')
      .hears(2, vote(3, '9:9', 9), 2)
      .hears(3, vote(3, '9:9', 9), 2)
      .connects(3, 'leader')
    server.receives(3, 'leader', leaderInfo(2)).syncs().receives(3, 'leader', sync('TRUNC', '0:0'))
    expect(server.did('Fatal')).toBe(true)
  })
})

describe('SYNC-8: SNAP', () => {
  /** A server that lost its data joins an established ensemble. */
  const lost = (): Server =>
    new Server(1, { disk: { trusted: false } })
      .hears(2, vote(3), 4, 'FOLLOWING')
      .hears(3, vote(3), 4, 'LEADING')
      .connects(3, 'leader')
      .receives(3, 'leader', leaderInfo(2))
      .syncs()

  it('replaces the history, in memory and on disk, with all that follows it, in one (SYNC-14)', () => {
    const server = second().receives(3, 'leader', sync('SNAP', '1:7'), proposal('1:8'), commit('1:8'))
    expect(server.log()).toEqual(['1:1'])
    server.receives(3, 'leader', newLeader(2))
    expect(server.effects).toMatchObject([
      { kind: 'InstallSnapshot', zxid: { epoch: 1, counter: 7 } },
      {
        kind: 'Persist',
        durable: { kind: 'Snapshot', zxid: { epoch: 1, counter: 7 }, entries: [{ transaction: '1:8' }] },
      },
    ])
    expect(server.log()).toEqual(['1:8'])
    expect(server.syncs().written()).toEqual(['CurrentEpoch'])
    expect(server.syncs().said()).toEqual(['3: ACK 2:0'])
    expect(server.receives(3, 'leader', upToDate).delivered()).toEqual(['1:8'])
  })

  it('that breaks off leaves the old history as it was', () => {
    const server = second()
      .receives(3, 'leader', sync('SNAP', '1:7'), proposal('1:8'), commit('1:8'))
      .loses(3, 'leader')
    expect([server.role, server.log(), server.written()]).toEqual(['Looking', ['1:1'], []])
  })

  it('is followed by what comes after the image, not after the old history', () => {
    expect(second().receives(3, 'leader', sync('SNAP', '1:7'), proposal('1:2')).effects).toEqual([])
    expect(second().receives(3, 'leader', sync('SNAP', '1:7'), proposal('1:9')).role).toBe('Looking')
    expect(
      second().receives(3, 'leader', sync('SNAP', '0:0'), proposal('1:1'), commit('1:1'), newLeader(2)).log(),
    ).toEqual(['1:1'])
  })

  it('gives back the trust', () => {
    const server = lost().receives(3, 'leader', sync('SNAP', '1:7'))
    expect(server.peer.trusted).toBe(false)
    expect(server.receives(3, 'leader', newLeader(2)).peer.trusted).toBe(true)
  })

  it('is the only way back into trust: DIFF does not give it', () => {
    const server = lost()
      .receives(3, 'leader', sync('DIFF', '0:0'), newLeader(2))
      .syncs()
      .receives(3, 'leader', upToDate)
    expect(server.role).toBe('Following')
    expect(server.peer.trusted).toBe(false)
  })
})

describe('SYNC-10, SYNC-11: the batch', () => {
  it('ignores duplicates, of the log and of itself', () => {
    const server = second().receives(
      3,
      'leader',
      sync('DIFF', '1:2'),
      proposal('1:1'),
      proposal('1:2'),
      proposal('1:2'),
      commit('1:2'),
    )
    expect(server.receives(3, 'leader', commit('1:1'), newLeader(2)).role).toBe('Following')
    expect(server.log()).toEqual(['1:1', '1:2'])
  })

  it.each(['1:3', '2:2', '3:0'])('with a hole before %s ends the allegiance', (next) => {
    expect(second().receives(3, 'leader', sync('DIFF', '9:9'), proposal(next)).role).toBe('Looking')
  })

  it('with COMMIT out of order, or of what was not proposed, ends the allegiance', () => {
    expect(
      second().receives(3, 'leader', sync('DIFF', '1:3'), proposal('1:2'), proposal('1:3'), commit('1:3')).role,
    ).toBe('Looking')
    expect(second().receives(3, 'leader', sync('DIFF', '1:3'), commit('1:2')).role).toBe('Looking')
  })

  it('that is longer than the inbox ends the allegiance', () => {
    const small = receiving({ limits: { learnerInbox: 2 } }).receives(3, 'leader', proposal('1:1'), proposal('1:2'))
    expect(small.role).toBe('Following')
    expect(small.receives(3, 'leader', proposal('1:3')).role).toBe('Looking')
  })

  it('leaves proposals without COMMIT for after the ACK: logged and acknowledged as ordinary ones', () => {
    const server = receiving().receives(3, 'leader', proposal('1:1'), proposal('1:2'), newLeader(1)).syncs()
    expect(server.said()).toEqual(['3: ACK 1:0'])
    expect(server.written()).toEqual(['Append', 'Append'])
    expect(server.syncs().said()).toEqual(['3: ACK 1:1', '3: ACK 1:2'])
  })

  it('still comes in while the disk works, and is not lost (SYNC-13)', () => {
    const server = second().receives(3, 'leader', sync('DIFF', '1:2'), proposal('1:2'), commit('1:2'), newLeader(2))
    server.receives(3, 'leader', proposal('2:1'), commit('2:1'), proposal('2:2')).syncs().syncs()
    expect(server.said()).toEqual(['3: ACK 2:0'])
    expect(server.log()).toEqual(['1:1', '1:2', '2:1', '2:2'])
    server.syncs().receives(3, 'leader', upToDate)
    expect(server.delivered()).toEqual(['1:1', '1:2', '2:1'])
  })
})

describe('between NEWLEADER and UPTODATE', () => {
  const waiting = (): Server =>
    receiving().receives(3, 'leader', proposal('1:1'), proposal('1:2'), newLeader(1)).syncs().syncs()

  it('COMMIT is kept for the start', () => {
    const server = waiting().receives(3, 'leader', commit('1:1'))
    expect([server.effects, server.clauses]).toEqual([[], ['SYNC-10']])
    expect(server.receives(3, 'leader', upToDate).delivered()).toEqual(['1:1'])
    expect(server.said()).toEqual(['3: ACK 1:0'])
  })

  it('COMMIT out of order, or of nothing, ends the allegiance; an old one is ignored', () => {
    expect(waiting().receives(3, 'leader', commit('1:2')).role).toBe('Looking')
    expect(waiting().receives(3, 'leader', commit('1:1'), commit('1:2'), commit('1:3')).role).toBe('Looking')
    expect(waiting().receives(3, 'leader', commit('1:1'), commit('1:1')).role).toBe('Following')
  })

  it('PROPOSAL is logged and acknowledged', () => {
    const server = waiting().receives(3, 'leader', proposal('1:3'))
    expect(server.written()).toEqual(['Append'])
    expect(server.syncs().said()).toEqual(['3: ACK 1:3'])
  })

  it('PING is answered', () => {
    expect(waiting().receives(3, 'leader', ping('1:0')).said()).toEqual(['3: PING 1:0'])
    expect(receiving().receives(3, 'leader', ping('1:0')).said()).toEqual([])
  })

  it('INFORM reaches an observer that is not ready, and is kept (ZOOKEEPER-1551)', () => {
    const observer = new Server(9, { observers: [9] }).hears(2, vote(3)).hears(3, vote(3)).fires('election.finalize')
    observer.connects(3, 'leader').receives(3, 'leader', leaderInfo(1)).syncs()
    observer.receives(3, 'leader', sync('SNAP', '0:5'), inform('1:1'), newLeader(1), inform('1:2')).syncs().syncs()
    observer.receives(3, 'leader', inform('1:3'), upToDate)
    expect(observer.delivered()).toEqual(['1:1', '1:2', '1:3'])
    expect(observer.peer.service).toEqual({ kind: 'Observer', leader: 3, epoch: 1 })
  })
})

describe('SYNC-3: UPTODATE', () => {
  it('begins the service, shows the new epoch in the vote, and is acknowledged once more (SYNC-12, ELEC-8)', () => {
    const server = receiving().receives(3, 'leader', newLeader(1)).syncs().receives(3, 'leader', upToDate)
    expect(server.peer.service).toEqual({ kind: 'Follower', leader: 3, epoch: 1 })
    expect(server.said()).toEqual(['3: ACK 1:0'])
    expect(server.cancelled()).toEqual(['phase.limit'])
    expect(server.set()).toEqual(['liveness 5000'])
    expect(server.hears(2, vote(2)).notified()[0]?.notification).toMatchObject({
      state: 'FOLLOWING',
      vote: { leader: 3, peerEpoch: 1 },
    })
    expect(server.receives(3, 'leader', upToDate).effects).toEqual([])
  })

  it('too early ends the allegiance', () => {
    for (const server of [following(), promised(), receiving(), receiving().receives(3, 'leader', newLeader(1))])
      expect(server.receives(3, 'leader', upToDate).role).toBe('Looking')
  })
})

describe('what does not belong to the phase', () => {
  it.each([
    ['PROPOSAL', proposal('1:1')],
    ['COMMIT', commit('1:1')],
    ['INFORM', inform('1:1')],
    ['ACK', ack('1:1')],
  ])('%s before the batch ends the allegiance', (_, message) => {
    expect(promised().receives(3, 'leader', message).role).toBe('Looking')
    expect(following().receives(3, 'leader', message).role).toBe('Looking')
  })

  it.each([sync('DIFF', '0:0'), sync('TRUNC', '0:0'), sync('SNAP', '0:0')])(
    'a second sync mode ends the allegiance',
    (message) => {
      expect(receiving().receives(3, 'leader', message).role).toBe('Looking')
      expect(following().receives(3, 'leader', message).role).toBe('Looking')
    },
  )

  it('never takes back what is on disk', () => {
    const server = second().receives(
      3,
      'leader',
      sync('DIFF', '1:2'),
      proposal('1:2'),
      commit('1:2'),
      newLeader(2),
      upToDate,
    )
    expect(server.role).toBe('Looking')
    expect(server.log()).toEqual(['1:1', '1:2'])
    expect(server.peer.currentEpoch).toBe(1)
    expect(Z.show(server.notified()[0]?.notification.vote.zxid ?? Z.ZERO)).toBe('1:2')
  })
})
