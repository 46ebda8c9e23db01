// The relay between servers: what each kind of weather does to a connection, and what is left when it clears.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { untilTrue } from '../../support/wait.js'
import type { Rewrite } from './proxy.js'
import { CLEAR, Proxy } from './proxy.js'

interface End {
  readonly socket: Socket
  readonly text: () => string
  readonly isClosed: () => boolean
}

const endOf = (socket: Socket): End => {
  let text = ''
  let isClosed = false
  socket.on('data', (chunk) => (text += chunk.toString()))
  socket.on('error', () => undefined)
  socket.on('close', () => (isClosed = true))
  onTestFinished(() => void socket.destroy())
  return { socket, text: () => text, isClosed: () => isClosed }
}

/** A client through a relay to a server. */
const relayed = async (
  rewrite?: Rewrite,
): Promise<{ readonly proxy: Proxy; readonly near: End; readonly far: () => Promise<End> }> => {
  const ends: End[] = []
  const server = createServer((socket) => ends.push(endOf(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const proxy = await Proxy.open(typeof address === 'object' ? (address?.port ?? 0) : 0, rewrite)
  onTestFinished(() => {
    proxy.close()
    server.close()
  })
  const near = endOf(connect(proxy.port, '127.0.0.1'))
  const far = async (): Promise<End> => {
    await untilTrue('the relay has connected', () => ends.length > 0)
    const [end] = ends
    if (end === undefined) throw new Error('no connection')
    return end
  }
  return { proxy, near, far }
}

it('passes bytes both ways, and the end of a connection', async () => {
  const { near, far } = await relayed()
  const other = await far()
  near.socket.write('to')
  other.socket.write('fro')
  await untilTrue('both have come', () => other.text() === 'to' && near.text() === 'fro')
  near.socket.destroy()
  await untilTrue('the end has come', other.isClosed)
})

it('rewrites the head, however it is cut', async () => {
  const { near, far } = await relayed((head) => (head.length < 4 ? undefined : Buffer.from(`[${head.toString()}]`)))
  const other = await far()
  near.socket.write('ab')
  near.socket.write('cd')
  await untilTrue('the head has come', () => other.text() === '[abcd]')
  near.socket.write('ef')
  await untilTrue('the rest has come', () => other.text() === '[abcd]ef')
})

it('holds bytes back, and loses none', async () => {
  const { proxy, near, far } = await relayed()
  const other = await far()
  proxy.set({ kind: 'hold' })
  near.socket.write('later')
  other.socket.write('too')
  proxy.set(CLEAR)
  await untilTrue('all has come', () => other.text() === 'later' && near.text() === 'too')
})

it('delays in order', async () => {
  const { proxy, near, far } = await relayed()
  const other = await far()
  proxy.set({ kind: 'delay', ms: 20 })
  near.socket.write('1')
  near.socket.write('2')
  await untilTrue('all has come', () => other.text() === '12')
})

it('swallows one direction, and cuts that connection when it heals', async () => {
  const { proxy, near, far } = await relayed()
  const other = await far()
  proxy.set({ kind: 'swallow', direction: 'toServer' })
  near.socket.write('lost')
  other.socket.write('seen')
  await untilTrue('the other direction works', () => near.text() === 'seen')
  proxy.set(CLEAR)
  await untilTrue('both ends are closed', () => near.isClosed() && other.isClosed())
  expect(other.text()).toBe('')
})

it('cuts what is open, and refuses what comes', async () => {
  const { proxy, near, far } = await relayed()
  const other = await far()
  proxy.set({ kind: 'cut' })
  await untilTrue('both ends are closed', () => near.isClosed() && other.isClosed())
  const late = endOf(connect(proxy.port, '127.0.0.1'))
  await untilTrue('it is refused', late.isClosed)
})
