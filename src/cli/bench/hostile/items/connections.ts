/** Connections that cost the server something before they are anybody. */
import type { Socket } from 'node:net'
import type { Address } from '../../../../shell/configuration/server-configuration.js'
import type { Arena, Item } from '../item.js'
import { greeting, openClients, openSocket } from '../raw-client.js'
import { closedOf, found, hold, leaveAll, sized } from '../tools.js'

const TOGETHER = 100

/** As many as there are to be had. */
export const openSockets = async (address: Address, count: number, signal: AbortSignal): Promise<readonly Socket[]> => {
  const sockets: Socket[] = []
  for (let tried = 0; tried < count && !signal.aborted; tried += TOGETHER) {
    const some = await Promise.all(Array.from({ length: Math.min(TOGETHER, count - tried) }, () => openSocket(address)))
    for (const socket of some) if (socket !== undefined) sockets.push(socket)
  }
  return sockets
}

export const destroyAll = (sockets: readonly Socket[]): void => {
  for (const socket of sockets) socket.destroy()
}

export const partialFrames: Item = {
  name: 'partial-frames',
  does: 'Two hundred connections send the length and all but the last byte of a 1 MB frame, half of them after a greeting, and stay.',
  after: 'issue 10 §2: every queue counts bytes',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const count = sized(arena, 100, 10)
    const frame = Buffer.alloc(4 + 1_000_000 - 1)
    frame.writeInt32BE(1_000_000)
    const clients = await openClients(arena.attacked.client, count, arena.signal)
    for (const client of clients) await client.send(frame, arena.signal)
    const sockets = await openSockets(arena.attacked.client, count, arena.signal)
    for (const socket of sockets) socket.write(frame)
    await hold(arena, 8000)
    const closed = closedOf(clients) + sockets.filter(({ destroyed }) => destroyed).length
    leaveAll(clients)
    destroyAll(sockets)
    return found(`${clients.length + sockets.length} connections, ${closed} closed by the server`)
  },
}

export const silentClients: Item = {
  name: 'silent-clients',
  does: 'A thousand connections that say nothing, for as long as the server bears it.',
  after: 'issue 10 §3: silent connections closed a port for others',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const sockets = await openSockets(arena.attacked.client, sized(arena, 1000, 50), arena.signal)
    for (const socket of sockets) socket.resume()
    await hold(arena, 12_000)
    const closed = sockets.filter(({ destroyed }) => destroyed).length
    destroyAll(sockets)
    return found(`${sockets.length} connections, ${closed} closed by the server`)
  },
}

const storm = async (arena: Arena, count: number, first: Uint8Array | undefined): Promise<number> => {
  let done = 0
  const one = async (): Promise<void> => {
    const socket = await openSocket(arena.attacked.client)
    if (socket === undefined) return
    done += 1
    if (first === undefined) return void socket.destroy()
    socket.resume()
    await new Promise((resolve) => socket.write(first, resolve))
    socket.destroy()
  }
  for (let tried = 0; tried < count && !arena.signal.aborted; tried += TOGETHER)
    await Promise.all(Array.from({ length: Math.min(TOGETHER, count - tried) }, one))
  return done
}

export const connectStorm: Item = {
  name: 'connect-storm',
  does: 'Five thousand connections come and go, a hundred at a time.',
  after: 'ZOOKEEPER-3243 (connections are throttled there): everybody reconnects at once',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => found(`${await storm(arena, sized(arena, 5000, 300), undefined)} connections`),
}

export const sessionStorm: Item = {
  name: 'session-storm',
  does: 'Three thousand clients ask for a session and vanish before they have it.',
  after: 'reconnect storms after a network failure: each session is a write, and its expiry another',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => found(`${await storm(arena, sized(arena, 3000, 100), greeting())} greetings`),
}

const WORDS = ['ruok', 'srvr', 'mntr', 'cons', 'wchs', 'wchc', 'wchp', 'dump', 'conf', 'envi', 'stat', 'dirs', 'isro']

export const fourLetterStorm: Item = {
  name: 'four-letter-storm',
  does: 'Three thousand four-letter words, a hundred at a time, half of whose answers are not read.',
  after: 'monitoring that asks too often',
  isQuick: false,
  afterwards: 'nothing',
  attack: async (arena) => {
    const count = sized(arena, 3000, 200)
    let asked = 0
    for (let tried = 0; tried < count && !arena.signal.aborted; tried += TOGETHER) {
      const sockets = await openSockets(arena.attacked.client, TOGETHER, arena.signal)
      for (const [index, socket] of sockets.entries()) {
        if (index % 2 === 0) socket.resume()
        socket.write(WORDS[(tried + index) % WORDS.length] ?? 'ruok')
      }
      asked += sockets.length
      await hold(arena, 50)
      destroyAll(sockets)
    }
    return found(`${asked} words`)
  },
}
