// The rules of election links, between link managers on loopback and against raw peers that break them.
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import type { ServerId } from '../../../src/core/configuration.js'
import { type ElectionLinks, makeElectionLinks } from '../../../src/shell/network/election-links.js'
import { limits } from '../../../src/shell/server/limits.js'
import { encodeHandshake } from '../../../src/wire/election.js'
import { closed, frame, hex, Mailbox, open, recordingLog, type RecordingLog } from './support.js'
import { listen } from '../../../src/shell/network/listener.js'

interface Node {
  readonly id: ServerId
  readonly links: ElectionLinks
  readonly port: number
  readonly heard: Mailbox<string>
  /** Log lines of links that have ended. */
  readonly lost: Mailbox<string>
  readonly log: RecordingLog
}

const nodes: Node[] = []
const ports = new Map<ServerId, number>()

interface Choices {
  readonly handshakeTimeoutMs?: number
  /** Not in the configuration of the others, but for what it tells them; it keeps what they tell it. */
  readonly toldAddresses?: number
}

const start = async (id: ServerId, choices: Choices = {}): Promise<Node> => {
  const heard = new Mailbox<string>()
  const lost = new Mailbox<string>()
  const log: RecordingLog = {
    ...recordingLog(),
    info: (text) => {
      if (text.endsWith(' ended')) lost.put(text)
    },
  }
  const links = makeElectionLinks({
    self: id,
    // No port that could be dialled: those that are called back use addressOf.
    address: { host: '127.0.0.1', port: 0 },
    listenHost: '127.0.0.1',
    addressOf: (server) => {
      const port = ports.get(server)
      return port === undefined ? undefined : { host: '127.0.0.1', port }
    },
    toldAddresses: choices.toldAddresses ?? 0,
    doorkeeper: { judge: () => ({ kind: 'Member' }) },
    handshakeTimeoutMs: choices.handshakeTimeoutMs ?? 10_000,
    received: (from, payload) => heard.put(`${from}: ${Buffer.from(payload).toString()}`),
    log,
  })
  const listener = await links.listen()
  if (E.isLeft(listener)) throw new Error(listener.left.reason)
  ports.set(id, listener.right.port)
  const node: Node = { id, links, port: listener.right.port, heard, lost, log }
  nodes.push(node)
  return node
}

const handshakeOf = (id: ServerId): Uint8Array => encodeHandshake({ id, addresses: ['127.0.0.1:0'] })

afterEach(() => {
  for (const node of nodes.splice(0)) node.links.close()
  ports.clear()
})

describe('election links', () => {
  it('are dialled by the larger server', async () => {
    const one = await start(1)
    const two = await start(2)
    two.links.send(1, frame('vote of 2'))
    expect(await one.heard.next()).toBe('2: vote of 2')
    one.links.send(2, frame('vote of 1'))
    expect(await two.heard.next()).toBe('1: vote of 1')
    expect([one.links.linked(), two.links.linked()]).toEqual([[2], [1]])
  })

  it('are dialled back when the smaller server has something to say', async () => {
    const one = await start(1)
    const two = await start(2)
    one.links.send(2, frame('vote of 1'))
    expect(await two.heard.next()).toBe('1: vote of 1')
  })

  it('join three servers, whoever speaks first', async () => {
    const [one, two, three] = [await start(1), await start(2), await start(3)]
    one.links.send(3, frame('a'))
    two.links.send(1, frame('b'))
    three.links.send(2, frame('c'))
    expect(await three.heard.next()).toBe('1: a')
    expect(await one.heard.next()).toBe('2: b')
    expect(await two.heard.next()).toBe('3: c')
  })

  it('carry the newest message only: one that has not been sent is replaced', async () => {
    const one = await start(1)
    const two = await start(2)
    one.links.send(2, frame('old'))
    one.links.send(2, frame('new'))
    expect(await two.heard.next()).toBe('1: new')
    expect(two.heard.waiting).toEqual([])
  })

  it('repeat the last message when they come up again', async () => {
    const one = await start(1)
    const two = await start(2)
    two.links.send(1, frame('vote of 2'))
    expect(await one.heard.next()).toBe('2: vote of 2')
    one.links.close()
    const again = await start(1)
    again.links.send(2, frame('restarted'))
    expect(await two.heard.next()).toBe('1: restarted')
    expect(await again.heard.next()).toBe('2: vote of 2')
  })

  it('are replaced by a newer connection of the larger server', async () => {
    const one = await start(1)
    const first = await open(one.port)
    first.write(Buffer.concat([handshakeOf(9), frame('first')]))
    expect(await one.heard.next()).toBe('9: first')
    const second = await open(one.port)
    second.write(Buffer.concat([handshakeOf(9), frame('second')]))
    expect(await one.heard.next()).toBe('9: second')
    await closed(first)
    expect(one.links.linked()).toEqual([9])
    second.destroy()
  })

  it('are not replaced at any rate: then the newcomer is refused, and the link lives on', async () => {
    const one = await start(1)
    const sockets: Socket[] = []
    for (let number = 0; number <= limits.linkReplacements; number++) {
      const socket = await open(one.port)
      sockets.push(socket)
      socket.write(Buffer.concat([handshakeOf(9), frame(`number ${number}`)]))
      expect(await one.heard.next()).toBe(`9: number ${number}`)
    }
    const last = await open(one.port)
    last.write(Buffer.concat([handshakeOf(9), frame('one too many')]))
    await closed(last)
    expect(await one.log.lines.next()).toMatch(/replaced 3 times just now/)
    sockets.at(-1)?.write(frame('alive'))
    expect(await one.heard.next()).toBe('9: alive')
    for (const socket of sockets) socket.destroy()
  })

  it('take a handshake and frames in any pieces', async () => {
    const one = await start(1)
    const socket = await open(one.port)
    for (const byte of Buffer.concat([handshakeOf(9), frame('piecemeal')])) socket.write(Uint8Array.of(byte))
    expect(await one.heard.next()).toBe('9: piecemeal')
    socket.destroy()
  })
})

describe('a server that no configuration lists', () => {
  /** It listens with raw sockets at `port`, and is asked for nothing. */
  const stranger = async (): Promise<{ readonly port: number; readonly calls: Mailbox<Socket>; close: () => void }> => {
    const calls = new Mailbox<Socket>()
    const call = (socket: Socket): void => {
      socket.on('error', () => undefined)
      calls.put(socket)
    }
    const opened = await listen({ host: '127.0.0.1', port: 0 }, call, { warn: () => undefined })
    if (E.isLeft(opened)) throw new Error(opened.left.reason)
    return { port: opened.right.port, calls, close: opened.right.close }
  }

  /** It calls, says where it is, and is called back there; then it loses that link. */
  const callAndLose = async (node: Node, id: ServerId): Promise<Awaited<ReturnType<typeof stranger>>> => {
    const other = await stranger()
    const caller = await open(node.port)
    caller.write(encodeHandshake({ id, addresses: [`127.0.0.1:${other.port}`] }))
    await closed(caller)
    const link = await other.calls.next()
    const lost = node.lost.next()
    link.destroy()
    expect(await lost).toContain(`server ${id} ended`)
    return other
  }

  it('is answered on the link that it opened itself', async () => {
    const two = await start(2)
    const socket = await open(two.port)
    socket.write(Buffer.concat([handshakeOf(9), frame('may I join')]))
    expect(await two.heard.next()).toBe('9: may I join')
    const answer = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString('latin1'))))
    two.links.send(9, frame('yes'))
    expect(await answer).toContain('yes')
    socket.destroy()
  })

  it('is called again where it said it is', async () => {
    const two = await start(2, { toldAddresses: 1 })
    const one = await callAndLose(two, 1)
    two.links.send(1, frame('again'))
    const link = await one.calls.next()
    expect(await new Promise((resolve) => link.once('data', (bytes) => resolve(bytes.toString('latin1'))))).toContain(
      `127.0.0.1:`,
    )
    link.destroy()
    one.close()
  })

  it('is not, where the ensemble never changes', async () => {
    const two = await start(2)
    const one = await callAndLose(two, 1)
    two.links.send(1, frame('again'))
    // Calls are made in order: had server 1 been called, it would have been before server 3.
    const three = await start(3)
    two.links.send(3, frame('hello'))
    expect(await three.heard.next()).toBe('2: hello')
    expect(one.calls.waiting).toEqual([])
    one.close()
  })
})

describe('a bad connection to the election port is closed with one line, and the others live on', () => {
  const cases: readonly (readonly [what: string, bytes: Uint8Array, line: RegExp])[] = [
    ['no protocol version', hex('ffffffffffffffff'), /protocolVersion/],
    ['an address that is too long', hex('ffffffffffff0000 0000000000000009 00000801'), /address/],
    ['an address of negative length', hex('ffffffffffff0000 0000000000000009 fffffffe'), /address/],
    ['our own id', handshakeOf(1), /it says that it is server 1/],
    ['a frame that is too long', Buffer.concat([handshakeOf(9), hex('00080001')]), /frame length/],
    ['a frame of negative length', Buffer.concat([handshakeOf(9), hex('ffffffff')]), /frame length/],
    ['an empty frame', Buffer.concat([handshakeOf(9), hex('00000000')]), /empty frame/],
  ]
  it.each(cases)('%s', async (_, bytes, line) => {
    const one = await start(1)
    const socket = await open(one.port)
    const end = closed(socket)
    socket.write(bytes)
    expect(await one.log.lines.next()).toMatch(line)
    await end
    expect(one.log.lines.waiting).toEqual([])
    const two = await start(2)
    one.links.send(2, frame('alive'))
    expect(await two.heard.next()).toBe('1: alive')
  })

  it('a handshake that ends early', async () => {
    const one = await start(1)
    const socket = await open(one.port)
    socket.end(hex('ffffffffffff0000 00'))
    expect(await one.log.lines.next()).toMatch(/closed before the end of its handshake/)
    expect(one.log.lines.waiting).toEqual([])
  })

  it('a handshake that never comes', async () => {
    const one = await start(1, { handshakeTimeoutMs: 1 })
    const socket = await open(one.port)
    await closed(socket)
    expect(await one.log.lines.next()).toMatch(/no handshake in time/)
  })

  it('one connection too many without a handshake', async () => {
    const one = await start(1)
    const first = await open(one.port)
    const sockets = await Promise.all(Array.from({ length: limits.pendingPerAddress }, () => open(one.port)))
    await closed(first)
    expect(await one.log.lines.next()).toMatch(/too many connections/)
    for (const socket of sockets) socket.destroy()
  })
})
