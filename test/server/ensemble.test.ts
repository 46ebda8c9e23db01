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

  it('tells nobody of a node that he may not read, and uses up the watch (CVE-2024-23944)', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    client.ask(exists('/secret', true))
    client.ask(exists('/open', true))
    const acl = [{ permissions: 30, id: { scheme: 'world', id: 'anyone' } }]
    client.ask({ ...create('/secret'), acl })
    client.ask(remove('/secret'))
    client.ask(create('/secret'))
    client.ask(create('/open'))
    expect(client.story.filter((message) => message.startsWith('Node'))).toEqual(['NodeCreated /open'])
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

  it('lets a client come back to its session, with its password only (SESS-4)', () => {
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

  it('counts the beginning of its epoch as seen', () => {
    const ensemble = start()
    const { epoch = 0 } = metricsOf(ensemble.server(1))
    expect(epoch).toBeGreaterThan(0)
    expect(metricsOf(ensemble.server(participants)).lastZxid).toEqual(Z.newLeaderZxid(epoch))
    expect(ensemble.connect(1, { lastZxidSeen: Z.newLeaderZxid(epoch) }).story).toEqual(['connected'])
    expect(ensemble.connect(1, { lastZxidSeen: Z.newLeaderZxid(epoch + 1) }).story).toEqual([])
  })

  it('hears nothing more from a session once it closes', () => {
    const ensemble = start()
    const client = ensemble.connect(participants)
    const xids = [create('/a'), closeSession, create('/late'), getData('/a')].map((request) => client.send(request))
    ensemble.run()
    expect(client.story).toEqual(['connected', `reply ${xids[0]}`, `reply ${xids[1]}`])
    expect(client.isClosed).toBe(true)
    expect(ensemble.connect(1).ask(exists('/late'))?.error).toBe(NONODE)
    expect(metricsOf(ensemble.server(participants)).outstandingRequests).toBe(0)
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

  it('asks for a snapshot once enough has been delivered, of the state up to then (SM-2)', () => {
    const ensemble = Ensemble.started({ participants, snapCount: 10 })
    const client = ensemble.connect(1)
    for (let index = 0; index < 30; index += 1) client.ask(create(`/n${index}`))
    const snapshots = ensemble.effects(1).filter((effect) => effect.kind === 'SaveSnapshot')
    expect(snapshots.length).toBeGreaterThanOrEqual(3)
    expect(snapshots.length).toBeLessThanOrEqual(6)
    for (const { zxid, database } of snapshots) expect(database.lastProcessed).toEqual(zxid)
  })

  it('keeps all replicas equal (SM-1, SM-5)', () => {
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
