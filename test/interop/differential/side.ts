/** One of the two servers, as the comparer drives it: does a step, and tells what was heard on every connection. */
import { zxid as zxidOf } from '../../../src/core/zxid.js'
import type { Zxid } from '../../../src/core/zxid.js'
import type { Request } from '../../../src/service/request.js'
import { passwordOf } from '../../../src/service/session.js'
import { encodeClientRequest, encodeConnectRequest } from '../../../src/wire/client.js'
import { Reader } from '../../../src/wire/reader.js'
import { opcode, opcodeOf } from '../../../src/wire/request.js'
import { Writer } from '../../../src/wire/writer.js'
import { Link } from './link.js'
import type { Tamper } from './link.js'
import { showConnectResponse, showReply } from './reply.js'
import type { Names } from './reply.js'
import { hexOf, ROOT } from './step.js'
import type { Claim, Step } from './step.js'

/** What was heard in a step: one line a frame, and the bytes beside it. */
export interface Heard {
  readonly text: string
  readonly hex: string
}

const UNKNOWN_SESSION = 0x0123456789n
const DEFAULT_TIMEOUT_MS = 200_000
const OPEN_ACL = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]

export class Side {
  private links = new Map<number, Link>()
  private sessions: bigint[] = []
  private root = ROOT
  /** The last zxid that a reply carried, and where this program's began. */
  private last: Zxid = zxidOf(0, 0)
  private base = 0
  private readonly skipped: number[] = []
  private readonly times = new Map<number, bigint>()

  constructor(
    readonly name: string,
    private readonly port: number,
    private readonly tamper: Tamper = (frames) => frames,
  ) {}

  /** A fresh start under a root of its own: no connections, zxids count from here. */
  async begin(root: string): Promise<void> {
    this.end()
    this.root = root
    this.sessions = []
    const request: Request = { op: 'create', path: root, data: null, acl: OPEN_ACL, flags: 0 }
    await this.perform({ kind: 'requests', on: 0, requests: [request] })
    this.end()
    this.sessions = []
    this.base = this.last.counter
  }

  /** The last so many zxids are not counted: the other server did not use them. */
  skip(zxids: number): void {
    for (let index = 0; index < zxids; index += 1) this.skipped.push(this.last.counter - index)
  }

  end(): void {
    for (const link of this.links.values()) link.drop()
    this.links = new Map()
  }

  /** What was heard, by connection, and in order on each. */
  async perform(step: Step): Promise<readonly Heard[]> {
    await this.act(step)
    await this.settle()
    return this.collect(step)
  }

  // --- doing

  private async act(step: Step): Promise<void> {
    switch (step.kind) {
      case 'connect':
        await this.connect(step.on, step.claim, step.timeoutMs, step.readOnly, step.ahead)
        break
      case 'requests':
        await this.ask(step.on, (link, writer) => {
          for (const request of step.requests) this.encode(link, writer, request)
          return step.requests.filter(({ op }) => op !== 'ping').length
        })
        break
      case 'setWatches':
        await this.ask(step.on, (link, writer) => {
          const [dataWatches, existWatches, childWatches] = step.paths
          const relativeZxid = this.zxidAt(-step.back)
          this.encode(link, writer, { op: 'setWatches', relativeZxid, dataWatches, existWatches, childWatches })
          return 1
        })
        break
      case 'frame':
        await this.ask(step.on, (link, writer) => {
          const start = writer.beginFrame()
          const xid = ++link.xid
          link.opcodes.set(xid, step.opcode)
          writer.int(xid)
          writer.int(step.opcode)
          writer.raw(Buffer.from(step.body, 'hex'))
          writer.endFrame(start)
          return 1
        })
        break
      case 'bytes':
        if (step.first) await this.open(step.on)
        await this.ask(
          step.on,
          (_, writer) => {
            writer.raw(Buffer.from(step.hex, 'hex'))
            return 1
          },
          step.first,
        )
        break
      case 'drop':
        this.links.get(step.on)?.drop()
        this.links.delete(step.on)
        break
    }
  }

  private encode(link: Link, writer: Writer, request: Request): void {
    const xid = request.op === 'ping' ? -2 : request.op === 'auth' ? -4 : request.op === 'setWatches' ? -8 : ++link.xid
    if (xid === -2) link.pings += 1
    link.opcodes.set(xid, opcodeOf(request))
    encodeClientRequest(writer, { xid, request })
  }

  /** Writes and waits for that many replies. */
  private async ask(on: number, write: (link: Link, writer: Writer) => number, raw = false): Promise<void> {
    const link = this.links.get(on)
    if (!raw && (link === undefined || link.isClosed)) {
      await this.connect(on, { kind: 'new' }, DEFAULT_TIMEOUT_MS, false, undefined)
    }
    const open = this.links.get(on)
    if (open === undefined) return
    const writer = new Writer()
    const wanted = open.replies + write(open, writer)
    open.send(writer.written())
    await open.until(() => open.replies >= wanted)
  }

  private async open(on: number): Promise<Link> {
    this.links.get(on)?.drop()
    const link = await Link.open(this.port, this.tamper)
    this.links.set(on, link)
    return link
  }

  private async connect(
    on: number,
    claim: Claim,
    timeoutMs: number,
    readOnly: boolean | undefined,
    ahead: number | undefined,
  ): Promise<void> {
    const link = await this.open(on)
    const writer = new Writer()
    const sessionId = this.claimed(claim)
    encodeConnectRequest(writer, {
      protocolVersion: 0,
      lastZxidSeen: ahead === undefined ? zxidOf(0, 0) : this.zxidAt(ahead),
      timeoutMs,
      sessionId,
      password: claim.kind === 'session' && claim.password !== 'right' ? new Uint8Array(16) : passwordOf(sessionId),
      readOnly,
    })
    const bytes = writer.written()
    link.send(claim.kind === 'session' && claim.password === 'null' ? withoutPassword(bytes) : bytes)
    await link.until(() => link.replies > 0)
    const answer = link.heard[0]
    if (answer === undefined) return
    const reader = new Reader(answer)
    reader.int()
    // A refused client is closed; the close is waited for, as part of the answer.
    if (reader.int() === 0) return link.until(() => false)
    const id = reader.long()
    if (!this.sessions.includes(id)) this.sessions.push(id)
    link.isOpen = true
  }

  private claimed(claim: Claim): bigint {
    switch (claim.kind) {
      case 'new':
        return 0n
      case 'unknown':
        return UNKNOWN_SESSION
      case 'session':
        return this.sessions[claim.index % Math.max(1, this.sessions.length)] ?? UNKNOWN_SESSION
    }
  }

  private zxidAt(distance: number): Zxid {
    let counter = this.last.counter + Math.max(0, distance)
    // Back over as many zxids that both servers used.
    const wanted = this.ordinal(this.last.counter) + distance
    while (counter > 0 && this.ordinal(counter) > wanted) counter -= 1
    return zxidOf(this.last.epoch, counter)
  }

  /** A pong on every connection: by then all that the step set off has come, and it carries the last zxid. */
  private async settle(): Promise<void> {
    await Promise.all(
      [...this.links.values()].map(async (link) => {
        if (!link.isOpen || link.isClosed) return
        // A ping would race with the close.
        if (link.heard.some((frame) => announcesClose(link, frame))) return link.until(() => false)
        const writer = new Writer()
        encodeClientRequest(writer, { xid: -2, request: { op: 'ping' } })
        link.pings += 1
        link.send(writer.written())
        await link.until(() => link.pongs >= link.pings)
      }),
    )
  }

  // --- telling

  private collect(step: Step): readonly Heard[] {
    // The order in which a session's nodes vanish is unspecified, hence that of the events too.
    const isUnordered = step.kind === 'requests' && step.requests.some(({ op }) => op === 'closeSession')
    return [...this.links.entries()]
      .toSorted(([one], [other]) => one - other)
      .flatMap(([on, link]) => {
        const heard = link.heard.map((frame, index) => this.show(on, link, frame, index))
        link.heard = []
        if (isUnordered && on !== step.on) heard.sort((one, other) => (one.text < other.text ? -1 : 1))
        if (link.isOpen && !link.isClosed) return heard
        this.links.delete(on)
        const end = link.isClosed ? 'closed' : 'left waiting'
        link.drop()
        return [...heard, { text: `connection ${on}: ${end}`, hex: '' }]
      })
  }

  private show(on: number, link: Link, frame: Uint8Array, index: number): Heard {
    const isFirst = !link.hasAnswered && index === 0
    link.hasAnswered = true
    if (!isFirst) this.note(frame)
    const text = isFirst
      ? showConnectResponse(frame, this.names)
      : showReply(frame, (xid) => link.opcodes.get(xid), this.names)
    return { text: `connection ${on}: ${text}`, hex: hexOf(frame) }
  }

  /** Of the zxids that both servers use, this many are not later. */
  private ordinal(counter: number): number {
    return counter - this.skipped.filter((skipped) => skipped <= counter).length
  }

  private note(frame: Uint8Array): void {
    const reader = new Reader(frame, 4)
    const seen = reader.zxid()
    if (seen.epoch !== -1 && seen.counter > 0 && seen.counter >= this.last.counter) this.last = seen
  }

  private readonly names: Names = {
    zxid: ({ epoch, counter }) => {
      if (epoch === -1) return '-1'
      const distance = this.ordinal(counter) - this.ordinal(this.base)
      return counter === 0 ? '0' : distance > 0 ? `+${distance}` : String(distance)
    },
    session: (id) => {
      const index = this.sessions.indexOf(id)
      return id === 0n ? 'none' : index < 0 ? 'other' : `#${index}`
    },
    time: ({ counter }, timeMs) => {
      if (counter === 0) return String(timeMs)
      const known = this.times.get(counter)
      if (known === undefined) this.times.set(counter, timeMs)
      return known === undefined || known === timeMs ? 'its' : 'ANOTHER'
    },
    password: (id, password) => {
      if (password === null) return 'null'
      const expected = id === 0n ? new Uint8Array(16) : passwordOf(id)
      return hexOf(password) === hexOf(expected) ? 'right' : 'WRONG'
    },
    path: (path) => (path === null ? 'null' : JSON.stringify(path.replace(this.root.slice(1), ROOT.slice(1)))),
  }
}

/** Does a server close the connection after this reply? An unknown opcode (zxid −1), AUTHFAILED, a session's end. */
const announcesClose = (link: Link, frame: Uint8Array): boolean => {
  const reader = new Reader(frame)
  const xid = reader.int()
  const { epoch } = reader.zxid()
  const error = reader.int()
  return (
    xid !== -1 && ((error === -6 && epoch === -1) || error === -115 || link.opcodes.get(xid) === opcode.closeSession)
  )
}

/** The same ConnectRequest with a null password. */
const withoutPassword = (bytes: Uint8Array): Uint8Array => {
  const cut = Buffer.concat([bytes.subarray(0, 28), Buffer.from('ffffffff', 'hex'), bytes.subarray(48)])
  cut.writeInt32BE(cut.length - 4, 0)
  return cut
}
