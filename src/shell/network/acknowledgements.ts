/**
 * Runs of acknowledgements, shortened.
 *
 * An ACK says that everything up to its zxid is durable (BCAST-3), so of several in a row on one connection the last says
 * all. A follower has to send one for every proposal, as Apache's leader counts each zxid by itself; under load dozens
 * arrive together, and each would be a step of its own.
 */
import type { Packet } from '../../server/packet.js'
import type { DecodedPacket } from '../../wire/quorum.js'
import * as Z from '../../core/zxid.js'

/** Does `next`, right behind `packet` on the same connection, say all that it says? That of NEWLEADER stands for itself. */
export const isOutdated = (packet: Packet, next: Packet | undefined): boolean =>
  packet.type === 'ACK' &&
  next?.type === 'ACK' &&
  packet.zxid.counter !== 0 &&
  packet.zxid.epoch === next.zxid.epoch &&
  Z.isAfter(next.zxid, packet.zxid)

/** The packets without the acknowledgements that the next one makes superfluous. */
export const withoutOutdated = (packets: readonly DecodedPacket[]): readonly DecodedPacket[] =>
  packets.filter(({ packet }, index) => !isOutdated(packet, packets[index + 1]?.packet))
