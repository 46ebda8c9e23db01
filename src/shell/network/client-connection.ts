/** One client connection: bytes in, events out; messages in, bytes out. */
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { ConnectionId } from '../../server/event.js'
import type { ClientMessage } from '../../service/response.js'
import { decodeClientRequest, decodeConnectRequest } from '../../wire/client.js'
import { showWireError, wireError, type WireError } from '../../wire/error.js'
import { FrameCutter } from '../../wire/frame.js'
import type { ConnectionView } from '../admin/view.js'
import { TELNET_CLOSE, wordOf, type Word } from '../admin/four-letter-words.js'
import { limits } from '../server/limits.js'
import type { Budget } from './budget.js'
import { ClientOutput } from './client-output.js'
import type { ClientPortOptions } from './client-port.js'
import { remoteOf } from './listener.js'

const NO_BYTES = new Uint8Array(0)
const WORD_BYTES = 4

/** What connections share. */
export interface ClientBudgets {
  readonly input: Budget<ClientConnection>
  readonly output: Budget<ClientConnection>
}

export class ClientConnection {
  private readonly remote: string
  private readonly output: ClientOutput
  private readonly cutter: FrameCutter
  private readonly sessionless: NodeJS.Timeout
  /** What is expected next. After `ended` nothing is read and nothing is told to the server. */
  private phase: 'word' | 'connect' | 'requests' | 'ended' = 'word'
  /** Fewer than four bytes: too few to tell a word from a length. */
  private head: Uint8Array = NO_BYTES
  /** Frames cut and not handed on yet, from `next` on: at most what one or two reads of the socket bring. */
  private frames: readonly Uint8Array[] = []
  private next = 0
  /** The server asked for it: nothing is handed on. */
  private paused = false
  private pumping = false
  /** Requests that may be handed on before the next turn. */
  private allowance: number = limits.clientRequestsPerTurn
  /** The server has more to answer. */
  private continuing: 'no' | 'next turn' | 'when taken' = 'no'
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
    private readonly budgets: ClientBudgets,
  ) {
    this.remote = remoteOf(socket)
    this.cutter = new FrameCutter(options.maxFrameBytes, Math.min(options.maxFrameBytes, limits.firstFrameBytes))
    this.output = new ClientOutput(socket, {
      turn: options.turn,
      refused: (reason) => this.refuse(reason),
      relieved: () => this.relieve(),
      holds: (bytes) => budgets.output.set(this, bytes),
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
    if (this.phase === 'ended') return
    this.sent += 1
    this.options.statistics.sent()
    if (message.kind === 'Reply' && message.xid === this.timedXid) this.stopTiming()
    this.output.send(message)
  }

  /** Closes once all that was sent is written. The server is not told. */
  end(): void {
    this.opened = false
    this.leave()
    this.output.end()
    this.socket.resume()
  }

  // --- from the server

  pause(): void {
    this.paused = true
    this.socket.pause()
  }

  resume(): void {
    this.paused = false
    // Not at once: the effect that resumes us is in the middle of a step.
    queueMicrotask(() => this.pump())
  }

  /** The server goes on answering in a later turn, once what it has answered is taken. */
  continue(): void {
    this.continuing = 'next turn'
    this.later(() => {
      this.continuing = 'when taken'
      this.relieve()
    })
  }

  private relieve(): void {
    if (this.phase === 'ended' || this.output.isCongested) return
    if (this.continuing === 'when taken') {
      this.continuing = 'no'
      this.options.dispatch({ kind: 'ClientReady', connection: this.id })
    }
    if (this.next < this.frames.length) this.pump()
  }

  private later(run: () => void): void {
    this.options.turn.add({ flush: run })
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
    this.output.text(text)
    this.output.end()
  }

  /** Hands frames on until there are no more, or until the server or the client cannot take more. */
  private pump(): void {
    if (this.pumping) return
    this.pumping = true
    for (
      let frame = this.frames[this.next];
      frame !== undefined && this.mayTake(frame);
      frame = this.frames[this.next]
    ) {
      this.next += 1
      this.take(frame)
    }
    this.pumping = false
    if (this.isEnded) return
    this.budgets.input.set(this, this.waitingBytes() + this.cutter.pending)
    if (this.paused || this.next < this.frames.length) this.socket.pause()
    else this.socket.resume()
  }

  private waitingBytes(): number {
    let bytes = 0
    for (let index = this.next; index < this.frames.length; index += 1) bytes += this.frames[index]?.length ?? 0
    return bytes
  }

  /** A sign of life is heard also from a client that is slow to read a long answer. */
  private mayTake(frame: Uint8Array): boolean {
    if (this.paused || this.isEnded || (this.output.isCongested && !isPing(frame))) return false
    if (this.allowance > 0) {
      this.allowance -= 1
      return true
    }
    this.later(() => {
      this.allowance = limits.clientRequestsPerTurn
      this.pump()
    })
    return false
  }

  /** A method, where the phase is asked for again after a call: the compiler trusts a property too long. */
  private get isEnded(): boolean {
    return this.phase === 'ended'
  }

  private take(frame: Uint8Array): void {
    this.received += 1
    this.options.statistics.received()
    const problem = this.phase === 'connect' ? this.takeConnect(frame) : this.takeRequest(frame)
    if (problem !== undefined) this.refuse(showWireError(problem))
  }

  private takeConnect(frame: Uint8Array): WireError | undefined {
    const decoded = guarded(decodeConnectRequest, frame)
    if (E.isLeft(decoded)) return decoded.left
    clearTimeout(this.sessionless)
    this.phase = 'requests'
    this.opened = true
    this.options.dispatch({ kind: 'ClientOpened', connection: this.id, address: this.host })
    this.options.dispatch({ kind: 'ClientConnect', connection: this.id, request: decoded.right })
    return undefined
  }

  private takeRequest(frame: Uint8Array): WireError | undefined {
    const decoded = guarded(decodeClientRequest, frame)
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
    this.output.drop()
    if (this.opened) this.options.dispatch({ kind: 'ClientClosed', connection: this.id })
  }

  /** Cuts the connection, with a line that says why; `lost` follows. */
  refuse(reason: string): void {
    if (this.socket.destroyed) return
    this.options.log.warn(`client ${this.remote} closed: ${reason}`)
    this.leave()
    this.socket.destroy()
  }

  private leave(): void {
    clearTimeout(this.sessionless)
    this.phase = 'ended'
    this.frames = []
    this.next = 0
    this.continuing = 'no'
    this.budgets.input.set(this, 0)
  }

  view(): ConnectionView {
    return {
      remote: this.remote,
      paused: this.paused || this.output.isCongested,
      outstanding: this.frames.length - this.next,
      received: this.received,
      sent: this.sent,
    }
  }
}

const PING_XID = -2
const PING_OPCODE = 11

const isPing = (frame: Uint8Array): boolean => {
  if (frame.length !== 8) return false
  const header = new DataView(frame.buffer, frame.byteOffset, frame.length)
  return header.getInt32(0) === PING_XID && header.getInt32(4) === PING_OPCODE
}

/** Decoding is total; what the engine itself refuses (a text beyond its longest) concerns that client alone. */
const guarded = <A>(
  decode: (frame: Uint8Array) => E.Either<WireError, A>,
  frame: Uint8Array,
): E.Either<WireError, A> => {
  try {
    return decode(frame)
  } catch {
    return E.left(wireError('TooLong', 'text', 0))
  }
}
