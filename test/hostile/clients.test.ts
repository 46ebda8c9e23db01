// What one client can send costs a bounded share of a server: of each step, of its memory, of its tables. Real sockets, one
// server in this process; counted in answers and bytes, never in time.
import { afterEach, describe, expect, it } from 'vitest'
import { zxid } from '../../src/core/zxid.js'
import { OPEN } from '../../src/service/acl.js'
import type { Request } from '../../src/service/request.js'
import * as W from '../../src/service/watch.js'
import { type ServerLimits, serverLimits } from '../../src/server/limits.js'
import { limits } from '../../src/shell/server/limits.js'
import { type ClientServer, RawClient, startClientServer } from './support/client-server.js'

const MIB = 1 << 20
const MEGABYTE = 1_000_000
const big = { op: 'setData', path: '/big', data: new Uint8Array(MEGABYTE), version: -1 } as const
const readBig: Request = { op: 'getData', path: '/big', watch: false }
const closeSession: Request = { op: 'closeSession' }
const create = (path: string, data = new Uint8Array(0)): Request => ({ op: 'create', path, data, acl: OPEN, flags: 0 })
const times = <A>(count: number, value: A): readonly A[] => Array.from({ length: count }, () => value)

const servers: ClientServer[] = []
const clients: RawClient[] = []

const start = async (change: Partial<ServerLimits> = {}): Promise<ClientServer> => {
  const server = await startClientServer(change)
  servers.push(server)
  const first = await open(server)
  first.ask([create('/big', new Uint8Array(MEGABYTE))])
  await first.hears(1)
  return server
}

const open = async (server: ClientServer): Promise<RawClient> => {
  const client = await RawClient.open(server.port)
  clients.push(client)
  return client
}

afterEach(() => {
  for (const { socket } of clients.splice(0)) socket.destroy()
  for (const { stop } of servers.splice(0)) stop()
})

/** What a step may answer: a slice, and the answer that filled it. */
const SLICE_BYTES = serverLimits.answerBytesPerStep + MEGABYTE + MIB
/** What may wait for one client: what its socket has not taken, and what stands before a write of its own. */
const OUTPUT_BYTES = limits.clientOutputPauseBytes + 4 * MIB

describe('a write and what is read behind it', () => {
  it.each([
    [70, MEGABYTE],
    [900, MEGABYTE],
    [9000, 100_000],
  ])('%i reads of %i bytes: all are answered, a slice at a time', async (reads, length) => {
    const server = await start()
    const client = await open(server)
    client.ask([{ ...big, data: new Uint8Array(length) }, ...times(reads, readBig)])
    await client.hears(reads + 1)
    expect(client.frames).toBe(reads + 1)
    expect(client.bytes).toBeGreaterThan(reads * length)
    expect(server.counters.mostBytes).toBeLessThan(SLICE_BYTES)
    expect(server.counters.mostAnswers).toBeLessThanOrEqual(serverLimits.answersPerStep)
    expect(server.counters.mostOutput).toBeLessThan(OUTPUT_BYTES)
    expect(server.warnings.waiting).toEqual([])
  })

  it('is all answered before the connection is closed', async () => {
    const server = await start()
    const client = await open(server)
    client.ask([big, ...times(70, readBig), closeSession])
    await client.end()
    expect(client.frames).toBe(72)
    expect(server.warnings.waiting).toEqual([])
  })

  it('would be seen if it were answered in one step', async () => {
    const server = await start({ answersPerStep: Infinity, answerBytesPerStep: Infinity })
    const client = await open(server)
    client.ask([big, ...times(70, readBig)])
    await client.hears(71)
    expect(server.counters.mostBytes).toBeGreaterThan(SLICE_BYTES)
  })
})

describe('a client that reads nothing', () => {
  it('costs what it may leave unread, while ten others work', async () => {
    const server = await start()
    const deaf = await open(server)
    deaf.socket.pause()
    deaf.ask([big, ...times(2000, readBig)])
    const others = await Promise.all(times(10, server).map(open))
    for (let round = 0; round < 20; round += 1) {
      for (const [index, other] of others.entries())
        other.ask([create(`/c${index}-${round}`), { op: 'exists', path: '/big', watch: false }])
      await Promise.all(others.map((other) => other.hears(2 * round + 2)))
    }
    expect(others.map(({ frames }) => frames)).toEqual(times(10, 40))
    expect(server.counters.mostOutput).toBeLessThan(OUTPUT_BYTES)
    expect(deaf.isClosed).toBe(false)
  })

  it('is not answered more for writing again and again', async () => {
    const server = await start()
    const deaf = await open(server)
    deaf.socket.pause()
    deaf.ask(times(100, [{ ...big, data: new Uint8Array(10) }, readBig, readBig]).flat())
    const other = await open(server)
    other.ask(times(200, { op: 'exists', path: '/big', watch: false }))
    await other.hears(200)
    expect(server.counters.mostAnswers).toBeLessThanOrEqual(serverLimits.answersPerStep + 1)
    expect(server.server().outstandingRequests).toBeLessThanOrEqual(1000 + serverLimits.answersPerStep)
  })
})

describe('input that does not end', () => {
  /** A prefix that promises much, and a part of it. */
  const unfinished = (promised: number, sent: number): Uint8Array => {
    const bytes = new Uint8Array(4 + sent)
    new DataView(bytes.buffer).setInt32(0, promised)
    return bytes
  }

  it('is bounded over all connections: the one with most of it goes, the others stay', async () => {
    const server = await start()
    const part = 1_000_000
    const count = Math.floor(limits.clientsInputBytes / part) + 3
    const greedy = await Promise.all(times(count, server).map(open))
    for (const { socket } of greedy) socket.write(unfinished(1_040_000, part))
    await server.warnings.next()
    const other = await open(server)
    other.ask([{ op: 'exists', path: '/big', watch: false }])
    await other.hears(1)
    expect(server.counters.mostInput).toBeLessThanOrEqual(limits.clientsInputBytes)
    expect(greedy.filter(({ isClosed }) => isClosed).length).toBeLessThanOrEqual(3)
  })

  it('is refused at once before there is a session', async () => {
    const server = await start()
    const stranger = await RawClient.connect(server.port)
    stranger.socket.write(unfinished(1_000_000, 10))
    await stranger.end()
    expect(await server.warnings.next()).toMatch(/TooLong: frame length/)
  })
})

describe('watches', () => {
  const setWatches = (from: number, count: number): Request => ({
    op: 'setWatches',
    relativeZxid: zxid(0x7fffffff, 0),
    dataWatches: [],
    existWatches: Array.from({ length: count }, (_, index) => `/w${from + index}`),
    childWatches: [],
  })

  it('are put back and taken away, many of them, and nobody waits for that', async () => {
    const server = await start()
    const client = await open(server)
    client.ask([setWatches(0, 60_000)], -8)
    const other = await open(server)
    other.ask([{ op: 'exists', path: '/big', watch: false }])
    await client.hears(1)
    await other.hears(1)
    expect(server.server().watches.size).toBe(60_000)
    client.socket.destroy()
    // As long as there is something left, others are heard in between.
    for (let round = 2; !W.isSwept(server.server().watches) || server.server().watches.size > 0; round += 1) {
      other.ask([{ op: 'exists', path: '/big', watch: false }])
      await other.hears(round)
    }
    expect(server.server().watches).toEqual(W.empty)
    expect(server.warnings.waiting).toEqual([])
  })

  it('have a bound a connection: it is closed with one line, others keep theirs', async () => {
    const server = await start({ watchBytesPerConnection: W.costOf({ size: 5000, pathLength: 30_000 }) })
    const modest = await open(server)
    modest.ask([setWatches(0, 1000)], -8)
    await modest.hears(1)
    const greedy = await open(server)
    greedy.ask([setWatches(1000, 20_000)], -8)
    await greedy.end()
    expect(await server.warnings.next()).toMatch(/watches/)
    expect(server.warnings.waiting).toEqual([])
    expect(server.server().watches.size).toBe(1000)
    modest.ask([create('/w1')], 1)
    await modest.hears(3)
    expect(modest.frames).toBe(3)
  })
})
