/** Reconfiguration at the leader: proposing, asking both, activating, and losing the own vote. RECFG-1 … RECFG-6, RECFG-9. */
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/core/configuration.js'
import { canReconfigure } from '../../../src/core/leader/reconfigure.js'
import { nextZxid } from '../../../src/core/peer.js'
import * as S from '../../../src/core/sequence.js'
import {
  configuration,
  enabled,
  ack,
  ackEpoch,
  diskOf,
  established,
  followerInfo,
  joins,
  newLeader,
  Server,
  synchronizing,
  z,
} from '../server.js'

/** Server 3 leads 1, 2 and 3; 2 is synced, and so are the joiners 4 and 5. */
const withJoiners = (): Server => joins(joins(established(enabled), 4), 5)
const refusal = (leader: Server, wanted: Configuration): unknown => {
  const verdict = canReconfigure(leader.config, leader.peer, wanted)
  return isLeft(verdict) ? verdict.left : undefined
}
const stored = (server: Server): readonly string[] =>
  server.effects.flatMap((effect) =>
    effect.kind === 'Persist' && effect.durable.kind === 'Configuration'
      ? [`${effect.durable.configuration.version.epoch}:${effect.durable.configuration.version.counter}`]
      : [],
  )

describe('RECFG-1: one at a time', () => {
  it('is an entry of the log with its zxid as version', () => {
    const leader = withJoiners().reconfigures(configuration([2, 3, 4]))
    expect(leader.said()).toEqual(['2: PROPOSAL 1:1', '4: PROPOSAL 1:1', '5: PROPOSAL 1:1'])
    expect(leader.effects[0]).toMatchObject({ entry: { zxid: z('1:1'), configuration: { version: z('1:1') } } })
    expect(leader.configurations()).toBe('C 1:0 S 1:1')
    expect(leader.clauses).toEqual(expect.arrayContaining(['RECFG-1', 'RECFG-2', 'RECFG-3', 'RECFG-4']))
  })

  it('is refused while another is under way, and possible again when that is committed', () => {
    const leader = withJoiners().reconfigures(configuration([2, 3, 4]))
    expect(refusal(leader, configuration([2, 3, 5]))).toBe('InProgress')
    expect(leader.reconfigures(configuration([2, 3, 5])).effects).toEqual([
      { kind: 'Refused', transaction: 'reconfig' },
    ])
    leader.syncs().receives(2, 'learner', ack('1:1'))
    expect(refusal(leader, configuration([2, 3, 5]))).toBeUndefined()
  })

  it('is refused by all but an established leader, and where it is not enabled', () => {
    expect(refusal(synchronizing(enabled), configuration([2, 3]))).toBe('NotLeading')
    expect(refusal(established(), configuration([2, 3]))).toBe('Disabled')
    const refused = established().reconfigures(configuration([2, 3]))
    expect(refused.effects).toEqual([{ kind: 'Refused', transaction: 'reconfig' }])
    expect(refused.clauses).toEqual(['RECFG-1', 'RECFG-2'])
  })
})

describe('RECFG-2: the new quorum is there', () => {
  it('counts servers without a vote that are synchronized, and the leader', () => {
    expect(isRight(canReconfigure(withJoiners().config, withJoiners().peer, configuration([3, 4, 6])))).toBe(true)
    expect(refusal(withJoiners(), configuration([4, 5]))).toBeUndefined()
  })

  it('does not count who is absent, who is still being synchronized, and observers', () => {
    expect(refusal(withJoiners(), configuration([3, 6, 7]))).toBe('NoQuorum')
    const half = withJoiners().connects(6, 'learner').receives(6, 'learner', followerInfo(0), ackEpoch(0, '0:0'))
    expect(refusal(half, configuration([3, 6]))).toBe('NoQuorum')
    expect(refusal(joins(withJoiners(), 6, 'observer'), configuration([3, 6]))).toBe('NoQuorum')
  })

  it('does not count a follower that has become an observer and is about to leave', () => {
    const leader = withJoiners()
      .reconfigures(configuration([2, 3], '0:0', [4]))
      .syncs()
      .receives(2, 'learner', ack('1:1'))
    expect(leader.configurations()).toBe('C 1:1 S 1:1')
    expect(refusal(leader, configuration([3, 4]))).toBe('NoQuorum')
    // That one only.
    expect(refusal(leader, configuration([3, 5]))).toBeUndefined()
  })
})

describe('RECFG-3: quorums of both', () => {
  const replacing = (): Server =>
    withJoiners()
      .submits('before')
      .reconfigures(configuration([4, 5]))
      .submits('after')
      .syncs()

  it('are needed from the proposal on; what is before needs the old one only', () => {
    const leader = replacing().receives(2, 'learner', ack('1:3'))
    expect(leader.delivered()).toEqual(['before'])
    expect(leader.receives(4, 'learner', ack('1:3')).delivered()).toEqual([])
    expect(leader.receives(5, 'learner', ack('1:2')).delivered()).toEqual(['reconfig'])
  })

  it('of what is before, no more is committed than the old one has', () => {
    const leader = withJoiners()
      .submits('first')
      .submits('second')
      .reconfigures(configuration([4, 5]))
      .syncs()
    expect(leader.receives(2, 'learner', ack('1:1')).delivered()).toEqual(['first'])
    expect(leader.receives(2, 'learner', ack('1:2')).delivered()).toEqual(['second'])
  })

  it('who has said nothing of itself, or observes, counts for neither', () => {
    const leader = joins(withJoiners(), 6, 'observer')
      .connects(7, 'learner')
      .reconfigures(configuration([2, 3, 4, 6, 7]))
    const { role } = leader.peer
    if (role.kind !== 'Leading') throw new Error('it leads')
    expect(role.learners.filter(({ isCounted }) => isCounted).map(({ id }) => id)).toEqual([2, 4])
  })

  it('a quorum of the new one does not do', () => {
    const leader = replacing().receives(4, 'learner', ack('1:3')).receives(5, 'learner', ack('1:3'))
    expect(leader.delivered()).toEqual([])
  })

  it('steps over nothing when one ACK reaches behind the reconfiguration', () => {
    const leader = withJoiners()
      .submits('before')
      .reconfigures(configuration([3, 4]))
      .submits('after')
      .syncs()
    leader.receives(4, 'learner', ack('1:3'))
    expect(leader.delivered()).toEqual([])
    leader.receives(2, 'learner', ack('1:3'))
    expect(leader.delivered()).toEqual(['before', 'reconfig', 'after'])
    expect(leader.said().filter((line) => line.startsWith('4'))).toEqual([
      '4: COMMIT 1:1',
      '4: COMMITANDACTIVATE 1:2',
      '4: COMMIT 1:3',
    ])
  })

  it('commits what only the new one has acknowledged as soon as the old one is not asked any more', () => {
    const leader = withJoiners()
      .reconfigures(configuration([3, 4]))
      .submits('after')
      .syncs()
      .receives(4, 'learner', ack('1:2'))
    expect(leader.receives(2, 'learner', ack('1:1')).delivered()).toEqual(['reconfig', 'after'])
  })
})

describe('RECFG-5: activation', () => {
  it('stores the configuration, counts by it, and names the leader that goes on', () => {
    const leader = joins(withJoiners(), 9, 'observer')
      .reconfigures(configuration([3, 4]))
      .syncs()
    leader.receives(4, 'learner', ack('1:1')).receives(2, 'learner', ack('1:1'))
    expect(stored(leader)).toEqual(['1:1'])
    expect(leader.clauses).toContain('RECFG-5')
    expect(leader.effects).toContainEqual({
      kind: 'Send',
      to: 2,
      side: 'learner',
      message: { type: 'COMMITANDACTIVATE', zxid: z('1:1'), leader: 3 },
    })
    expect(leader.said()).toContain('9: INFORMANDACTIVATE 1:1')
    leader.submits('x').syncs()
    expect(leader.receives(2, 'learner', ack('1:2')).delivered()).toEqual([])
    expect(leader.receives(4, 'learner', ack('1:2')).delivered()).toEqual(['x'])
  })

  it('a leader without a vote names who has acknowledged most, commits nothing more, and refuses', () => {
    const leader = withJoiners()
      .reconfigures(configuration([2, 4, 5]))
      .submits('after')
      .syncs()
    leader.receives(4, 'learner', ack('1:1')).receives(5, 'learner', ack('1:2')).receives(2, 'learner', ack('1:1'))
    expect(leader.delivered()).toEqual(['reconfig'])
    expect(leader.effects).toContainEqual(
      expect.objectContaining({ to: 4, message: { type: 'COMMITANDACTIVATE', zxid: z('1:1'), leader: 5 } }),
    )
    expect(leader.receives(4, 'learner', ack('1:2')).delivered()).toEqual([])
    expect(leader.receives(2, 'learner', ack('1:2')).delivered()).toEqual([])
    expect(nextZxid(leader.config, leader.peer)).toBeUndefined()
    expect(leader.submits('more').effects).toEqual([{ kind: 'Refused', transaction: 'more' }])
    expect(leader.clauses).toContain('RECFG-5')
    expect(refusal(leader, configuration([2, 3]))).toBe('NotLeading')
  })

  it.each([
    ['of those that have a vote', [2, 4], 5, 2],
    ['the first of those that have as much', [2, 4, 5], 4, 4],
  ] as const)('it names %s', (_, voters, most, named) => {
    const leader = withJoiners()
      .reconfigures(configuration(voters))
      .submits('after')
      .syncs()
      .receives(most, 'learner', ack('1:2'))
    for (const id of [4, 5, 2])
      if (id !== most && leader.delivered().length === 0) leader.receives(id, 'learner', ack('1:1'))
    expect(leader.effects).toContainEqual(
      expect.objectContaining({ to: 5, message: { type: 'COMMITANDACTIVATE', zxid: z('1:1'), leader: named } }),
    )
  })

  it('and stops when its followers have gone (RECFG-8)', () => {
    const leader = withJoiners()
      .reconfigures(configuration([4, 5]))
      .syncs()
    for (const id of [2, 4, 5]) leader.receives(id, 'learner', ack('1:1'))
    expect(leader.fires('leader.ping').role).toBe('Leading')
    expect(leader.loses(4, 'learner').loses(5, 'learner').fires('leader.ping').role).toBe('Looking')
  })

  it('RECFG-8: the check asks both', () => {
    const leader = withJoiners().reconfigures(configuration([4, 5]))
    expect(leader.fires('leader.ping').role).toBe('Leading')
    expect(leader.clauses).toContain('RECFG-8')
    expect(leader.loses(5, 'learner').fires('leader.ping').role).toBe('Looking')
  })
})

describe('RECFG-6, RECFG-9: NEWLEADER', () => {
  const reconfigured = { zxid: z('1:2'), transaction: 'reconfig', configuration: configuration([3, 4], '1:2') }
  const unfinished = { ...diskOf(1, 1), entries: S.fromArray([{ zxid: z('1:1'), transaction: 'a' }, reconfigured]) }
  const offered = (server: Server): readonly unknown[] =>
    server.effects.flatMap((effect) =>
      effect.kind === 'Send' && effect.message.type === 'NEWLEADER' ? [effect.message.configuration?.version] : [],
    )

  it('gives what static files say the version of the epoch', () => {
    const leader = synchronizing(enabled)
    expect(leader.configurations()).toBe('C 0:0 S 1:0')
    expect(leader.clauses).toContain('RECFG-9')
    expect(synchronizing().clauses).not.toContain('RECFG-9')
    expect(stored(leader.receives(2, 'learner', ack('1:0')))).toEqual(['1:0'])
    expect(leader.clauses).toContain('RECFG-6')
    expect(leader.configurations()).toBe('C 1:0 S 1:0')
  })

  it('carries nothing, and gives no version, where reconfiguration is not enabled', () => {
    const leader = synchronizing()
    expect(leader.configurations()).toBe('C 0:0 S 0:0')
    expect(leader.effects).toContainEqual(expect.objectContaining({ message: newLeader(1) }))
    expect(
      synchronizing({ disk: unfinished }, { acceptedEpoch: 1, currentEpoch: 1, lastZxid: '1:1' }).configurations(),
    ).toBe('C 0:0 S 0:0')
  })

  it('of one who carries on an unfinished reconfiguration needs both, and completes it', () => {
    const leader = new Server(3, { ...enabled, disk: unfinished })
    const own = { leader: 3, zxid: z('1:2'), peerEpoch: 1 }
    leader.hears(2, own).fires('election.finalize')
    expect(leader.role).toBe('Looking')
    // Server 4 does not know yet that it has a vote, and gives it all the same.
    leader.hears(4, own).fires('election.finalize')
    expect([leader.role, leader.configurations()]).toEqual(['Leading', 'C 0:0 S 1:2'])
    for (const id of [2, 4]) leader.connects(id, 'learner').receives(id, 'learner', followerInfo(1))
    leader.syncs()
    for (const id of [2, 4]) leader.receives(id, 'learner', ackEpoch(1, '1:1'))
    leader.syncs()
    expect(offered(leader)).toEqual([z('1:2'), z('1:2')])
    expect(leader.receives(2, 'learner', ack('2:0')).peer.service.kind).toBe('NotServing')
    expect(leader.receives(4, 'learner', ack('2:0')).peer.service.kind).toBe('Leader')
    expect(leader.delivered()).toEqual(['a', 'reconfig'])
    expect([leader.configurations(), ...stored(leader)]).toEqual(['C 1:2 S 1:2', '1:2'])
  })

  it('of an established leader carries what is committed, not what is proposed', () => {
    const leader = withJoiners().reconfigures(configuration([3, 4]))
    leader.connects(1, 'learner').receives(1, 'learner', followerInfo(0), ackEpoch(0, '0:0'))
    expect(offered(leader)).toEqual([z('1:0')])
  })

  it('stands behind a SNAP that says what its image holds (RECFG-4)', () => {
    const snapped = (setting: object): unknown =>
      synchronizing(
        { ...setting, disk: { ...diskOf(2, 2, '2:6'), base: z('2:5') } },
        {
          acceptedEpoch: 1,
          currentEpoch: 1,
          lastZxid: '1:1',
        },
      ).effects.flatMap((effect) => (effect.kind === 'Send' && effect.message.type === 'SNAP' ? [effect.message] : []))
    expect(snapped(enabled)).toMatchObject([{ configuration: { version: z('0:0') } }])
    expect(snapped({})).toEqual([{ type: 'SNAP', zxid: z('2:5') }])
  })

  it('and a DIFF says nothing of configurations', () => {
    const modes = synchronizing(enabled).effects.flatMap((effect) =>
      effect.kind === 'Send' && effect.message.type === 'DIFF' ? [effect.message] : [],
    )
    expect(modes).toEqual([{ type: 'DIFF', zxid: z('0:0') }])
  })
})

describe('DISC-8: a learner with a newer committed configuration', () => {
  const informed = followerInfo(0, 'participant', '9:9')

  it('is refused by an established leader', () => {
    const leader = established(enabled).connects(1, 'learner').receives(1, 'learner', informed)
    expect([leader.role, ...leader.closed()]).toEqual(['Leading', 'learner 1'])
  })

  it('makes one that is not yet established look again, where it may adopt', () => {
    const giving = synchronizing(enabled).connects(1, 'learner').receives(1, 'learner', informed)
    expect(giving.role).toBe('Looking')
    expect(giving.clauses).toEqual(expect.arrayContaining(['DISC-8', 'RECFG-7']))
    expect(synchronizing().connects(1, 'learner').receives(1, 'learner', informed).role).toBe('Leading')
  })
})

describe('RECFG-10: a joiner', () => {
  it('gets proposals and counts in no quorum until it has a vote', () => {
    const leader = withJoiners().submits('a').syncs()
    expect(leader.receives(4, 'learner', ack('1:1')).receives(5, 'learner', ack('1:1')).delivered()).toEqual([])
    expect(leader.receives(2, 'learner', ack('1:1')).delivered()).toEqual(['a'])
  })

  it('that has promised a later epoch does not unseat the leader (DISC-2)', () => {
    for (const setting of [enabled, {}])
      for (const role of ['participant', 'observer'] as const) {
        const leader = established(setting).connects(4, 'learner').receives(4, 'learner', followerInfo(7, role))
        expect([leader.role, leader.fires('phase.limit').role]).toEqual(['Leading', 'Leading'])
      }
  })
})
