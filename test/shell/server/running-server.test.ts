// A whole server in this process: it serves, answers words, and outlives bad input on each of its three ports.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exitCode } from '../../../src/shell/server/limits.js'
import { encodeHandshake } from '../../../src/wire/election.js'
import { closed, frame, hex, open } from '../network/support.js'
import { connectClient, OPEN_ACL } from './client.js'
import { startTestServer, type TestServer, withObserver } from './support.js'

let server: TestServer

beforeEach(async () => {
  server = await startTestServer({ ensemble: withObserver })
})

afterEach(() => server.dispose())

const portOf = (name: keyof TestServer['ports']): number => server.ports[name] ?? 0

const ask = async (word: string): Promise<string> => {
  const socket = await open(portOf('client'))
  const answer = closed(socket)
  socket.write(word)
  return answer
}

const serves = async (): Promise<void> => {
  const client = await connectClient(portOf('client'))
  client.send({ op: 'create', path: '/alive', data: null, acl: OPEN_ACL, flags: 2 })
  expect(await client.reply('create')).toMatchObject({ kind: 'Reply', xid: 1, error: 0 })
  client.socket.destroy()
}

describe('a server', () => {
  it('answers pipelined requests in their order', async () => {
    const client = await connectClient(portOf('client'))
    const count = 3000
    client.send({ op: 'create', path: '/a', data: null, acl: OPEN_ACL, flags: 0 })
    client.send(
      ...Array.from({ length: count }, (_, index) =>
        index % 3 === 0
          ? ({ op: 'getData', path: '/a', watch: false } as const)
          : ({ op: 'setData', path: '/a', data: new Uint8Array(10), version: -1 } as const),
      ),
    )
    expect(await client.reply('create')).toMatchObject({ xid: 1, error: 0 })
    for (let index = 0; index < count; index++) {
      const reply = await client.reply(index % 3 === 0 ? 'getData' : 'setData')
      expect(reply).toMatchObject({ kind: 'Reply', xid: index + 2, error: 0 })
    }
    client.socket.destroy()
  })

  it('stops when it is asked to, and lets go of its clients', async () => {
    const client = await connectClient(portOf('client'))
    const end = closed(client.socket)
    expect(await server.stop()).toBe(exitCode.stopped)
    await end
    expect(await server.ended).toBe(exitCode.stopped)
  })

  it('answers words that are allowed, and only those', async () => {
    expect(await ask('ruok')).toBe('imok')
    expect(await ask('isro')).toBe('rw')
    expect(await ask('srvr')).toMatch(
      /^Zookeeper version: 3\.[^\n]*\nLatency min\/avg\/max: .*\nMode: leader\nNode count: \d+\n$/s,
    )
    expect(await ask('conf')).toBe('conf is not executed because it is not in the whitelist.\n')
    const figures = new Map(
      (await ask('mntr'))
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t') as [string, string]),
    )
    expect(figures.get('zk_server_state')).toBe('leader')
    expect(figures.get('zk_zab_epoch')).toBe('1')
    expect(figures.get('zk_last_zxid')).toBe('0x100000000')
    expect(figures.get('zk_num_alive_connections')).toBe('1')
    expect(Number(figures.get('zk_open_file_descriptor_count'))).toBeGreaterThan(3)
  })

  it('answers a word that comes in pieces', async () => {
    const socket = await open(portOf('client'))
    const answer = closed(socket)
    socket.write('ru', () => socket.write('ok'))
    expect(await answer).toBe('imok')
  })
})

describe('bad input is answered by closing with one line, and the server lives', () => {
  const epochNobodyHas = '0000000700000000'
  const cases: readonly (readonly [
    what: string,
    port: 'client' | 'quorum' | 'election',
    bytes: Uint8Array,
    line: RegExp,
  ])[] = [
    ['a negative length', 'client', hex('ffffffff'), /^client .* closed: BadLength/],
    ['a length over jute.maxbuffer', 'client', hex('00100000'), /^client .* closed: TooLong/],
    ['another protocol', 'client', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /^client .* closed: TooLong/],
    ['a first frame that is no ConnectRequest', 'client', frame(hex('0000')), /^client .* closed: Truncated/],
    [
      'an ACK before anything else',
      'quorum',
      hex(`00000003 ${epochNobodyHas} ffffffff ffffffff`),
      /^quorum connection .* ACK/,
    ],
    [
      'a packet with a field that is too long',
      'quorum',
      hex(`00000003 ${epochNobodyHas} 7fffffff`),
      /^quorum connection .* closed/,
    ],
    [
      'a learner with our id',
      'quorum',
      hex('0000000b 0000000000000000 00000014 0000000000000001 00010000 0000000000000000 ffffffff'),
      /it says that it is server 1/,
    ],
    [
      'a learner that no configuration lists',
      'quorum',
      hex('0000000b 0000000000000000 00000014 0000000000000007 00010000 0000000000000000 ffffffff'),
      /no configuration lists server 7/,
    ],
    [
      'a handshake of a server that no configuration lists',
      'election',
      encodeHandshake({ id: 7, addresses: ['h:1'] }),
      /no configuration lists server 7/,
    ],
    ['no handshake', 'election', hex('ffffffffffffffff'), /^election connection .* closed/],
    [
      'a frame that is too long',
      'election',
      Buffer.concat([encodeHandshake({ id: 9, addresses: ['h:1'] }), hex('7fffffff')]),
      /^election link to server 9 .* closed/,
    ],
  ]
  it.each(cases)('%s (%s port)', async (_, port, bytes, line) => {
    const socket = await open(portOf(port))
    const end = closed(socket)
    socket.write(bytes)
    expect(await server.warnings.next()).toMatch(line)
    await end
    await serves()
    expect(server.warnings.waiting).toEqual([])
  })

  it('a request without a header, after a session was made', async () => {
    const client = await connectClient(portOf('client'))
    const end = closed(client.socket)
    client.socket.write(frame(hex('00')))
    expect(await server.warnings.next()).toMatch(/^client .* closed: Truncated/)
    await end
    await serves()
  })

  it('a notification that cannot be read is ignored, and the link stays', async () => {
    const socket = await open(portOf('election'))
    socket.write(Buffer.concat([encodeHandshake({ id: 9, addresses: ['h:1'] }), frame(hex('0000')), frame(hex('01'))]))
    expect(await server.warnings.next()).toMatch(/^notification of server 9 ignored/)
    expect(await server.warnings.next()).toMatch(/^notification of server 9 ignored/)
    expect(socket.destroyed).toBe(false)
    socket.destroy()
  })
})

describe('limits', () => {
  it('maxClientCnxns: one connection more from the same address is closed', async () => {
    await server.dispose()
    server = await startTestServer({ maxClientCnxns: 1 })
    const client = await connectClient(portOf('client'))
    await closed(await open(portOf('client')))
    expect(await server.warnings.next()).toMatch(/maxClientCnxns/)
    client.socket.destroy()
  })

  it('a learner that never says who it is is closed', async () => {
    await server.dispose()
    server = await startTestServer({ tickTimeMs: 2, initLimit: 5, maxSessionTimeoutMs: 5000 })
    await closed(await open(portOf('quorum')))
    expect(await server.warnings.next()).toMatch(/no first packet in time/)
  })

  it('a port in use is a clear failure', async () => {
    await expect(startTestServer({ clientAddress: { host: '127.0.0.1', port: portOf('client') } })).rejects.toThrow(
      /cannot listen on 127\.0\.0\.1/,
    )
  })
})
