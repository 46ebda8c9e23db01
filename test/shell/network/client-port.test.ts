// The client port by itself: back-pressure in both directions, and what is told to the server.
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, expect, it } from 'vitest'
import type { ServerEvent } from '../../../src/server/event.js'
import type { Request } from '../../../src/service/request.js'
import type { ClientMessage } from '../../../src/service/response.js'
import { UNTRUSTED } from '../../../src/core/zxid.js'
import { type ClientPort, makeClientPort } from '../../../src/shell/network/client-port.js'
import { limits } from '../../../src/shell/server/limits.js'
import { makeStatistics } from '../../../src/shell/server/statistics.js'
import { makeTurn } from '../../../src/shell/server/turn.js'
import { encodeClientRequest } from '../../../src/wire/client.js'
import { Writer } from '../../../src/wire/writer.js'
import { closed, frame, hex, Mailbox, open, recordingLog, type RecordingLog, replyOf } from './support.js'

interface Setup {
  readonly port: ClientPort
  readonly number: number
  readonly events: Mailbox<ServerEvent>
  readonly log: RecordingLog
}

const setups: Setup[] = []

/** `handle` sees each event before it is kept. */
const start = async (
  handle: (event: ServerEvent, port: ClientPort) => void = () => undefined,
  options: { readonly maxConnections?: number } = {},
): Promise<Setup> => {
  const events = new Mailbox<ServerEvent>()
  const log = recordingLog()
  const port: ClientPort = makeClientPort({
    address: { host: '127.0.0.1', port: 0 },
    maxFrameBytes: 1 << 20,
    maxConnectionsPerHost: 0,
    maxConnections: options.maxConnections ?? Infinity,
    dispatch: (event) => {
      handle(event, port)
      events.put(event)
    },
    answerWord: (word) => `answer to ${word}`,
    turn: makeTurn(),
    statistics: makeStatistics(0),
    log,
  })
  const listener = await port.listen()
  if (E.isLeft(listener)) throw new Error(listener.left.reason)
  const setup = { port, number: listener.right.port, events, log }
  setups.push(setup)
  return setup
}

afterEach(() => {
  for (const { port } of setups.splice(0)) port.stop()
})

const hello = frame(
  hex('00000000 0000000000000000 00001388 0000000000000000 00000010 00000000000000000000000000000000 00'),
)

const requests = (from: number, count: number, request: Request): Uint8Array => {
  const writer = new Writer()
  for (let xid = from; xid < from + count; xid++) encodeClientRequest(writer, { xid, request })
  return writer.written()
}

/** With xids of their own, as no client has them: so they are requests like any other. */
const pings = (from: number, count: number): Uint8Array => requests(from, count, { op: 'ping' })

it('tells of a connection when it asks for a session, and of its end', async () => {
  const { number, events } = await start()
  const socket = await open(number)
  socket.write(hello)
  expect(await events.next()).toEqual({ kind: 'ClientOpened', connection: 1, address: '127.0.0.1' })
  expect(await events.next()).toMatchObject({ kind: 'ClientConnect', connection: 1, request: { timeoutMs: 5000 } })
  socket.end()
  expect(await events.next()).toEqual({ kind: 'ClientClosed', connection: 1 })
})

it('hands on nothing while it is paused, not even frames that have been read', async () => {
  const paused = new Mailbox<number>()
  const { number, events, port } = await start((event, itself) => {
    if (event.kind !== 'ClientRequested' || event.request.xid !== 3) return
    itself.pause(event.connection)
    paused.put(event.request.xid)
  })
  const socket = await open(number)
  socket.write(Buffer.concat([hello, pings(1, 5)]))
  await paused.next()
  expect([await events.next(), await events.next()]).toHaveLength(2)
  const seen = [await events.next(), await events.next(), await events.next()]
  expect(seen.map((event) => (event.kind === 'ClientRequested' ? event.request.xid : 0))).toEqual([1, 2, 3])
  expect(events.waiting).toEqual([])
  expect(port.connections()).toMatchObject([{ paused: true, outstanding: 2 }])
  socket.write(pings(6, 1))
  port.resume(1)
  for (const xid of [4, 5, 6]) expect(await events.next()).toMatchObject({ request: { xid } })
  socket.destroy()
})

it('does not tell of the end of a connection that the server closed, and writes what was sent before', async () => {
  const { number, events, port } = await start((event, itself) => {
    if (event.kind !== 'ClientRequested') return
    itself.send(event.connection, replyOf(new Uint8Array(3)))
    itself.close(event.connection)
  })
  const socket = await open(number)
  const heard = closed(socket)
  socket.write(Buffer.concat([hello, pings(1, 2)]))
  expect((await heard).length).toBe(4 + 16 + 4 + 3 + 68)
  expect([await events.next(), await events.next(), await events.next()]).toHaveLength(3)
  expect(events.waiting).toEqual([])
  expect(port.connections()).toEqual([])
})

it('stops reading from a client that does not read its answers, and goes on when it does', async () => {
  const answer = replyOf(new Uint8Array(limits.clientOutputPauseBytes))
  const { number, events, port } = await start((event, itself) => {
    if (event.kind === 'ClientRequested') itself.send(event.connection, answer)
  })
  const socket = await open(number)
  const count = 20
  socket.write(Buffer.concat([hello, pings(1, count)]))
  await events.next()
  await events.next()
  await events.next()
  // One answer is more than the client may leave unread, so the second request waits.
  expect(port.connections()[0]?.outstanding).toBeGreaterThan(0)
  socket.on('data', () => undefined)
  for (let xid = 2; xid <= count; xid++) expect(await events.next()).toMatchObject({ request: { xid } })
  socket.destroy()
})

it('closes a client that lets too many events pile up, with one line', async () => {
  const event: ClientMessage = {
    kind: 'WatchNotification',
    type: 'NodeCreated',
    path: `/${'x'.repeat(1 << 20)}`,
    zxid: UNTRUSTED,
  }
  const { number, events, port, log } = await start()
  const socket = await open(number)
  socket.write(hello)
  await events.next()
  await events.next()
  for (let sent = 0; sent <= limits.clientOutputBytes + (4 << 20); sent += 1 << 20) port.send(1, event)
  expect(await log.lines.next()).toMatch(/does not read what it is sent/)
  expect(await events.next()).toEqual({ kind: 'ClientClosed', connection: 1 })
  expect(log.lines.waiting).toEqual([])
  socket.destroy()
})

it('hears pings of a client that is slow to read, and nothing else of it', async () => {
  const answer = replyOf(new Uint8Array(16 << 20))
  const { number, events } = await start((event, itself) => {
    if (event.kind === 'ClientRequested' && event.request.xid === 1) itself.send(event.connection, answer)
  })
  const socket = await open(number)
  const ping = frame(hex('fffffffe 0000000b'))
  socket.write(Buffer.concat([hello, pings(1, 1), ping, ping, pings(2, 1)]))
  const seen = [1, 2, 3, 4, 5].map(() => events.next())
  const xids = (await Promise.all(seen)).map((event) => (event.kind === 'ClientRequested' ? event.request.xid : 0))
  expect(xids).toEqual([0, 0, 1, -2, -2])
  expect(events.waiting).toEqual([])
  socket.on('data', () => undefined)
  expect(await events.next()).toMatchObject({ request: { xid: 2 } })
  socket.destroy()
})

it('lets the server answer more in a later turn, once what it has answered is taken', async () => {
  const answer = replyOf(new Uint8Array(16 << 20))
  let isWithin = false
  const { number, events, port } = await start((event, itself) => {
    expect(isWithin).toBe(false)
    if (event.kind !== 'ClientRequested') return
    isWithin = true
    itself.send(event.connection, answer)
    itself.continue(event.connection)
    isWithin = false
  })
  const socket = await open(number)
  socket.write(Buffer.concat([hello, pings(1, 1)]))
  for (let count = 0; count < 3; count += 1) await events.next()
  // A few turns, in which the client reads nothing.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  expect(events.waiting).toEqual([])
  expect(port.connections()).toMatchObject([{ paused: true }])
  socket.on('data', () => undefined)
  expect(await events.next()).toEqual({ kind: 'ClientReady', connection: 1 })
  socket.destroy()
})

it('hands on so many requests of one client in a turn', async () => {
  let inTurn = 0
  let most = 0
  const { number, events } = await start((event) => {
    if (event.kind !== 'ClientRequested') return
    if (inTurn === 0) setImmediate(() => (inTurn = 0))
    inTurn += 1
    most = Math.max(most, inTurn)
  })
  const socket = await open(number)
  const count = 5 * limits.clientRequestsPerTurn
  socket.write(Buffer.concat([hello, pings(1, count)]))
  for (let seen = 0; seen < count + 2; seen += 1) await events.next()
  // What the turn before has left of its allowance may come in the same turn.
  expect(most).toBeLessThanOrEqual(2 * limits.clientRequestsPerTurn)
  socket.destroy()
})

it('refuses a long frame before there is a session', async () => {
  const { number, events, log } = await start()
  const socket = await open(number)
  const heard = closed(socket)
  const length = new DataView(new ArrayBuffer(4))
  length.setInt32(0, limits.firstFrameBytes + 1)
  socket.write(new Uint8Array(length.buffer))
  await heard
  expect(await log.lines.next()).toMatch(/TooLong/)
  expect(events.waiting).toEqual([])
})

it('turns clients away beyond its connections, with one line a second, and lets in as many as leave', async () => {
  const { number, events, log } = await start(undefined, { maxConnections: 2 })
  const held = [await open(number), await open(number)]
  for (const socket of held) socket.write(hello)
  for (let count = 0; count < 4; count += 1) await events.next()
  for (let count = 0; count < 5; count += 1) await closed(await open(number))
  expect(await log.lines.next()).toMatch(/maxCnxns/)
  expect(log.lines.waiting.length).toBeLessThanOrEqual(1)
  held[0]?.destroy()
  expect(await events.next()).toMatchObject({ kind: 'ClientClosed' })
  const next = await open(number)
  next.write(hello)
  expect(await events.next()).toMatchObject({ kind: 'ClientOpened' })
  for (const socket of [...held, next]) socket.destroy()
})

it('knows a four-letter word from a length', async () => {
  const { number, events } = await start()
  const socket = await open(number)
  const heard = closed(socket)
  socket.write('srvr\r\n')
  expect(await heard).toBe('answer to srvr')
  expect(events.waiting).toEqual([])
})
