/** Plans at a leader: with those that the bug museum gives it, it offers or counts before its disk has answered. */
import { describe, expect, it } from 'vitest'
import * as V from '../../../proofs/museum/variations.js'
import { rules } from '../../../src/core/rules.js'
import { ack, ackEpoch, elected, established, followerInfo } from '../server.js'

describe('DISC-3 at the leader', () => {
  it('is offered before it is promised where the plan has the offer first; discovery goes on when the disk has answered', () => {
    const leader = elected({ rules: V.offeredBeforePromised })
    leader.connects(2, 'learner').receives(2, 'learner', followerInfo(0))
    expect([leader.said(), leader.written()]).toEqual([['2: LEADERINFO 1'], ['AcceptedEpoch']])
    expect(leader.receives(2, 'learner', ackEpoch(0, '0:0')).phase).toBe('StoringAcceptedEpoch')
    expect(leader.syncs().phase).toBe('StoringCurrentEpoch')
  })
})

describe('BCAST-3 at the leader', () => {
  it('counts its own disk when it has answered, and at once where the plan has the ACK first', () => {
    expect(established().submits('a').receives(2, 'learner', ack('1:1')).delivered()).toEqual([])
    const early = established({ rules: V.entryAcknowledgedEarly }).submits('a').receives(2, 'learner', ack('1:1'))
    expect(early.delivered()).toHaveLength(1)
  })
})

describe('BCAST-1 at the end of the counter', () => {
  it('is the reason why the leadership ends', () => {
    const spent = V.withPremises({ ...rules.premises, 'BCAST-1.counterLeft': () => false })
    const leader = established({ rules: spent }).submits('a')
    expect([leader.role, leader.did('Refused')]).toEqual(['Looking', true])
    expect(leader.clauses).toContain('BCAST-1')
  })
})
