// A port is opened on every address that a name has, and a name that has only some of them here is no failure.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, expect, it } from 'vitest'
import { listen, type Listener, type ListenProblem, plainIp } from '../../../src/shell/network/listener.js'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** No address of this machine. */
const ELSEWHERE = '192.0.2.1'

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ family }) => family === 'IPv6'))

const warnings: string[] = []
/** Where the connections came from. */
const callers: string[] = []

const open = async (
  addresses: readonly string[],
  port = 0,
  host = 'zoo.example',
): Promise<E.Either<ListenProblem, Listener>> => {
  warnings.length = 0
  callers.length = 0
  const accepted = (socket: Socket): void => {
    callers.push(plainIp(socket.remoteAddress ?? ''))
    socket.on('error', () => undefined).end('x')
  }
  const opened = await listen({ host, port }, accepted, {
    warn: (text) => warnings.push(text),
    lookup: () => Promise.resolve(addresses.map((address) => ({ address }))),
  })
  if (E.isRight(opened)) ends.push(opened.right.close)
  return opened
}

const opened = (result: E.Either<ListenProblem, Listener>): Listener => {
  if (E.isLeft(result)) throw new Error(result.left.reason)
  return result.right
}

const answers = async (host: string, port: number): Promise<boolean> => {
  const socket = connect({ host, port })
  try {
    await once(socket, 'data')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const listening = async (host: string): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  ends.push(() => void server.close())
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

it('all addresses of a name accept, on one port', async () => {
  const { port, hosts } = opened(await open(['127.0.0.1', '127.0.0.2', '127.0.0.1', '127.0.0.3']))
  expect(hosts).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3'])
  for (const host of hosts) expect(await answers(host, port)).toBe(true)
  expect(await answers('127.0.0.4', port)).toBe(false)
})

it('an address that is not here is a warning beside others, and may come when it is the only one', async () => {
  opened(await open([ELSEWHERE, '127.0.0.1']))
  expect(warnings).toEqual([expect.stringMatching(/^cannot listen on zoo\.example:0: .*192\.0\.2\.1.*others?/)])

  const none = await open([ELSEWHERE])
  expect(none).toMatchObject({ left: { kind: 'NotYet', reason: expect.stringContaining('EADDRNOTAVAIL') } })
})

it('a name without an address may get one', async () => {
  expect(await open([])).toMatchObject({ left: { kind: 'NotYet' } })
  const fails = await listen({ host: 'zoo.example', port: 0 }, () => undefined, {
    warn: () => undefined,
    lookup: () => Promise.reject(new Error('getaddrinfo ENOTFOUND zoo.example')),
  })
  expect(fails).toMatchObject({ left: { kind: 'NotYet', reason: expect.stringContaining('does not resolve') } })
})

it('a port that another process has on one of the addresses is an error with a remedy, and nothing stays open', async () => {
  const { port } = await listening('127.0.0.2')
  const refused = await open(['127.0.0.1', '127.0.0.2'], port)
  expect(refused).toMatchObject({
    left: { kind: 'Never', reason: expect.stringMatching(/EADDRINUSE.*; .*another port/) },
  })
  expect(await answers('127.0.0.1', port)).toBe(false)
})

it.each(['0.0.0.0', '::', '0:0:0:0:0:0:0:0'])('%s means every address, IPv6 too where there is one', async (host) => {
  const { port } = opened(await open([], 0, host))
  expect(await answers('127.0.0.1', port)).toBe(true)
  expect(await answers('127.0.0.2', port)).toBe(true)
  // Shown as IPv4, though one socket takes both families.
  expect(callers).toEqual(['127.0.0.1', '127.0.0.1'])
  expect(await answers('::1', port)).toBe(hasIPv6)
})

it('an IPv4 address that came in over IPv6 is shown, and matched, as IPv4', () => {
  expect(['::ffff:10.1.2.3', '::FFFF:10.1.2.3', '10.1.2.3', '::1', 'fe80::ffff:1'].map(plainIp)).toEqual([
    '10.1.2.3',
    '10.1.2.3',
    '10.1.2.3',
    '::1',
    'fe80::ffff:1',
  ])
})
