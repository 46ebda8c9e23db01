/** One quorum connection: bytes in, packets out; packets in, bytes out. It does not know whether it is wanted. */
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { ConnectionSide } from '../../core/message.js'
import type { Packet } from '../../server/packet.js'
import { databaseFold, itemsOf } from '../../service/snapshot.js'
import { showWireError } from '../../wire/error.js'
import {
  type DecodedPacket,
  encodePacket,
  encodeSnapshotImage,
  type PacketContext,
  QuorumDecoder,
} from '../../wire/quorum.js'
import { limits } from '../server/limits.js'
import type { Turn } from '../server/turn.js'
import { remoteOf } from './listener.js'
import { Output } from './output.js'
import { problemOf } from './problem.js'

export interface QuorumConnectionOptions extends PacketContext {
  readonly turn: Pick<Turn, 'add'>
}

export class QuorumConnection {
  /** What has come, in order. Set by the owner. */
  onPackets: (packets: readonly DecodedPacket[]) => void = () => undefined
  /** The connection is closed, broken, or cannot be understood: in the last two cases with the reason. */
  onEnd: (problem: string | undefined) => void = () => undefined
  /** Of a learner, once it has said so. */
  role: 'participant' | 'observer' = 'participant'
  /** UPTODATE has been sent. */
  synced = false
  remote: string
  /** When the last bytes came. */
  heardAtMs = performance.now()

  private readonly output: Output
  private readonly decoder: QuorumDecoder
  private problem: string | undefined

  /** @param side what the other end is to us */
  constructor(
    readonly socket: Socket,
    side: ConnectionSide,
    private readonly options: QuorumConnectionOptions,
  ) {
    this.remote = remoteOf(socket)
    this.decoder = new QuorumDecoder({
      sender: side,
      maximumLength: limits.longestPacketFieldBytes,
      maximumFirstLength: limits.longestFirstFieldBytes,
      fold: databaseFold,
    })
    this.output = new Output(socket, {
      turn: options.turn,
      maximumBytes: limits.learnerOutputBytes,
      exceeded: () => this.onEnd('it does not read what it is sent'),
    })
    socket.on('data', (chunk) => this.read(chunk))
    socket.on('error', (error) => (this.problem = problemOf(error)))
    socket.once('close', () => this.onEnd(this.problem))
  }

  send(packet: Packet): void {
    encodePacket(this.output.writer, packet, this.options)
    if (packet.type === 'SNAP') this.output.stream(encodeSnapshotImage(itemsOf(packet.image)))
    else this.output.added()
    if (packet.type === 'UPTODATE') this.synced = true
  }

  private read(chunk: Uint8Array): void {
    this.heardAtMs = performance.now()
    const decoded = this.decoder.feed(chunk)
    if (E.isLeft(decoded)) this.onEnd(showWireError(decoded.left))
    else if (decoded.right.length > 0) this.onPackets(decoded.right)
  }
}
