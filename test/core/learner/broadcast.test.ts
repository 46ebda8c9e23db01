/** Broadcast at a learner: log, acknowledge after the fsync, deliver in order; and leave a leader that breaks the order. */
import { describe, expect, it } from 'vitest'
import {
  broadcasting,
  commit,
  inform,
  leaderInfo,
  newLeader,
  ping,
  proposal,
  Server,
  sync,
  upToDate,
  vote,
} from '../server.js'

const observing = (): Server =>
  new Server(9, { observers: [9] })
    .hears(2, vote(3))
    .hears(3, vote(3))
    .fires('election.finalize')
    .connects(3, 'leader')
    .receives(3, 'leader', leaderInfo(1))
    .syncs()
    .receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1))
    .syncs()
    .receives(3, 'leader', upToDate)

describe('BCAST-2, BCAST-3: PROPOSAL', () => {
  it('is logged, and acknowledged when it is durable (RECV-6)', () => {
    const follower = broadcasting().receives(3, 'leader', proposal('1:1'))
    expect(follower.written()).toEqual(['Append'])
    expect(follower.said()).toEqual([])
    expect(follower.syncs().said()).toEqual(['3: ACK 1:1'])
  })

  it('is acknowledged one by one, also when one fsync makes many durable', () => {
    const follower = broadcasting().receives(3, 'leader', proposal('1:1'), proposal('1:2'), proposal('1:3'))
    const last = follower.peer.nextToken - 1
    expect(follower.syncs(last - 1).said()).toEqual(['3: ACK 1:1', '3: ACK 1:2'])
    expect(follower.syncs(last - 1).effects).toEqual([])
    expect(follower.syncs(last).said()).toEqual(['3: ACK 1:3'])
  })

  it('that is in the log already is ignored', () => {
    const follower = broadcasting().receives(3, 'leader', proposal('1:1'))
    const { peer } = follower
    expect(follower.receives(3, 'leader', proposal('1:1')).effects).toEqual([])
    expect(follower.peer).toBe(peer)
  })

  it.each(['1:2', '2:1', '1:7', '3:0'])('%s as the first: a hole or another epoch ends the allegiance', (zxid) => {
    const follower = broadcasting().receives(3, 'leader', proposal(zxid))
    expect(follower.role).toBe('Looking')
    expect(follower.written()).toEqual([])
    expect(follower.peer.service).toEqual({ kind: 'NotServing' })
  })

  it('from a server that is not the leader is ignored', () => {
    expect(broadcasting().receives(2, 'leader', proposal('1:1')).effects).toEqual([])
    expect(broadcasting().receives(3, 'learner', proposal('1:1')).effects).toEqual([])
  })
})

describe('BCAST-6, BCAST-7: COMMIT', () => {
  it('delivers the next entry, also before the own fsync', () => {
    const follower = broadcasting().receives(3, 'leader', proposal('1:1'), proposal('1:2'), commit('1:1'))
    expect(follower.delivered()).toEqual(['1:1'])
    expect(follower.receives(3, 'leader', commit('1:2')).delivered()).toEqual(['1:2'])
  })

  it('out of order, or of what is not in the log, ends the allegiance', () => {
    expect(broadcasting().receives(3, 'leader', proposal('1:1'), proposal('1:2'), commit('1:2')).role).toBe('Looking')
    expect(broadcasting().receives(3, 'leader', commit('1:1')).role).toBe('Looking')
  })

  it('of what was delivered is ignored', () => {
    const follower = broadcasting().receives(3, 'leader', proposal('1:1'), commit('1:1'), commit('1:1'))
    expect(follower.effects).toEqual([])
    expect(follower.role).toBe('Following')
  })

  it('keeps a window of what was delivered for the time when this server leads', () => {
    const follower = broadcasting({ limits: { committedWindow: 2 } })
    for (const zxid of ['1:1', '1:2', '1:3']) follower.receives(3, 'leader', proposal(zxid), commit(zxid))
    expect(follower.log()).toEqual(['1:2', '1:3'])
  })
})

describe('OBS-2, OBS-3: INFORM', () => {
  it('is logged and delivered, and not acknowledged', () => {
    const observer = observing().receives(3, 'leader', inform('1:1'))
    expect(observer.written()).toEqual(['Append'])
    expect(observer.delivered()).toEqual(['1:1'])
    expect(observer.syncs().said()).toEqual([])
  })

  it('twice is delivered once; with a hole it ends the allegiance', () => {
    expect(observing().receives(3, 'leader', inform('1:1'), inform('1:1')).effects).toEqual([])
    expect(observing().receives(3, 'leader', inform('1:2')).role).toBe('Looking')
  })

  it('of a proposal that is in the log but not delivered delivers it', () => {
    const observer = observing().receives(3, 'leader', proposal('1:1'), inform('1:1'))
    expect(observer.delivered()).toEqual(['1:1'])
    expect(observer.syncs().said()).toEqual([])
  })
})

describe('BCAST-8: a leader that is silent', () => {
  it('is left at the third look', () => {
    const follower = broadcasting().fires('liveness').fires('liveness')
    expect(follower.role).toBe('Following')
    expect(follower.set()).toEqual(['liveness 5000'])
    expect(follower.fires('liveness').role).toBe('Looking')
    expect(follower.clauses).toEqual(['BCAST-8', 'ELEC-1'])
  })

  it('and speaks again is kept', () => {
    const follower = broadcasting().fires('liveness').fires('liveness').receives(3, 'leader', ping('1:0'))
    expect(follower.said()).toEqual(['3: PING 1:0'])
    expect(follower.fires('liveness').fires('liveness').role).toBe('Following')
  })

  it('and gone is left at once; initLimit no longer matters', () => {
    expect(broadcasting().loses(3, 'leader').role).toBe('Looking')
    expect(broadcasting().loses(2, 'leader').role).toBe('Following')
    expect(broadcasting().fires('phase.limit').role).toBe('Following')
  })
})
