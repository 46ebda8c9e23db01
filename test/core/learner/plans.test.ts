/**
 * Plans are values: a learner does what its plan says in that order, waits for the disk before the ACK, and for nothing after
 * it. With the orders that the bug museum gives it, this is how ZOOKEEPER-1282, 3911 and 4643 look in one server.
 */
import { describe, expect, it } from 'vitest'
import * as V from '../../../proofs/museum/variations.js'
import type { Rules } from '../../../src/core/rules.js'
import * as S from '../../../src/core/sequence.js'
import { broadcasting, commit, following, leaderInfo, newLeader, promised, proposal, sync } from '../server.js'
import type { Server } from '../server.js'

/** NEWLEADER has closed a batch of one committed transaction. */
const closed = (rules: Rules): Server =>
  promised({ rules })
    .receives(3, 'leader', sync('DIFF', '0:0'), proposal('1:1'), commit('1:1'))
    .receives(3, 'leader', newLeader(1))

describe('SYNC-2 with the ACK', () => {
  it('in the middle: what comes after it is written without waiting', () => {
    const server = closed(V.epochAfterAcknowledgement)
    expect([server.written(), server.said(), server.phase]).toEqual([['Append'], [], 'Acknowledging'])
    server.syncs()
    expect([server.written(), server.said(), server.phase]).toEqual([
      ['CurrentEpoch'],
      ['3: ACK 1:0'],
      'AwaitingUptodate',
    ])
  })

  it('first: it waits for nothing', () => {
    const server = closed(V.acknowledgedBeforeLogged)
    expect([server.written(), server.said(), server.phase]).toEqual([
      ['Append', 'CurrentEpoch'],
      ['3: ACK 1:0'],
      'AwaitingUptodate',
    ])
    expect(server.log()).toEqual(['1:1'])
    expect(S.toArray(server.peer.pending)).toEqual([{ kind: 'Nothing' }, { kind: 'Nothing' }])
  })

  it('last, after an epoch that goes before the history: what comes meanwhile goes behind the batch', () => {
    const server = closed(V.epochBeforeHistory)
    expect([server.written(), server.said(), server.log()]).toEqual([['CurrentEpoch'], [], []])
    server.receives(3, 'leader', proposal('1:2'))
    expect([server.role, server.phase]).toEqual(['Following', 'Acknowledging'])
    server.syncs()
    expect([server.written(), server.log()]).toEqual([['Append'], ['1:1']])
    server.syncs()
    expect([server.said(), server.log()]).toEqual([['3: ACK 1:0'], ['1:1', '1:2']])
  })
})

describe('DISC-4 with the answer first', () => {
  it('says ACKEPOCH before the promise is durable, and not again', () => {
    const server = following({ rules: V.promiseAnsweredEarly }).receives(3, 'leader', leaderInfo(1))
    expect([server.written(), server.said(), server.phase]).toEqual([
      ['AcceptedEpoch'],
      ['3: ACKEPOCH 0 0:0'],
      'AwaitingSync',
    ])
    expect(server.peer.acceptedEpoch).toBe(1)
    expect(S.toArray(server.peer.pending)).toEqual([{ kind: 'Nothing' }])
    expect([server.syncs().said(), server.phase]).toEqual([[], 'AwaitingSync'])
  })

  it('says nothing where the plan has no answer', () => {
    const silent = V.withPlans({ 'DISC-4': ['persistAcceptedEpoch'] })
    const server = following({ rules: silent }).receives(3, 'leader', leaderInfo(1)).syncs()
    expect([server.said(), server.phase]).toEqual([[], 'AwaitingSync'])
  })
})

describe('BCAST-3 with the ACK first', () => {
  it('says ACK before it writes, and not again', () => {
    const server = broadcasting({ rules: V.entryAcknowledgedEarly }).receives(3, 'leader', proposal('1:1'))
    expect(server.effects.map(({ kind }) => kind)).toEqual(['Send', 'Persist'])
    expect(server.said()).toEqual(['3: ACK 1:1'])
    expect(server.syncs().said()).toEqual([])
  })
})
