/** One client connection: bytes in, events out; messages in, bytes out. */
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { ConnectionId } from '../../server/event.js'
import type { ClientMessage } from '../../service/response.js'
import { decodeClientRequest, decodeConnectRequest, encodeClientMessage } from '../../wire/client.js'
import { showWireError, type WireError } from '../../wire/error.js'
import { FrameCutter } from '../../wire/frame.js'
import type { ConnectionView } from '../admin/view.js'
import { TELNET_CLOSE, wordOf, type Word } from '../admin/four-letter-words.js'
import { limits } from '../server/limits.js'
import type { ClientPortOptions } from './client-port.js'
import { remoteOf } from './listener.js'
import { endOutput, Output } from './output.js'

const NO_BYTES = new Uint8Array(0)
const WORD_BYTES = 4

export class ClientConnection {
  private readonly remote: string
  private readonly output: Output
  private readonly cutter: FrameCutter
  private readonly sessionless: NodeJS.Timeout
  /** What is expected next. After `ended` nothing is read and nothing is told to the server. */
  private phase: 'word' | 'connect' | 'requests' | 'ended' = 'word'
  /** Fewer than four bytes: too few to tell a word from a length. */
  private head: Uint8Array = NO_BYTES
  /** Frames cut and not handed on yet, from `next` on: at most what one or two reads of the socket bring. */
  private frames: readonly Uint8Array[] = []
  private next = 0
  /** Reading stops for either reason: the server asked for it, or the client does not read its answers. */
  private paused = false
  private congested = false
  private pumping = false
  /** The server knows of this connection, and has not ended it. */
  private opened = false
  private received = 0
  private sent = 0
  /** The one request that is being timed; 0 for none. */
  private timedXid = 0
  private timedSinceMs = 0

  constructor(
    private readonly id: ConnectionId,
    private readonly host: string,
    private readonly socket: Socket,
    private readonly options: ClientPortOptions,
  ) {
    this.remote = remoteOf(socket)
    this.cutter = new FrameCutter(options.maxFrameBytes)
    this.output = new Output(socket, {
      turn: options.turn,
      maximumBytes: limits.clientOutputBytes,
      exceeded: () => this.refuse('it does not read its answers'),
      relieved: () => this.relieve(),
    })
    this.sessionless = setTimeout(() => this.refuse('no session asked for in time'), limits.sessionlessTimeoutMs)
    socket.on('data', (chunk) => this.read(chunk))
    // A client that has said all is gone: ZooKeeper has no half-open connections.
    socket.once('end', () => {
      if (this.phase !== 'ended') socket.destroy()
    })
  }

  // --- to the client

  send(message: ClientMessage): void {
    encodeClientMessage(this.output.writer, message)
    this.sent += 1
    this.options.statistics.sent()
    if (message.kind === 'Reply' && message.xid === this.timedXid) this.stopTiming()
    this.output.added()
    if (!this.congested && this.output.pendingBytes > limits.clientOutputPauseBytes) {
      this.congested = true
      this.socket.pause()
    }
  }

  /** Closes once all that was sent is written. The server is not told. */
  end(): void {
    this.opened = false
    this.leave()
    endOutput(this.output)
  }

  // --- from the server

  pause(): void {
    this.paused = true
    this.socket.pause()
  }

  resume(): void {
    this.paused = false
    // Not at once: the effect that resumes us is in the middle of a step.
    queueMicrotask(() => this.goOn())
  }

  private relieve(): void {
    if (!this.congested || this.output.pendingBytes > limits.clientOutputPauseBytes) return
    this.congested = false
    this.goOn()
  }

  private goOn(): void {
    this.pump()
    if (!this.paused && !this.congested && this.phase !== 'ended') this.socket.resume()
  }

  // --- from the client

  private read(chunk: Uint8Array): void {
    if (this.phase === 'ended') return
    const bytes = this.phase === 'word' ? this.readWord(chunk) : chunk
    if (bytes === undefined) return
    const cut = this.cutter.cut(bytes)
    if (E.isLeft(cut)) return this.refuse(showWireError(cut.left))
    const waiting = this.frames.length - this.next
    this.frames = waiting > 0 ? [...this.frames.slice(this.next), ...cut.right] : cut.right
    this.next = 0
    this.pump()
  }

  /** All bytes so far once they do not begin with a word; undefined while they are too few, or when they did. */
  private readWord(chunk: Uint8Array): Uint8Array | undefined {
    const bytes = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk])
    if (bytes.length < WORD_BYTES) {
      this.head = bytes
      return undefined
    }
    this.head = NO_BYTES
    const code = new DataView(bytes.buffer, bytes.byteOffset, WORD_BYTES).getUint32(0)
    const word = wordOf(code)
    if (word !== undefined) this.answer(word)
    else if (code === TELNET_CLOSE) this.socket.destroy()
    else {
      this.phase = 'connect'
      return bytes
    }
    return undefined
  }

  private answer(word: Word): void {
    this.options.statistics.received()
    const text = this.options.answerWord(word)
    this.leave()
    this.output.writer.raw(Buffer.from(text))
    endOutput(this.output)
  }

  /** Hands frames on until there are no more, or until the server or the client cannot take more. */
  private pump(): void {
    if (this.pumping) return
    this.pumping = true
    while (!this.paused && !this.congested && this.phase !== 'ended') {
      const frame = this.frames[this.next]
      if (frame === undefined) break
      this.next += 1
      this.take(frame)
    }
    this.pumping = false
  }

  private take(frame: Uint8Array): void {
    this.received += 1
    this.options.statistics.received()
    const problem = this.phase === 'connect' ? this.takeConnect(frame) : this.takeRequest(frame)
    if (problem !== undefined) this.refuse(showWireError(problem))
  }

  private takeConnect(frame: Uint8Array): WireError | undefined {
    const decoded = decodeConnectRequest(frame)
    if (E.isLeft(decoded)) return decoded.left
    clearTimeout(this.sessionless)
    this.phase = 'requests'
    this.opened = true
    this.options.dispatch({ kind: 'ClientOpened', connection: this.id, address: this.host })
    this.options.dispatch({ kind: 'ClientConnect', connection: this.id, request: decoded.right })
    return undefined
  }

  private takeRequest(frame: Uint8Array): WireError | undefined {
    const decoded = decodeClientRequest(frame)
    if (E.isLeft(decoded)) return decoded.left
    const { xid } = decoded.right
    if (this.timedXid === 0 && xid > 0) {
      this.timedXid = xid
      this.timedSinceMs = this.options.turn.now().monotonicMs
    }
    this.options.dispatch({ kind: 'ClientRequested', connection: this.id, request: decoded.right, bytes: frame.length })
    return undefined
  }

  private stopTiming(): void {
    this.timedXid = 0
    this.options.statistics.answered(this.options.turn.now().monotonicMs - this.timedSinceMs)
  }

  // --- the end

  /** The connection is gone. */
  lost(): void {
    this.leave()
    if (this.opened) this.options.dispatch({ kind: 'ClientClosed', connection: this.id })
  }

  /** Cuts the connection, with a line that says why; `lost` follows. */
  private refuse(reason: string): void {
    if (this.phase === 'ended' || this.socket.destroyed) return
    this.options.log.warn(`client ${this.remote} closed: ${reason}`)
    this.leave()
    this.socket.destroy()
  }

  private leave(): void {
    clearTimeout(this.sessionless)
    this.phase = 'ended'
    this.frames = []
    this.next = 0
  }

  view(): ConnectionView {
    return {
      remote: this.remote,
      paused: this.paused || this.congested,
      outstanding: this.frames.length - this.next,
      received: this.received,
      sent: this.sent,
    }
  }
}
