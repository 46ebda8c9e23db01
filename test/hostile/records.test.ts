/** What was written can always be read again: hostile and unlucky records, at the door of the log and behind it. */
import { isRight } from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAXIMUM_PROPOSED_TEXT_BYTES } from '../../src/service/configuration/text.js'
import { ephemeralsOf } from '../../src/service/database.js'
import { errorCode } from '../../src/service/error.js'
import { sessionsOf } from '../../src/service/database.js'
import { databaseFold } from '../../src/service/snapshot.js'
import type { Transaction } from '../../src/service/transaction.js'
import {
  ephemeralLimitBytes,
  LARGEST_MAX_BUFFER_BYTES,
  limits,
  maximumTransactionBytes,
} from '../../src/shell/server/limits.js'
import { MAXIMUM_TOUCHES_PER_PING } from '../../src/server/limits.js'
import { CLOSING_OVERHEAD_BYTES } from '../../src/server/config.js'
import { encodeLogRecord, scanRecord } from '../../src/wire/log.js'
import { MAXIMUM_NOTIFICATION_LENGTH } from '../../src/wire/election.js'
import { encodePacket, QuorumDecoder } from '../../src/wire/quorum.js'
import { decodeTransaction } from '../../src/wire/transaction.js'
import { Writer } from '../../src/wire/writer.js'
import { Ensemble } from '../server/ensemble.js'
import { closeSession, create, createEphemeral, exists, remove } from '../server/requests.js'

const { OK, MARSHALLINGERROR, NONODE, QUOTAEXCEEDED, RUNTIMEINCONSISTENCY } = errorCode
const LIMIT = 600

const start = (ephemeralLimit = LIMIT - CLOSING_OVERHEAD_BYTES): Ensemble =>
  Ensemble.started({ participants: 3, maximumTransactionBytes: LIMIT, ephemeralLimitBytes: ephemeralLimit })

/** All that the leader has had written. */
const written = (ensemble: Ensemble): readonly Transaction[] =>
  ensemble
    .effects(ensemble.leader)
    .flatMap((effect) => (effect.kind === 'Persist' && effect.durable.kind === 'Append' ? effect.durable.entries : []))
    .map(({ transaction }) => transaction)

describe('the one door to the log', () => {
  it('refuses what would be too long to be read, and lets the next one pass', () => {
    const ensemble = start()
    const client = ensemble.connect(ensemble.followers[0] ?? 1)
    expect(client.ask(create('/a', 'x'.repeat(LIMIT)))?.error).toBe(MARSHALLINGERROR)
    expect(client.ask(exists('/a'))?.error).toBe(NONODE)
    expect(client.ask(create('/a', 'x'.repeat(LIMIT / 2)))?.error).toBe(OK)
    const both = [create('/b', 'y'.repeat(LIMIT / 2)), create('/c', 'y'.repeat(LIMIT / 2))]
    expect(client.ask({ op: 'multi', operations: both })?.error).toBe(MARSHALLINGERROR)
    expect(written(ensemble).every(({ bytes }) => bytes.length <= LIMIT)).toBe(true)
  })

  it('gives a session no more ephemeral nodes than its end can list (ZOOKEEPER-4306), and takes back what is deleted', () => {
    const ensemble = start()
    const client = ensemble.connect(1)
    const path = (index: number): string => `/${String(index).padStart(67, 'e')}`
    const most = Math.floor((LIMIT - CLOSING_OVERHEAD_BYTES) / 72)
    for (let index = 0; index < most; index += 1) expect(client.ask(createEphemeral(path(index)))?.error).toBe(OK)
    expect(client.ask(createEphemeral(path(most)))?.error).toBe(QUOTAEXCEEDED)
    expect(client.ask({ ...createEphemeral('/s'.padEnd(58, 's')), flags: 3 })?.error).toBe(QUOTAEXCEEDED)
    expect(client.ask({ op: 'multi', operations: [create('/m'), createEphemeral(path(most))] })?.body).toMatchObject({
      results: [{ error: OK }, { error: QUOTAEXCEEDED }],
    })
    expect(RUNTIMEINCONSISTENCY).toBe(-2)
    // Others, and nodes that stay, are not concerned.
    expect(client.ask(create(path(most)))?.error).toBe(OK)
    expect(ensemble.connect(2).ask(createEphemeral('/other'))?.error).toBe(OK)
    expect(client.ask(remove(path(0)))?.error).toBe(OK)
    expect(client.ask(createEphemeral(path(0)))?.error).toBe(OK)
    expect(client.ask(closeSession)?.error).toBe(OK)
    expect(written(ensemble).every(({ bytes }) => bytes.length <= LIMIT)).toBe(true)
  })

  it('ends a session that owns too many all the same, in parts for which nobody is answered', () => {
    const ensemble = start(1_000_000)
    const client = ensemble.connect(1)
    const other = ensemble.connect(2)
    for (let index = 0; index < 60; index += 1) client.ask(createEphemeral(`/${String(index).padStart(67, 'e')}`))
    const before = client.story.length
    expect(client.ask(closeSession)?.error).toBe(OK)
    expect(client.story.slice(before).filter((line) => line.startsWith('reply'))).toHaveLength(1)
    const all = written(ensemble)
    expect(all.every(({ bytes }) => bytes.length <= LIMIT)).toBe(true)
    const parts = all.filter(({ record }) => record.type === 'multi')
    expect(parts.length).toBeGreaterThan(5)
    expect(parts.every(({ sessionId, cxid }) => sessionId === 0n && cxid === 0)).toBe(true)
    for (const id of [1, 2, 3]) {
      const { database } = ensemble.server(id)
      expect([...sessionsOf(database)].flatMap(([session]) => ephemeralsOf(database, session))).toEqual([])
      expect([...sessionsOf(database)]).toHaveLength(1)
    }
    expect(other.ask(exists(`/${'0'.padStart(67, 'e')}`))?.error).toBe(NONODE)
  })

  it('lets nothing pass that recovery or a follower cannot read', () => {
    const text = fc.string({ maxLength: 300 })
    const operation = fc.record({
      name: fc.stringMatching(/^[a-z]{1,200}$/),
      data: text,
      flags: fc.constantFrom(0, 1, 2, 3),
    })
    fc.assert(
      fc.property(fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (requests) => {
        const ensemble = start()
        const client = ensemble.connect(1)
        for (const operations of requests)
          client.ask({
            op: 'multi',
            operations: operations.map(({ name, data, flags }) => ({ ...create(`/${name}`, data), flags })),
          })
        client.ask(closeSession)
        for (const transaction of written(ensemble)) {
          expect(transaction.bytes.length).toBeLessThanOrEqual(LIMIT)
          expect(isReadInLog(transaction.bytes)).toBe(true)
          expect(isReadInPacket(transaction)).toBe(true)
        }
      }),
      { numRuns: 15 },
    )
  })
})

const isReadInLog = (bytes: Uint8Array): boolean => {
  const writer = new Writer()
  encodeLogRecord(writer, bytes)
  const file = writer.written()
  const scan = scanRecord(file, 0, true, file.length)
  return scan.kind === 'Record' && isRight(decodeTransaction(scan.payload))
}

const isReadInPacket = (transaction: Transaction): boolean => {
  const decoded = decodeTransaction(transaction.bytes)
  if (!isRight(decoded)) return false
  const writer = new Writer()
  encodePacket(writer, { type: 'PROPOSAL', entry: decoded.right }, { self: 1, configurationText: '' })
  const read = makeDecoder().feed(writer.written())
  return isRight(read) && read.right.length === 1
}

const makeDecoder = (): QuorumDecoder =>
  new QuorumDecoder({
    sender: 'leader',
    maximumLength: limits.longestPacketFieldBytes,
    maximumFirstLength: limits.longestFirstFieldBytes,
    fold: databaseFold,
  })

// --- writers and readers

/** Of every pair: the most that one writes, and the most that the other reads, in bytes. */
const pairsAt = (maxBufferBytes: number): Readonly<Record<string, readonly [writer: number, reader: number]>> => {
  const transaction = maximumTransactionBytes(maxBufferBytes)
  const frame = Math.min(maxBufferBytes, LARGEST_MAX_BUFFER_BYTES)
  const packet = limits.longestPacketFieldBytes
  // Files are read whatever their length; the length of a record is a positive int.
  const file = 0x7fffffff
  return {
    'transaction: log': [transaction, file],
    'transaction: PROPOSAL, INFORM': [transaction, packet],
    'transaction: INFORMANDACTIVATE': [transaction + 8, packet],
    'closeSession of a session with all that it may own': [
      ephemeralLimitBytes(maxBufferBytes, undefined) + CLOSING_OVERHEAD_BYTES,
      transaction,
    ],
    'request of a client: REQUEST': [frame + 16, packet],
    'node: snapshot': [transaction, file],
    'node: image of a SNAP': [transaction, packet],
    'touches: PING': [12 * MAXIMUM_TOUCHES_PER_PING, packet],
    'configuration: notification': [MAXIMUM_PROPOSED_TEXT_BYTES + 44, MAXIMUM_NOTIFICATION_LENGTH],
    'configuration: NEWLEADER': [MAXIMUM_PROPOSED_TEXT_BYTES, packet],
    'FOLLOWERINFO: first packet': [20, limits.longestFirstFieldBytes],
  }
}

describe.each([1, 1024, 1_048_575, LARGEST_MAX_BUFFER_BYTES, 0x7fffffff])(
  'with jute.maxbuffer=%i',
  (maxBufferBytes) => {
    it.each(Object.entries(pairsAt(maxBufferBytes)))(
      'every reader takes what its writer makes: %s',
      (_, [most, read]) => {
        expect(most).toBeLessThanOrEqual(read)
      },
    )
  },
)

describe('the first packet of a connection', () => {
  it('is short: one that announces more is cut off before it arrives; later ones may be long', () => {
    const long = new Writer()
    long.int(11)
    long.long(0n)
    long.int(limits.longestFirstFieldBytes + 1)
    expect(makeDecoder().feed(long.written())).toMatchObject({ left: { kind: 'TooLong' } })
    const decoder = makeDecoder()
    const first = new Writer()
    encodePacket(first, { type: 'LEADERINFO', epoch: 1 }, { self: 1, configurationText: '' })
    const both = new Writer()
    both.raw(first.written())
    both.raw(long.written())
    expect(decoder.feed(both.written())).toMatchObject({ right: [{ packet: { type: 'LEADERINFO' } }] })
  })
})
