/** Packets to bytes. */
import type { Configuration, ServerId } from '../../core/configuration.js'
import { newLeaderZxid, UNTRUSTED, ZERO } from '../../core/zxid.js'
import type { Zxid } from '../../core/zxid.js'
import type { ForwardedRequest, Packet, SessionTouch } from '../../server/packet.js'
import { renderConfigurationText } from '../../service/configuration/text.js'
import type { SnapshotItem } from '../../service/snapshot.js'
import { encodeImage } from '../image-encoder.js'
import { writeId } from '../record.js'
import { encodeRequestBody, opcodeOf } from '../request.js'
import { Writer } from '../writer.js'
import { packetType, PROTOCOL_VERSION, SNAP_SIGNATURE } from './packet-type.js'

/** What packets carry beside their value: who sends, and the sender's configuration as text, where they name none. */
export interface PacketContext {
  readonly self: ServerId
  readonly configurationText: string
}

/** Type and zxid; data and authinfo follow. */
export const encodePacketHead = (writer: Writer, type: keyof typeof packetType, zxid: Zxid): void => {
  writer.int(packetType[type])
  writer.zxid(zxid)
}

/** One packet; of SNAP only the packet, to be followed by the chunks of `encodeSnapshotImage`. */
export const encodePacket = (writer: Writer, packet: Packet, context: PacketContext): void => {
  switch (packet.type) {
    case 'ACK':
    case 'COMMIT':
    case 'DIFF':
    case 'TRUNC':
    case 'SNAP':
      writeBare(writer, packet.type, packet.zxid)
      return
    case 'UPTODATE':
      writeBare(writer, 'UPTODATE', UNTRUSTED)
      return
    case 'SYNC':
      writeBare(writer, 'SYNC', ZERO)
      return
    case 'PROPOSAL':
    case 'INFORM':
      encodePacketHead(writer, packet.type, packet.entry.zxid)
      writer.buffer(packet.entry.transaction.bytes)
      writer.count(-1)
      return
    case 'COMMITANDACTIVATE':
      writeWithData(writer, 'COMMITANDACTIVATE', packet.zxid, () => writer.serverId(packet.leader))
      return
    case 'INFORMANDACTIVATE':
      writeWithData(writer, 'INFORMANDACTIVATE', packet.entry.zxid, () => {
        writer.serverId(packet.leader)
        writer.raw(packet.entry.transaction.bytes)
      })
      return
    case 'PING':
      writePing(writer, packet.zxid, packet.touched)
      return
    case 'REQUEST':
      writeRequest(writer, packet.request)
      return
    case 'REVALIDATE':
      writeWithData(writer, 'REVALIDATE', UNTRUSTED, () => {
        writer.long(packet.sessionId)
        writer.int(packet.timeoutMs)
      })
      return
    case 'REVALIDATED':
      writeWithData(writer, 'REVALIDATE', UNTRUSTED, () => {
        writer.long(packet.sessionId)
        writer.bool(packet.valid)
      })
      return
    case 'NEWLEADER':
      encodePacketHead(writer, 'NEWLEADER', newLeaderZxid(packet.epoch))
      writer.string(textOf(packet.configuration) ?? context.configurationText)
      writer.count(-1)
      return
    case 'LEADERINFO':
      writeWithData(writer, 'LEADERINFO', newLeaderZxid(packet.epoch), () => writer.int(PROTOCOL_VERSION))
      return
    case 'ACKEPOCH':
      writeWithData(writer, 'ACKEPOCH', packet.lastZxid, () => writer.int(packet.currentEpoch))
      return
    case 'FOLLOWERINFO': {
      const type = packet.role === 'participant' ? 'FOLLOWERINFO' : 'OBSERVERINFO'
      writeWithData(writer, type, newLeaderZxid(packet.acceptedEpoch), () => {
        writer.serverId(context.self)
        writer.int(PROTOCOL_VERSION)
        writer.zxid(packet.configurationVersion)
      })
      return
    }
  }
}

/** The image that follows a SNAP packet, in chunks of about 64 KiB. */
export function* encodeSnapshotImage(items: Iterable<SnapshotItem>): Generator<Uint8Array, void> {
  yield* encodeImage(items)
  const writer = new Writer(16)
  writer.string(SNAP_SIGNATURE)
  yield writer.written()
}

const textOf = (configuration: Configuration | undefined): string | undefined =>
  configuration === undefined ? undefined : renderConfigurationText(configuration)

/** Null data, null authinfo. */
const writeBare = (writer: Writer, type: keyof typeof packetType, zxid: Zxid): void => {
  encodePacketHead(writer, type, zxid)
  writer.int(-1)
  writer.count(-1)
}

const writeWithData = (writer: Writer, type: keyof typeof packetType, zxid: Zxid, writeData: () => void): void => {
  encodePacketHead(writer, type, zxid)
  const start = writer.beginFrame()
  writeData()
  writer.endFrame(start)
  writer.count(-1)
}

/** A leader's PING has null data. A learner's never has: the handler of a Java leader does not survive null. */
const writePing = (writer: Writer, zxid: Zxid, touched: readonly SessionTouch[] | undefined): void => {
  if (touched === undefined) {
    writeBare(writer, 'PING', zxid)
    return
  }
  writeWithData(writer, 'PING', zxid, () => {
    for (const { id, timeoutMs } of touched) {
      writer.long(id)
      writer.int(timeoutMs)
    }
  })
}

const writeRequest = (writer: Writer, { sessionId, cxid, request, ids }: ForwardedRequest): void => {
  encodePacketHead(writer, 'REQUEST', UNTRUSTED)
  const start = writer.beginFrame()
  writer.long(sessionId)
  writer.int(cxid)
  writer.int(opcodeOf(request))
  encodeRequestBody(writer, request)
  writer.endFrame(start)
  // Internal requests have no identities: null, as ZooKeeper writes them.
  writer.count(ids.length === 0 ? -1 : ids.length)
  for (const id of ids) writeId(writer, id)
}
