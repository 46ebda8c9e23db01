// A name is dialled at each of its addresses until one answers, several of one family too.
import { once } from 'node:events'
import { createServer, type LookupFunction, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { dial } from '../../../src/shell/network/dial.js'
import { problemOf } from '../../../src/shell/network/problem.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

const listening = async (host: string): Promise<number> => {
  const server = createServer((socket) => socket.on('error', () => undefined).end(host)).listen(0, host)
  await once(server, 'listening')
  ends.push(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A name server that knows one name. */
const named =
  (...addresses: readonly string[]): LookupFunction =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

const reached = async (port: number, lookup: LookupFunction): Promise<string> => {
  const socket = dial({ host: 'zoo.example', port }, lookup)
  ends.push(() => socket.destroy())
  const [bytes]: unknown[] = await once(socket, 'data')
  return String(bytes)
}

const problemWith = (socket: Socket): Promise<string> =>
  new Promise((resolve) => socket.once('error', (error) => resolve(problemOf(error))))

it('the last of several addresses of one family is reached, and the last of two families', async () => {
  const port = await listening('127.0.0.9')
  expect(await reached(port, named('127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.9'))).toBe('127.0.0.9')
  expect(await reached(port, named('::1', '127.0.0.3', '127.0.0.4', '127.0.0.9'))).toBe('127.0.0.9')
  expect(await reached(port, named('127.0.0.3', '::1', '127.0.0.9', '::1'))).toBe('127.0.0.9')
  expect(await reached(port, named('127.0.0.9'))).toBe('127.0.0.9')
})

it('when none answers, each is told', async () => {
  const port = await listening('127.0.0.9')
  const socket = dial({ host: 'zoo.example', port }, named('127.0.0.2', '127.0.0.3'))
  expect(await problemWith(socket)).toMatch(/ECONNREFUSED 127\.0\.0\.2:\d+; .*ECONNREFUSED 127\.0\.0\.3:\d+/)
})

it('a name that does not resolve is an error of the socket', async () => {
  const socket = dial({ host: 'zoo.example', port: 1 }, (_, __, callback) => callback(new Error('ENOTFOUND'), []))
  expect(await problemWith(socket)).toBe('ENOTFOUND')
})
