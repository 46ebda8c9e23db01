// What Apache ZooKeeper 3.8.0 wrote, recorded: every byte string decodes, and encodes to the same bytes again.
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Packet } from '../../src/server/packet.js'
import type { Request } from '../../src/service/request.js'
import {
  decodeClientRequest,
  decodeConnectRequest,
  decodeConnectResponse,
  decodeReply,
  encodeClientMessage,
  encodeClientRequest,
  encodeConnectRequest,
} from '../../src/wire/client.js'
import { decodeHandshake, decodeNotification, encodeHandshake, encodeNotification } from '../../src/wire/election.js'
import { FrameCutter } from '../../src/wire/frame.js'
import { decodeLogHeader, encodeLogHeader, encodeLogRecord, scanRecord } from '../../src/wire/log.js'
import { encodePacket, encodeSnapshotImage, QuorumDecoder } from '../../src/wire/quorum.js'
import type { DecodedPacket } from '../../src/wire/quorum.js'
import { encodeSnapshot, isCompleteSnapshot, SnapshotDecoder } from '../../src/wire/snapshot.js'
import { decodeTransaction, encodeTransaction } from '../../src/wire/transaction.js'
import { zxid } from '../../src/core/zxid.js'
import { collected, collectingFold, itemsFold } from './collecting-fold.js'
import { concat, encoded, fromHex, toHex, unframed, value } from './support.js'

const folder = fileURLToPath(new URL('../vectors/apache-3.8.0/', import.meta.url))
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(`${folder}${name}`))
// The recorder's own format, written by the recorder only.
const json = <A>(name: string): A => JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as A

interface Frame {
  readonly from: 'client' | 'server'
  readonly op: Request['op'] | 'connect' | 'notification'
  readonly hex: string
}

const names = readdirSync(folder)

describe('client port', () => {
  const frames = json<readonly (readonly Frame[])[]>('client.json').flat()
  const again = ({ from, op, hex }: Frame): string => {
    const bytes = fromHex(hex)
    const written = encoded((writer) => {
      if (from === 'client' && op === 'connect') encodeConnectRequest(writer, value(decodeConnectRequest(bytes)))
      else if (from === 'client') encodeClientRequest(writer, value(decodeClientRequest(bytes)))
      else if (op === 'connect') encodeClientMessage(writer, value(decodeConnectResponse(bytes)))
      else encodeClientMessage(writer, value(decodeReply(bytes, op === 'notification' ? 'ping' : op)))
    })
    return toHex(unframed(written))
  }

  test.each(frames.map((frame, index) => [index, frame.from, frame.op, frame] as const))(
    '%i %s %s',
    (_index, _from, op, frame) => {
      // Opcodes that we do not serve lose their bodies; their headers stay.
      if (op === 'unimplemented') expect(frame.hex.startsWith(again(frame))).toBe(true)
      else expect(again(frame)).toBe(frame.hex)
    },
  )

  test('every served operation was recorded', () => {
    const ops: readonly Frame['op'][] = [
      'create',
      'create2',
      'delete',
      'exists',
      'getData',
      'setData',
      'getChildren',
      'getChildren2',
      'sync',
      'ping',
      'multi',
      'setWatches',
      'auth',
      'closeSession',
      'notification',
      'connect',
    ] // prettier-ignore
    expect(ops.filter((op) => !frames.some((frame) => frame.op === op && frame.from === 'server'))).toEqual([])
  })
})

interface Stream {
  readonly name: string
  readonly learner: string
  readonly leader: string
}

describe('quorum port', () => {
  const streams = json<readonly Stream[]>('quorum.json')
  const decodeAll = (hex: string, sender: 'leader' | 'learner'): readonly DecodedPacket[] => {
    const decoder = new QuorumDecoder({ sender, maximumLength: 1 << 20, fold: collectingFold })
    const packets = value(decoder.feed(fromHex(hex)))
    expect(decoder.ignored).toBe(0)
    return packets
  }
  const encodeAll = (packets: readonly DecodedPacket[], configurationText: string): string =>
    toHex(
      concat(
        packets.flatMap(({ packet, learner }) => [
          encoded((writer) => encodePacket(writer, packet, { self: learner?.id ?? 0, configurationText })),
          ...(packet.type === 'SNAP' ? encodeSnapshotImage(collected(packet.image).items) : []),
        ]),
      ),
    )
  const typesOf = (packets: readonly DecodedPacket[]): ReadonlySet<string> =>
    new Set(packets.map(({ packet }) => packet.type))

  test.each(streams.map((stream) => [stream.name, stream] as const))('%s', (_name, { learner, leader }) => {
    const text = /server\.1=.*?version=[0-9a-f]+/s.exec(new TextDecoder().decode(fromHex(leader)))?.[0] ?? ''
    expect(encodeAll(decodeAll(learner, 'learner'), '')).toBe(learner)
    const packets = decodeAll(leader, 'leader')
    const again = encodeAll(packets, text)
    // An image's ACL lists are numbered by Java's history, so it is compared as items.
    if (packets.some(({ packet }) => packet.type === 'SNAP')) expect(decodeAll(again, 'leader')).toEqual(packets)
    else expect(again).toBe(leader)
  })

  test('every packet type was recorded', () => {
    const seen = streams.flatMap(({ learner, leader }) => [
      ...typesOf(decodeAll(learner, 'learner')),
      ...typesOf(decodeAll(leader, 'leader')),
    ])
    const all: readonly Packet['type'][] = [
      'FOLLOWERINFO',
      'LEADERINFO',
      'ACKEPOCH',
      'DIFF',
      'TRUNC',
      'SNAP',
      'NEWLEADER',
      'ACK',
      'UPTODATE',
      'PROPOSAL',
      'COMMIT',
      'INFORM',
      'PING',
      'REQUEST',
      'REVALIDATE',
      'REVALIDATED',
      'SYNC',
    ] // prettier-ignore
    expect(all.filter((type) => !seen.includes(type))).toEqual([])
  })

  test('the transactions of a PROPOSAL encode to its bytes', () => {
    const entries = streams.flatMap(({ leader }) =>
      decodeAll(leader, 'leader').flatMap(({ packet }) => ('entry' in packet ? [packet.entry] : [])),
    )
    expect(entries.length).toBeGreaterThan(5)
    for (const { zxid: id, transaction } of entries) {
      expect(toHex(encodeTransaction(id, transaction))).toBe(toHex(transaction.bytes))
    }
  })
})

describe('election port', () => {
  interface Exchange {
    readonly name: string
    readonly sent: string
    readonly received: string
  }
  const exchanges = json<readonly Exchange[]>('election.json')

  test.each(exchanges.map((exchange) => [exchange.name, exchange] as const))('%s', (_name, { sent, received }) => {
    const step = value(decodeHandshake(fromHex(sent)))
    if (step.kind !== 'Complete') throw new Error('no handshake')
    expect(sent.startsWith(toHex(encodeHandshake(step.handshake)))).toBe(true)
    const frames = value(new FrameCutter(1 << 19).cut(fromHex(received)))
    expect(frames.length).toBeGreaterThan(0)
    const notifications = frames.map((frame) => value(decodeNotification(frame)))
    expect(notifications.some(({ state, vote }) => state !== 'LOOKING' && vote.leader === 2)).toBe(true)
    for (const frame of frames) {
      const text = new TextDecoder().decode(frame.subarray(44))
      const notification = value(decodeNotification(frame))
      expect(toHex(unframed(encodeNotification(notification, text)))).toBe(toHex(frame))
    }
  })
})

describe('files', () => {
  // In a tree that clients have written to, Java numbers its ACL lists by history and keeps a second open list.
  const hasCanonicalLists = (name: string): boolean => name.endsWith('snapshot.0')

  test.each(names.filter((name) => name.includes('.log.')))('%s', (name) => {
    const bytes = read(name)
    const written = encoded((writer) => {
      encodeLogHeader(writer)
      for (let offset = value(decodeLogHeader(bytes)); ; ) {
        const scan = scanRecord(bytes, offset, true)
        if (scan.kind !== 'Record') {
          expect(scan).toEqual({ kind: 'End', reason: 'EndOfFile' })
          return
        }
        const entry = value(decodeTransaction(scan.payload))
        encodeLogRecord(writer, encodeTransaction(entry.zxid, entry.transaction))
        offset = scan.next
      }
    })
    expect(toHex(written)).toBe(toHex(bytes))
  })

  test.each(names.filter((name) => name.includes('.snapshot.')))('%s', (name) => {
    const bytes = read(name)
    expect(isCompleteSnapshot(bytes.length, bytes.subarray(-5))).toBe(true)
    const decoder = new SnapshotDecoder(itemsFold, 1 << 20)
    value(decoder.feed(bytes))
    const { database, digest, lastZxid } = value(decoder.finish(zxid(0, 0)))
    expect(database.items.some((item) => item.kind === 'node' && item.path === '')).toBe(true)
    const again = concat(encodeSnapshot(database.items, digest, lastZxid))
    if (hasCanonicalLists(name)) {
      expect(toHex(again)).toBe(toHex(bytes))
      return
    }
    const second = new SnapshotDecoder(itemsFold, 1 << 20)
    value(second.feed(again))
    expect(value(second.finish(zxid(0, 0)))).toEqual({ database, digest, lastZxid })
  })

  test('the logs hold every type of record but that of a reconfiguration', () => {
    const types = names
      .filter((name) => name.includes('.log.'))
      .flatMap((name) => {
        const bytes = read(name)
        const seen: string[] = []
        for (let offset = 16; ; ) {
          const scan = scanRecord(bytes, offset, true)
          if (scan.kind !== 'Record') return seen
          seen.push(value(decodeTransaction(scan.payload)).transaction.record.type)
          offset = scan.next
        }
      })
    expect([...new Set(types)].sort()).toEqual(
      [
        'closeSession',
        'create',
        'create2',
        'createContainer',
        'createSession',
        'createTTL',
        'delete',
        'deleteContainer',
        'error',
        'multi',
        'setACL',
        'setData',
      ], // prettier-ignore
    )
  })
})
