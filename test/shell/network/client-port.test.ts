// The client port by itself: back-pressure in both directions, and what is told to the server.
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, expect, it } from 'vitest'
import { zxid } from '../../../src/core/zxid.js'
import type { ServerEvent } from '../../../src/server/event.js'
import type { Reply } from '../../../src/service/response.js'
import { type ClientPort, makeClientPort } from '../../../src/shell/network/client-port.js'
import { limits } from '../../../src/shell/server/limits.js'
import { makeStatistics } from '../../../src/shell/server/statistics.js'
import { makeTurn } from '../../../src/shell/server/turn.js'
import { encodeClientRequest } from '../../../src/wire/client.js'
import { Writer } from '../../../src/wire/writer.js'
import { closed, frame, hex, Mailbox, open, recordingLog, type RecordingLog } from './support.js'

interface Setup {
  readonly port: ClientPort
  readonly number: number
  readonly events: Mailbox<ServerEvent>
  readonly log: RecordingLog
}

const setups: Setup[] = []

/** `handle` sees each event before it is kept. */
const start = async (handle: (event: ServerEvent, port: ClientPort) => void = () => undefined): Promise<Setup> => {
  const events = new Mailbox<ServerEvent>()
  const log = recordingLog()
  const port: ClientPort = makeClientPort({
    address: { host: '127.0.0.1', port: 0 },
    maxFrameBytes: 1 << 20,
    maxConnectionsPerHost: 0,
    maxConnections: Infinity,
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
  if (E.isLeft(listener)) throw new Error(listener.left)
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

const pings = (from: number, count: number): Uint8Array => {
  const writer = new Writer()
  for (let xid = from; xid < from + count; xid++) encodeClientRequest(writer, { xid, request: { op: 'ping' } })
  return writer.written()
}

const replyOf = (data: Uint8Array): Reply => ({
  kind: 'Reply',
  xid: 1,
  zxid: zxid(1, 1),
  error: 0,
  body: {
    op: 'getData',
    data,
    stat: {
      czxid: zxid(1, 1),
      mzxid: zxid(1, 1),
      pzxid: zxid(1, 1),
      ctimeMs: 0,
      mtimeMs: 0,
      version: 0,
      cversion: 0,
      aversion: 0,
      ephemeralOwner: 0n,
      dataLength: data.length,
      childCount: 0,
    },
  },
})

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

it('closes a client that lets too much pile up, with one line', async () => {
  const answer = replyOf(new Uint8Array(1 << 20))
  const { number, events, port, log } = await start()
  const socket = await open(number)
  socket.write(hello)
  await events.next()
  await events.next()
  for (let sent = 0; sent <= limits.clientOutputBytes; sent += 1 << 20) port.send(1, answer)
  expect(await log.lines.next()).toMatch(/does not read its answers/)
  expect(await events.next()).toEqual({ kind: 'ClientClosed', connection: 1 })
  expect(log.lines.waiting).toEqual([])
  socket.destroy()
})

it('knows a four-letter word from a length', async () => {
  const { number, events } = await start()
  const socket = await open(number)
  const heard = closed(socket)
  socket.write('srvr\r\n')
  expect(await heard).toBe('answer to srvr')
  expect(events.waiting).toEqual([])
})
