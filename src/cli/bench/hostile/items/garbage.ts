/** Bytes that mean nothing, on every port. */
import type { Arena, Item } from '../item.js'
import { greeting, openSocket } from '../raw-client.js'
import { found, makeRandom, sized } from '../tools.js'
import { destroyAll, openSockets } from './connections.js'

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}

const LENGTHS = [-1, -2, 0, 1, 4, 0x7fff_ffff, -0x8000_0000, 0x000f_ffff, 0x0010_0000, 0x4745_5420]

const noise = (random: () => number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random() & 255))

/** Random bytes, a strange length before random bytes, an HTTP request, or either after a proper greeting. */
const nonsense = (random: () => number): Uint8Array => {
  const body = noise(random, random() % 200)
  const strange = Buffer.concat([int(LENGTHS[random() % LENGTHS.length] ?? 0), body])
  switch (random() % 6) {
    case 0:
      return body
    case 1:
      return strange
    case 2:
      return Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    case 3:
      return Buffer.concat([greeting(), strange])
    case 4:
      return Buffer.concat([greeting(), int(body.length), body])
    default:
      // A packet of the quorum port, or a handshake of the election port, with a strange tail.
      return Buffer.concat([int(random() % 20), noise(random, 8), strange])
  }
}

const attackAll = async (arena: Arena, count: number): Promise<number> => {
  const random = makeRandom(arena.seed)
  const { client, election, quorum } = arena.attacked
  let sent = 0
  for (let tried = 0; tried < count && !arena.signal.aborted; tried += 1)
    for (const address of [client, quorum, election]) {
      const socket = await openSocket(address)
      if (socket === undefined) continue
      socket.resume()
      const bytes = nonsense(random)
      await new Promise((resolve) => socket.end(bytes, () => resolve(undefined)))
      setTimeout(() => socket.destroy(), 100)
      sent += 1
    }
  return sent
}

export const garbage: Item = {
  name: 'garbage',
  does: 'Random bytes, huge and negative lengths, zero-length frames, HTTP, on all three ports; equal seeds give equal bytes.',
  after: '31z4/zookeeper-docker#138, shayhatsor/zookeeper#48: scanners and browsers on the client port',
  isQuick: true,
  afterwards: 'nothing',
  attack: async (arena) => found(`${await attackAll(arena, sized(arena, 500, 50))} connections`),
}

/** Whatever this is, it is no frame of a client. */
const NEGATIVE = Buffer.concat([int(-5), Buffer.from('line\nbreak')])

export const logFlood: Item = {
  name: 'log-flood',
  does: 'Up to 100,000 frames of a negative length, each on a connection of its own: what does the server write to its log?',
  after: 'issue 10 §7: logs are bounded a second',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const count = sized(arena, 100_000, 500)
    // Ends before its time is up: as many as go into it are what is asked for.
    const until = performance.now() + 20_000
    let sent = 0
    while (sent < count && performance.now() < until && !arena.signal.aborted) {
      const sockets = await openSockets(arena.attacked.client, 100, arena.signal)
      await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(NEGATIVE, resolve))))
      destroyAll(sockets)
      sent += sockets.length
      if (sockets.length === 0) break
    }
    return found(`${sent} bad frames`)
  },
}
