// Decoders are total: random and damaged bytes give a value or a typed error, never an exception, never huge results.
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { zxid } from '../../src/core/zxid.js'
import type { Request } from '../../src/service/request.js'
import {
  decodeClientRequest,
  decodeConnectRequest,
  decodeConnectResponse,
  decodeReply,
  encodeClientMessage,
  encodeClientRequest,
} from '../../src/wire/client.js'
import { decodeHandshake, decodeNotification, encodeNotification } from '../../src/wire/election.js'
import { FrameCutter } from '../../src/wire/frame.js'
import { decodeLogHeader, encodeLogRecord, resynchronize, scanRecord } from '../../src/wire/log.js'
import { encodePacket, encodeSnapshotImage, QuorumDecoder } from '../../src/wire/quorum.js'
import { encodeSnapshot, isCompleteSnapshot, SnapshotDecoder } from '../../src/wire/snapshot.js'
import { decodeTransaction } from '../../src/wire/transaction.js'
import {
  damaged,
  entry,
  leaderPacket,
  learnerPacket,
  notification,
  responseBody,
  servedRequest,
  snapshotItems,
} from './arbitraries.js'
import { collected, collectingFold, itemsFold } from './collecting-fold.js'
import { concat, encoded, unframed } from './support.js'

const random = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  // Small bytes make lengths and counts that nearly fit.
  fc.array(fc.constantFrom(0, 0, 0, 1, 2, 4, 8, 14, 0xff), { maxLength: 80 }).map((bytes) => Uint8Array.from(bytes)),
)

const ops: readonly Request['op'][] = [
  'create',
  'create2',
  'setData',
  'getData',
  'getChildren',
  'getChildren2',
  'multi',
  'reconfig',
  'ping',
]

/** How many things a result holds: it must not exceed what its input can spell out. */
const sizeOf = (result: unknown): number => {
  if (result instanceof Uint8Array) return result.length
  if (typeof result === 'string') return result.length
  if (Array.isArray(result)) return result.reduce<number>((sum, each) => sum + 1 + sizeOf(each), 0)
  if (typeof result !== 'object' || result === null) return 0
  return Object.values(result).reduce<number>((sum, each) => sum + sizeOf(each), 0)
}

const total = (input: fc.Arbitrary<Uint8Array>, decode: (bytes: Uint8Array) => unknown): void =>
  fc.assert(
    fc.property(input, (bytes) => {
      // Error texts and names of fields are short; twice, for transactions also keep their bytes.
      expect(sizeOf(decode(bytes))).toBeLessThanOrEqual(3 * bytes.length + 200)
    }),
    { numRuns: 400 },
  )

const quorum =
  (sender: 'leader' | 'learner') =>
  (bytes: Uint8Array): unknown => {
    const decoder = new QuorumDecoder({ sender, maximumLength: 1 << 16, fold: collectingFold })
    const result = decoder.feed(bytes)
    expect(decoder.attempts).toBeLessThanOrEqual(bytes.length + 1)
    return isLeft(result)
      ? result
      : result.right.map(({ packet }) => (packet.type === 'SNAP' ? collected(packet.image) : packet))
  }

const snapshot = (bytes: Uint8Array): unknown => {
  isCompleteSnapshot(bytes.length, bytes)
  const decoder = new SnapshotDecoder(itemsFold, 1 << 16)
  return [decoder.feed(bytes), decoder.finish(zxid(1, 1))]
}

const log = (bytes: Uint8Array): unknown => [
  decodeLogHeader(bytes),
  scanRecord(bytes, 0, true),
  scanRecord(bytes, 0, false),
  resynchronize(bytes, 0),
]

const reply = (bytes: Uint8Array): unknown => {
  const results = ops.map((op) => decodeReply(bytes, op))
  return results.reduce((largest, each) => (sizeOf(each) > sizeOf(largest) ? each : largest))
}

const decoders: readonly (readonly [string, (bytes: Uint8Array) => unknown])[] = [
  ['ConnectRequest', decodeConnectRequest],
  ['ConnectResponse', decodeConnectResponse],
  ['client request', decodeClientRequest],
  ['reply', reply],
  ['frames', (bytes) => new FrameCutter(1 << 10).cut(bytes)],
  ['handshake', decodeHandshake],
  ['notification', decodeNotification],
  ['transaction', decodeTransaction],
  ['quorum packets of a leader', quorum('leader')],
  ['quorum packets of a learner', quorum('learner')],
  ['snapshot', snapshot],
  ['log', (bytes) => sizeOf(log(bytes)) / 3],
]

describe('random bytes', () => {
  test.each(decoders)('%s', (_name, decode) => total(random, decode))
})

describe('damaged bytes', () => {
  const packetBytes = (packet: Parameters<typeof encodePacket>[1]): Uint8Array =>
    concat([
      encoded((writer) => encodePacket(writer, packet, { self: 1, configurationText: 'version=0' })),
      ...(packet.type === 'SNAP' ? encodeSnapshotImage(collected(packet.image).items) : []),
    ])

  test('client request', () =>
    total(
      damaged(
        servedRequest.map((request) => unframed(encoded((writer) => encodeClientRequest(writer, { xid: 1, request })))),
      ),
      decodeClientRequest,
    ))
  test('reply', () =>
    total(
      damaged(
        responseBody.map((body) =>
          unframed(
            encoded((writer) =>
              encodeClientMessage(writer, { kind: 'Reply', xid: 1, zxid: zxid(1, 1), error: 0, body }),
            ),
          ),
        ),
      ),
      reply,
    ))
  test('notification', () =>
    total(damaged(notification.map((each) => unframed(encodeNotification(each, 'version=1')))), decodeNotification))
  test('transaction', () => total(damaged(entry.map(({ transaction }) => transaction.bytes)), decodeTransaction))
  test('log', () =>
    total(
      damaged(entry.map(({ transaction }) => encoded((writer) => encodeLogRecord(writer, transaction.bytes)))),
      (bytes) => sizeOf(log(bytes)) / 3,
    ))
  test('quorum packets of a leader', () => total(damaged(leaderPacket.map(packetBytes)), quorum('leader')))
  test('quorum packets of a learner', () => total(damaged(learnerPacket.map(packetBytes)), quorum('learner')))
  test('snapshot', () =>
    total(
      damaged(snapshotItems.map((items) => concat(encodeSnapshot(items, { zxid: zxid(1, 1), digest: 5n }, undefined)))),
      snapshot,
    ))
})
