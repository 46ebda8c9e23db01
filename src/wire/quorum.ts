/** The quorum port: packets back to back, without framing; a SNAP packet is followed by a raw state image. */
export { encodePacket, encodePacketHead, encodeSnapshotImage } from './quorum/encode.js'
export type { PacketContext } from './quorum/encode.js'
export { QuorumDecoder } from './quorum/decode.js'
export type { QuorumDecoderOptions } from './quorum/decode.js'
export type { DecodedPacket, LearnerInfo } from './quorum/interpret.js'
export { packetType } from './quorum/packet-type.js'
