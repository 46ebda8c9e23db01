/** Which configurations a server knows after a start, after an election, and where reconfiguration is not enabled. RECFG-4, 7, 9, 10. */
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../src/core/configuration.js'
import type { Entry, Notification, ServerState } from '../../src/core/message.js'
import * as R from '../../src/core/reconfiguration.js'
import * as S from '../../src/core/sequence.js'
import type { Vote } from '../../src/core/vote.js'
import { configuration, enabled, diskOf, entry, followerInfo, Server, vote, weightless, z } from './server.js'

const reconfig = (zxid: string, voters: readonly number[]): Entry<string> => ({
  ...entry(zxid),
  configuration: configuration(voters, zxid),
})
const said = (told: Configuration, voted: Vote, round = 1, state: ServerState = 'LOOKING'): Notification => ({
  state,
  vote: voted,
  round,
  configurationVersion: told.version,
  configuration: told,
})
const hears = (server: Server, from: number, notification: Notification): Server =>
  server.on({ kind: 'Notified', from, notification })

describe('RECFG-4: after a start', () => {
  const disk = { ...diskOf(1, 1), entries: S.fromArray([entry('1:1'), reconfig('1:2', [1, 2, 4]), entry('1:3')]) }
  const twice = { ...disk, entries: S.appendAll([reconfig('1:4', [1, 5])])(disk.entries) }

  it('what the log says after the committed one is seen', () => {
    expect(new Server(1, { ...enabled, disk }).configurations()).toBe('C 0:0 S 1:2')
  })

  it('the first of two in a log was committed when the second was proposed', () => {
    expect(new Server(1, { ...enabled, disk: twice }).configurations()).toBe('C 1:2 S 1:4')
  })

  it('what is stored counts if it is newer, and what is before it in the log does not', () => {
    const stored = (version: string): string =>
      new Server(1, { ...enabled, disk: { ...twice, configuration: configuration([1, 2], version) } }).configurations()
    expect(stored('1:2')).toBe('C 1:2 S 1:4')
    expect(stored('1:4')).toBe('C 1:4 S 1:4')
    expect(stored('2:7')).toBe('C 2:7 S 2:7')
  })

  it('the static file counts if it is newer', () => {
    const ensemble = configuration([1, 2, 3], '5:5')
    const server = new Server(1, { ...enabled, ensemble, disk: { configuration: configuration([1], '4:4') } })
    expect(server.configurations()).toBe('C 5:5 S 5:5')
  })

  it('nothing of it counts where reconfiguration is not enabled', () => {
    const server = new Server(1, { disk: { ...twice, configuration: configuration([1], '4:4') } })
    expect(server.configurations()).toBe('C 0:0 S 0:0')
  })

  it('both are asked in the election, and both have their voters told (RECFG-7)', () => {
    const server = new Server(1, { ...enabled, disk })
    expect(server.notified().map(({ to }) => to)).toEqual([2, 3, 4])
    const { role, round } = server.peer
    if (role.kind !== 'Looking') throw new Error('not looking')
    server.hears(3, role.proposal, round).fires('election.finalize')
    expect(server.role).toBe('Looking')
    expect(server.hears(4, role.proposal, round).fires('election.finalize').role).toBe('Leading')
  })
})

describe('RECFG-7: a LOOKING server', () => {
  const newer = configuration([1, 2, 4], '3:1')

  it('tells which configuration is committed, where reconfiguration is enabled', () => {
    const [told] = new Server(1, { ...enabled, disk: { configuration: newer } }).notified()
    expect(told?.notification).toMatchObject({ configurationVersion: z('3:1'), configuration: { version: z('3:1') } })
    expect(new Server(1).notified()[0]?.notification).not.toHaveProperty('configuration')
  })

  it('adopts a newer committed one and starts over, whoever of those it knows tells it', () => {
    for (const from of [2, 9]) {
      const ensemble = configuration([1, 2, 3], '0:0', [9])
      const server = hears(new Server(1, { ...enabled, ensemble }), from, said(newer, vote(2)))
      expect([server.configurations(), server.peer.round, ...server.written()]).toEqual([
        'C 3:1 S 3:1',
        2,
        'Configuration',
      ])
      expect(server.notified().map(({ to }) => to)).toEqual([2, 4])
    }
  })

  it('adopts nothing from a stranger', () => {
    const server = hears(new Server(1, enabled), 9, said(newer, vote(2)))
    expect([server.configurations(), server.written(), server.did('Doubted')]).toEqual(['C 0:0 S 0:0', [], true])
  })

  it('says why', () => {
    expect(hears(new Server(1, enabled), 2, said(newer, vote(2))).clauses).toContain('RECFG-7')
    expect(hears(new Server(1, enabled), 2, said(configuration([1, 2, 3], '3:1'), vote(2))).clauses).toContain(
      'RECFG-7',
    )
  })

  it('does not start over when the same servers count', () => {
    const server = hears(new Server(1, enabled), 2, said(configuration([3, 1, 2], '3:1'), vote(2)))
    expect([server.configurations(), server.peer.round]).toEqual(['C 3:1 S 3:1', 1])
  })

  it('keeps one that is not older, and ignores all where reconfiguration is not enabled', () => {
    const known = new Server(1, { ...enabled, disk: { configuration: newer } })
    expect(hears(known, 2, said(configuration([1, 9], '3:1'), vote(2))).peer.configuration.committed).toEqual(newer)
    const disabled = hears(new Server(1), 2, said(newer, vote(2)))
    expect([disabled.configurations(), disabled.peer.round]).toEqual(['C 0:0 S 0:0', 1])
  })

  it('keeps those who wait for it over the start', () => {
    const server = new Server(1, enabled).connects(2, 'learner').receives(2, 'learner', followerInfo(0))
    hears(server, 2, said(newer, vote(2)))
    expect(server.peer.role.kind === 'Looking' ? [...server.peer.role.waiting.keys()] : []).toEqual([2])
    expect(server.closed()).toEqual([])
  })

  it('a server that has found a leader leaves that to it', () => {
    const server = new Server(1, enabled)
      .hears(3, vote(3, '9:9', 9))
      .hears(2, vote(3, '9:9', 9))
      .fires('election.finalize')
    expect(server.role).toBe('Following')
    expect(hears(server, 2, said(newer, vote(2), 2)).configurations()).toBe('C 0:0 S 0:0')
  })
})

describe('RECFG-7: candidates that others do not know', () => {
  const disk = { ...diskOf(1, 1), entries: S.fromArray([reconfig('1:1', [1, 4])]) }
  const offer = vote(4, '1:5', 1)

  it('are voted for when a voter names them, and are told', () => {
    const server = new Server(1, enabled).hears(2, offer)
    expect(server.notified().map(({ to, notification }) => [to, notification.vote.leader])).toEqual([
      [2, 4],
      [3, 4],
      [4, 4],
    ])
    expect(new Server(1).hears(2, offer).notified()).toEqual([])
  })

  it('are none for those that look when others follow them: those do not count (ELEC-9)', () => {
    const server = hears(new Server(1, enabled), 2, said(configuration([1, 2, 3]), vote(9, '9:9', 9), 1, 'FOLLOWING'))
    expect(server.peer.role).toMatchObject({
      kind: 'Looking',
      outOfElection: new Map(),
      received: new Map([[1, expect.anything()]]),
    })
  })

  it('are not voted for on their own word', () => {
    expect(
      new Server(1, enabled)
        .hears(4, offer)
        .notified()
        .map(({ notification }) => notification.vote.leader),
    ).toEqual([1])
  })

  it('a voter that does not know its vote votes for nobody, and its round counts', () => {
    const nobody = new Server(9, enabled).notified()[0]?.notification
    if (nobody === undefined) throw new Error('said nothing')
    expect(hears(new Server(1, { ...enabled, disk }), 4, { ...nobody, round: 7 }).peer.round).toBe(7)
    expect(hears(new Server(1), 2, { ...nobody, round: 7 }).peer.round).toBe(1)
  })

  it('not every voter makes an end at once: another may be about to hear of somebody better', () => {
    const all = (setting: object): Server => {
      const server = new Server(1, setting)
      return server.hears(2, vote(3, '9:9', 9)).hears(3, vote(3, '9:9', 9))
    }
    expect([all({}).role, all(enabled).role]).toEqual(['Following', 'Looking'])
    expect(new Server(1, { ...enabled, voters: [1] }).role).toBe('Leading')
  })
})

describe('RECFG-7: strangers', () => {
  const answered = (server: Server, from: number, notification: Notification): boolean =>
    hears(server, from, notification)
      .notified()
      .some(({ to }) => to === from)
  const same = configuration([1, 2, 3])

  it('are answered, but not where the answer would be answered', () => {
    expect(answered(new Server(1, enabled), 9, said(same, vote(9)))).toBe(true)
    expect(answered(new Server(1, enabled), 9, said(same, vote(9), 5))).toBe(false)
    expect(answered(new Server(1), 9, said(same, vote(9), 5))).toBe(true)
    expect(answered(new Server(8, enabled), 9, said(same, vote(9)))).toBe(false)
    expect(answered(new Server(1, enabled).hears(2, vote(9, '9:9', 9)), 9, said(same, vote(9, '9:9', 9)))).toBe(false)
  })

  it('are told of a newer configuration in any case', () => {
    const newer = new Server(8, { ...enabled, disk: { configuration: configuration([1, 2], '3:1') } })
    expect(answered(newer, 9, said(same, vote(9), 5))).toBe(true)
  })

  it('that have found a leader are told nothing', () => {
    const newer = new Server(1, { ...enabled, disk: { configuration: configuration([1, 2, 3], '3:1') } })
    expect(answered(newer, 9, said(same, vote(9), 1, 'FOLLOWING'))).toBe(false)
  })
})

describe('RECFG-7: weights', () => {
  it('of voters decide as ever: one of weight 0 is no candidate (QUO-2)', () => {
    const server = new Server(1, { ...enabled, ensemble: weightless }).hears(2, vote(3, '9:9', 9))
    expect(server.peer.role).toMatchObject({ proposal: vote(1) })
  })
})

describe('RECFG-10: joining', () => {
  const lead = (server: Server, ...ids: readonly number[]): Server => {
    for (const id of ids) server.hears(id, vote(3, '1:1', 1), 4, id === 3 ? 'LEADING' : 'FOLLOWING')
    return server
  }

  it('who is not listed follows without a vote, a listed observer observes', () => {
    const observing = { ...enabled, voters: [1, 2, 3], observers: [9] }
    expect(lead(new Server(9, enabled), 2, 3).role).toBe('Following')
    expect(lead(new Server(9, observing), 2, 3).role).toBe('Observing')
    expect(lead(new Server(9), 2, 3).role).toBe('Observing')
  })

  it('is the reason of who is not listed, and of nobody else', () => {
    const reasons = (server: Server): boolean => lead(server, 2, 3).clauses.includes('RECFG-10')
    expect(reasons(new Server(9, enabled))).toBe(true)
    expect(reasons(new Server(1, enabled))).toBe(false)
    expect(reasons(new Server(9, { ...enabled, voters: [1, 2, 3], observers: [9] }))).toBe(false)
  })

  it('an established leader is joined when a quorum of either configuration names it', () => {
    const disk = { ...diskOf(1, 1), entries: S.fromArray([reconfig('1:1', [7, 8, 9])]) }
    expect(lead(new Server(9, { ...enabled, disk }), 2, 3).role).toBe('Following')
    expect(lead(new Server(9, { ...enabled, disk }), 3, 7).role).toBe('Looking')
  })
})

describe('which of two is newer', () => {
  const [older, newer] = [configuration([1], '1:1'), configuration([2], '1:2')]

  it('is asked of those that are there', () => {
    expect([R.newest(older, newer), R.newest(newer, older)]).toEqual([newer, newer])
    expect([R.newest(older, undefined), R.newest(undefined, newer)]).toEqual([older, newer])
    expect(R.newest(undefined, undefined)).toBeUndefined()
  })

  it('what is logged once more, after NEWLEADER has told of it, is not thereby committed', () => {
    const { config } = new Server(1, enabled)
    const seen = { committed: older, lastSeen: newer }
    expect(R.afterLogging(config, seen, reconfig('1:2', [2]))).toBe(seen)
  })
})

describe('OBS-3: what a server learns as', () => {
  const learnsAs = (committed: Configuration, lastSeen: Configuration): string => {
    const { config, peer } = new Server(1, enabled)
    return R.learnsAs(config, { ...peer, configuration: { committed, lastSeen } })
  }
  const [voting, observing] = [configuration([1, 2], '1:1'), configuration([2], '1:2', [1])]

  it('is decided by a vote in either configuration', () => {
    expect(learnsAs(voting, observing)).toBe('Following')
    expect(learnsAs({ ...observing, version: z('1:0') }, voting)).toBe('Following')
    expect(learnsAs(observing, observing)).toBe('Observing')
  })
})

describe('RECFG-9: the first version', () => {
  const { config } = new Server(1, enabled)
  const zero = { committed: config.ensemble, lastSeen: config.ensemble }

  it('is given to what only the static file says', () => {
    expect(R.withFirstVersion(config, zero, 7).lastSeen.version).toEqual(z('7:0'))
    const unfinished = { ...zero, lastSeen: configuration([1], '1:1') }
    expect(R.withFirstVersion(config, unfinished, 7)).toBe(unfinished)
    expect(R.withFirstVersion(new Server(1).config, zero, 7)).toBe(zero)
  })
})
