/** A leader with another plan of BCAST-3 counts itself before its disk has answered; and the end of the counter says why. */
import { describe, expect, it } from 'vitest'
import * as V from '../../../proofs/museum/variations.js'
import { rules } from '../../../src/core/rules.js'
import { ack, established } from '../server.js'

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
