/** Three servers together, and an observer: sessions that move, syncs, leaders that are lost, servers that come late. */
import { describe, expect, it } from 'vitest'
import * as Z from '../../src/core/zxid.js'
import { errorCode } from '../../src/service/error.js'
import { metricsOf } from '../../src/server/metrics.js'
import { Ensemble } from './ensemble.js'
import { create, createEphemeral, exists, getData, sync } from './requests.js'

const { OK, NONODE } = errorCode

describe('with three servers', () => {
  const start = (): Ensemble => Ensemble.started({ participants: 3 })

  it('moves a session with its client, and closes the connection left behind when it speaks (SESS-4)', () => {
    const ensemble = start()
    const [here = 0, there = 0] = ensemble.followers
    const old = ensemble.connect(here)
    const session = old.session
    if (session === undefined) throw new Error('no session')
    old.ask(createEphemeral('/e'))
    const moved = ensemble.connect(there, { former: session })
    expect(moved.session?.sessionId).toBe(session.sessionId)
    expect(old.isClosed).toBe(false)
    expect(old.ask(create('/late'))).toBeUndefined()
    expect(old.isClosed).toBe(true)
    expect(moved.isClosed).toBe(false)
    expect(moved.ask(exists('/e'))?.error).toBe(OK)
    expect(moved.ask(exists('/late'))?.error).toBe(NONODE)
  })

  it('moves a session to the leader, and away from it', () => {
    const ensemble = start()
    const { leader } = ensemble
    const [follower = 0] = ensemble.followers
    const session = ensemble.connect(follower).session
    if (session === undefined) throw new Error('no session')
    const atLeader = ensemble.connect(leader, { former: session })
    expect(atLeader.ask(create('/a'))?.error).toBe(OK)
    const back = ensemble.connect(follower, { former: session })
    expect(back.ask(create('/b'))?.error).toBe(OK)
    expect(atLeader.ask(create('/c'))).toBeUndefined()
    expect(atLeader.isClosed).toBe(true)
  })

  it('answers a sync only after everything that was outstanding when it came (READ-2)', () => {
    const ensemble = start()
    const { leader } = ensemble
    const [follower = 0] = ensemble.followers
    const writer = ensemble.connect(leader)
    const readers = [ensemble.connect(follower), ensemble.connect(leader)]
    ensemble.holdsPersisted = true
    const write = writer.send(create('/a'))
    ensemble.run()
    const syncs = readers.map((reader) => reader.send(sync))
    const reads = readers.map((reader) => reader.send(exists('/a')))
    ensemble.run()
    expect(writer.replyTo(write)).toBeUndefined()
    expect(readers.map((reader, index) => reader.replyTo(syncs[index] ?? 0))).toEqual([undefined, undefined])
    ensemble.releasePersisted()
    expect(writer.replyTo(write)?.error).toBe(OK)
    expect(readers.map((reader, index) => reader.replyTo(syncs[index] ?? 0)?.error)).toEqual([OK, OK])
    expect(readers.map((reader, index) => reader.replyTo(reads[index] ?? 0)?.error)).toEqual([OK, OK])
  })

  it('reads where it is asked, has the leader order the rest (FWD-1), and answers where it was asked (FWD-3)', () => {
    const ensemble = start()
    const [follower = 0] = ensemble.followers
    const client = ensemble.connect(follower)
    const before = ensemble.effects(follower).length
    const sent = (): readonly unknown[] =>
      ensemble
        .effects(follower)
        .slice(before)
        .flatMap((effect) =>
          effect.kind === 'Send' && effect.packet.type === 'REQUEST' ? [effect.packet.request] : [],
        )
    expect(client.ask(exists('/a'))?.error).toBe(NONODE)
    expect(sent()).toEqual([])
    const session = client.session?.sessionId
    ensemble.holdsPersisted = true
    const write = client.send(create('/a'))
    const synced = client.send(sync)
    ensemble.run()
    expect(sent()).toMatchObject([
      { sessionId: session, cxid: write, request: { op: 'create' } },
      { sessionId: session, cxid: synced, request: { op: 'sync' } },
    ])
    expect(metricsOf(ensemble.server(follower)).outstandingRequests).toBe(2)
    ensemble.releasePersisted()
    expect([write, synced].map((xid) => client.replyTo(xid)?.error)).toEqual([OK, OK])
    const others = [1, 2, 3].filter((id) => id !== follower)
    expect(others.flatMap((id) => ensemble.effects(id).filter(({ kind }) => kind === 'ClientSend'))).toEqual([])
  })

  it('shows what is committed, and nothing that is only proposed (READ-1)', () => {
    const ensemble = start()
    const writer = ensemble.connect(ensemble.leader)
    const reader = ensemble.connect(ensemble.leader)
    ensemble.holdsPersisted = true
    writer.send(create('/a'))
    ensemble.run()
    expect(reader.ask(exists('/a'))?.error).toBe(NONODE)
    ensemble.releasePersisted()
    expect(reader.ask(exists('/a'))?.error).toBe(OK)
  })

  it('loses, with a request, whatever stands behind it in its session, and nothing before it (SESS-5)', () => {
    const ensemble = start()
    const { leader } = ensemble
    const [follower = 0] = ensemble.followers
    const client = ensemble.connect(follower)
    const before = client.send(exists('/a'))
    ensemble.holdsPersisted = true
    const behind = [create('/a'), exists('/a'), create('/b')].map((request) => client.send(request))
    ensemble.run()
    ensemble.crash(leader)
    expect(client.isClosed).toBe(true)
    expect(client.replyTo(before)?.error).toBe(NONODE)
    expect(behind.map((xid) => client.replyTo(xid))).toEqual([undefined, undefined, undefined])
  })

  it('keeps the order of a pipeline of writes and syncs that commit together (SESS-5)', () => {
    const ensemble = start()
    const [follower = 0] = ensemble.followers
    const client = ensemble.connect(follower)
    ensemble.holdsPersisted = true
    const xids = [create('/a'), sync, create('/b'), sync, exists('/b'), create('/c')].map((request) =>
      client.send(request),
    )
    ensemble.run()
    ensemble.releasePersisted()
    expect(client.story.slice(1)).toEqual(xids.map((xid) => `reply ${xid}`))
  })

  it('closes every client when the leader is lost, and serves again under the next one (FWD-4)', () => {
    const ensemble = start()
    const { leader } = ensemble
    const [follower = 0] = ensemble.followers
    const client = ensemble.connect(follower, { timeoutMs: 40_000 })
    const session = client.session
    if (session === undefined) throw new Error('no session')
    client.ask(create('/a'))
    ensemble.holdsPersisted = true
    const lost = client.send(create('/b'))
    client.send(sync)
    ensemble.run()
    ensemble.crash(leader)
    expect(client.isClosed).toBe(true)
    expect(client.replyTo(lost)).toBeUndefined()
    expect(metricsOf(ensemble.server(follower))).toMatchObject({
      outstandingRequests: 0,
      connections: 0,
      watchCount: 0,
    })
    const early = ensemble.connect(follower)
    expect(early.isClosed).toBe(true)
    ensemble.releasePersisted()
    ensemble.advance(20_000)
    const again = ensemble.connect(follower, { former: session })
    expect(again.story).toEqual(['connected'])
    expect(again.ask(exists('/a'))?.error).toBe(OK)
    expect(again.ask(create('/d'))?.error).toBe(OK)
    expect(again.ask(sync)?.error).toBe(OK)
  })

  it('brings a server that comes with an empty disk up to date, by SNAP when the log is too short', () => {
    const ensemble = start()
    const [late = 0] = ensemble.followers
    ensemble.crash(late)
    const client = ensemble.connect(ensemble.leader)
    client.ask(createEphemeral('/e'))
    for (let index = 0; index < 700; index += 1) client.send(create(`/n${index}`, 'x'))
    ensemble.run()
    ensemble.startEmpty(late)
    ensemble.advance(4000)
    expect(ensemble.received(late, 'SNAP')).toBe(true)
    expect(ensemble.effects(late).some((effect) => effect.kind === 'Persist' && effect.image !== undefined)).toBe(true)
    const reader = ensemble.connect(late)
    expect(reader.ask(exists('/n699'))?.error).toBe(OK)
    expect(reader.ask(create('/after'))?.error).toBe(OK)
    expect(metricsOf(ensemble.server(late))).toMatchObject({
      digestMismatches: 0,
      ephemeralCount: 1,
      globalSessions: 2,
    })
    expect(ensemble.server(late).image).toBeUndefined()
  })

  it('gives a forwarded request that no leader orders an error transaction, since its server waits for one', () => {
    const ensemble = start()
    const { leader } = ensemble
    const [follower = 0] = ensemble.followers
    const sessionId = ensemble.connect(follower).session?.sessionId ?? 0n
    const request = { sessionId, cxid: 7, request: { op: 'malformed', opcode: 1 }, ids: [] } as const
    ensemble.post(leader, { kind: 'Received', from: follower, side: 'learner', packet: { type: 'REQUEST', request } })
    const before = ensemble.server(leader).lastProcessed
    ensemble.run()
    expect(ensemble.server(follower).lastProcessed).toEqual(Z.next(before))
  })

  it('steps down when the counter of its epoch is used up, and serves again in the next (ZOOKEEPER-1277)', () => {
    const ensemble = start()
    const { leader } = ensemble
    const former = metricsOf(ensemble.server(leader)).epoch ?? 0
    const client = ensemble.connect(leader)
    ensemble.alter(leader, (server) => {
      const { role } = server.peer
      if (role.kind !== 'Leading' || role.phase.kind !== 'Broadcasting') throw new Error('not leading')
      const phase = { ...role.phase, lastProposed: Z.zxid(role.phase.epoch, Z.MAX_COUNTER - 1) }
      return { ...server, peer: { ...server.peer, role: { ...role, phase } } }
    })
    expect(client.ask(create('/a'))).toBeUndefined()
    expect(client.isClosed).toBe(true)
    ensemble.advance(20_000)
    expect(metricsOf(ensemble.server(ensemble.leader)).epoch).toBeGreaterThan(former)
    expect(ensemble.connect(ensemble.leader).ask(create('/a'))?.error).toBe(OK)
  })

  it('forgets the syncs of a learner that left: its next connection gets no answer to them', () => {
    const ensemble = start()
    const [follower = 0] = ensemble.followers
    const client = ensemble.connect(follower)
    ensemble.holdsPersisted = true
    client.send(create('/a'))
    client.send(sync)
    ensemble.run()
    expect(metricsOf(ensemble.server(ensemble.leader)).pendingSyncs).toBe(1)
    ensemble.crash(follower)
    expect(metricsOf(ensemble.server(ensemble.leader)).pendingSyncs).toBe(0)
  })

  it('gives every session its full timeout again under a new leader (SESS-2)', () => {
    const ensemble = start()
    const [follower = 0] = ensemble.followers
    const client = ensemble.connect(follower, { timeoutMs: 40_000 })
    client.ask(createEphemeral('/e'))
    ensemble.advance(30_000)
    ensemble.crash(ensemble.leader)
    ensemble.advance(30_000)
    const later = ensemble.connect(follower)
    expect(later.ask(exists('/e'))?.error).toBe(OK)
    ensemble.advance(20_000)
    const last = ensemble.connect(follower)
    expect(last.ask(exists('/e'))?.error).toBe(NONODE)
  })
})

describe('with an observer', () => {
  it('serves reads and writes of its clients like any server', () => {
    const ensemble = Ensemble.started({ participants: 3, observers: 1 })
    expect(metricsOf(ensemble.server(4)).mode).toBe('observer')
    const client = ensemble.connect(4)
    const xids = [create('/a', 'x'), getData('/a'), sync].map((request) => client.send(request))
    ensemble.run()
    expect(xids.map((xid) => client.replyTo(xid)?.error)).toEqual([OK, OK, OK])
    expect(ensemble.connect(1).ask(exists('/a'))?.error).toBe(OK)
  })
})
