/** Synchronization at the leader: batch, outstanding proposals and NEWLEADER in one step, and who is told what when. */
import { describe, expect, it } from 'vitest'
import { ack, ackEpoch, diskOf, elected, established, followerInfo, joins, synchronizing } from '../server.js'

describe('SYNC-1, SYNC-5: the batch', () => {
  it('is each entry with its COMMIT, and NEWLEADER behind it all', () => {
    const leader = synchronizing(
      { disk: diskOf(1, 1, '1:1', '1:2') },
      { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:1' },
    )
    expect(leader.said()).toEqual(['2: DIFF 1:2', '2: PROPOSAL 1:2', '2: COMMIT 1:2', '2: NEWLEADER 2'])
  })

  it('begins with TRUNC for who has more than is committed', () => {
    const leader = synchronizing({ disk: diskOf(2, 2, '1:1') }, { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:2' })
    expect(leader.said()).toEqual(['2: TRUNC 1:1', '2: NEWLEADER 3'])
  })

  it('is SNAP of what is applied, and the rest behind it', () => {
    const leader = established({ limits: { committedWindow: 0 } })
    leader.submits('a').syncs().receives(2, 'learner', ack('1:1')).submits('b')
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0), ackEpoch(0, '0:0'))
    expect(leader.said()).toEqual(['1: SNAP 1:1', '1: PROPOSAL 1:2', '1: NEWLEADER 1'])
  })
})

describe('SYNC-6: a learner at the beginning of an epoch', () => {
  it('that is the one this leader acknowledged last gets DIFF, though neither log has a record of that epoch', () => {
    // A crash between history and epoch (SYNC-14): this leader is of epoch 2, and has a transaction of epoch 3 already.
    const leader = synchronizing(
      { disk: diskOf(3, 2, '1:1', '3:1') },
      { acceptedEpoch: 3, currentEpoch: 2, lastZxid: '2:0' },
    )
    expect(leader.said()).toEqual(['2: DIFF 3:1', '2: PROPOSAL 3:1', '2: COMMIT 3:1', '2: NEWLEADER 4'])
  })

  it('is a reason of its own, and so is an observer (OBS-2)', () => {
    const batch = ['SYNC-1', 'SYNC-4', 'SYNC-5', 'SYNC-7']
    const leader = established({ observers: [9] })
      .connects(1, 'learner')
      .receives(1, 'learner', followerInfo(0))
    expect(leader.receives(1, 'learner', ackEpoch(0, '0:0')).clauses).toEqual(batch)
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0))
    expect(leader.receives(1, 'learner', ackEpoch(0, '1:0')).clauses).toEqual([...batch, 'SYNC-6'])
    leader.connects(9, 'learner').receives(9, 'learner', followerInfo(0, 'observer'))
    expect(leader.receives(9, 'learner', ackEpoch(0, '0:0')).clauses).toEqual([...batch, 'OBS-2'])
  })
})

describe('SYNC-7: a learner that comes while proposals are outstanding', () => {
  it('gets them without COMMIT before NEWLEADER, and all that follows (ZOOKEEPER-962)', () => {
    const leader = established().submits('a').submits('b')
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0), ackEpoch(0, '0:0'))
    expect(leader.said()).toEqual(['1: DIFF 0:0', '1: PROPOSAL 1:1', '1: PROPOSAL 1:2', '1: NEWLEADER 1'])
    expect(leader.submits('c').said()).toEqual(['2: PROPOSAL 1:3', '1: PROPOSAL 1:3'])
    expect(leader.syncs().receives(2, 'learner', ack('1:2')).said()).toEqual([
      '2: COMMIT 1:1',
      '1: COMMIT 1:1',
      '2: COMMIT 1:2',
      '1: COMMIT 1:2',
    ])
  })

  it('as an observer gets none of them, only what is committed (OBS-2)', () => {
    const leader = established({ observers: [9] }).submits('a')
    leader.connects(9, 'learner').receives(9, 'learner', followerInfo(0, 'observer'), ackEpoch(0, '0:0'))
    expect(leader.said()).toEqual(['9: DIFF 0:0', '9: NEWLEADER 1'])
    expect(leader.submits('b').said()).toEqual(['2: PROPOSAL 1:2'])
    expect(leader.syncs().receives(2, 'learner', ack('1:1')).said()).toEqual(['2: COMMIT 1:1', '9: INFORM 1:1'])
  })
})

describe('SYNC-3: becoming established', () => {
  it('takes a quorum of ACKs of NEWLEADER, delivers the initial history, and tells who has acknowledged', () => {
    const leader = synchronizing({ disk: diskOf(1, 1, '1:1') }, { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:1' })
    expect(leader.delivered()).toEqual([])
    leader.receives(2, 'learner', ack('2:0'))
    expect(leader.delivered()).toEqual(['1:1'])
    expect(leader.said()).toEqual(['2: UPTODATE'])
    expect(leader.peer.service).toEqual({ kind: 'Leader', epoch: 2 })
    expect(leader.set()).toEqual(['leader.ping 1000', 'liveness 5000'])
  })

  it('commits the initial history silently: each COMMIT was in the batch (SYNC-5)', () => {
    const leader = synchronizing({ disk: diskOf(1, 1, '1:1') }, { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:1' })
    leader.receives(2, 'learner', ack('2:0'))
    expect(leader.effects.map(({ kind }) => kind)).toEqual([
      'Deliver',
      'Send',
      'ServiceChanged',
      'SetTimer',
      'SetTimer',
    ])
    expect(leader.clauses).toEqual(['BCAST-5', 'BCAST-6', 'SYNC-3', 'BCAST-1', 'ELEC-8'])
  })

  it('commits nothing where there is no initial history', () => {
    expect(established().clauses).toEqual(['SYNC-3', 'BCAST-1', 'ELEC-8'])
  })

  it('shows the new epoch in its vote from now on (ELEC-8)', () => {
    const leader = established()
    expect(leader.peer.role).toMatchObject({ finalVote: { vote: { leader: 3, peerEpoch: 1 } } })
  })

  it('is not brought about by an observer', () => {
    const leader = elected({ observers: [9] })
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(0))
    leader.connects(9, 'learner').receives(9, 'learner', followerInfo(0, 'observer')).syncs()
    leader.receives(2, 'learner', ackEpoch(0, '0:0')).receives(9, 'learner', ackEpoch(0, '0:0')).syncs()
    expect(leader.receives(9, 'learner', ack('1:0')).phase).toBe('CollectingAcks')
    expect(leader.clauses).toEqual(['SYNC-3'])
    expect(leader.receives(2, 'learner', ack('1:0')).said()).toEqual(['2: UPTODATE', '9: UPTODATE'])
  })

  it('is not brought about by an ACK of another epoch', () => {
    expect(synchronizing().receives(2, 'learner', ack('0:0'), ack('2:0'), ack('2:1')).phase).toBe('CollectingAcks')
  })

  it('tells late comers at once, and does nothing for the second ACK (SYNC-12)', () => {
    const leader = joins(established(), 1)
    expect([leader.said(), leader.clauses]).toEqual([['1: UPTODATE'], ['SYNC-3', 'BCAST-5']])
    expect(leader.receives(1, 'learner', ack('1:0')).effects).toEqual([])
  })

  it('counts itself only when its own epoch is durable (RECV-5)', () => {
    const leader = elected().connects(2, 'learner').receives(2, 'learner', followerInfo(0)).syncs()
    leader.receives(2, 'learner', ackEpoch(0, '0:0')).receives(2, 'learner', ack('1:0'))
    expect(leader.phase).toBe('StoringCurrentEpoch')
  })
})

describe('an early ACK', () => {
  it('of a proposal, before that of NEWLEADER, counts once NEWLEADER is acknowledged', () => {
    const leader = established().submits('a').syncs().loses(2, 'learner')
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0), ackEpoch(0, '0:0'))
    leader.receives(1, 'learner', ack('1:1'))
    expect(leader.delivered()).toEqual([])
    leader.receives(1, 'learner', ack('1:0'))
    expect(leader.delivered()).toEqual(['a'])
    expect(leader.said()).toEqual(['1: UPTODATE', '1: COMMIT 1:1'])
  })
})
