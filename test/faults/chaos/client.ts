/**
 * A client over a plain socket: one session at a time, connected anew elsewhere when a connection is lost or silent, and
 * everything written down: what it asked, when, and what it was told. FWD-4, SESS-3, SESS-5, SESS-6.
 */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Call, Outcome } from '../../../model/consistency/history.js'
import type { Operation } from '../../../model/service.js'
import { resultOf } from '../../../model/world/result.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { ReadRequest, WriteRequest } from '../../../src/service/request.js'
import { fires } from '../../../model/consistency/watches.js'
import type { Reply, WatchEventType } from '../../../src/service/response.js'
import type { SessionId } from '../../../src/service/session.js'
import {
  decodeConnectResponse,
  decodeReply,
  encodeClientRequest,
  encodeConnectRequest,
} from '../../../src/wire/client.js'
import { FrameCutter } from '../../../src/wire/frame.js'
import { Writer } from '../../../src/wire/writer.js'

export type ClientRequest =
  | Exclude<WriteRequest, { readonly op: 'createSession' }>
  | ReadRequest
  | { readonly op: 'sync'; readonly path: string }

export type WatchKind = 'data' | 'exist' | 'child'

export interface Watch {
  readonly kind: WatchKind
  readonly path: string
}

/** What one session saw, in its order. */
export type Sight =
  | { readonly kind: 'Connected' }
  | { readonly kind: 'Restored'; readonly since: Zxid; readonly zxid: Zxid; readonly watches: readonly Watch[] }
  | { readonly kind: 'Replied'; readonly call: Call; readonly zxid: Zxid }
  | { readonly kind: 'Notified'; readonly type: WatchEventType; readonly path: string }

/** A sync and the position of its answer: what was acknowledged before it began must lie before it. */
export interface Sync {
  readonly session: SessionId
  readonly invoked: number
  readonly zxid: Zxid
}

/** The session was alive: the leader has heard of it after this moment, and owes it the whole timeout from there. */
export interface Alive {
  readonly session: SessionId
  /** Wall clock. */
  readonly sinceMs: number
  readonly timeoutMs: number
}

/** What several clients share. */
export interface Observer {
  /** Grows at every use: the one clock of the history. */
  readonly stamp: () => number
  readonly report: (clause: string, what: string) => void
}

export interface ClientOptions extends Observer {
  readonly sessionTimeoutMs: number
  /** The port to try next. */
  readonly choosePort: () => number
}

interface Open {
  readonly xid: number
  readonly session: SessionId
  readonly request: ClientRequest
  readonly invoked: number
  /** Wall clock. */
  readonly sentMs: number
  outcome: Outcome
  readonly settle: (reply: Reply | undefined) => void
}

interface Link {
  readonly socket: Socket
  readonly cutter: FrameCutter
  readonly inFlight: Open[]
  isEstablished: boolean
  /** The setWatches that waits for its answer. */
  restoring: { readonly since: Zxid; readonly watches: readonly Watch[] } | undefined
  heardMs: number
}

const PING_XID = -2
const SET_WATCHES_XID = -8
const NO_PASSWORD = new Uint8Array(16)
const REDIAL_MS = 60
const MAXIMUM_FRAME_BYTES = 4 * 1024 * 1024

export class RecordingClient {
  private readonly made: Open[] = []
  private readonly seen = new Map<SessionId, Sight[]>()
  private readonly synced: Sync[] = []
  private readonly lively = new Map<SessionId, Alive>()
  private watches: readonly Watch[] = []
  private link: Link | undefined
  private session: SessionId = 0n
  private password: Uint8Array = NO_PASSWORD
  private timeoutMs: number
  private xid = 0
  private lastZxid: Zxid = Z.ZERO
  private waiting: (() => void)[] = []
  private redialling: NodeJS.Timeout | undefined
  private readonly heartbeat: NodeJS.Timeout
  private stopped = false
  private lastWrite = 0

  constructor(private readonly options: ClientOptions) {
    this.timeoutMs = options.sessionTimeoutMs
    this.heartbeat = setInterval(() => this.beat(), options.sessionTimeoutMs / 6)
    this.dial()
  }

  get sessionId(): SessionId {
    return this.session
  }

  /** When the latest write was begun that has been acknowledged. */
  get lastWriteInvoked(): number {
    return this.lastWrite
  }

  get isConnected(): boolean {
    return this.link?.isEstablished === true
  }

  /** Resolves when there is a session to speak through, or when the client has been stopped. */
  ready(): Promise<void> {
    if (this.isConnected || this.stopped) return Promise.resolve()
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** Sends it now; undefined: the connection was lost first, or there was none. */
  call(request: ClientRequest): Promise<Reply | undefined> {
    const { link } = this
    if (link?.isEstablished !== true) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.xid += 1
      const open: Open = {
        xid: this.xid,
        session: this.session,
        request,
        invoked: this.options.stamp(),
        sentMs: Date.now(),
        outcome: { kind: 'unknown' },
        settle: resolve,
      }
      this.made.push(open)
      link.inFlight.push(open)
      write(link.socket, (writer) => encodeClientRequest(writer, { xid: open.xid, request }))
    })
  }

  /** Cuts the connection; the session lives on, and is taken up elsewhere. */
  cut(): void {
    this.drop()
  }

  /** No more connections. The session is left to its timeout. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.redialling)
    clearInterval(this.heartbeat)
    this.drop()
    this.wake()
  }

  // --- what was recorded

  calls(): readonly Call[] {
    return this.made.flatMap((open) => (open.request.op === 'sync' ? [] : [callOf(open, open.request)]))
  }

  syncs(): readonly Sync[] {
    return this.synced
  }

  /** Of each session the last moment of which its leader surely knows. */
  alive(): readonly Alive[] {
    return [...this.lively.values()]
  }

  sights(): ReadonlyMap<SessionId, readonly Sight[]> {
    return this.seen
  }

  // --- the connection

  private dial(): void {
    if (this.stopped) return
    const socket = connect({ host: '127.0.0.1', port: this.options.choosePort(), noDelay: true })
    const link: Link = {
      socket,
      cutter: new FrameCutter(MAXIMUM_FRAME_BYTES),
      inFlight: [],
      isEstablished: false,
      restoring: undefined,
      heardMs: performance.now(),
    }
    this.link = link
    const lost = (): void => {
      if (this.link === link) this.drop()
    }
    socket.on('error', lost)
    socket.once('close', lost)
    socket.on('data', (chunk) => this.read(link, chunk))
    const request = {
      protocolVersion: 0,
      lastZxidSeen: this.lastZxid,
      timeoutMs: this.options.sessionTimeoutMs,
      sessionId: this.session,
      password: this.password,
      readOnly: false,
    }
    write(socket, (writer) => encodeConnectRequest(writer, request))
  }

  private drop(): void {
    const { link } = this
    this.link = undefined
    if (link !== undefined) {
      link.socket.destroy()
      for (const open of link.inFlight) open.settle(undefined)
    }
    clearTimeout(this.redialling)
    if (!this.stopped) this.redialling = setTimeout(() => this.dial(), REDIAL_MS)
  }

  /** Signs of life, and the end of a connection on which there are none: as clients do it, at a third and two thirds. */
  private beat(): void {
    const { link } = this
    if (link === undefined) return
    const silentMs = performance.now() - link.heardMs
    if (silentMs > (2 / 3) * this.timeoutMs) this.drop()
    else if (link.isEstablished)
      write(link.socket, (writer) => encodeClientRequest(writer, { xid: PING_XID, request: { op: 'ping' } }))
  }

  private wake(): void {
    const woken = this.waiting
    this.waiting = []
    for (const resolve of woken) resolve()
  }

  // --- what comes

  private read(link: Link, chunk: Uint8Array): void {
    const cut = link.cutter.cut(chunk)
    if (cut._tag === 'Left') return this.broken('a frame')
    for (const frame of cut.right) {
      if (this.link !== link) return
      link.heardMs = performance.now()
      if (link.isEstablished) this.message(link, frame)
      else this.established(link, frame)
    }
  }

  private established(link: Link, frame: Uint8Array): void {
    const decoded = decodeConnectResponse(frame)
    if (decoded._tag === 'Left') return this.broken('a ConnectResponse')
    const response = decoded.right
    if (response.timeoutMs === 0) {
      this.forgetSession()
      return this.drop()
    }
    link.isEstablished = true
    this.session = response.sessionId
    this.password = response.password.slice()
    this.timeoutMs = response.timeoutMs
    this.see({ kind: 'Connected' })
    if (this.watches.length > 0) this.restoreWatches(link)
    this.wake()
  }

  private restoreWatches(link: Link): void {
    const { watches, lastZxid } = this
    const paths = (kind: WatchKind): readonly string[] => watches.filter((w) => w.kind === kind).map((w) => w.path)
    link.restoring = { since: lastZxid, watches }
    const request = {
      op: 'setWatches',
      relativeZxid: lastZxid,
      dataWatches: paths('data'),
      existWatches: paths('exist'),
      childWatches: paths('child'),
    } as const
    write(link.socket, (writer) => encodeClientRequest(writer, { xid: SET_WATCHES_XID, request }))
  }

  private message(link: Link, frame: Uint8Array): void {
    const decoded = decodeReply(frame, link.inFlight[0]?.request.op ?? 'ping')
    if (decoded._tag === 'Left') {
      // An answer to a ping may stand in front of the oldest request: it has no body to read.
      const ping = decodeReply(frame, 'ping')
      if (ping._tag === 'Right' && ping.right.kind === 'Reply' && ping.right.xid <= 0)
        return this.replied(link, ping.right)
      return this.broken('a reply')
    }
    const message = decoded.right
    if (message.kind === 'Reply') return this.replied(link, message)
    this.watches = this.watches.filter((watch) => watch.path !== message.path || !fires(message.type, watch.kind))
    this.see({ kind: 'Notified', type: message.type, path: message.path })
  }

  private replied(link: Link, reply: Reply): void {
    if (Z.isAfter(reply.zxid, this.lastZxid)) this.lastZxid = reply.zxid
    if (reply.xid === SET_WATCHES_XID && link.restoring !== undefined)
      this.see({ kind: 'Restored', zxid: reply.zxid, ...link.restoring })
    if (reply.xid <= 0) return
    const open = link.inFlight.shift()
    if (open?.xid !== reply.xid) {
      this.options.report(
        'FWD-2',
        `reply ${reply.xid} came, but the oldest unanswered request is ${open?.xid ?? 'none'}`,
      )
      return this.drop()
    }
    this.answered(open, reply)
    if (open.request.op === 'closeSession' || reply.error === SESSION_EXPIRED) {
      this.forgetSession()
      this.drop()
    }
  }

  private answered(open: Open, reply: Reply): void {
    open.outcome = { kind: 'ok', returned: this.options.stamp(), zxid: reply.zxid, result: resultOf(reply) }
    const { request } = open
    if (request.op === 'sync') this.synced.push({ session: open.session, invoked: open.invoked, zxid: reply.zxid })
    else this.see({ kind: 'Replied', call: callOf(open, request), zxid: reply.zxid })
    if (isWrite(request)) {
      this.lastWrite = open.invoked
      this.lively.set(open.session, { session: open.session, sinceMs: open.sentMs, timeoutMs: this.timeoutMs })
    }
    const watch = watchOf(request, open.outcome.result.error)
    if (watch !== undefined && !this.watches.some((w) => w.kind === watch.kind && w.path === watch.path))
      this.watches = [...this.watches, watch]
    open.settle(reply)
  }

  private forgetSession(): void {
    this.session = 0n
    this.password = NO_PASSWORD
    this.xid = 0
    this.watches = []
  }

  private see(sight: Sight): void {
    const sights = this.seen.get(this.session)
    if (sights === undefined) this.seen.set(this.session, [sight])
    else sights.push(sight)
  }

  private broken(what: string): void {
    this.options.report('WIRE', `${what} cannot be decoded`)
    this.drop()
  }
}

const SESSION_EXPIRED = -112

const isWrite = ({ op }: ClientRequest): boolean => op !== 'sync' && op !== 'exists' && !op.startsWith('get')

/** The watch that an answered read leaves behind. */
export const watchOf = (request: ClientRequest | Operation, error: string): Watch | undefined => {
  switch (request.op) {
    case 'getData':
      return request.watch && error === 'OK' ? { kind: 'data', path: request.path } : undefined
    case 'exists':
      return request.watch ? { kind: error === 'OK' ? 'data' : 'exist', path: request.path } : undefined
    case 'getChildren':
    case 'getChildren2':
      return request.watch && error === 'OK' ? { kind: 'child', path: request.path } : undefined
    default:
      return undefined
  }
}

const callOf = ({ session, xid, invoked, outcome }: Open, operation: Operation): Call => ({
  session,
  xid,
  operation,
  invoked,
  outcome,
})

const write = (socket: Socket, encode: (writer: Writer) => void): void => {
  const writer = new Writer()
  encode(writer)
  socket.write(writer.written())
}
