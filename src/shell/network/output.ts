/**
 * What goes out on one socket: messages are encoded into one buffer during a turn and written at its end, in one write.
 *
 * A long stream (the state image of a SNAP) takes its place between the messages: what came before it goes first, then
 * the stream as fast as the socket drains, then what has been encoded meanwhile.
 */
import type { Socket } from 'node:net'
import { Writer } from '../../wire/writer.js'
import { limits } from '../server/limits.js'
import type { Flushable, Turn } from '../server/turn.js'
import { endPolitely } from './listener.js'

/** What an output needs of a socket. */
export type Sink = Pick<Socket, 'write' | 'writableLength' | 'destroyed'> & {
  readonly on: (event: 'drain', listener: () => void) => unknown
}

/** Bytes that come before the current batch: ready made, or made as the socket drains. */
type Segment = Uint8Array | Iterator<Uint8Array>

export interface OutputOptions {
  readonly turn: Pick<Turn, 'add'>
  /** Above this many bytes `exceeded` is called, once. */
  readonly maximumBytes: number
  readonly exceeded: () => void
  /** Called when bytes have left: there may be room again. */
  readonly relieved?: () => void
}

export class Output<S extends Sink = Socket> implements Flushable {
  private batch = new Writer(limits.batchBytes)
  private segments: Segment[] = []
  /** This turn will flush us. */
  private scheduled = false
  private overflowed = false

  constructor(
    readonly socket: S,
    private readonly options: OutputOptions,
  ) {
    socket.on('drain', () => {
      if (this.segments.length > 0) this.flush()
      else this.options.relieved?.()
    })
  }

  /** Encode the next message into this one, then call `added`. Never kept: it changes when bytes have left. */
  get writer(): Writer {
    return this.batch
  }

  /** Bytes that the socket has not taken, those of an unfinished stream not counted. */
  get pendingBytes(): number {
    return this.socket.writableLength + this.batch.length
  }

  /** A stream has not ended: what is encoded now comes after it. */
  get isStreaming(): boolean {
    return this.segments.length > 0
  }

  /** Something has not been handed to the socket. */
  get hasMore(): boolean {
    return this.isStreaming || this.batch.length > 0
  }

  /** Tells that something has been encoded. */
  added(): void {
    const { maximumBytes } = this.options
    if (maximumBytes < Infinity && this.pendingBytes > maximumBytes && !this.overflowed) {
      this.overflowed = true
      this.options.exceeded()
    }
    if (this.scheduled) return
    this.scheduled = true
    this.options.turn.add(this)
  }

  /** Puts a stream after all that has been encoded; what is encoded from now on comes after it. */
  stream(chunks: Iterable<Uint8Array>): void {
    if (this.batch.length > 0) this.segments.push(this.batch.written())
    this.batch.reset()
    this.segments.push(chunks[Symbol.iterator]())
    this.added()
  }

  flush(): void {
    this.scheduled = false
    if (this.socket.destroyed) return
    if (this.segments.length > 0 && !this.writeSegments()) return
    this.writeBatch()
    this.options.relieved?.()
  }

  /** True when all of them are written. Otherwise goes on when the socket drains, or in the next turn. */
  private writeSegments(): boolean {
    let budget = limits.streamTurnBytes
    for (let segment = this.segments[0]; segment !== undefined; segment = this.segments[0]) {
      if (this.socket.writableLength >= limits.streamSocketBytes) return false
      if (budget <= 0) {
        this.scheduled = true
        this.options.turn.add(this)
        return false
      }
      const bytes = this.nextOf(segment)
      if (bytes === undefined) continue
      // An empty chunk is a pause: the rest of the stream waits for the next turn.
      budget = bytes.length === 0 ? 0 : budget - bytes.length
      if (bytes.length > 0) this.socket.write(bytes)
    }
    return true
  }

  /** The next bytes of the first segment, which is dropped when there are no more. */
  private nextOf(segment: Segment): Uint8Array | undefined {
    if (segment instanceof Uint8Array) {
      this.segments.shift()
      return segment
    }
    const result = segment.next()
    if (result.done !== true) return result.value
    this.segments.shift()
    return undefined
  }

  private writeBatch(): void {
    const { length } = this.batch
    if (length === 0) return
    this.socket.write(this.batch.subarray())
    // Nothing left with the socket: the kernel has its own copy, and the buffer may be used again.
    if (this.socket.writableLength === 0 && length <= limits.batchKeptBytes) this.batch.reset()
    else this.batch = new Writer(limits.batchBytes)
  }
}

/** Writes what there is, then closes. A stream that has not ended is cut. */
export const endOutput = (output: Output): void => {
  output.flush()
  endPolitely(output.socket)
}
