/** Random clients against real servers, and random events against one server: order, monotony, totality. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as S from '../../src/core/sequence.js'
import * as Z from '../../src/core/zxid.js'
import * as D from '../../src/service/database.js'
import * as H from '../../src/service/hamt.js'
import type { ClientMessage } from '../../src/service/response.js'
import type { ServerEvent } from '../../src/server/event.js'
import type { Packet } from '../../src/server/packet.js'
import { step } from '../../src/server/server.js'
import type { Server } from '../../src/server/server.js'
import type { ServerLimits } from '../../src/server/limits.js'
import { Ensemble } from './ensemble.js'
import { broken } from './invariant.js'
import { bytes, closeSession, create, exists, getData, ping, remove, setData, sync } from './requests.js'

/** What a client may find wrong with its connection: replies out of order, zxids that go back, its own write unseen. */
const complaints = (messages: readonly ClientMessage[], sent: ReadonlyMap<number, number>): readonly string[] => {
  const replies = messages.flatMap((message) => (message.kind === 'Reply' ? [message] : []))
  return replies.flatMap(({ xid, zxid, body }, index) => {
    const former = replies[index - 1]
    const expected = sent.get(xid)
    const seen = body?.op === 'getData' ? new TextDecoder().decode(body.data ?? new Uint8Array(0)) : undefined
    return [
      ...(former !== undefined && xid !== former.xid + 1 ? [`${xid} after ${former.xid}`] : []),
      ...(former !== undefined && Z.isBefore(zxid, former.zxid) ? [`zxid of ${xid} went back`] : []),
      ...(seen !== undefined && seen !== String(expected) ? [`${xid} read ${seen}, not ${expected}`] : []),
    ]
  })
}

const action = fc.record({
  client: fc.nat(4),
  what: fc.constantFrom('write', 'write', 'read', 'read', 'sync', 'other'),
  pause: fc.nat(12),
})

/** Runs the actions on five clients of three servers; each client writes and reads a node of its own. */
const play = (
  actions: readonly { readonly client: number; readonly what: string; readonly pause: number }[],
  limits: Partial<ServerLimits> = {},
) => {
  const ensemble = Ensemble.started({ participants: 3, globalOutstandingLimit: 6, limits })
  ensemble.honoursPauses = true
  const players = [1, 2, 3, 1, 2].map((server, index) => {
    const client = ensemble.connect(server)
    client.ask(create(`/own${index}`, '0'))
    return { client, path: `/own${index}`, written: 0, sent: new Map<number, number>() }
  })
  for (const { client, what, pause } of actions) {
    const player = players[client]
    if (player === undefined) continue
    switch (what) {
      case 'write':
        player.written += 1
        player.client.send(setData(player.path, String(player.written)))
        break
      case 'read':
        player.sent.set(player.client.send(getData(player.path)), player.written)
        break
      case 'sync':
        player.client.send(sync)
        break
      case 'stop':
        // Nobody reads answers for a while.
        ensemble.holdsAnswers = true
        break
      case 'read on':
        ensemble.releaseAnswers()
        break
      default:
        player.client.send(create('/shared'))
    }
    ensemble.runSome(pause)
  }
  ensemble.run()
  ensemble.releaseAnswers()
  return { ensemble, players }
}

describe('random pipelines', () => {
  it('are answered in order, with zxids that grow, and show each client its own writes', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const { ensemble, players } = play(actions)
        for (const { client, sent } of players) {
          expect(client.isClosed).toBe(false)
          expect(client.isPaused).toBe(false)
          expect(complaints(client.received, sent)).toEqual([])
        }
        for (const id of [1, 2, 3]) {
          expect(broken(ensemble.server(id))).toEqual([])
          expect(ensemble.server(id).outstandingRequests).toBe(0)
          expect(D.digestOf(ensemble.server(id).database)).toBe(D.digestOf(ensemble.server(1).database))
        }
      }),
      { numRuns: 40, seed: 7 },
    )
  })

  it('are answered so too where answers leave in the smallest slices, and clients stop reading in between', () => {
    const slow = fc.record({
      client: fc.nat(1),
      what: fc.constantFrom('write', 'write', 'read', 'read', 'read', 'sync', 'stop', 'read on'),
      pause: fc.constantFrom(0, 0, 0, 3, 30),
    })
    fc.assert(
      fc.property(fc.array(slow, { maxLength: 80 }), fc.integer({ min: 1, max: 3 }), (actions, answersPerStep) => {
        const { ensemble, players } = play(actions, { answersPerStep, answerBytesPerStep: 100 })
        for (const { client, sent } of players) {
          expect(client.isClosed).toBe(false)
          expect(client.isPaused).toBe(false)
          expect(complaints(client.received, sent)).toEqual([])
        }
        for (const id of [1, 2, 3]) {
          expect(broken(ensemble.server(id))).toEqual([])
          expect(ensemble.server(id).outstandingRequests).toBe(0)
        }
      }),
      { numRuns: 60, seed: 5 },
    )
  })

  it('would not pass with two replies exchanged, a stale zxid or a lost write', () => {
    const { players } = play(
      [0, 1, 2].flatMap(() => [
        { client: 0, what: 'write', pause: 0 },
        { client: 0, what: 'read', pause: 3 },
      ]),
    )
    const [player] = players
    if (player === undefined) throw new Error('no player')
    const { received } = player.client
    const exchanged = [...received.slice(0, 3), ...received.slice(3, 5).reverse(), ...received.slice(5)]
    const stale = received.map((message, index) => (index === 5 ? { ...message, zxid: Z.ZERO } : message))
    expect(complaints(received, player.sent)).toEqual([])
    expect(complaints(exchanged, player.sent)).not.toEqual([])
    expect(complaints(stale, player.sent)).not.toEqual([])
    expect(complaints(received, new Map([...player.sent].map(([xid, value]) => [xid, value + 1])))).not.toEqual([])
  })
})

// --- totality

const sessions = fc.constantFrom(0n, 1n, 0x0100000000010000n, 0x0200000000010000n, 0x0300000000010000n)
const zxid = fc.record({ epoch: fc.integer({ min: -1, max: 3 }), counter: fc.nat(5) })
const peer = fc.integer({ min: 0, max: 4 })
const side = fc.constantFrom('leader' as const, 'learner' as const)
const request = fc.constantFrom(
  create('/a'),
  setData('/a', 'x'),
  remove('/a'),
  getData('/a', true),
  exists('/b', true),
  sync,
  ping,
  closeSession,
  { op: 'createSession', timeoutMs: 4000 } as const,
  { op: 'malformed', opcode: 1 } as const,
  { op: 'unimplemented', opcode: 99 } as const,
  { op: 'auth', scheme: 'x', auth: bytes('') } as const,
  { op: 'multi', operations: [create('/m'), remove('/a')] } as const,
  {
    op: 'setWatches',
    relativeZxid: Z.ZERO,
    dataWatches: ['/a', ''],
    existWatches: ['b'],
    childWatches: ['/'],
  } as const,
)

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc
    .record({ sessionId: sessions, cxid: fc.integer({ min: -9, max: 9 }), request, ids: fc.constant([]) })
    .map((forwarded): Packet => ({ type: 'REQUEST', request: forwarded })),
  sessions.map((sessionId): Packet => ({ type: 'REVALIDATE', sessionId, timeoutMs: 5000 })),
  fc.tuple(sessions, fc.boolean()).map(([sessionId, valid]): Packet => ({ type: 'REVALIDATED', sessionId, valid })),
  fc.constant<Packet>({ type: 'SYNC' }),
  fc.constant<Packet>({ type: 'UPTODATE' }),
  fc.tuple(zxid, sessions).map(([at, id]): Packet => ({ type: 'PING', zxid: at, touched: [{ id, timeoutMs: 4000 }] })),
  zxid.map((at): Packet => ({ type: 'SNAP', zxid: at, image: D.empty })),
  fc
    .tuple(fc.constantFrom('DIFF' as const, 'TRUNC' as const, 'COMMIT' as const, 'ACK' as const), zxid)
    .map(([type, at]): Packet => ({ type, zxid: at })),
  fc
    .tuple(fc.constantFrom('LEADERINFO' as const, 'NEWLEADER' as const), fc.nat(3))
    .map(([type, epoch]): Packet => ({ type, epoch })),
)

const connection = fc.integer({ min: 1, max: 8 })

const event: fc.Arbitrary<ServerEvent> = fc.oneof(
  connection.map((id): ServerEvent => ({ kind: 'ClientOpened', connection: id, address: '127.0.0.1' })),
  fc.tuple(connection, sessions, zxid).map(
    ([id, sessionId, lastZxidSeen]): ServerEvent => ({
      kind: 'ClientConnect',
      connection: id,
      request: {
        protocolVersion: 0,
        lastZxidSeen,
        timeoutMs: 5000,
        sessionId,
        password: new Uint8Array(16),
        readOnly: undefined,
      },
    }),
  ),
  {
    weight: 4,
    arbitrary: fc.tuple(connection, fc.integer({ min: -9, max: 9 }), request).map(
      ([id, xid, asked]): ServerEvent => ({
        kind: 'ClientRequested',
        connection: id,
        request: { xid, request: asked },
        bytes: 100,
      }),
    ),
  },
  connection.map((id): ServerEvent => ({ kind: 'ClientClosed', connection: id })),
  {
    weight: 3,
    arbitrary: fc
      .tuple(peer, side, packet)
      .map(([from, on, sent]): ServerEvent => ({ kind: 'Received', from, side: on, packet: sent })),
  },
  fc
    .tuple(fc.constantFrom('Connected' as const, 'Disconnected' as const), peer, side)
    .map(([kind, from, on]): ServerEvent => ({ kind, from, side: on })),
  fc
    .constantFrom('session.expiry' as const, 'liveness' as const, 'leader.ping' as const, 'phase.limit' as const)
    .map((timer): ServerEvent => ({ kind: 'TimerFired', timer })),
  fc.nat(60).map((token): ServerEvent => ({ kind: 'Persisted', token })),
)

describe('one server, whatever comes', () => {
  const ensemble = Ensemble.started({ participants: 3 })
  for (const id of [1, 2, 3]) ensemble.connect(id).ask(create(`/c${id}`))

  it.each([1, 2, 3])('never throws and keeps its invariants: server %i', (id) => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        let server = ensemble.server(id)
        let monotonicMs = ensemble.nowMs
        for (const next of events) {
          monotonicMs += 500
          server = step(ensemble.configuration(id), server, next, { wallMs: monotonicMs, monotonicMs }).server
          expect(broken(server)).toEqual([])
        }
      }),
      { numRuns: 40, seed: 11 },
    )
  })

  it('would be caught breaking each invariant', () => {
    const server = ensemble.server(1)
    const [first] = [...H.entries(server.connections)]
    if (first === undefined) throw new Error('no connection')
    const [id, open] = first
    const done = { xid: 1, request: getData('/a'), outcome: undefined, bytes: 0 }
    const changed = (change: Partial<typeof open>): Server => ({
      ...server,
      connections: H.set(server.connections, id, { ...open, ...change }),
    })
    const faulty: readonly Server[] = [
      { ...server, outstandingRequests: 1 },
      { ...changed({ pending: S.fromArray([done]) }), outstandingRequests: 1 },
      { ...server, connections: H.empty() },
      { ...server, connectionOf: H.empty() },
      { ...server, service: { kind: 'NotServing' } },
      { ...server, service: { kind: 'Leader', epoch: 1 }, leadership: undefined },
      changed({ reading: 'busy' }),
      changed({ reading: 'full' }),
      { ...server, outstandingBytes: 1 },
      changed({ pendingBytes: 1 }),
    ]
    for (const each of faulty) expect(broken(each)).not.toEqual([])
    expect(broken(server)).toEqual([])
  })
})
