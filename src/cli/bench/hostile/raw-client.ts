/** A client that minds no manners: it sends what it likes, and reads when it likes. Answers are counted, never kept. */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { ZERO } from '../../../core/zxid.js'
import { OPEN } from '../../../service/acl.js'
import type { Request } from '../../../service/request.js'
import type { Address } from '../../../shell/configuration/server-configuration.js'
import { encodeClientRequest, encodeConnectRequest } from '../../../wire/client.js'
import { Writer } from '../../../wire/writer.js'
import { AnswerCounter } from './answer-counter.js'

const OPEN_LIMIT_MS = 15_000
const SESSION_TIMEOUT_MS = 40_000

/** A bare connection. Undefined when none comes about. */
export const openSocket = ({ host, port }: Address): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true })
    const timer = setTimeout(() => socket.destroy(), OPEN_LIMIT_MS)
    socket
      .on('error', () => undefined)
      .once('connect', () => {
        clearTimeout(timer)
        resolve(socket)
      })
      .once('close', () => {
        clearTimeout(timer)
        resolve(undefined)
      })
  })

/** The first frame of a client that wants a new session. */
export const greeting = (timeoutMs = SESSION_TIMEOUT_MS): Uint8Array => {
  const writer = new Writer(64)
  encodeConnectRequest(writer, {
    protocolVersion: 0,
    lastZxidSeen: ZERO,
    timeoutMs,
    sessionId: 0n,
    password: new Uint8Array(16),
    readOnly: false,
  })
  return writer.written()
}

/** ZooKeeper's clients give these requests a number that tells what they are. */
const xidOf = (request: Request, next: number): number => {
  if (request.op === 'setWatches') return -8
  return request.op === 'auth' ? -4 : next
}

export class RawClient {
  readonly counter = new AnswerCounter()
  private isGone = false
  private readonly writer = new Writer(64 * 1024)
  private xid = 0
  private wake: () => void = () => undefined

  constructor(readonly socket: Socket) {
    socket
      .on('data', (chunk) => {
        this.counter.take(chunk)
        this.wake()
      })
      .on('close', () => {
        this.isGone = true
        this.wake()
      })
  }

  /** Answers so far, without the one to the greeting: −1 until that has come. */
  get answers(): number {
    return this.counter.answers
  }

  get isClosed(): boolean {
    return this.isGone
  }

  /** Goes out with `flush`. */
  ask(request: Request): void {
    this.askAs(xidOf(request, this.xid + 1), request)
  }

  /** Under a number that the client chooses: servers are known to count only requests of a positive one. */
  askAs(xid: number, request: Request): void {
    this.xid += 1
    encodeClientRequest(this.writer, { xid, request })
  }

  /** Resolves when the socket has taken all, or is gone, or the time is up. */
  async flush(signal: AbortSignal): Promise<void> {
    const bytes = this.writer.written()
    this.writer.reset()
    await this.send(bytes, signal)
  }

  send(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed || signal.aborted) return resolve()
      const end = (): void => {
        signal.removeEventListener('abort', end)
        this.socket.off('close', end)
        resolve()
      }
      signal.addEventListener('abort', end)
      this.socket.once('close', end)
      this.socket.write(bytes, end)
    })
  }

  /** Until so many answers have come in all; or the connection is gone, or the time is up. True: they have come. */
  async answered(count: number, signal: AbortSignal): Promise<boolean> {
    const wake = (): void => this.wake()
    signal.addEventListener('abort', wake)
    while (this.answers < count && !this.isClosed && !signal.aborted)
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    signal.removeEventListener('abort', wake)
    return this.answers >= count
  }

  /** All at once, and all answers. */
  async askAll(requests: Iterable<Request>, signal: AbortSignal): Promise<boolean> {
    for (const request of requests) this.ask(request)
    const { xid } = this
    await this.flush(signal)
    return this.answered(xid, signal)
  }

  /** ZooKeeper's code, 0 for none; undefined without an answer. */
  async call(request: Request, signal: AbortSignal): Promise<number | undefined> {
    return (await this.askAll([request], signal)) ? this.counter.lastError : undefined
  }

  create(path: string, data: Uint8Array, signal: AbortSignal): Promise<number | undefined> {
    return this.call({ op: 'create', path, data, acl: OPEN, flags: 0 }, signal)
  }

  leave(): void {
    this.socket.destroy()
  }
}

/** With a session. Undefined when there is none to be had. */
export const openClient = async (
  address: Address,
  signal: AbortSignal,
  timeoutMs = SESSION_TIMEOUT_MS,
): Promise<RawClient | undefined> => {
  const socket = await openSocket(address)
  if (socket === undefined) return undefined
  const client = new RawClient(socket)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(OPEN_LIMIT_MS)])
  await client.send(greeting(timeoutMs), limit)
  if (await client.answered(0, limit)) return client
  client.leave()
  return undefined
}

/** As many as there are to be had of `count`. */
export const openClients = async (
  address: Address,
  count: number,
  signal: AbortSignal,
): Promise<readonly RawClient[]> => {
  const clients: RawClient[] = []
  const TOGETHER = 50
  while (clients.length < count && !signal.aborted) {
    const some = await Promise.all(
      Array.from({ length: Math.min(TOGETHER, count - clients.length) }, () => openClient(address, signal)),
    )
    const opened = some.filter((client) => client !== undefined)
    for (const client of opened) clients.push(client)
    if (opened.length === 0) break
  }
  return clients
}
