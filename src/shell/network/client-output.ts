/**
 * What one client is sent. A message becomes bytes when the socket takes them, not before: until then it shares its data
 * with the tree, and a client that has asked for more than it reads costs little.
 */
import type { Socket } from 'node:net'
import { sizeOf } from '../../server/message-size.js'
import type { ClientMessage } from '../../service/response.js'
import { encodeClientMessage, encodeLargeReply } from '../../wire/client.js'
import { limits } from '../server/limits.js'
import type { Turn } from '../server/turn.js'
import { cutWhenStuck, endPolitely } from './listener.js'
import { Output } from './output.js'

export interface ClientOutputOptions {
  readonly turn: Pick<Turn, 'add'>
  /** The client must be cut, for this reason. */
  readonly refused: (reason: string) => void
  /** Bytes have left: there may be room again. */
  readonly relieved: () => void
  /** It takes this many bytes of memory now. */
  readonly holds: (bytes: number) => void
}

export class ClientOutput {
  private readonly output: Output
  /** Messages that wait for room, from `next` on. */
  private waiting: ClientMessage[] = []
  private next = 0
  private waitingBytes = 0
  /** Of these, what the client has not asked to be answered: or not in a way that the server could have put off. */
  private pushedBytes = 0
  private phase: 'open' | 'ending' | 'gone' = 'open'
  private isFull = false

  constructor(
    private readonly socket: Socket,
    private readonly options: ClientOutputOptions,
  ) {
    this.output = new Output(socket, {
      turn: options.turn,
      // What is encoded is bounded below: the rest waits.
      maximumBytes: Infinity,
      exceeded: () => undefined,
      relieved: () => this.relieve(),
    })
  }

  /** The client has not taken what it was sent: what comes now waits. */
  get isCongested(): boolean {
    return this.isFull || this.next < this.waiting.length
  }

  send(message: ClientMessage): void {
    if (this.phase !== 'open' || this.socket.destroyed) return
    if (!this.isCongested) return this.encode(message)
    if (this.pushedBytes > limits.clientOutputBytes) return this.options.refused('it does not read what it is sent')
    this.waiting.push(message)
    this.count(message, 1)
    this.options.holds(this.heldBytes)
  }

  /** Text that is not a message: the answer to a four-letter word. */
  text(text: string): void {
    this.output.writer.raw(Buffer.from(text))
    this.output.added()
  }

  /** Closes once all has been taken. Who takes nothing for a while is cut. */
  end(): void {
    if (this.phase !== 'open') return
    this.phase = 'ending'
    cutWhenStuck(this.socket)
    this.output.flush()
    this.endWhenTaken()
  }

  /** The socket is gone, and all that waited with it. */
  drop(): void {
    this.phase = 'gone'
    this.waiting = []
    this.next = 0
    this.options.holds(0)
  }

  /** Looked at when bytes have come or gone, not for every message. */
  private look(): void {
    this.isFull = this.output.isStreaming || this.output.pendingBytes > limits.clientOutputPauseBytes
  }

  private get heldBytes(): number {
    return this.output.pendingBytes + this.waitingBytes
  }

  private count(message: ClientMessage, sign: 1 | -1): void {
    const bytes = sign * (sizeOf(message) + MESSAGE_BYTES)
    this.waitingBytes += bytes
    if (!isPaced(message)) this.pushedBytes += bytes
  }

  private encode(message: ClientMessage): void {
    try {
      const chunks = encodeLargeReply(message)
      if (chunks !== undefined) this.output.stream(this.guarded(chunks))
      else {
        encodeClientMessage(this.output.writer, message)
        this.output.added()
      }
    } catch (error) {
      this.options.refused(tooLong(error))
    }
    this.look()
  }

  /** Whatever goes wrong within concerns this client only. */
  private *guarded(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
    try {
      yield* chunks
    } catch (error) {
      this.options.refused(tooLong(error))
    }
  }

  /** As much as there is room for. */
  private relieve(): void {
    if (this.phase === 'gone') return
    this.look()
    while (this.next < this.waiting.length && !this.isFull && !this.socket.destroyed) {
      const message = this.waiting[this.next]
      this.next += 1
      if (message === undefined) continue
      this.count(message, -1)
      this.encode(message)
    }
    if (this.next > 0 && 2 * this.next >= this.waiting.length) {
      this.waiting = this.waiting.slice(this.next)
      this.next = 0
    }
    this.options.holds(this.heldBytes)
    if (this.phase === 'ending') this.endWhenTaken()
    else this.options.relieved()
  }

  private endWhenTaken(): void {
    if (this.phase !== 'ending' || this.isCongested || this.output.hasMore) return
    this.phase = 'gone'
    endPolitely(this.socket)
  }
}

/** What a waiting message takes beside what it says. */
const MESSAGE_BYTES = 200

/** Answers of the server's own: it gives no more of them while the client does not read. */
const isPaced = (message: ClientMessage): boolean => {
  if (message.kind !== 'Reply') return false
  switch (message.body?.op) {
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return true
    default:
      return false
  }
}

const tooLong = (error: unknown): string =>
  `an answer cannot be encoded: ${error instanceof Error ? error.message : String(error)}`
