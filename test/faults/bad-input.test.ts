/**
 * Garbage, oversized and truncated frames on all three ports of a server that serves: each connection is answered or
 * closed, with a line; no server ends, and its memory stays bounded.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect } from '../support/client.js'
import type { Ensemble } from '../support/ensemble.js'
import { makeEnsemble } from '../support/ensemble.js'
import { throwAt } from '../support/raw.js'
import type { ServerProcess } from '../support/server-process.js'
import { expectEqualTrees } from '../support/trees.js'
import { within } from '../support/wait.js'

const MIB = 1024 * 1024

/** A runtime that collects garbage late may hold some of what went through it; what was thrown is many times that. */
const GROWTH_BYTES = 100 * MIB

describe('bad input', () => {
  it('of random bytes on every port is closed with one line, and nothing else happens', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const server = await ensemble.leader()
    const before = warningsOf(server).length
    const inputs = fc.sample(fc.uint8Array({ minLength: 8, maxLength: 200 }), { numRuns: 25, seed: 1 })
    const rounds = Object.values(portsOf(server)).flatMap((port) => inputs.map((bytes) => ({ port, bytes })))
    for (const { port, bytes } of rounds) {
      // The first bytes make it a bad length, a bad type or a bad protocol version, whatever the port.
      await throwAt(port, [Buffer.concat([Buffer.of(0xee, 0xee, 0xee, 0xee), bytes])])
    }
    expect(warningsOf(server).length - before).toBe(rounds.length)
    await expectHealthy(ensemble)
  })

  it.each(['client', 'quorum', 'election'] as const)(
    'of any kind on the %s port leaves all servers alive',
    async (name) => {
      const ensemble = await makeEnsemble()
      await ensemble.start()
      const server = await ensemble.leader()
      const port = portsOf(server)[name]
      for (const bytes of BAD) await throwAt(port, [bytes])
      for (const bytes of fc.sample(fc.uint8Array({ maxLength: 100 }), { numRuns: 50, seed: 2 }))
        await throwAt(port, [bytes])
      await expectHealthy(ensemble)
    },
  )

  it('of many megabytes does not stay in memory', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const server = await ensemble.leader()
    const ports = portsOf(server)
    const resident = server.residentBytes()
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([
        // Frames that promise a megabyte and break off, frames that promise more than is allowed, and plain noise.
        throwAt(ports.client, [frameOf(MIB - 16), Buffer.alloc(MIB / 2)]),
        throwAt(ports.client, [frameOf(0x7fffffff), Buffer.alloc(4 * MIB)]),
        throwAt(
          ports.client,
          Array.from({ length: 8 }, () => Buffer.alloc(MIB, 0xff)),
        ),
        throwAt(
          ports.quorum,
          Array.from({ length: 8 }, () => Buffer.alloc(MIB, 0x7f)),
        ),
        throwAt(ports.quorum, [FOLLOWER_INFO_HEAD, frameOf(0x7fffffff), Buffer.alloc(4 * MIB)]),
        throwAt(
          ports.election,
          Array.from({ length: 8 }, () => Buffer.alloc(MIB, 0x01)),
        ),
      ])
    }
    const growth = server.residentBytes() - resident
    expect(growth).toBeLessThan(GROWTH_BYTES)
    await expectHealthy(ensemble)
  })

  it('from a client with a session is answered with an error, or its connection is closed', async () => {
    const ensemble = await makeEnsemble()
    await ensemble.start()
    const server = await ensemble.leader()
    const before = warningsOf(server).length
    // A frame with a negative length cannot be answered.
    await throwAt(server.clientPort, [CONNECT_REQUEST, frameOf(-1)], 'wait')
    expect(warningsOf(server).length - before).toBe(1)
    // A create whose path is longer than its frame, and an opcode that nobody knows: an error each, and the end.
    const requests = [frameOf(12), int(1), int(1), int(1000), frameOf(8), int(2), int(999)]
    const received = await throwAt(server.clientPort, [CONNECT_REQUEST, ...requests], 'wait')
    expect(received).toBe(CONNECT_RESPONSE_BYTES + 2 * ERROR_REPLY_BYTES)
    await expectHealthy(ensemble)
  })
})

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** The head of a frame of that length. */
const frameOf = (length: number): Buffer => int(length)

/** Protocol version 0, zxid 0, timeout, session 0, an empty password of 16 bytes. */
const CONNECT_REQUEST = Buffer.concat([
  int(44),
  int(0),
  Buffer.alloc(8),
  int(10_000),
  Buffer.alloc(8),
  int(16),
  Buffer.alloc(16),
])

const CONNECT_RESPONSE_BYTES = 40
const ERROR_REPLY_BYTES = 20

/** FOLLOWERINFO (11), zxid 0; what follows is the length of its data. */
const FOLLOWER_INFO_HEAD = Buffer.concat([int(11), Buffer.alloc(8)])

const BAD: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.of(0),
  Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  frameOf(0),
  frameOf(-1),
  frameOf(0x7fffffff),
  Buffer.concat([frameOf(44), Buffer.alloc(10)]),
  Buffer.concat([frameOf(44), Buffer.alloc(44, 0xff)]),
  CONNECT_REQUEST.subarray(0, 20),
  CONNECT_REQUEST,
  FOLLOWER_INFO_HEAD,
  Buffer.concat([FOLLOWER_INFO_HEAD, frameOf(-2)]),
  // FOLLOWERINFO with data of 20 bytes that say nothing, and no identities.
  Buffer.concat([FOLLOWER_INFO_HEAD, frameOf(20), Buffer.alloc(20, 0xff), int(-1)]),
  // The handshake of the election port (its version is -65536), broken off and wrong.
  Buffer.concat([int(-1), int(-65536)]),
  Buffer.concat([int(-1), int(-65536), Buffer.alloc(8), frameOf(0x7fffffff)]),
  Buffer.alloc(100_000, 0x41),
]

/** The ports of a server, from its own zoo.cfg. */
const portsOf = (server: ServerProcess): { readonly [port in 'client' | 'quorum' | 'election']: number } => {
  const text = readFileSync(join(server.directory, 'zoo.cfg'), 'utf8')
  const [, quorum, election] = new RegExp(`^server\\.${server.id}=[^:]*:(\\d+):(\\d+)`, 'm').exec(text) ?? []
  return { client: server.clientPort, quorum: Number(quorum), election: Number(election) }
}

const warningsOf = (server: ServerProcess): readonly string[] =>
  server
    .recentLog()
    .split('\n')
    .filter((line) => / (WARN|ERROR) /.test(line))

/** All servers run, nobody stopped leading, and writes are answered through each of them. */
const expectHealthy = async (ensemble: Ensemble): Promise<void> => {
  expect(ensemble.running()).toHaveLength(ensemble.servers.length)
  for (const server of ensemble.servers) {
    expect(server.log()).not.toContain('defect')
    const client = await connect(server.address)
    await within('a write', client.create('/healthy-', 'x', 'PERSISTENT_SEQUENTIAL'))
    await client.close()
  }
  expect(await (await ensemble.leader()).figure('zk_zab_epoch')).toBe('1')
  await expectEqualTrees(ensemble)
}
