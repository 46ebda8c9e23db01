/** One session of the load client: requests are gathered and written once a turn, of answers only the header is read. */
import type { Socket } from 'node:net'
import type { Zxid } from '../../../core/zxid.js'
import { ZERO } from '../../../core/zxid.js'
import type { Request } from '../../../service/request.js'
import type { Address } from '../../../shell/configuration/server-configuration.js'
import { dial } from '../../../shell/network/dial.js'
import { decodeConnectResponse, encodeClientRequest, encodeConnectRequest } from '../../../wire/client.js'
import { FrameCutter } from '../../../wire/frame.js'
import { Reader } from '../../../wire/reader.js'
import { Writer } from '../../../wire/writer.js'

const LARGEST_FRAME_BYTES = 16 * 1024 * 1024
const SESSION_TIMEOUT_MS = 40_000
const NOTIFICATION_XID = -1

/** `error`: ZooKeeper's code, 0 for none. */
export type OnReply = (error: number, zxid: Zxid) => void

export class Session {
  /** Called for each answer, in the order of the requests. */
  onReply: OnReply = () => undefined
  /** Called once, when the connection is gone or says what it must not. */
  onClose: (reason: string) => void = () => undefined
  private readonly writer = new Writer(64 * 1024)
  private sent = 0
  private answered = 0

  constructor(
    private readonly socket: Socket,
    private readonly cutter: FrameCutter,
  ) {
    socket.on('data', (chunk) => this.read(chunk))
    socket.on('close', () => this.onClose('the server has closed the connection'))
  }

  /** Requests without an answer. */
  get outstanding(): number {
    return this.sent - this.answered
  }

  /** Goes out with the next `flush`, or at the end of the turn in which answers are read. */
  ask(request: Request): void {
    this.sent += 1
    encodeClientRequest(this.writer, { xid: this.sent, request })
  }

  flush(): void {
    if (this.writer.length === 0) return
    this.socket.write(this.writer.written())
    this.writer.reset()
  }

  /** A single request. Rejects when the connection is lost first. Not to be mixed with `ask`. */
  call(request: Request): Promise<{ readonly error: number; readonly zxid: Zxid }> {
    return new Promise((resolve, reject) => {
      this.onReply = (error, zxid) => resolve({ error, zxid })
      this.onClose = (reason) => reject(new Error(reason))
      this.ask(request)
      this.flush()
    })
  }

  destroy(): void {
    this.socket.destroy()
  }

  private read(chunk: Buffer): void {
    const frames = this.cutter.cut(chunk)
    if (frames._tag === 'Left') return this.fail(frames.left.kind)
    for (const frame of frames.right) {
      const reader = new Reader(frame)
      const xid = reader.int()
      const zxid = reader.zxid()
      const error = reader.int()
      if (xid === NOTIFICATION_XID) continue
      this.answered += 1
      // Counting an answer that is not ours would be counting what was not done.
      if (reader.hasFailed() || xid !== this.answered) return this.fail(`answer ${xid} instead of ${this.answered}`)
      this.onReply(error, zxid)
    }
    this.flush()
  }

  private fail(reason: string): void {
    const { onClose } = this
    this.onClose = () => undefined
    this.socket.destroy()
    onClose(reason)
  }
}

/** Connects and waits for a new session. Rejects with the reason, at the latest after `limitMs`. */
export const openSession = ({ host, port }: Address, limitMs: number): Promise<Session> =>
  new Promise((resolve, reject) => {
    const socket = dial({ host, port })
    const cutter = new FrameCutter(LARGEST_FRAME_BYTES)
    const fail = (reason: string): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(new Error(`${host}:${port}: ${reason}`))
    }
    const timer = setTimeout(() => fail(`no session within ${limitMs} ms`), limitMs)
    const refused = (): void => fail('closed before there was a session')
    const greet = (chunk: Buffer): void => {
      const frames = cutter.cut(chunk)
      const [first] = frames._tag === 'Right' ? frames.right : []
      if (frames._tag === 'Right' && first === undefined) return
      const response = first === undefined ? undefined : decodeConnectResponse(first)
      if (response?._tag !== 'Right' || response.right.timeoutMs === 0) return fail('no valid session')
      clearTimeout(timer)
      socket.off('data', greet).off('close', refused)
      resolve(new Session(socket, cutter))
    }
    socket
      .on('connect', () => socket.write(greeting()))
      .on('data', greet)
      .on('close', refused)
      // What follows an error is `close`.
      .on('error', () => undefined)
  })

const greeting = (): Uint8Array => {
  const writer = new Writer(64)
  encodeConnectRequest(writer, {
    protocolVersion: 0,
    lastZxidSeen: ZERO,
    timeoutMs: SESSION_TIMEOUT_MS,
    sessionId: 0n,
    password: new Uint8Array(16),
    readOnly: false,
  })
  return writer.written()
}
