// The quorum port: packets come back through any chunks, with work linear in the bytes; known bytes; what is refused.
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { ZERO, zxid } from '../../src/core/zxid.js'
import type { Packet } from '../../src/server/packet.js'
import { configurationFrom } from '../../src/service/configuration/text.js'
import { encodePacket, encodeSnapshotImage, packetType, QuorumDecoder } from '../../src/wire/quorum.js'
import type { DecodedPacket } from '../../src/wire/quorum.js'
import { leaderPacket, learnerPacket } from './arbitraries.js'
import { collected, collectingFold } from './collecting-fold.js'
import { chunksOf, concat, encoded, fromHex, toHex, value } from './support.js'

const context = { self: 1, configurationText: 'version=0' }
const LIMIT = 1 << 20

const bytesOf = (packet: Packet): Uint8Array =>
  concat([
    encoded((writer) => encodePacket(writer, packet, context)),
    ...(packet.type === 'SNAP' ? encodeSnapshotImage(collected(packet.image).items) : []),
  ])

const decoderOf = (sender: 'leader' | 'learner', maximumLength = LIMIT): QuorumDecoder =>
  new QuorumDecoder({ sender, maximumLength, fold: collectingFold })

const withInfo = (packet: Packet): DecodedPacket =>
  packet.type === 'FOLLOWERINFO'
    ? { packet, learner: { id: 1, protocolVersion: 0x10000, configurationVersion: packet.configurationVersion } }
    : { packet }

describe('packets come back, whatever the chunks', () => {
  test.each([
    ['leader', leaderPacket],
    ['learner', learnerPacket],
  ] as const)('from a %s', (sender, packet) =>
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 10 }), (packets, cuts) => {
        const decoder = decoderOf(sender)
        const chunks = chunksOf(concat(packets.map(bytesOf)), cuts)
        expect(chunks.flatMap((chunk) => value(decoder.feed(chunk)))).toEqual(packets.map(withInfo))
        expect(decoder.ignored).toBe(0)
      }),
      { numRuns: 200 },
    ),
  )
})

describe('work and memory', () => {
  const node = { kind: 'node' as const, data: new Uint8Array(30), acl: [] }
  const stat = { czxid: ZERO, mzxid: ZERO, pzxid: ZERO, ctimeMs: 0, mtimeMs: 0, version: 0, cversion: 0, aversion: 0 }
  const items = Array.from({ length: 500 }, (_, index) => ({
    ...node,
    path: `/${index}`,
    stat: { ...stat, ephemeralOwner: 0n },
  }))
  const stream = concat([
    encoded((writer) => encodePacket(writer, { type: 'SNAP', zxid: ZERO, image: collectingImage() }, context)),
    ...encodeSnapshotImage(items),
  ])
  function collectingImage(): Extract<Packet, { readonly type: 'SNAP' }>['image'] {
    const result = collectingFold.finish([], ZERO)
    if (isLeft(result)) throw new Error(result.left)
    return result.right
  }

  test('an image byte by byte: each record is begun at most once for each of its fields', () => {
    const decoder = decoderOf('leader')
    let packets = 0
    for (let at = 0; at < stream.length; at++) packets += value(decoder.feed(stream.subarray(at, at + 1))).length
    expect(packets).toBe(1)
    // 13 fields a node, and some for the rest; a decoder that starts again with each byte would need 55,000.
    expect(decoder.attempts).toBeLessThan(items.length * 15 + 50)
  })

  test('many identities byte by byte', () => {
    const ids = Array.from({ length: 300 }, (_, index) => ({ scheme: 'ip', id: String(index) }))
    const packet: Packet = {
      type: 'REQUEST',
      request: { sessionId: 1n, cxid: 1, request: { op: 'ping' }, ids },
    }
    const bytes = bytesOf(packet)
    const decoder = decoderOf('learner')
    const packets = Array.from(bytes, (_, at) => value(decoder.feed(bytes.subarray(at, at + 1)))).flat()
    expect(packets).toEqual([{ packet }])
    expect(decoder.attempts).toBeLessThan(300 * 5 + 10)
  })

  test('a transaction does not hold on to the chunk that it came in', () => {
    const chunk = fromHex(
      '00000002 0000000100000001 00000024 0000000000000001 00000000 0000000100000001 0000000000000001 fffffff6 00001770 ffffffff',
    )
    const [first] = value(decoderOf('leader').feed(chunk))
    if (first?.packet.type !== 'PROPOSAL') throw new Error('no proposal')
    expect(first.packet.entry.transaction.bytes.buffer.byteLength).toBe(36)
  })

  test('what is too long is refused before it arrives', () => {
    const refused = (digits: string, sender: 'leader' | 'learner'): string | undefined => {
      const result = decoderOf(sender, 100).feed(fromHex(digits))
      return isLeft(result) ? result.left.kind : undefined
    }
    expect(refused('00000002 0000000100000001 00000065', 'leader')).toBe('TooLong')
    expect(refused('00000002 0000000100000001 fffffffe', 'leader')).toBe('BadLength')
    expect(refused('00000001 ffffffffffffffff 00000000 00000010', 'learner')).toBe('BadLength')
    expect(
      refused('0000000f 0000000100000001 ffffffff ffffffff 00000000 00000001 0000000000000001 7fffffff', 'leader'),
    ).toBe('BadLength')
  })
})

describe('known bytes', () => {
  const dataOf = (packet: Packet): string => toHex(bytesOf(packet)).slice(32, -8)
  const forwarded = (
    cxid: number,
    request: Extract<Packet, { readonly type: 'REQUEST' }>['request']['request'],
  ): Packet => ({
    type: 'REQUEST',
    request: { sessionId: 0x0100000000001234n, cxid, request, ids: [] },
  })
  const vectors: readonly (readonly [string, Packet, string])[] = [
    [
      'LearnerInfo',
      { type: 'FOLLOWERINFO', role: 'participant', acceptedEpoch: 0, configurationVersion: ZERO },
      '0000000000000001 00010000 0000000000000000',
    ],
    ['LEADERINFO', { type: 'LEADERINFO', epoch: 1 }, '00010000'],
    ['ACKEPOCH', { type: 'ACKEPOCH', currentEpoch: -1, lastZxid: ZERO }, 'ffffffff'],
    [
      'createSession',
      forwarded(0, { op: 'createSession', timeoutMs: 6000 }),
      '0100000000001234 00000000 fffffff6 00001770',
    ],
    ['sync', forwarded(6, { op: 'sync', path: '/' }), '0100000000001234 00000006 00000009 00000001 2f'],
    [
      'REVALIDATE',
      { type: 'REVALIDATE', sessionId: 0x0100000000001234n, timeoutMs: 6000 },
      '0100000000001234 00001770',
    ],
    ['valid', { type: 'REVALIDATED', sessionId: 0x0100000000001234n, valid: true }, '0100000000001234 01'],
    ['invalid', { type: 'REVALIDATED', sessionId: 999n, valid: false }, '00000000000003e7 00'],
    [
      'PING of a learner',
      { type: 'PING', zxid: ZERO, touched: [{ id: 0x0100000000001234n, timeoutMs: 6000 }] },
      '0100000000001234 00001770',
    ],
  ]
  test.each(vectors)('%s', (_name, packet, digits) => expect(dataOf(packet)).toBe(digits.replaceAll(' ', '')))

  test('a commit that changes the configuration: the leader that goes on', () => {
    expect(toHex(bytesOf({ type: 'COMMITANDACTIVATE', zxid: zxid(1, 5), leader: 3 }))).toBe(
      '00000009 0000000100000005 00000008 0000000000000003 ffffffff'.replaceAll(' ', ''),
    )
  })

  test('… and for observers the transaction as well, as a PROPOSAL has it', () => {
    // §11: createSession with its digest.
    const payload =
      '0100000000001234 00000000 0000000100000001 000001a20b8e1825 fffffff6 00001770 00000002 0000000051c6d660'
    const packet = `00000013 0000000100000001 00000038 0000000000000002 ${payload} ffffffff`
    const [decoded] = value(decoderOf('leader').feed(fromHex(packet)))
    expect(decoded?.packet).toMatchObject({ type: 'INFORMANDACTIVATE', leader: 2, entry: { zxid: zxid(1, 1) } })
    if (decoded?.packet.type !== 'INFORMANDACTIVATE') throw new Error('no INFORMANDACTIVATE')
    expect(toHex(decoded.packet.entry.transaction.bytes)).toBe(payload.replaceAll(' ', ''))
    expect(toHex(bytesOf(decoded.packet))).toBe(packet.replaceAll(' ', ''))
  })

  test('NEWLEADER: the text of its configuration, or else of the sender’s', () => {
    const text = 'server.1=a:1:2:participant\nversion=300000000'
    const configuration = configurationFrom(text)
    if (configuration === undefined) throw new Error('no configuration')
    const written = (packet: Packet): string => new TextDecoder().decode(fromHex(dataOf(packet)))
    expect(written({ type: 'NEWLEADER', epoch: 3, configuration })).toBe(text)
    expect(written({ type: 'NEWLEADER', epoch: 3 })).toBe('version=0')
  })

  test('bare packets: null data and null authinfo; a learner that touched nothing sends empty data', () => {
    const null2 = 'ffffffffffffffff'
    expect(toHex(bytesOf({ type: 'UPTODATE' }))).toBe(`0000000cffffffffffffffff${null2}`)
    expect(toHex(bytesOf({ type: 'SYNC' }))).toBe(`000000070000000000000000${null2}`)
    expect(toHex(bytesOf({ type: 'PING', zxid: zxid(1, 2), touched: undefined }))).toBe(
      `000000050000000100000002${null2}`,
    )
    expect(toHex(bytesOf({ type: 'PING', zxid: zxid(1, 2), touched: [] }))).toBe(
      '00000005000000010000000200000000ffffffff',
    )
  })
})

describe('foreign packets', () => {
  const bare = (type: number): Uint8Array =>
    encoded((writer) => {
      writer.int(type)
      writer.zxid(ZERO)
      writer.int(-1)
      writer.int(-1)
    })

  test('unknown types, and types that the sender has no business to send, are counted and passed over', () => {
    const learner = decoderOf('learner')
    const stream = concat([bare(99), bare(packetType.SNAP), bare(packetType.COMMIT), bare(packetType.ACK)])
    expect(value(learner.feed(stream))).toEqual([{ packet: { type: 'ACK', zxid: ZERO } }])
    expect(learner.ignored).toBe(3)
  })

  test('a commit that changes the configuration and cannot be read is not passed over', () => {
    for (const type of [packetType.COMMITANDACTIVATE, packetType.INFORMANDACTIVATE]) {
      expect(decoderOf('leader').feed(bare(type))).toMatchObject({ left: { kind: 'Truncated' } })
      const learner = decoderOf('learner')
      expect(value(learner.feed(bare(type)))).toEqual([])
      expect(learner.ignored).toBe(1)
    }
  })

  test('a configuration that cannot be read is: the leader is one all the same', () => {
    const packetOf = (text: string | null): unknown =>
      value(
        decoderOf('leader').feed(
          encoded((writer) => {
            writer.int(packetType.NEWLEADER)
            writer.zxid(zxid(3, 0))
            writer.string(text)
            writer.int(-1)
          }),
        ),
      )
    const bareLeader = [{ packet: { type: 'NEWLEADER', epoch: 3 } }]
    for (const text of [null, '', 'version=300000000', 'server.1=a', 'server.1=a:1:2|b', `#${'x'.repeat(1 << 19)}`])
      expect(packetOf(text)).toEqual(bareLeader)
    expect(packetOf('server.1=a:1:2\nversion=300000000')).toMatchObject([
      { packet: { configuration: { version: zxid(3, 0), members: [{ id: 1 }] } } },
    ])
  })

  test('shorter forms of LearnerInfo', () => {
    const infoOf = (digits: string): unknown =>
      value(decoderOf('learner').feed(fromHex(`00000010 0000000300000000 ${digits} ffffffff`)))[0]
    const packet = { type: 'FOLLOWERINFO', role: 'observer', acceptedEpoch: 3, configurationVersion: ZERO }
    expect(infoOf('ffffffff')).toEqual({ packet })
    expect(infoOf('00000008 0000000000000007')).toEqual({
      packet,
      learner: { id: 7, protocolVersion: 0, configurationVersion: ZERO },
    })
    expect(infoOf('0000000c 0000000000000007 00010000')).toEqual({
      packet,
      learner: { id: 7, protocolVersion: 0x10000, configurationVersion: ZERO },
    })
  })

  test.each([
    [
      'a transaction whose zxid is not that of the packet',
      'leader',
      '00000002 0000000100000002 00000024 0000000000000001 00000000 0000000100000001 0000000000000001 fffffff6 00001770 ffffffff',
    ],
    ['a proposal without data', 'leader', '00000002 0000000100000002 ffffffff ffffffff'],
    ['an activation that names no leader', 'leader', '00000009 0000000100000002 00000004 00000001 ffffffff'],
    ['an activation of no transaction', 'leader', '00000013 0000000100000002 00000008 0000000000000001 ffffffff'],
    [
      'an activation of another transaction',
      'leader',
      '00000013 0000000100000002 0000002c 0000000000000003 0000000000000001 00000000 0000000100000001 0000000000000001 fffffff6 00001770 ffffffff',
    ],
    ['half a session in a PING', 'learner', '00000005 0000000000000000 00000003 000000 ffffffff'],
    ['LearnerInfo of three bytes', 'learner', '0000000b 0000000000000000 00000003 000000 ffffffff'],
    [
      'an image without its signature',
      'leader',
      '0000000f 0000000000000000 ffffffff ffffffff 00000000 00000000 00000001 2f 00000001 2f',
    ],
  ] as const)('refused for good: %s', (_name, sender, digits) => {
    const decoder = decoderOf(sender)
    expect(isLeft(decoder.feed(fromHex(digits)))).toBe(true)
    expect(isLeft(decoder.feed(bare(packetType.ACK)))).toBe(true)
  })

  test('a request that cannot be decoded is one all the same', () => {
    const stream = fromHex('00000001 ffffffffffffffff 00000011 0000000000000001 00000002 00000001 00 ffffffff')
    expect(value(decoderOf('learner').feed(stream))[0]?.packet).toMatchObject({
      request: { cxid: 2, request: { op: 'malformed', opcode: 1 } },
    })
  })
})
