/** Broadcast at the leader: zxids, cumulative acknowledgements, commits in order. BCAST-1, 3 … 6. */
import { describe, expect, it } from 'vitest'
import { nextZxid } from '../../../src/core/peer.js'
import {
  ack,
  ackEpoch,
  diskOf,
  elected,
  established,
  followerInfo,
  joins,
  Server,
  synchronizing,
  z,
} from '../server.js'

describe('BCAST-1, BCAST-4: proposing', () => {
  it('begins at 1, goes to the followers before the own fsync, and says which zxid it was', () => {
    const leader = established()
    expect(nextZxid(leader.config, leader.peer)).toEqual(z('1:1'))
    leader.submits('a')
    expect(leader.effects.map(({ kind }) => kind)).toEqual(['Proposed', 'Send', 'Persist'])
    expect(leader.said()).toEqual(['2: PROPOSAL 1:1'])
    expect(leader.submits('b').said()).toEqual(['2: PROPOSAL 1:2'])
  })

  it('is refused by all but an established leader', () => {
    for (const server of [new Server(1), elected(), synchronizing()]) {
      expect(nextZxid(server.config, server.peer)).toBeUndefined()
      expect(server.submits('a').effects).toEqual([{ kind: 'Refused', transaction: 'a' }])
    }
  })

  it('ends before the counter rolls over (ZOOKEEPER-1277)', () => {
    const leader = established()
    const { role } = leader.peer
    if (role.kind !== 'Leading') throw new Error('not leading')
    leader.peer = {
      ...leader.peer,
      role: { ...role, phase: { kind: 'Broadcasting', epoch: 1, lastProposed: z('1:4294967293') } },
    }
    expect(leader.submits('last').effects[0]).toMatchObject({ kind: 'Proposed', entry: { zxid: z('1:4294967294') } })
    expect(leader.submits('too much').role).toBe('Looking')
    expect(leader.effects[0]).toEqual({ kind: 'Refused', transaction: 'too much' })
  })
})

describe('BCAST-5: committing', () => {
  it('takes a quorum of disks, the own one not before its fsync (BCAST-4)', () => {
    const leader = established().submits('a').receives(2, 'learner', ack('1:1'))
    expect(leader.delivered()).toEqual([])
    leader.syncs()
    expect(leader.delivered()).toEqual(['a'])
    expect(leader.said()).toEqual(['2: COMMIT 1:1'])
  })

  it('does without the own disk when others are enough', () => {
    const leader = joins(established(), 1).submits('a').receives(2, 'learner', ack('1:1'))
    expect(leader.receives(1, 'learner', ack('1:1')).delivered()).toEqual(['a'])
  })

  it('forgets the ACKs of a lost connection, since what they speak for may be cut off on the next (BCAST-3)', () => {
    const leader = established().submits('a').receives(2, 'learner', ack('1:1'))
    leader.loses(2, 'learner').connects(2, 'learner').receives(2, 'learner', followerInfo(1))
    expect(leader.receives(2, 'learner', ackEpoch(-1, '1:1')).said()).toEqual([
      '2: TRUNC 0:0',
      '2: PROPOSAL 1:1',
      '2: NEWLEADER 1',
    ])
    expect(leader.syncs().delivered()).toEqual([])
    expect(leader.receives(2, 'learner', ack('1:0')).delivered()).toEqual([])
    expect(leader.receives(2, 'learner', ack('1:1')).delivered()).toEqual(['a'])
  })

  it('takes one ACK for everything before it (BCAST-3), and commits in order', () => {
    const leader = established().submits('a').submits('b').submits('c').syncs()
    leader.receives(2, 'learner', ack('1:2'))
    expect(leader.delivered()).toEqual(['a', 'b'])
    expect(leader.said()).toEqual(['2: COMMIT 1:1', '2: COMMIT 1:2'])
  })

  it('stops at what a quorum has reached', () => {
    const leader = joins(established({ voters: [1, 2, 3] }), 1)
      .submits('a')
      .submits('b')
      .submits('c')
    leader.receives(2, 'learner', ack('1:3'))
    expect(leader.delivered()).toEqual([])
    expect(leader.receives(1, 'learner', ack('1:2')).delivered()).toEqual(['a', 'b'])
    expect(leader.syncs().delivered()).toEqual(['c'])
  })

  it.each(['0:1', '2:1', '1:2', '1:0', '9:9'])('ignores ACK %s: of another epoch, or of nothing proposed', (zxid) => {
    const leader = established().submits('a').syncs().receives(2, 'learner', ack(zxid))
    expect(leader.effects).toEqual([])
    expect(leader.receives(2, 'learner', ack('1:1')).delivered()).toEqual(['a'])
  })

  it('ignores an ACK of a transaction while it is not established: it has proposed none (SYNC-3)', () => {
    const leader = elected({ observers: [9] })
    leader.connects(9, 'learner').receives(9, 'learner', followerInfo(0, 'observer'))
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(0)).syncs()
    leader.receives(9, 'learner', ackEpoch(0, '0:0')).receives(2, 'learner', ackEpoch(0, '0:0')).syncs()
    const { peer } = leader.receives(9, 'learner', ack('1:0'))
    expect(leader.receives(9, 'learner', ack('1:1')).peer).toBe(peer)
  })

  it('ignores an ACK that says less than an earlier one', () => {
    const leader = established({ voters: [1, 2, 3] })
      .submits('a')
      .submits('b')
      .receives(2, 'learner', ack('1:2'))
    leader.receives(2, 'learner', ack('1:1'))
    expect(leader.syncs().delivered()).toEqual(['a', 'b'])
  })

  it('does not count observers, nor who has left', () => {
    const watched = joins(established({ observers: [9] }), 9, 'observer')
      .submits('a')
      .syncs()
    expect(watched.receives(9, 'learner', ack('1:1')).delivered()).toEqual([])
    const left = established().submits('a').receives(2, 'learner', ack('1:1')).loses(2, 'learner').syncs()
    expect(left.delivered()).toEqual([])
  })

  it('tells observers with INFORM, followers with COMMIT (BCAST-6, OBS-2)', () => {
    const leader = joins(established({ observers: [9] }), 9, 'observer')
      .submits('a')
      .syncs()
    expect(leader.receives(2, 'learner', ack('1:1')).said()).toEqual(['2: COMMIT 1:1', '9: INFORM 1:1'])
  })

  it('is by itself in an ensemble of one', () => {
    const alone = new Server(3, { voters: [3], disk: diskOf(1, 1, '1:1') }).syncs().syncs()
    expect(alone.peer.service).toEqual({ kind: 'Leader', epoch: 2 })
    expect(alone.submits('a').syncs().delivered()).toEqual(['a'])
  })
})
