/**
 * Real bytes between simulated servers: every packet and notification is encoded by src/wire and decoded at the other
 * end. Bytes that cannot be decoded, or that mean something else than what was sent, are a finding.
 */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { ServerId } from '../../src/core/configuration.js'
import type { ConnectionSide, Notification } from '../../src/core/message.js'
import type { Packet } from '../../src/server/packet.js'
import { databaseFold, itemsOf } from '../../src/service/snapshot.js'
import type { Transaction } from '../../src/service/transaction.js'
import { decodeNotification, encodeNotification, MAXIMUM_NOTIFICATION_LENGTH } from '../../src/wire/election.js'
import { showWireError } from '../../src/wire/error.js'
import { FrameCutter } from '../../src/wire/frame.js'
import { encodePacket, encodeSnapshotImage, QuorumDecoder } from '../../src/wire/quorum.js'
import { Writer } from '../../src/wire/writer.js'
import * as Z from '../../src/core/zxid.js'
import { isSameTransaction } from './same.js'

/** Of one end of a connection. */
export interface PacketDecoder {
  /** The packets that these bytes complete. */
  readonly feed: (bytes: Uint8Array) => readonly Packet[]
}

export interface Codec {
  readonly encode: (packet: Packet, from: ServerId) => Uint8Array
  /** `side`: what the sender is to the receiver. */
  readonly decoderFor: (server: ServerId, from: ServerId, side: ConnectionSide) => PacketDecoder
  /** What arrives when this is sent. */
  readonly notified: (notification: Notification) => Notification | undefined
}

const MAXIMUM_FIELD_BYTES = 1 << 22

type Report = (clause: string, what: string) => void

export const makeCodec = (report: Report): Codec => {
  const writer = new Writer(4096)
  /** What has been sent under that zxid: several, while a bug or an abandoned proposal shares it. */
  const originals = new Map<string, Transaction[]>()

  const encode = (packet: Packet, from: ServerId): Uint8Array => {
    if ('entry' in packet) remember(packet.entry)
    writer.reset()
    encodePacket(writer, packet, { self: from, configurationText: '' })
    if (packet.type === 'SNAP') for (const chunk of encodeSnapshotImage(itemsOf(packet.image))) writer.raw(chunk)
    return writer.written()
  }

  const remember = ({ zxid, transaction }: { readonly zxid: Z.Zxid; readonly transaction: Transaction }): void => {
    const known = originals.get(Z.show(zxid)) ?? []
    if (!known.includes(transaction)) originals.set(Z.show(zxid), [...known, transaction])
  }

  /** The very value that was sent, when what has been decoded is equal to it: judges may then compare by identity. */
  const restored = (packet: Packet): Packet => {
    if (!('entry' in packet)) return packet
    const { zxid, transaction } = packet.entry
    const original = originals.get(Z.show(zxid))?.find((each) => isSameTransaction(each, transaction))
    if (original === undefined) {
      report('WIRE', `${packet.type} ${Z.show(zxid)} has been decoded as another transaction than was sent`)
      return packet
    }
    return { ...packet, entry: { zxid, transaction: original } }
  }

  const decoderFor = (server: ServerId, from: ServerId, side: ConnectionSide): PacketDecoder => {
    const decoder = new QuorumDecoder({ sender: side, maximumLength: MAXIMUM_FIELD_BYTES, fold: databaseFold })
    return {
      feed: (bytes) => {
        const decoded = decoder.feed(bytes)
        if (isLeft(decoded)) {
          report('WIRE', `server ${server} cannot read what ${from} sends: ${showWireError(decoded.left)}`)
          return []
        }
        if (decoder.ignored > 0) report('WIRE', `server ${server} passes over a packet of ${from}`)
        for (const { learner } of decoded.right)
          if (learner !== undefined && learner.id !== from)
            report('WIRE', `server ${server} takes server ${from} for ${learner.id}`)
        return decoded.right.map(({ packet }) => restored(packet))
      },
    }
  }

  const notified = (notification: Notification): Notification | undefined => {
    const text = `version=${Z.toBigInt(notification.configurationVersion).toString(16)}`
    const frames = new FrameCutter(MAXIMUM_NOTIFICATION_LENGTH).cut(encodeNotification(notification, text))
    const [frame] = isLeft(frames) ? [] : frames.right
    const decoded = frame === undefined ? undefined : decodeNotification(frame)
    if (decoded !== undefined && !isLeft(decoded)) return decoded.right
    report('WIRE', 'a notification cannot be read')
    return undefined
  }

  return { encode, decoderFor, notified }
}
