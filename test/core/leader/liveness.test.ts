/** Who is still there: silent, lagging and lingering learners are dropped, and a leader without a quorum stops. BCAST-8. */
import { describe, expect, it } from 'vitest'
import { ack, ackEpoch, elected, established, followerInfo, joins, ping } from '../server.js'

const looks = 'liveness'

describe('a leader', () => {
  it('pings every half tick those who are synchronized or nearly so', () => {
    const leader = joins(established({ observers: [9] }), 9, 'observer').submits('a')
    leader.connects(1, 'learner')
    expect(leader.fires('leader.ping').said()).toEqual(['2: PING 1:1', '9: PING 1:1'])
    expect(leader.set()).toEqual(['leader.ping 1000'])
  })

  it('stops when its synced followers are no quorum, whatever observers there are (BCAST-8, OBS-1)', () => {
    const leader = joins(established({ observers: [9] }), 9, 'observer').loses(2, 'learner')
    expect(leader.role).toBe('Leading')
    expect(leader.fires('leader.ping').role).toBe('Looking')
    expect(leader.closed()).toEqual(['learner 9'])
    expect(leader.peer.service).toEqual({ kind: 'NotServing' })
  })

  it('does not count who is not synchronized', () => {
    const leader = established()
      .loses(2, 'learner')
      .connects(1, 'learner')
      .receives(1, 'learner', followerInfo(0), ackEpoch(0, '0:0'))
    expect(leader.fires('leader.ping').role).toBe('Looking')
  })
})

describe('a learner', () => {
  it('that is silent is dropped at the third look, not before (BCAST-8)', () => {
    const leader = established().fires(looks).fires(looks)
    expect(leader.closed()).toEqual([])
    expect(leader.set()).toEqual(['liveness 5000'])
    expect(leader.fires(looks).closed()).toEqual(['learner 2'])
  })

  it('that says anything stays', () => {
    const leader = established().fires(looks).fires(looks).receives(2, 'learner', ping('1:0')).fires(looks).fires(looks)
    expect(leader.closed()).toEqual([])
    expect(leader.fires(looks).closed()).toEqual(['learner 2'])
  })

  it('that talks and does not acknowledge is dropped at the second look that finds it behind the same mark', () => {
    const talking = () => ping('1:0')
    const leader = established().submits('a').fires(looks).receives(2, 'learner', talking())
    // The mark is what was proposed at the look before, so the first look that can find it behind is the second one.
    leader.fires(looks).receives(2, 'learner', talking())
    expect(leader.closed()).toEqual([])
    expect(leader.fires(looks).closed()).toEqual(['learner 2'])
  })

  it('that catches up in time stays', () => {
    const leader = established().submits('a').fires(looks).fires(looks).receives(2, 'learner', ack('1:1')).fires(looks)
    expect(leader.closed()).toEqual([])
  })

  it('that observes need not acknowledge', () => {
    const leader = joins(established({ observers: [9] }), 9, 'observer').submits('a')
    for (let look = 0; look < 5; look++)
      leader
        .receives(2, 'learner', ack('1:1'))
        .receives(9, 'learner', ping('1:0'))
        .receives(2, 'learner', ping('1:0'))
        .fires(looks)
    expect(leader.closed()).toEqual([])
  })

  it('that never finishes its admission is dropped at the second initLimit', () => {
    const leader = established().connects(1, 'learner')
    expect(leader.fires('phase.limit').closed()).toEqual([])
    expect(leader.set()).toEqual(['phase.limit 20000'])
    expect(leader.fires('phase.limit').closed()).toEqual(['learner 1'])
    expect(leader.role).toBe('Leading')
  })

  it('that begins to be synchronized gets as long again (LIVE-2)', () => {
    const leader = established().connects(1, 'learner').fires('phase.limit')
    leader.receives(1, 'learner', followerInfo(0), ackEpoch(0, '0:0'))
    expect(leader.fires('phase.limit').closed()).toEqual([])
    expect(leader.fires('phase.limit').closed()).toEqual(['learner 1'])
  })

  it('that has just been synchronized has until the second look to acknowledge what is outstanding', () => {
    const leader = joins(established().submits('a').fires(looks), 1)
    const looksOnceMore = () =>
      leader.receives(1, 'learner', ping('1:0')).receives(2, 'learner', ping('1:0')).fires(looks)
    expect(looksOnceMore().closed()).toEqual([])
    expect(looksOnceMore().closed()).toEqual(['learner 2', 'learner 1'])
  })

  it('that finishes it stays', () => {
    const leader = joins(established().fires('phase.limit'), 1).fires('phase.limit').fires('phase.limit')
    expect(leader.closed()).toEqual([])
  })
})

describe('before it is established', () => {
  it('a leader neither pings nor looks: initLimit ends what hangs', () => {
    expect(elected().fires('leader.ping').effects).toEqual([])
    expect(elected().fires(looks).effects).toEqual([])
  })
})
