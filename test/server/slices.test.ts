/**
 * One client's requests cost bounded time and memory: whatever waits is answered, put back and taken away in slices, is
 * counted whatever its xid, and has a bound at which reading stops or one connection is closed.
 */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as S from '../../src/core/sequence.js'
import * as Z from '../../src/core/zxid.js'
import * as H from '../../src/service/hamt.js'
import type { Request } from '../../src/service/request.js'
import * as W from '../../src/service/watch.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { ServerLimits } from '../../src/server/limits.js'
import { serverLimits } from '../../src/server/limits.js'
import { sizeOf } from '../../src/server/message-size.js'
import { BYTES_A_REQUEST, type Client } from './client.js'
import { Ensemble } from './ensemble.js'
import { broken } from './invariant.js'
import { closeSession, create, exists, getData, ping, setData, sync } from './requests.js'

const started = (limits: Partial<ServerLimits> = {}, globalOutstandingLimit = 1000): Ensemble => {
  const ensemble = Ensemble.started({ participants: 1, limits, globalOutstandingLimit })
  ensemble.honoursPauses = true
  return ensemble
}

/** Answers of a step to what it has read from its own state, in bytes each. */
const readsOf = (effects: readonly ServerEffect[]): readonly number[] =>
  effects.flatMap((effect) =>
    effect.kind === 'ClientSend' && effect.message.kind === 'Reply' && effect.message.body?.op === 'getData'
      ? [sizeOf(effect.message)]
      : [],
  )

/** Steps that answer more reads than a slice has, or more bytes than a slice and its last answer have. */
const excesses = (ensemble: Ensemble, limits: ServerLimits): readonly string[] =>
  ensemble.steps(1).flatMap((effects) => {
    const reads = readsOf(effects)
    const bytes = reads.slice(0, -1).reduce((sum, size) => sum + size, 0)
    return [
      ...(reads.length > limits.answersPerStep ? [`${reads.length} answers`] : []),
      ...(bytes > limits.answerBytesPerStep ? [`${bytes} bytes`] : []),
    ]
  })

const repliesOf = (client: Client): readonly number[] =>
  client.received.flatMap((message) => (message.kind === 'Reply' ? [message.xid] : []))

/** A write, while the disk is slow, and then as many reads of something long. */
const askBehindWrite = (ensemble: Ensemble, reads: number, length: number): Client => {
  const client = ensemble.connect(1)
  client.ask(create('/long', 'x'.repeat(length)))
  ensemble.holdsPersisted = true
  client.send(setData('/long', 'y'.repeat(length)))
  for (let index = 0; index < reads; index += 1) client.send(getData('/long'))
  ensemble.run()
  return client
}

describe('answers behind a write', () => {
  it('come in slices, all of them and in their order, however many and long they are', () => {
    fc.assert(
      fc.property(
        fc.record({
          reads: fc.nat(60),
          length: fc.nat(400),
          slice: fc.integer({ min: 1, max: 9 }),
          bytes: fc.nat(900),
        }),
        ({ reads, length, slice, bytes }) => {
          const limits = { ...serverLimits, answersPerStep: slice, answerBytesPerStep: bytes }
          const ensemble = started(limits)
          const client = askBehindWrite(ensemble, reads, length)
          ensemble.releasePersisted()
          expect(repliesOf(client)).toEqual(Array.from({ length: reads + 2 }, (_, index) => index + 1))
          expect(excesses(ensemble, limits)).toEqual([])
          expect(broken(ensemble.server(1))).toEqual([])
        },
      ),
      { numRuns: 60, seed: 3 },
    )
  })

  it('would be caught coming all at once', () => {
    const unbounded = { answersPerStep: Infinity, answerBytesPerStep: Infinity }
    const ensemble = started(unbounded)
    askBehindWrite(ensemble, 40, 100)
    ensemble.releasePersisted()
    expect(excesses(ensemble, { ...serverLimits, answersPerStep: 9 })).toEqual(['40 answers'])
    expect(excesses(ensemble, { ...serverLimits, answerBytesPerStep: 900 })).toHaveLength(1)
  })

  it('wait until the client has read what it was sent', () => {
    const ensemble = started({ answersPerStep: 4 })
    const client = askBehindWrite(ensemble, 20, 10)
    ensemble.holdsAnswers = true
    ensemble.releasePersisted()
    // The write and three reads; so many of the next as are read meanwhile wait here, the others with the client.
    expect(repliesOf(client)).toEqual([1, 2, 3, 4, 5])
    expect(ensemble.server(1).outstandingRequests).toBe(4)
    expect(client.isPaused).toBe(true)
    ensemble.releaseAnswers()
    expect(repliesOf(client)).toHaveLength(22)
  })

  it('stop by bytes over several writes: a client that never reads is not answered more and more', () => {
    const ensemble = started({ answerBytesPerStep: 500 })
    const client = ensemble.connect(1)
    client.ask(create('/long', 'x'.repeat(300)))
    ensemble.holdsAnswers = true
    for (let round = 0; round < 10; round += 1) {
      client.send(create(`/n${round}`))
      client.send(getData('/long'))
      client.send(getData('/long'))
      ensemble.run()
    }
    const read = ensemble.steps(1).flatMap(readsOf)
    // Two of them use up what may be answered; later ones are answered only before a write of the same client.
    expect(read.length).toBeLessThanOrEqual(20)
    expect(H.get(ensemble.server(1).connections, client.connection)?.answers).toBe('awaiting')
    ensemble.releaseAnswers()
    expect(repliesOf(client)).toHaveLength(31)
  })

  it('show nothing of what the same client writes later (SESS-5)', () => {
    const ensemble = started({ answersPerStep: 4, answerBytesPerStep: 1 })
    const client = ensemble.connect(1)
    client.ask(create('/a', 'zero'))
    ensemble.holdsPersisted = true
    ensemble.holdsAnswers = true
    client.send(setData('/a', 'one'))
    const reads = [client.send(getData('/a')), client.send(getData('/a'))]
    client.send(setData('/a', 'two'))
    ensemble.run()
    ensemble.releasePersisted()
    for (const xid of reads)
      expect(client.replyTo(xid)).toMatchObject({ body: { data: new TextEncoder().encode('one') } })
    expect(repliesOf(client)).toEqual([1, 2, 3, 4, 5])
  })

  it('come before the connection is closed, when closeSession is behind them', () => {
    const ensemble = started({ answersPerStep: 4, answerBytesPerStep: 1 })
    const client = askBehindWrite(ensemble, 3, 10)
    client.send(closeSession)
    ensemble.run()
    ensemble.holdsAnswers = true
    ensemble.releasePersisted()
    expect(repliesOf(client)).toEqual([1, 2, 3, 4, 5, 6])
    expect(client.isClosed).toBe(true)
  })
})

describe('what waits', () => {
  const behindSync = (ensemble: Ensemble, requests: readonly Request[], xid?: number): Client => {
    const client = ensemble.connect(1)
    ensemble.holdsPersisted = true
    client.send(create('/w'))
    client.send(sync)
    for (const request of requests) client.send(request, xid)
    ensemble.run()
    return client
  }
  const paths = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `/p${index}`)
  const setWatches = (existWatches: readonly string[]): Request => ({
    op: 'setWatches',
    relativeZxid: Z.ZERO,
    dataWatches: [],
    existWatches,
    childWatches: [],
  })

  it('is counted whatever its xid, and stops reading at a slice of local requests', () => {
    const ensemble = started({ answersPerStep: 6 })
    const client = behindSync(
      ensemble,
      Array.from({ length: 50 }, () => exists('/w')),
      -8,
    )
    expect(client.isPaused).toBe(true)
    expect(ensemble.server(1).outstandingRequests).toBe(8)
    expect(ensemble.server(1).outstandingBytes).toBe(8 * BYTES_A_REQUEST)
    ensemble.releasePersisted()
    expect(repliesOf(client)).toHaveLength(52)
    expect(client.isPaused).toBe(false)
  })

  it.each<readonly [string, Partial<ServerLimits>]>([
    ['requests of one connection', { pendingRequests: 10 }],
    ['bytes of one connection', { pendingBytes: 10 * BYTES_A_REQUEST }],
    ['bytes of all connections', { outstandingBytes: 10 * BYTES_A_REQUEST - 1 }],
  ])('stops reading at its bound, and closes nobody: %s', (_, limits) => {
    const ensemble = started(limits)
    const client = behindSync(
      ensemble,
      Array.from({ length: 100 }, (__, index) => create(`/n${index}`)),
    )
    expect(client.isPaused).toBe(true)
    expect(ensemble.server(1).outstandingRequests).toBe(10)
    ensemble.releasePersisted()
    expect(client.isClosed).toBe(false)
    expect(repliesOf(client)).toHaveLength(102)
  })

  it('closes who has most when all wait beyond all bounds, with one line, and nobody else', () => {
    const ensemble = started({ outstandingBytesAtMost: 10 * BYTES_A_REQUEST })
    const late = ensemble.connect(1)
    const waiting = behindSync(
      ensemble,
      Array.from({ length: 8 }, (_, index) => create(`/n${index}`)),
    )
    late.send(create('/late'))
    ensemble.run()
    expect(late.isClosed).toBe(false)
    expect(waiting.isClosed).toBe(true)
    expect(ensemble.effects(1).filter((effect) => effect.kind === 'Log' && effect.level === 'warn')).toHaveLength(1)
  })

  it('reads on from a client of which nothing waits, however long others leave their answers unread', () => {
    const ensemble = started({ answerBytesPerStep: 100 }, 10)
    const owner = ensemble.connect(1)
    owner.ask(create('/long', 'x'.repeat(1000)))
    const innocents = [ensemble.connect(1), ensemble.connect(1), ensemble.connect(1)]
    ensemble.holdsAnswers = true
    behindSync(
      ensemble,
      Array.from({ length: 9 }, () => getData('/long')),
    )
    ensemble.holdsPersisted = false
    ensemble.releasePersisted()
    ensemble.run()
    expect(ensemble.server(1).outstandingRequests).toBeGreaterThan(5)
    innocents.forEach((client, index) => client.send(create(`/innocent${index}`)))
    ensemble.run()
    expect(innocents.map((client) => client.isPaused)).toEqual([false, false, false])
  })

  it('stays paused while the whole server is busy, though its own queue has become short', () => {
    const ensemble = started({ pendingRequests: 4 }, 5)
    const other = behindSync(
      ensemble,
      Array.from({ length: 2 }, (_, index) => create(`/n${index}`)),
    )
    const client = behindSync(
      ensemble,
      Array.from({ length: 20 }, (_, index) => create(`/m${index}`)),
    )
    expect([other.isPaused, client.isPaused]).toEqual([true, true])
    ensemble.releasePersisted()
    expect([other.isPaused, client.isPaused]).toEqual([false, false])
    expect(broken(ensemble.server(1))).toEqual([])
    expect(repliesOf(client)).toHaveLength(22)
  })

  describe('watches', () => {
    it('are put back in slices, and the reply comes after all events (SESS-6)', () => {
      const ensemble = started({ watchesPerStep: 5 })
      const client = ensemble.connect(1)
      for (const path of paths(12)) client.ask(create(path))
      const before = client.story.length
      client.send(setWatches(paths(100)), -8)
      const read = client.send(exists('/w'))
      ensemble.run()
      const story = client.story.slice(before)
      expect(story).toEqual([...paths(12).map((path) => `NodeCreated ${path}`), 'reply -8', `reply ${read}`])
      expect(ensemble.server(1).watches.size).toBe(88)
      const told = ensemble
        .steps(1)
        .map(
          (effects) => effects.filter((e) => e.kind === 'ClientSend' && e.message.kind === 'WatchNotification').length,
        )
      expect(Math.max(...told)).toBe(5)
    })

    it('are taken away in slices when their connection leaves, and fire no more', () => {
      const ensemble = started({ watchesPerStep: 10 })
      const client = ensemble.connect(1)
      const other = ensemble.connect(1)
      client.send(setWatches(paths(95)), -8)
      ensemble.run()
      const steps = ensemble.steps(1).length
      client.hangUp()
      expect(ensemble.steps(1).length - steps).toBe(10)
      expect(ensemble.server(1).watches).toEqual(W.empty)
      other.ask(create('/p3'))
      expect(other.story).toEqual(['connected', 'reply 1'])
    })

    it('are taken away as fast as others come in their place', () => {
      const ensemble = started({ watchesPerStep: 1000 })
      const leaving = ensemble.connect(1)
      leaving.send(setWatches(paths(1500)), -8)
      ensemble.run()
      ensemble.alter(1, (server) => ({ ...server, watches: W.leave(server.watches, leaving.connection) }))
      const client = ensemble.connect(1)
      client.send(setWatches(paths(800)), -8)
      ensemble.run()
      expect(W.isSwept(ensemble.server(1).watches)).toBe(true)
      expect(ensemble.server(1).watches.size).toBe(800)
    })

    it('close the connection that has too many, with one line, and nobody else', () => {
      const ensemble = started({ watchBytesPerConnection: W.costOf({ size: 50, pathLength: 200 }) })
      const modest = ensemble.connect(1)
      modest.send(setWatches(paths(20)), -8)
      const greedy = ensemble.connect(1)
      for (const path of paths(100)) greedy.send(exists(path, true))
      ensemble.run()
      expect([modest.isClosed, greedy.isClosed]).toEqual([false, true])
      expect(ensemble.server(1).watches.size).toBe(20)
      expect(ensemble.effects(1).filter((effect) => effect.kind === 'Log' && effect.level === 'warn')).toHaveLength(1)
    })

    it('close the connection that has most, when there are too many in all', () => {
      const ensemble = started({ watchBytes: W.costOf({ size: 100, pathLength: 400 }) })
      const largest = ensemble.connect(1)
      largest.send(setWatches(paths(70)), -8)
      const others = Array.from({ length: 4 }, () => ensemble.connect(1))
      for (const other of others) other.send(setWatches(paths(20)), -8)
      ensemble.run()
      expect(largest.isClosed).toBe(true)
      expect(others.map(({ isClosed }) => isClosed)).toEqual([false, false, false, false])
      expect(ensemble.server(1).watches.size).toBe(80)
    })
  })

  it('is forgotten with its connection', () => {
    const ensemble = started()
    const client = behindSync(ensemble, [exists('/a', true), ping])
    client.hangUp()
    const { outstandingRequests, outstandingBytes, connections } = ensemble.server(1)
    expect([outstandingRequests, outstandingBytes, connections.size]).toEqual([0, 0, 0])
    expect(S.isEmpty(ensemble.server(1).paused)).toBe(true)
  })
})
