/** The election, clause by clause: what a server proposes, adopts, records, answers, and when it decides. ELEC-1 … ELEC-11. */
import { describe, expect, it } from 'vitest'
import * as V from '../../../src/core/vote.js'
import * as Z from '../../../src/core/zxid.js'
import { diskOf, Server, vote, weightless } from '../server.js'

const proposalOf = ({ peer: { role } }: Server): V.Vote | undefined =>
  role.kind === 'Looking' ? role.proposal : undefined
const receivedBy = ({ peer: { role } }: Server): readonly number[] =>
  role.kind === 'Looking' ? [...role.received.keys()] : []

describe('ELEC-1, ELEC-2: entering the election', () => {
  it('begins the next round with a vote for oneself, and tells every other voter', () => {
    const server = new Server(1, { disk: diskOf(2, 2, '1:1', '2:1'), observers: [9] })
    expect(server.notified().map(({ to }) => to)).toEqual([2, 3])
    expect(server.notified()[0]?.notification).toEqual({
      state: 'LOOKING',
      vote: vote(1, '2:1', 2),
      round: 1,
      configurationVersion: Z.ZERO,
    })
    expect(server.set()).toEqual(['election.resend 200'])
    expect(receivedBy(server)).toEqual([1])
  })

  it('of a server that may not vote is with a vote that never wins, and that counts for nobody', () => {
    const server = new Server(9, { observers: [9] })
    expect(proposalOf(server)).toEqual(V.MINIMAL_VOTE)
    expect(server.notified().map(({ to }) => to)).toEqual([1, 2, 3])
    expect(receivedBy(server)).toEqual([])
  })

  it('of a single voter ends at once', () => {
    expect(new Server(1, { voters: [1] }).role).toBe('Leading')
  })
})

describe('ELEC-3, ELEC-4: another looking server', () => {
  it('with a better vote is adopted, and everybody told', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(2))
    expect(proposalOf(server)).toEqual(vote(2))
    expect(server.notified().map(({ to, notification }) => [to, notification.vote.leader])).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
      [5, 2],
    ])
    expect(receivedBy(server)).toEqual([1, 2])
  })

  it('with a worse vote is recorded only', () => {
    const server = new Server(3, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(2))
    expect(proposalOf(server)).toEqual(vote(3))
    expect(server.effects).toEqual([])
    expect(receivedBy(server)).toEqual([3, 2])
  })

  it('of a later round is followed there: old votes are forgotten, and its vote is compared with our own', () => {
    const server = new Server(2, { voters: [1, 2, 3, 4, 5] }).hears(5, vote(5)).hears(1, vote(1), 7)
    expect(server.peer.round).toBe(7)
    expect(proposalOf(server)).toEqual(vote(2))
    expect(receivedBy(server)).toEqual([2, 1])
    expect(server.notified().map(({ notification }) => notification.round)).toEqual([7, 7, 7, 7])
    expect(proposalOf(new Server(2, { voters: [1, 2, 3, 4, 5] }).hears(3, vote(3), 7))).toEqual(vote(3))
  })

  it('of an earlier round is told ours, and its vote is not taken', () => {
    const server = new Server(1).hears(2, vote(2), 5).hears(3, vote(3), 4)
    expect(server.notified()).toEqual([
      {
        kind: 'Notify',
        to: 3,
        notification: { state: 'LOOKING', vote: vote(2), round: 5, configurationVersion: Z.ZERO },
      },
    ])
    expect(proposalOf(server)).toEqual(vote(2))
    expect(receivedBy(server)).toEqual([1, 2])
  })

  it('of an earlier round is not answered by an observer: the two would never stop', () => {
    const server = new Server(9, { observers: [9] }).hears(2, vote(2), 5).hears(3, vote(3), 4)
    expect(server.effects).toEqual([])
  })

  it('whose candidate weighs nothing beats nobody (QUO-2)', () => {
    expect(proposalOf(new Server(1, { ensemble: weightless }).hears(3, vote(3, '9:9', 9)))).toEqual(vote(1))
    expect(proposalOf(new Server(1, { ensemble: weightless }).hears(2, vote(2)))).toEqual(vote(2))
  })
})

describe('ELEC-5: the decision', () => {
  it('waits, with a quorum, for a better vote', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(3)).hears(3, vote(3))
    expect(server.set()).toEqual(['election.finalize 200'])
    expect(server.role).toBe('Looking')
    expect(server.fires('election.finalize').role).toBe('Following')
    expect(server.cancelled()).toEqual(['election.resend', 'election.finalize'])
  })

  it('is put off when a better vote comes in time', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(3)).hears(3, vote(3)).hears(4, vote(5))
    expect(server.cancelled()).toEqual(['election.finalize'])
    expect(proposalOf(server)).toEqual(vote(5))
    expect(server.fires('election.finalize').role).toBe('Looking')
  })

  it('is put off when a voter takes its vote back', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(3)).hears(3, vote(3)).hears(3, vote(2))
    expect(server.fires('election.finalize').role).toBe('Looking')
  })

  it('waits anew when the wait ended without a quorum and there is one again', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(3)).hears(3, vote(3)).hears(3, vote(2))
    expect(server.fires('election.finalize').hears(4, vote(3)).set()).toEqual(['election.finalize 200'])
    expect(server.fires('election.finalize').role).toBe('Following')
  })

  it('is made at once when every voter agrees', () => {
    expect(new Server(1).hears(2, vote(3)).hears(3, vote(3)).role).toBe('Following')
    expect(new Server(3).hears(1, vote(3)).hears(2, vote(3)).role).toBe('Leading')
  })

  it('makes the server named the leader, and the others follow or observe', () => {
    expect(new Server(3).hears(2, vote(3)).fires('election.finalize').role).toBe('Leading')
    const observer = new Server(9, { observers: [9] }).hears(2, vote(3)).hears(3, vote(3))
    expect(observer.role).toBe('Looking')
    expect(observer.fires('election.finalize').role).toBe('Observing')
  })

  it('needs votes that agree in every part', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(5, '1:1', 1)).hears(3, vote(5, '1:0', 1))
    expect(server.set()).toEqual([])
  })
})

describe('ELEC-6, ELEC-7: a server that has a leader already', () => {
  it('(a) of this round, with a quorum and the leader itself, is joined', () => {
    const server = new Server(1).hears(2, vote(3), 1, 'FOLLOWING')
    expect(server.role).toBe('Looking')
    server.hears(3, vote(3), 1, 'LEADING')
    expect(server.role).toBe('Following')
    expect(server.peer.round).toBe(1)
  })

  it('(b) of another round is joined as well, and its round adopted; zxid and round may differ', () => {
    const server = new Server(1).hears(2, vote(3, '0:0', 4), 8, 'FOLLOWING').hears(3, vote(3, '0:7', 4), 9, 'LEADING')
    expect(server.role).toBe('Following')
    expect(server.peer.round).toBe(9)
  })

  it('(a) is joined by a quorum of which some still look, as we do', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(3)).hears(3, vote(3), 1, 'LEADING')
    expect(server.role).toBe('Following')
  })

  it('is not joined by votes of this round and of another together', () => {
    const voters = [1, 2, 3, 4, 5, 6, 7]
    const server = new Server(1, { voters }).hears(2, vote(3)).hears(4, vote(3), 8, 'FOLLOWING')
    expect(server.hears(3, vote(3), 1, 'LEADING').role).toBe('Looking')
  })

  it('(a) is not joined for the word of a server of another round', () => {
    const server = new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(3, vote(3), 1, 'LEADING').hears(2, vote(3))
    expect(server.set()).toEqual(['election.finalize 200'])
    expect(server.hears(4, vote(3), 8, 'FOLLOWING').role).toBe('Looking')
  })

  it('is not joined while the leader has not said that it leads', () => {
    const server = new Server(1).hears(2, vote(3), 8, 'FOLLOWING').hears(3, vote(3), 8, 'FOLLOWING')
    expect(server.role).toBe('Looking')
  })

  it('is not joined without a quorum, nor when the epochs differ', () => {
    expect(
      new Server(1, { voters: [1, 2, 3, 4, 5] }).hears(2, vote(3), 8, 'FOLLOWING').hears(3, vote(3), 8, 'LEADING').role,
    ).toBe('Looking')
    expect(
      new Server(1).hears(2, vote(3, '0:0', 3), 8, 'FOLLOWING').hears(3, vote(3, '0:0', 4), 8, 'LEADING').role,
    ).toBe('Looking')
  })

  it('that names us is believed only in the present round (ZOOKEEPER-1514)', () => {
    const returned = new Server(3).hears(1, vote(3), 5, 'FOLLOWING').hears(2, vote(3), 5, 'FOLLOWING')
    expect(returned.role).toBe('Looking')
    const present = new Server(3).hears(1, vote(3), 1, 'FOLLOWING').hears(2, vote(3), 1, 'FOLLOWING')
    expect(present.role).toBe('Leading')
  })

  it('that observes says nothing of interest', () => {
    const server = new Server(1).hears(2, vote(3), 8, 'OBSERVING').hears(3, vote(3), 8, 'LEADING')
    expect(server.role).toBe('Looking')
  })
})

describe('ELEC-8: a server that has found its leader', () => {
  const follower = (): Server => new Server(1).hears(2, vote(3), 4).hears(3, vote(3), 4)

  it('tells those who look the vote that won', () => {
    const server = follower().hears(2, vote(2), 9)
    expect(server.notified()).toEqual([
      {
        kind: 'Notify',
        to: 2,
        notification: { state: 'FOLLOWING', vote: vote(3), round: 4, configurationVersion: Z.ZERO },
      },
    ])
  })

  it('says nothing as an observer to a voter: its word would not count, and would be answered', () => {
    const observer = new Server(9, { observers: [8, 9] }).hears(2, vote(3), 4).hears(3, vote(3), 4)
    expect(observer.fires('election.finalize').role).toBe('Observing')
    expect(observer.hears(2, vote(2), 9).effects).toEqual([])
    expect(observer.hears(8, V.MINIMAL_VOTE, 9).notified()).toEqual([
      {
        kind: 'Notify',
        to: 8,
        notification: { state: 'OBSERVING', vote: vote(3), round: 4, configurationVersion: Z.ZERO },
      },
    ])
  })

  it('says nothing to those who do not', () => {
    expect(follower().hears(2, vote(3), 4, 'FOLLOWING').effects).toEqual([])
    expect(follower().hears(3, vote(3), 4, 'LEADING').effects).toEqual([])
  })
})

describe('ELEC-9: servers that do not vote', () => {
  it('are answered while they look, and never counted', () => {
    const server = new Server(1, { observers: [9] }).hears(9, vote(3))
    expect(server.notified().map(({ to }) => to)).toContain(9)
    server.hears(9, vote(3), 1, 'OBSERVING')
    expect(server.notified()).toEqual([])
    expect(receivedBy(server)).toEqual([1])
    expect(new Server(1, { observers: [9] }).hears(9, vote(3)).hears(3, vote(3), 8, 'LEADING').role).toBe('Looking')
  })

  it('are no candidates', () => {
    const server = new Server(1, { observers: [9] }).hears(2, vote(9, '9:9', 9))
    expect(server.effects).toEqual([])
    expect(proposalOf(server)).toEqual(vote(1))
  })
})

describe('ELEC-10: an unexpectedly empty data directory', () => {
  it('votes −1, and takes nothing from servers that look', () => {
    const server = new Server(1, { disk: { trusted: false } })
    expect(server.notified()[0]?.notification.vote.zxid).toEqual(Z.UNTRUSTED)
    server.hears(2, vote(2)).hears(3, vote(3))
    expect(receivedBy(server)).toEqual([1])
  })

  it('is not believed by others', () => {
    const server = new Server(1).hears(2, { leader: 2, zxid: Z.UNTRUSTED, peerEpoch: 9 })
    expect(receivedBy(server)).toEqual([1])
  })

  it('joins an ensemble that is established', () => {
    const server = new Server(1, { disk: { trusted: false } })
      .hears(2, vote(3), 4, 'FOLLOWING')
      .hears(3, vote(3), 4, 'LEADING')
    expect(server.role).toBe('Following')
  })
})

describe('ELEC-11: saying it again', () => {
  it('takes twice as long each time, up to the limit', () => {
    const server = new Server(1)
    const intervals = Array.from({ length: 11 }, () => Number(server.fires('election.resend').set()[0]?.split(' ')[1]))
    expect(intervals).toEqual([400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000, 60_000])
    expect(server.notified().map(({ to }) => to)).toEqual([2, 3])
  })
})
