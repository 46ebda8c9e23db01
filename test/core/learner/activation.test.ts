/** Reconfiguration at a learner: seeing, forgetting, activating, and leaving. RECV-9, RECFG-4, RECFG-5, RECFG-6, RECFG-10. */
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/core/configuration.js'
import type { QuorumMessage } from '../../../src/core/message.js'
import * as S from '../../../src/core/sequence.js'
import {
  configuration,
  enabled,
  broadcasting,
  commit,
  entry,
  following,
  newLeader,
  promised,
  proposal,
  Server,
  sync,
  upToDate,
  vote,
  z,
} from '../server.js'

const proposed = (zxid: string, wanted: Configuration): QuorumMessage<string> => ({
  type: 'PROPOSAL',
  entry: { ...entry(zxid), configuration: { ...wanted, version: z(zxid) } },
})
const activated = (zxid: string, leader = 3): QuorumMessage<string> => ({
  type: 'COMMITANDACTIVATE',
  zxid: z(zxid),
  leader,
})

/** Server 1 in the broadcast phase of epoch 1 under server 3, with the version that NEWLEADER gave. */
const serving = (setting = {}): Server =>
  promised({ ...enabled, ...setting })
    .receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1, configuration([1, 2, 3], '1:0')))
    .syncs()
    .receives(3, 'leader', upToDate)

describe('RECFG-4: what is logged is seen', () => {
  it('as soon as it is in the log, and acknowledged when that is durable', () => {
    const server = serving().receives(3, 'leader', proposed('1:1', configuration([1, 2, 3, 4])))
    expect([server.configurations(), ...server.said()]).toEqual(['C 1:0 S 1:1'])
    expect(server.syncs().said()).toEqual(['3: ACK 1:1'])
  })

  it('is not where reconfiguration is not enabled', () => {
    const server = broadcasting().receives(3, 'leader', proposed('1:1', configuration([4])), activated('1:1', 4))
    expect([server.role, server.configurations(), ...server.delivered()]).toEqual(['Following', 'C 0:0 S 0:0', '1:1'])
    expect(server.written()).toEqual([])
  })

  it('a truncation forgets it', () => {
    const seen = serving()
      .receives(3, 'leader', proposal('1:1'), proposed('1:2', configuration([1, 4])))
      .syncs()
    seen
      .loses(3, 'leader')
      .hears(3, vote(3, '9:9', 9), 2)
      .hears(2, vote(3, '9:9', 9), 2)
      .fires('election.finalize')
    expect(seen.role).toBe('Looking')
    // It takes a vote of the new quorum too.
    seen
      .hears(4, vote(3, '9:9', 9), 2)
      .fires('election.finalize')
      .connects(3, 'leader')
    seen.receives(3, 'leader', { type: 'LEADERINFO', epoch: 2 }).syncs()
    expect(seen.configurations()).toBe('C 1:0 S 1:2')
    expect(seen.receives(3, 'leader', sync('TRUNC', '1:1')).configurations()).toBe('C 1:0 S 1:0')
  })

  it('an image says what is committed in it, though NEWLEADER brings a later one', () => {
    const server = promised(enabled, 3)
    server.receives(3, 'leader', { ...sync('SNAP', '2:4'), configuration: configuration([1, 3, 4], '2:2') })
    server.receives(3, 'leader', proposed('2:5', configuration([1, 3])), commit('2:5'))
    server.receives(3, 'leader', newLeader(3, configuration([1, 3], '2:5')))
    expect([server.configurations(), ...server.written()]).toEqual(['C 2:2 S 2:5', 'Snapshot'])
  })
})

describe('RECFG-5: activation', () => {
  it('makes what is proposed the committed one, stores it, and goes on', () => {
    const server = serving().receives(3, 'leader', proposed('1:1', configuration([1, 3, 4])), activated('1:1'))
    expect([server.role, server.configurations()]).toEqual(['Following', 'C 1:1 S 1:1'])
    expect([...server.delivered(), ...server.written()]).toEqual(['1:1', 'Configuration'])
    expect(server.clauses).toContain('RECFG-5')
    expect(S.last(server.peer.pending)).toEqual({ kind: 'Nothing' })
  })

  it.each([
    ['it observes from now on', configuration([2, 3], '0:0', [1]), 3, 'Looking'],
    ['its leader has no vote any more, and no other is named', configuration([1, 2]), 3, 'Looking'],
    ['it is named itself', configuration([1, 2]), 1, 'Leading'],
    ['another leader is to go on', configuration([1, 2, 3, 4]), 2, 'Following'],
    ['one without a vote is to go on', configuration([1, 2]), 4, 'Looking'],
  ] as const)('leaves its leader when %s', (_, wanted, leader, role) => {
    const server = serving().receives(3, 'leader', proposed('1:1', wanted), activated('1:1', leader))
    expect([server.role, server.configurations()]).toEqual([role, 'C 1:1 S 1:1'])
    expect(server.closed()).toEqual(['leader 3'])
    expect(server.clauses).toContain('RECFG-5')
  })

  it('goes to the leader that is named, without an election', () => {
    const wanted = configuration([1, 2, 4])
    const server = serving().receives(3, 'leader', proposed('1:1', wanted), activated('1:1', 2))
    expect(server.effects).toContainEqual({ kind: 'Connect', to: 2 })
    expect(server.effects.some(({ kind }) => kind === 'Notify')).toBe(false)
    // Who looks for a leader is told of it, and of the history that this server has (ELEC-8).
    const [told] = server.hears(4, vote(4), server.peer.round).notified()
    expect(told?.notification).toMatchObject({ state: 'FOLLOWING', vote: vote(2, '1:1', 1) })
  })

  it('waits for a quorum of the new configuration when it is named itself (ELEC-12)', () => {
    const wanted = configuration([1, 2, 4])
    const server = serving().receives(3, 'leader', proposed('1:1', wanted), activated('1:1', 1))
    expect(server.peer.role).toMatchObject({ kind: 'Leading', phase: { kind: 'CollectingEpochs' } })
    expect(server.fires('phase.limit').role).toBe('Looking')
  })

  it('RECFG-10: who is not listed any more follows without a vote', () => {
    const server = serving().receives(3, 'leader', proposed('1:1', configuration([2, 3])), activated('1:1'))
    expect([server.role, server.configurations()]).toEqual(['Following', 'C 1:1 S 1:1'])
  })

  it('an observer is told with the entry, and one that gets a vote looks for its leader as a follower', () => {
    const observer = new Server(1, { ...enabled, voters: [2, 3], observers: [1] })
    for (const id of [2, 3]) observer.hears(id, vote(3, '9:9', 9), 1, id === 3 ? 'LEADING' : 'FOLLOWING')
    observer.connects(3, 'leader').receives(3, 'leader', { type: 'LEADERINFO', epoch: 1 }).syncs()
    observer.receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1, configuration([2, 3], '1:0', [1]))).syncs()
    observer.receives(3, 'leader', upToDate)
    expect([observer.role, observer.configurations()]).toEqual(['Observing', 'C 1:0 S 1:0'])
    const activating = { ...entry('1:1'), configuration: configuration([1, 2, 3], '1:1') }
    observer.receives(3, 'leader', { type: 'INFORMANDACTIVATE', entry: activating, leader: 3 })
    expect([observer.role, observer.configurations()]).toEqual(['Looking', 'C 1:1 S 1:1'])
  })
})

describe('what changes nothing', () => {
  it('a COMMIT of something else is no activation', () => {
    const server = serving().receives(3, 'leader', proposal('1:1'), commit('1:1'))
    expect(server.clauses).not.toContain('RECFG-5')
  })

  it('NEWLEADER of a leader that tells its configuration, where reconfiguration is not enabled', () => {
    const server = promised({})
      .receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1, configuration([1, 3, 4], '1:0')))
      .syncs()
      .receives(3, 'leader', upToDate)
    expect([server.role, server.configurations(), ...server.written()]).toEqual(['Following', 'C 0:0 S 0:0'])
  })
})

describe('RECFG-6: UPTODATE', () => {
  const offered = configuration([1, 2, 3], '1:1')
  const synced = (): Server =>
    promised(enabled)
      .receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1, offered))
      .syncs()
      .receives(3, 'leader', proposed('1:2', configuration([1, 2, 3, 4])))

  it('activates what NEWLEADER brought, not what is proposed since', () => {
    const server = promised(enabled)
      .receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1, configuration([1, 2, 3], '1:0')))
      .syncs()
    expect(server.configurations()).toBe('C 0:0 S 1:0')
    server.receives(3, 'leader', proposed('1:1', configuration([1, 2, 3, 4])), upToDate)
    expect(server.configurations()).toBe('C 1:0 S 1:1')
  })

  it('activates what was committed on the way, and leaves a leader that has no vote in it', () => {
    const server = promised(enabled)
      .receives(3, 'leader', sync('DIFF', '0:0'), newLeader(1, configuration([1, 2, 3], '1:0')))
      .syncs()
    server.receives(3, 'leader', proposed('1:1', configuration([1, 2])), activated('1:1', 2))
    expect(server.configurations()).toBe('C 1:0 S 1:1')
    server.receives(3, 'leader', upToDate)
    expect([server.role, server.configurations(), ...server.delivered()]).toEqual(['Looking', 'C 1:1 S 1:1', '1:1'])
  })

  it('nothing is activated before', () => {
    const server = synced()
    expect(server.loses(3, 'leader').configurations()).not.toContain('C 1:2')
    expect(following(enabled).configurations()).toBe('C 0:0 S 0:0')
  })
})
