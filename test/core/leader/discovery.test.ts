/** Discovery at the leader: the epoch is newer than all, durable before it is offered, and given up when another knows more. */
import { describe, expect, it } from 'vitest'
import { ackEpoch, diskOf, elected, established, followerInfo, Server, vote } from '../server.js'

const informed = (acceptedEpoch: number, setting = {}): Server =>
  elected(setting).connects(2, 'learner').receives(2, 'learner', followerInfo(acceptedEpoch))

describe('DISC-2: choosing the epoch', () => {
  it('waits for a quorum, the leader included', () => {
    const leader = elected({ voters: [1, 2, 3, 4, 5] })
    leader.hears(1, vote(3)).hears(2, vote(3)).fires('election.finalize')
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0))
    expect(leader.phase).toBe('CollectingEpochs')
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(0))
    expect(leader.phase).toBe('StoringAcceptedEpoch')
  })

  it('takes one more than the greatest that anyone has accepted', () => {
    expect(informed(6).peer.acceptedEpoch).toBe(7)
    expect(informed(2, { disk: diskOf(4, 4) }).peer.acceptedEpoch).toBe(5)
  })

  it('lets no observer raise the epoch', () => {
    const leader = elected({ observers: [9] })
      .connects(9, 'learner')
      .receives(9, 'learner', followerInfo(8, 'observer'))
    expect(leader.phase).toBe('CollectingEpochs')
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(1))
    expect(leader.peer.acceptedEpoch).toBe(2)
  })

  it('does not count a voter that came as an observer, nor a follower that is no voter (OBS-1)', () => {
    const leader = elected({ observers: [9] })
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(1, 'observer'))
    leader.connects(9, 'learner').receives(9, 'learner', followerInfo(1, 'participant'))
    expect(leader.phase).toBe('CollectingEpochs')
  })

  it('does not count who is gone', () => {
    const leader = elected({ voters: [1, 2, 3, 4, 5] })
    leader.hears(1, vote(3)).hears(2, vote(3)).fires('election.finalize')
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0)).loses(1, 'learner')
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(0))
    expect(leader.phase).toBe('CollectingEpochs')
  })
})

describe('DISC-3: offering it', () => {
  it('waits until the promise is durable (RECV-1, ZOOKEEPER-1291)', () => {
    const leader = informed(0)
    expect(leader.written()).toEqual(['AcceptedEpoch'])
    expect(leader.said()).toEqual([])
    expect(leader.syncs().said()).toEqual(['2: LEADERINFO 1'])
  })

  it('reaches who came while it was being stored, and who comes later', () => {
    const leader = informed(0).connects(1, 'learner').receives(1, 'learner', followerInfo(0))
    expect([leader.said(), leader.clauses]).toEqual([[], ['DISC-3']])
    expect(leader.syncs().said()).toEqual(['2: LEADERINFO 1', '1: LEADERINFO 1'])
    leader.connects(9, 'learner').receives(9, 'learner', followerInfo(0, 'observer'))
    expect(leader.said()).toEqual(['9: LEADERINFO 1'])
  })
})

describe('DISC-5, DISC-6: ending discovery', () => {
  it('takes a quorum of ACKEPOCHs, and stores the epoch before anything else', () => {
    const leader = informed(0).syncs().receives(2, 'learner', ackEpoch(0, '0:0'))
    expect(leader.phase).toBe('StoringCurrentEpoch')
    expect(leader.written()).toEqual(['CurrentEpoch'])
    expect(leader.said()).toEqual([])
    expect(leader.syncs().said()).toEqual(['2: DIFF 0:0', '2: NEWLEADER 1'])
    expect(leader.phase).toBe('CollectingAcks')
    expect(leader.clauses).toEqual(['DISC-6', 'RECV-5', 'SYNC-1', 'SYNC-4', 'SYNC-5', 'SYNC-7', 'SYNC-3'])
  })

  it('leaves to later who has not acknowledged the epoch yet', () => {
    const leader = informed(0).connects(1, 'learner').receives(1, 'learner', followerInfo(0)).syncs()
    leader.receives(2, 'learner', ackEpoch(0, '0:0'))
    expect(leader.syncs().said()).toEqual(['2: DIFF 0:0', '2: NEWLEADER 1'])
    expect(leader.receives(1, 'learner', ackEpoch(0, '0:0')).said()).toEqual(['1: DIFF 0:0', '1: NEWLEADER 1'])
  })

  it('does not count −1, but synchronizes who said it (DISC-4, DISC-7)', () => {
    const leader = informed(0).syncs().receives(2, 'learner', ackEpoch(-1, '0:0'))
    expect(leader.phase).toBe('CollectingAckEpochs')
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0), ackEpoch(0, '0:0')).syncs()
    expect(leader.said()).toEqual(['2: DIFF 0:0', '2: NEWLEADER 1', '1: DIFF 0:0', '1: NEWLEADER 1'])
  })

  it('does not count a server whose data are gone (ELEC-10)', () => {
    expect(informed(0).syncs().receives(2, 'learner', ackEpoch(0, '-1:4294967295')).phase).toBe('CollectingAckEpochs')
  })

  it.each([
    ['a newer epoch', 2, '0:0'],
    ['the same epoch and a longer history', 1, '1:3'],
  ])('is given up for a follower with %s', (_, currentEpoch, lastZxid) => {
    const leader = informed(1, { disk: diskOf(1, 1, '1:1', '1:2') }).syncs()
    leader.receives(2, 'learner', ackEpoch(currentEpoch, lastZxid))
    expect(leader.role).toBe('Looking')
    expect(leader.closed()).toEqual(['learner 2'])
    expect(leader.clauses).toEqual(['DISC-5', 'ELEC-1'])
  })

  it.each([
    ['an older epoch, whatever its history', 0, '1:9', 'participant' as const],
    ['the same summary', 1, '1:2', 'participant' as const],
    ['more, who does not count', 7, '7:7', 'observer' as const],
    ['more, who has acknowledged before', -1, '7:7', 'participant' as const],
  ])('is not given up for a learner with %s', (_, currentEpoch, lastZxid, role) => {
    const leader = elected({ disk: diskOf(1, 1, '1:1', '1:2') })
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0))
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(0, role)).syncs()
    expect(leader.receives(2, 'learner', ackEpoch(currentEpoch, lastZxid)).role).toBe('Leading')
  })

  it('compares with the summary taken before discovery changed the epoch (ZOOKEEPER-790)', () => {
    const leader = informed(0).syncs()
    expect(leader.peer.role).toMatchObject({ summary: { currentEpoch: 0, lastZxid: { epoch: 0, counter: 0 } } })
    expect(leader.receives(2, 'learner', ackEpoch(0, '0:1')).role).toBe('Looking')
  })

  it('takes late ACKEPOCHs without comparing: the quorum has spoken', () => {
    const leader = informed(0).connects(1, 'learner').receives(1, 'learner', followerInfo(0)).syncs()
    leader.receives(2, 'learner', ackEpoch(0, '0:0')).receives(1, 'learner', ackEpoch(0, '1:7'))
    expect([leader.role, leader.clauses]).toEqual(['Leading', ['DISC-5']])
    expect(leader.syncs().said()).toEqual(['2: DIFF 0:0', '2: NEWLEADER 1', '1: TRUNC 0:0', '1: NEWLEADER 1'])
  })
})

describe('DISC-2, at the end of all epochs', () => {
  it('refuses a learner that claims the last one: no epoch could follow', () => {
    const leader = elected().connects(2, 'learner').receives(2, 'learner', followerInfo(0x7fffffff))
    expect([leader.closed(), leader.clauses]).toEqual([['learner 2'], ['DISC-9']])
    expect(leader.phase).toBe('CollectingEpochs')
  })

  it('stops, and says what to do, when none is left', () => {
    const leader = informed(0, { disk: diskOf(0x7ffffffe, 0) })
    expect([leader.role, leader.clauses]).toEqual(['Stopped', ['DISC-2']])
    expect(leader.effects).toEqual([expect.objectContaining({ kind: 'Fatal' })])
  })
})

describe('DISC-9: how far a word moves', () => {
  it.each([
    ['at the bound', 0, 1_000, 1_001],
    ['beyond it', 0, 1_001, 0],
    ['at the border of the reserve', 0x7fffffff - 65_536 - 1, 0x7fffffff - 65_536 + 15, 0x7fffffff - 65_536 + 16],
    ['beyond that border', 0x7fffffff - 65_536 - 1, 0x7fffffff - 65_536 + 16, 0x7fffffff - 65_536 - 1],
    ['below zero', 5, -7, 5],
  ])('a promise %s', (_, own, reported, expected) => {
    expect(informed(reported, { disk: diskOf(own, 0) }).peer.acceptedEpoch).toBe(expected)
  })

  it('a summary that its sender has not promised is refused with it', () => {
    const leader = informed(0).syncs().receives(2, 'learner', ackEpoch(2, '0:0'))
    expect([leader.closed(), leader.role, leader.clauses]).toEqual([['learner 2'], 'Leading', ['DISC-9']])
    expect(leader.did('Doubted')).toBe(true)
  })
})

describe('DISC-10: a leader that serves', () => {
  const visited = (): Server => established().connects(1, 'learner').receives(1, 'learner', followerInfo(9))

  it('goes on when a voter comes with a later promise, which gets no answer yet', () => {
    expect([visited().role, visited().effects]).toEqual(['Leading', []])
  })

  it('gives up for it at its next look', () => {
    expect(visited().fires('phase.limit').role).toBe('Looking')
  })

  it('does not when it has gone', () => {
    expect(visited().loses(1, 'learner').fires('phase.limit').role).toBe('Leading')
  })
})

describe('DISC-8', () => {
  it('refuses a learner with a newer configuration', () => {
    const leader = elected()
      .connects(2, 'learner')
      .receives(2, 'learner', followerInfo(0, 'participant', '1:1'))
    expect(leader.closed()).toEqual(['learner 2'])
    expect(leader.phase).toBe('CollectingEpochs')
  })
})

describe('what does not fit', () => {
  it('is ignored: ACKEPOCH before LEADERINFO, FOLLOWERINFO twice, messages without a connection', () => {
    const leader = elected().connects(2, 'learner')
    const before = leader.peer
    expect(leader.receives(2, 'learner', ackEpoch(9, '9:9')).peer).toBe(before)
    expect(leader.receives(1, 'learner', followerInfo(9)).peer).toBe(before)
    const chosen = leader.receives(2, 'learner', followerInfo(0)).peer
    expect(leader.receives(2, 'learner', followerInfo(9)).peer).toBe(chosen)
  })

  it('ends with initLimit (LIVE-2)', () => {
    expect(elected().set()).toContain('phase.limit 20000')
    for (const leader of [elected(), informed(0), informed(0).syncs()])
      expect(leader.fires('phase.limit').role).toBe('Looking')
  })
})

describe('learners that came too early', () => {
  it('wait until the server knows that it leads, with what they have said', () => {
    const server = new Server(3).connects(2, 'learner').receives(2, 'learner', followerInfo(4))
    expect(server.effects).toEqual([])
    server.hears(2, vote(3)).fires('election.finalize')
    expect(server.written()).toEqual(['AcceptedEpoch'])
    expect(server.syncs().said()).toEqual(['2: LEADERINFO 5'])
  })

  it('are forgotten when they leave, no others, and sent away when another leads', () => {
    const gone = new Server(3).connects(2, 'learner').receives(2, 'learner', followerInfo(4)).loses(2, 'learner')
    expect(gone.hears(2, vote(3)).fires('election.finalize').phase).toBe('CollectingEpochs')
    const other = new Server(3).connects(1, 'learner').connects(2, 'learner').receives(2, 'learner', followerInfo(4))
    expect(other.loses(1, 'learner').hears(2, vote(3)).fires('election.finalize').syncs().said()).toEqual([
      '2: LEADERINFO 5',
    ])
    const mistaken = new Server(1).connects(2, 'learner').hears(2, vote(3)).hears(3, vote(3))
    expect(mistaken.closed()).toEqual(['learner 2'])
  })
})
