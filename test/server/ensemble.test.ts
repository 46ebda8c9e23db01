/** Whole servers together: what clients are promised, on one server and on three. */
import { describe, expect, it } from 'vitest'
import * as Z from '../../src/core/zxid.js'
import { errorCode } from '../../src/service/error.js'
import { metricsOf } from '../../src/server/metrics.js'
import { Ensemble } from './ensemble.js'
import {
  bytes,
  closeSession,
  create,
  createEphemeral,
  exists,
  getData,
  ping,
  remove,
  setData,
  sync,
} from './requests.js'

const { OK, NODEEXISTS, NONODE, BADVERSION, MARSHALLINGERROR, UNIMPLEMENTED, AUTHFAILED } = errorCode

describe.each([1, 3])('with %i servers', (participants) => {
  const start = (): Ensemble => Ensemble.started({ participants })

  it('establishes one leader, and everybody else follows it', () => {
    const ensemble = start()
    expect(metricsOf(ensemble.server(ensemble.leader)).mode).toBe('leader')
    expect(ensemble.followers).toHaveLength(participants - 1)
  })

  it('shows a node created through one server to a client of another after sync', () => {
    const ensemble = start()
    const writer = ensemble.connect(1)
    const reader = ensemble.connect(participants)
    expect(writer.ask(create('/a', 'one'))).toMatchObject({ error: OK, body: { op: 'create', path: '/a' } })
    expect(reader.ask(sync)).toMatchObject({ error: OK, body: { op: 'sync', path: '/' } })
    expect(reader.ask(getData('/a'))).toMatchObject({ error: OK, body: { op: 'getData', data: bytes('one') } })
  })

  it('answers pipelined requests in their order, each read after the writes before it (FWD-2)', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    const first = client.send(create('/a', 'one'))
    const read = client.send(getData('/a'))
    client.send(setData('/a', 'two'))
    client.send(sync)
    const last = client.send(getData('/a'))
    ensemble.run()
    expect(client.story.slice(1)).toEqual([0, 1, 2, 3, 4].map((offset) => `reply ${first + offset}`))
    expect(client.replyTo(read)).toMatchObject({ body: { data: bytes('one'), stat: { version: 0 } } })
    expect(client.replyTo(last)).toMatchObject({ body: { data: bytes('two'), stat: { version: 1 } } })
    expect(metricsOf(ensemble.server(1)).outstandingRequests).toBe(0)
  })

  it('prepares each write against all writes before it, committed or not (SM-1)', () => {
    const ensemble = start()
    const client = ensemble.connect(participants)
    const replies = [create('/a'), create('/a/b'), create('/a'), setData('/a', 'x', 0), setData('/a', 'y', 0)]
      .map((request) => client.send(request))
      .map((xid) => () => client.replyTo(xid)?.error)
    ensemble.run()
    expect(replies.map((error) => error())).toEqual([OK, OK, NODEEXISTS, OK, BADVERSION])
  })

  it('gives every write, failed ones too, its own zxid, and each reply the zxid it reflects', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    const zxids = [create('/a'), create('/a'), remove('/none'), create('/b')].map(
      (request) => client.ask(request)?.zxid,
    )
    const counters = zxids.map((zxid) => zxid?.counter ?? 0)
    expect(counters).toEqual([0, 1, 2, 3].map((offset) => (counters[0] ?? 0) + offset))
    expect(client.ask(exists('/b'))?.zxid).toEqual(zxids.at(-1))
  })

  it('sends the watch event before the reply of the write that caused it (SESS-6)', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    const other = ensemble.connect(participants)
    client.ask(exists('/a', true))
    other.ask(exists('/a', true))
    client.ask(create('/a'))
    expect(client.story).toEqual(['connected', 'reply 1', 'NodeCreated /a', 'reply 2'])
    expect(other.story).toEqual(['connected', 'reply 1', 'NodeCreated /a'])
    client.ask(setData('/a', 'x'))
    expect(other.story).toHaveLength(3)
  })

  it('puts watches back, after telling what was missed', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    const relativeZxid = client.ask(create('/a'))?.zxid ?? Z.ZERO
    client.ask(create('/b'))
    client.ask(setData('/a', 'x'))
    client.send(
      { op: 'setWatches', relativeZxid, dataWatches: ['/a', '/b'], existWatches: ['/b', '/c'], childWatches: [] },
      -8,
    )
    ensemble.run()
    expect(client.story.at(-1)).toBe('reply -8')
    expect(client.story).toContain('NodeDataChanged /a')
    expect(client.story).toContain('NodeCreated /b')
    client.ask(create('/c'))
    expect(client.story.at(-2)).toBe('NodeCreated /c')
  })

  it('applies a multi whole or not at all', () => {
    const ensemble = start()
    const client = ensemble.connect(participants)
    const good = client.ask({ op: 'multi', operations: [create('/a'), create('/a/b'), setData('/a', 'x')] })
    expect(good).toMatchObject({
      error: OK,
      body: { op: 'multi', results: [{ op: 'create' }, { op: 'create' }, { op: 'setData' }] },
    })
    const bad = client.ask({ op: 'multi', operations: [create('/c'), remove('/none')] })
    expect(bad).toMatchObject({
      error: OK,
      body: {
        results: [
          { op: 'error', error: OK },
          { op: 'error', error: NONODE },
        ],
      },
    })
    expect(client.ask(exists('/c'))?.error).toBe(NONODE)
  })

  it('removes the ephemerals of a session that closes, answers it, and closes its connection (SESS-1)', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    const other = ensemble.connect(participants)
    client.ask(createEphemeral('/e'))
    other.ask(exists('/e', true))
    expect(client.ask(closeSession)).toMatchObject({ error: OK, body: undefined })
    expect(client.isClosed).toBe(true)
    expect(other.story.at(-1)).toBe('NodeDeleted /e')
    expect(metricsOf(ensemble.server(1)).globalSessions).toBe(1)
  })

  it('expires the session of a silent client, and of no other (SESS-2)', () => {
    const ensemble = start()
    const silent = ensemble.connect(1, { timeoutMs: 4000 })
    const lively = ensemble.connect(1, { timeoutMs: 4000 })
    silent.ask(createEphemeral('/silent'))
    lively.ask(createEphemeral('/lively'))
    for (let second = 0; second < 12; second += 1) {
      ensemble.advance(1000)
      lively.send(ping, -2)
      ensemble.run()
    }
    expect(silent.isClosed).toBe(true)
    expect(lively.isClosed).toBe(false)
    expect(lively.ask(exists('/silent'))?.error).toBe(NONODE)
    expect(lively.ask(exists('/lively'))?.error).toBe(OK)
  })

  it('lets a client come back to its session, with its password only', () => {
    const ensemble = start()
    const first = ensemble.connect(1)
    const session = first.session
    if (session === undefined) throw new Error('no session')
    const again = ensemble.connect(1, { former: session })
    expect(first.isClosed).toBe(true)
    expect(again.session).toMatchObject({ sessionId: session.sessionId, timeoutMs: session.timeoutMs })
    const thief = ensemble.connect(1, { former: { ...session, password: new Uint8Array(16) } })
    expect(again.isClosed).toBe(true)
    expect(thief.session).toMatchObject({ timeoutMs: 0, sessionId: 0n, password: new Uint8Array(16), readOnly: false })
    expect(thief.isClosed).toBe(true)
  })

  it('refuses a session that nobody knows', () => {
    const ensemble = start()
    const session = ensemble.connect(1).session
    if (session === undefined) throw new Error('no session')
    const client = ensemble.connect(1)
    client.ask(closeSession)
    const closed = client.session
    expect(closed?.sessionId).not.toBe(session.sessionId)
    const again = ensemble.connect(participants, { ...(closed === undefined ? {} : { former: closed }) })
    expect(again.story).toEqual(['rejected'])
    expect(again.isClosed).toBe(true)
  })

  it('turns away a client that has seen more than the server, without a word (SESS-3)', () => {
    const ensemble = start()
    const seen = ensemble.connect(1).ask(create('/a'))?.zxid ?? Z.ZERO
    expect(ensemble.connect(1, { lastZxidSeen: seen }).story).toEqual(['connected'])
    const ahead = ensemble.connect(1, { lastZxidSeen: Z.zxid(seen.epoch, seen.counter + 100) })
    expect(ahead.story).toEqual([])
    expect(ahead.isClosed).toBe(true)
  })

  it('answers what it cannot understand: malformed, unknown, unauthenticated', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    const before = ensemble.server(1).lastProcessed
    expect(client.ask({ op: 'malformed', opcode: 1 })).toMatchObject({ error: MARSHALLINGERROR, zxid: before })
    expect(client.isClosed).toBe(false)
    expect(client.ask({ op: 'unimplemented', opcode: 99 })).toMatchObject({ error: UNIMPLEMENTED, zxid: Z.UNTRUSTED })
    expect(client.isClosed).toBe(true)
    const other = ensemble.connect(1)
    other.send({ op: 'auth', scheme: 'magic', auth: bytes('x') }, -4)
    ensemble.run()
    expect(other.replyTo(-4)).toMatchObject({ error: AUTHFAILED })
    expect(other.isClosed).toBe(true)
  })

  it('stops reading from busy clients above the limit, and reads on below half of it', () => {
    const ensemble = Ensemble.started({ participants, globalOutstandingLimit: 8 })
    const busy = ensemble.connect(1)
    const idle = ensemble.connect(1)
    ensemble.holdsPersisted = true
    const xids = Array.from({ length: 12 }, (_, index) => busy.send(create(`/n${index}`)))
    ensemble.run()
    expect(busy.isPaused).toBe(true)
    expect(idle.isPaused).toBe(false)
    expect(metricsOf(ensemble.server(1)).outstandingRequests).toBe(12)
    expect(idle.ask(exists('/'))?.error).toBe(OK)
    ensemble.releasePersisted()
    expect(busy.isPaused).toBe(false)
    expect(xids.map((xid) => busy.replyTo(xid)?.error)).toEqual(xids.map(() => OK))
  })

  it('reads on from the others when a busy client goes away', () => {
    const ensemble = Ensemble.started({ participants, globalOutstandingLimit: 4 })
    const busy = ensemble.connect(1)
    const other = ensemble.connect(1)
    ensemble.holdsPersisted = true
    for (let index = 0; index < 8; index += 1) busy.send(create(`/n${index}`))
    other.send(create('/other'))
    ensemble.run()
    expect(other.isPaused).toBe(true)
    busy.hangUp()
    expect(other.isPaused).toBe(false)
    expect(metricsOf(ensemble.server(1)).outstandingRequests).toBe(1)
  })

  it('says what it is, and in which phase', () => {
    const ensemble = start()
    const { leader, followers } = ensemble
    expect(metricsOf(ensemble.server(leader))).toMatchObject({ peerState: 'leading - broadcast', connections: 0 })
    for (const id of followers) expect(metricsOf(ensemble.server(id)).peerState).toBe('following - broadcast')
    ensemble.connect(leader).ask(createEphemeral('/e'))
    expect(metricsOf(ensemble.server(leader))).toMatchObject({ connections: 1, globalSessions: 1, ephemeralCount: 1 })
    expect(metricsOf(new Ensemble({ participants }).server(1))).toMatchObject({ mode: 'not serving', epoch: undefined })
  })

  it('asks for a snapshot once enough has been delivered, of the state up to then', () => {
    const ensemble = Ensemble.started({ participants, snapCount: 10 })
    const client = ensemble.connect(1)
    for (let index = 0; index < 30; index += 1) client.ask(create(`/n${index}`))
    const snapshots = ensemble.effects(1).filter((effect) => effect.kind === 'SaveSnapshot')
    expect(snapshots.length).toBeGreaterThanOrEqual(3)
    expect(snapshots.length).toBeLessThanOrEqual(6)
    for (const { zxid, database } of snapshots) expect(database.lastProcessed).toEqual(zxid)
  })

  it('keeps all replicas equal', () => {
    const ensemble = start()
    const clients = Array.from({ length: participants }, (_, index) => ensemble.connect(index + 1))
    for (let index = 0; index < 40; index += 1) clients[index % participants]?.send(create(`/n${index % 25}`))
    ensemble.run()
    for (let id = 1; id <= participants; id += 1) {
      expect(metricsOf(ensemble.server(id)).digestMismatches).toBe(0)
      expect(ensemble.server(id).lastProcessed).toEqual(ensemble.server(1).lastProcessed)
    }
  })
})

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

  it('keeps the order of a pipeline of writes and syncs that commit together', () => {
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
