/** An ensemble is reconfigured through a client: what the client is told, who counts then, and what every server shows. */
import { describe, expect, it } from 'vitest'
import * as Z from '../../src/core/zxid.js'
import type { Request } from '../../src/service/request.js'
import { errorCode } from '../../src/service/error.js'
import type { Learning } from '../../src/core/state.js'
import type { ForwardedRequest, Packet } from '../../src/server/packet.js'
import type { Transaction } from '../../src/service/transaction.js'
import { Ensemble } from './ensemble.js'
import { bytes, create, getData } from './requests.js'

const { OK, BADVERSION, NEWCONFIGNOQUORUM, RECONFIGDISABLED, RECONFIGINPROGRESS } = errorCode

const lineOf = (id: number, role = 'participant'): string =>
  `server.${id}=127.0.0.1:${2888 + id}:${3888 + id}:${role};0.0.0.0:${2180 + id}`

const ANY = Z.UNTRUSTED

const change = (asked: Partial<Extract<Request, { readonly op: 'reconfig' }>>): Request => ({
  op: 'reconfig',
  joining: null,
  leaving: null,
  newMembers: null,
  fromConfig: ANY,
  ...asked,
})

const CONFIG = '/zookeeper/config'

const textAt = (ensemble: Ensemble, server: number): string => {
  const body = ensemble.connect(server).ask(getData(CONFIG))?.body
  return body?.op === 'getData' ? new TextDecoder().decode(body.data ?? bytes('')) : ''
}

const votersAt = (ensemble: Ensemble, server: number): readonly number[] => {
  const { quorums } = ensemble.server(server).peer.configuration.committed
  return quorums.kind === 'Majority' ? quorums.voters : []
}

const awaitingSync = (leader: number): Learning<Transaction> => ({
  kind: 'Following',
  leader,
  finalVote: { vote: { leader, zxid: Z.ZERO, peerEpoch: 1 }, round: 1 },
  phase: { kind: 'AwaitingSync', epoch: 1 },
  heard: 'heard',
})

/** Nothing is proposed for a while, and timers fire. */
const settle = (ensemble: Ensemble): void => ensemble.advance(30_000)

describe('a reconfiguration', () => {
  it('lets a server join that has followed without a vote (RECFG-10)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    expect(ensemble.followers).toContain(4)
    const client = ensemble.connect(1)
    const reply = client.ask(change({ joining: lineOf(4) }))
    expect(reply).toMatchObject({ error: OK, body: { op: 'reconfig' } })
    for (const server of [1, 2, 3, 4]) {
      expect(votersAt(ensemble, server)).toEqual([1, 2, 3, 4])
      expect(textAt(ensemble, server)).toContain(lineOf(4))
    }
    expect(client.ask(create('/after'))).toMatchObject({ error: OK })
  })

  it('answers with the configuration that is in force now, its version that of the transaction (RECFG-1)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    const reply = ensemble.connect(ensemble.leader).ask(change({ joining: lineOf(4, 'observer') }))
    const { version } = ensemble.server(ensemble.leader).peer.configuration.committed
    expect(reply?.zxid).toEqual(version)
    const data = reply?.body?.op === 'reconfig' ? new TextDecoder().decode(reply.body.data ?? bytes('')) : ''
    expect(data).toContain(lineOf(4, 'observer'))
    expect(data).toContain(`version=${Z.toBigInt(version).toString(16)}`)
  })

  it('takes the lead from a leader that leaves, and the others go on (RECFG-5)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    const former = ensemble.leader
    const others = [1, 2, 3].filter((id) => id !== former)
    ensemble.connect(former).ask(change({ leaving: String(former) }))
    settle(ensemble)
    expect(ensemble.leader).not.toBe(former)
    expect(others).toContain(ensemble.leader)
    const client = ensemble.connect(ensemble.leader)
    expect(client.ask(create('/after'))).toMatchObject({ error: OK })
    expect(votersAt(ensemble, former)).toEqual(others)
    // The one that left follows without a vote, and is of no use to a quorum.
    ensemble.crash(former)
    expect(client.ask(create('/later'))).toMatchObject({ error: OK })
  })

  it('replaces every server by another one', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 3 })
    expect(ensemble.connect(1).ask(create('/before'))).toMatchObject({ error: OK })
    ensemble.connect(1).ask(change({ newMembers: [4, 5, 6].map((id) => lineOf(id)).join(',') }))
    settle(ensemble)
    for (const server of [1, 2, 3]) ensemble.crash(server)
    settle(ensemble)
    expect([4, 5, 6]).toContain(ensemble.leader)
    const client = ensemble.connect(5)
    expect(client.ask(getData('/before'))).toMatchObject({ error: OK })
    expect(client.ask(create('/after'))).toMatchObject({ error: OK })
  })

  it('is written into /zookeeper/config of every server, which before showed the static one with a version (RECFG-9)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    for (const server of [1, 2, 3, 4]) {
      expect(textAt(ensemble, server)).toContain('version=100000000')
      expect(textAt(ensemble, server)).not.toContain('server.4')
    }
  })
})

describe('access lists', () => {
  it('are waived by the leader for what others forward, too', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    const [follower = 0] = ensemble.followers
    const request = { sessionId: 5n, cxid: 7, request: { op: 'createSession', timeoutMs: 10_000 }, ids: [] } as const
    const received = (forwarded: ForwardedRequest): void =>
      ensemble.post(ensemble.leader, {
        kind: 'Received',
        from: follower,
        side: 'learner',
        packet: { type: 'REQUEST', request: forwarded },
      })
    received(request)
    received({ ...request, cxid: 8, request: change({ joining: lineOf(4) }) })
    ensemble.run()
    expect(votersAt(ensemble, ensemble.leader)).toEqual([1, 2, 3, 4])
  })
})

describe('a server that is given the state', () => {
  it('knows the configuration in it before it is told of another one (RECFG-4)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 2 })
    ensemble.connect(1).ask(change({ joining: lineOf(4) }))
    const { leader } = ensemble
    const image = ensemble.server(leader).database
    ensemble.crash(5)
    ensemble.startEmpty(5)
    ensemble.advance(1000)
    const received = (packet: Packet): void =>
      ensemble.post(5, { kind: 'Received', from: ensemble.leader, side: 'leader', packet })
    ensemble.alter(5, (server) => ({ ...server, peer: { ...server.peer, role: awaitingSync(leader) } }))
    received({ type: 'SNAP', zxid: image.lastProcessed, image })
    received({ type: 'NEWLEADER', epoch: ensemble.server(5).peer.acceptedEpoch })
    ensemble.run()
    expect(votersAt(ensemble, 5)).toEqual([1, 2, 3, 4])
  })
})

describe('a configuration that cannot be read', () => {
  it('stops the server: it would go on counting by the one before (RECFG-3)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    const { leader } = ensemble
    const record = { type: 'reconfig', path: CONFIG, data: bytes('server.1=somewhere else'), version: -1 } as const
    const transaction = { sessionId: 1n, cxid: 1, timeMs: 0, record, digest: undefined, bytes: bytes('') }
    const packet = { type: 'PROPOSAL', entry: { zxid: Z.zxid(1, 1), transaction } } as const
    ensemble.post(4, { kind: 'Received', from: leader, side: 'leader', packet })
    expect(() => ensemble.run()).toThrow(/server 4 must stop: .*0x100000001 cannot be read/)
  })
})

describe('a reconfiguration is refused', () => {
  it('where it is disabled', () => {
    const ensemble = Ensemble.started({ participants: 3 })
    expect(ensemble.connect(1).ask(change({ leaving: '3' }))).toMatchObject({ error: RECONFIGDISABLED })
  })

  it('when the client has looked at an older configuration (RECFG-1)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    const client = ensemble.connect(1)
    const { version } = ensemble.server(1).peer.configuration.committed
    expect(client.ask(change({ joining: lineOf(4), fromConfig: version }))).toMatchObject({ error: OK })
    expect(client.ask(change({ leaving: '4', fromConfig: version }))).toMatchObject({ error: BADVERSION })
  })

  it('while a quorum of the new configuration is not there (RECFG-2)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    const { leader } = ensemble
    const [follower = 0] = ensemble.followers.filter((id) => id !== 4)
    ensemble.crash(follower)
    expect(ensemble.connect(leader).ask(change({ newMembers: [lineOf(follower), lineOf(4)].join(',') }))).toMatchObject(
      {
        error: NEWCONFIGNOQUORUM,
      },
    )
    expect(ensemble.connect(leader).ask(create('/after'))).toMatchObject({ error: OK })
  })

  it('while another one is under way (RECFG-1)', () => {
    const ensemble = Ensemble.started({ participants: 3, joiners: 1 })
    const client = ensemble.connect(ensemble.leader)
    ensemble.holdsPersisted = true
    const first = client.send(change({ joining: lineOf(4) }))
    const second = client.send(change({ leaving: '1' }))
    ensemble.run()
    expect(client.replyTo(first)).toBeUndefined()
    ensemble.releasePersisted()
    expect(client.replyTo(first)).toMatchObject({ error: OK })
    expect(client.replyTo(second)).toMatchObject({ error: RECONFIGINPROGRESS })
  })
})
