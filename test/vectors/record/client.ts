/** A client that records: one entry a frame, with the opcode's name that says how to read a reply. */
import { isLeft } from 'fp-ts/lib/Either.js'
import { ZERO } from '../../../src/core/zxid.js'
import type { Acl } from '../../../src/service/acl.js'
import type { Request } from '../../../src/service/request.js'
import type { ConnectResponse } from '../../../src/service/response.js'
import { decodeConnectResponse, encodeClientRequest, encodeConnectRequest } from '../../../src/wire/client.js'
import { FrameCutter } from '../../../src/wire/frame.js'
import { Writer } from '../../../src/wire/writer.js'
import { hex, orThrow, RecordedConnection, until } from './connection.js'

/** A frame without its length. `op`: of the request, or of the request that a reply answers. */
export interface RecordedFrame {
  readonly from: 'client' | 'server'
  readonly op: Request['op'] | 'connect' | 'notification'
  readonly hex: string
}

const PATIENCE_FRAMES = 1 << 20
const FRAME_PREFIX = 4

export const OPEN: readonly Acl[] = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]

export class RecordingClient {
  readonly frames: RecordedFrame[] = []
  private readonly cutter = new FrameCutter(PATIENCE_FRAMES)
  private connection: RecordedConnection | undefined
  private pending: RecordedFrame['op'] = 'connect'
  private replies = 0
  private xid = 0
  private readonly writer = new Writer()

  async connect(
    port: number,
    session?: ConnectResponse,
    readOnly: boolean | undefined = false,
  ): Promise<ConnectResponse> {
    this.connection = await RecordedConnection.open(port, (chunk) => this.receive(chunk))
    this.writer.reset()
    encodeConnectRequest(this.writer, {
      protocolVersion: 0,
      lastZxidSeen: ZERO,
      timeoutMs: 10_000,
      sessionId: session?.sessionId ?? 0n,
      password: session?.password ?? new Uint8Array(16),
      readOnly,
    })
    await this.exchange('connect')
    const answer = this.frames.at(-1)
    return orThrow(decodeConnectResponse(Buffer.from(answer?.hex ?? '', 'hex')))
  }

  /** Sends and waits for the reply; notifications before it are recorded too. */
  async request(request: Request, xid = ++this.xid): Promise<void> {
    this.writer.reset()
    encodeClientRequest(this.writer, { xid, request })
    await this.exchange(request.op)
  }

  /** A request that our codec does not write: the opcode and its record. */
  async raw(opcode: number, write: (writer: Writer) => void): Promise<void> {
    this.writer.reset()
    const start = this.writer.beginFrame()
    this.writer.int(++this.xid)
    this.writer.int(opcode)
    write(this.writer)
    this.writer.endFrame(start)
    await this.exchange('unimplemented')
  }

  close(): void {
    this.connection?.close()
  }

  private async exchange(op: RecordedFrame['op']): Promise<void> {
    const before = this.replies
    this.pending = op
    const bytes = this.writer.written()
    this.frames.push({ from: 'client', op, hex: hex(bytes.subarray(FRAME_PREFIX)) })
    this.connection?.send(bytes)
    await until(`the reply to ${op}`, () => this.replies > before || this.connection?.isClosed === true)
  }

  private receive(chunk: Uint8Array): void {
    const frames = this.cutter.cut(chunk)
    if (isLeft(frames)) throw new Error('not a frame')
    for (const frame of frames.right) {
      const isNotification = this.pending !== 'connect' && hex(frame).startsWith('ffffffff')
      this.frames.push({ from: 'server', op: isNotification ? 'notification' : this.pending, hex: hex(frame) })
      if (!isNotification) this.replies++
    }
  }
}
