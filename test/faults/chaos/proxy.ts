/**
 * One TCP relay in front of one port of one server, as one other server sees it: what a network can do to a connection.
 *
 * TCP loses connections, not bytes within one. So a relay that has swallowed bytes, as a half-open connection does,
 * cuts that connection when it heals.
 */
import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { once } from 'node:events'

/** `hold`: bytes wait, and arrive when it heals. `swallow`: they are gone. `cut`: connections are closed and refused. */
export type Weather =
  | { readonly kind: 'clear' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'swallow'; readonly direction: Direction }
  | { readonly kind: 'delay'; readonly ms: number }

export type Direction = 'toServer' | 'fromServer'

export const CLEAR: Weather = { kind: 'clear' }

/** Changes the first bytes of a connection to the server; undefined: there are too few yet. */
export type Rewrite = (head: Buffer) => Buffer | undefined

const MAXIMUM_HELD_BYTES = 64 * 1024 * 1024

export class Proxy {
  private weather: Weather = CLEAR
  private readonly pairs = new Set<Pair>()

  private constructor(
    private readonly listener: Server,
    readonly port: number,
  ) {}

  /** Listens on a free port of loopback and relays to `targetPort` there. */
  static async open(targetPort: number, rewrite: Rewrite = (head) => head): Promise<Proxy> {
    const listener = createServer({ allowHalfOpen: true, noDelay: true })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const address = listener.address()
    if (address === null || typeof address === 'string') throw new Error('a relay has no port')
    const proxy = new Proxy(listener, address.port)
    listener.on('connection', (socket) => proxy.accept(socket, targetPort, rewrite))
    return proxy
  }

  set(weather: Weather): void {
    this.weather = weather
    for (const pair of [...this.pairs]) pair.changed(weather)
  }

  close(): void {
    this.listener.close()
    for (const pair of [...this.pairs]) pair.cut()
  }

  private accept(socket: Socket, targetPort: number, rewrite: Rewrite): void {
    if (this.weather.kind === 'cut') {
      socket.on('error', () => undefined)
      socket.destroy()
      return
    }
    const upstream = connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true, noDelay: true })
    const pair = new Pair(socket, upstream, rewrite, () => this.pairs.delete(pair))
    this.pairs.add(pair)
    pair.changed(this.weather)
  }
}

/** One relayed connection. */
class Pair {
  private readonly pipes: readonly Pipe[]
  private isBroken = false

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    rewrite: Rewrite,
    private readonly closed: () => void,
  ) {
    this.pipes = [new Pipe('toServer', near, far, rewrite), new Pipe('fromServer', far, near, (head) => head)]
    for (const socket of [near, far]) {
      socket.on('error', () => this.cut())
      socket.once('close', () => this.cut())
    }
  }

  changed(weather: Weather): void {
    if (weather.kind === 'cut' || this.pipes.some((pipe) => pipe.hasLost)) this.cut()
    else for (const pipe of this.pipes) pipe.changed(weather)
  }

  cut(): void {
    if (this.isBroken) return
    this.isBroken = true
    this.near.destroy()
    this.far.destroy()
    for (const pipe of this.pipes) pipe.stop()
    this.closed()
  }
}

interface Piece {
  /** undefined: the end of the stream. */
  readonly bytes: Buffer | undefined
  readonly dueMs: number
}

/** One direction. Pieces leave in the order in which they came, whatever the weather. */
class Pipe {
  hasLost = false
  private weather: Weather = CLEAR
  private queue: Piece[] = []
  private heldBytes = 0
  private head: Buffer | undefined = Buffer.alloc(0)
  private timer: NodeJS.Timeout | undefined
  private stopped = false

  constructor(
    private readonly direction: Direction,
    from: Socket,
    private readonly to: Socket,
    private readonly rewrite: Rewrite,
  ) {
    from.on('data', (chunk) => this.read(chunk))
    from.once('end', () => this.push(undefined))
  }

  changed(weather: Weather): void {
    this.weather = weather
    this.flush()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    this.queue = []
  }

  private read(chunk: Buffer): void {
    if (this.head === undefined) return this.push(chunk)
    this.head = Buffer.concat([this.head, chunk])
    const rewritten = this.rewrite(this.head)
    if (rewritten === undefined) return
    this.head = undefined
    this.push(rewritten)
  }

  private push(bytes: Buffer | undefined): void {
    const { weather } = this
    const isSwallowed = weather.kind === 'swallow' && weather.direction === this.direction
    if (isSwallowed || this.heldBytes > MAXIMUM_HELD_BYTES) {
      this.hasLost = true
      return
    }
    this.queue.push({ bytes, dueMs: performance.now() + (weather.kind === 'delay' ? weather.ms : 0) })
    this.heldBytes += bytes?.length ?? 0
    this.flush()
  }

  private flush(): void {
    clearTimeout(this.timer)
    while (!this.stopped && this.weather.kind !== 'hold') {
      const piece = this.queue[0]
      if (piece === undefined) return
      const waitMs = this.weather.kind === 'delay' ? piece.dueMs - performance.now() : 0
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.flush(), waitMs)
        return
      }
      this.queue.shift()
      this.heldBytes -= piece.bytes?.length ?? 0
      if (piece.bytes === undefined) this.to.end()
      else this.to.write(piece.bytes)
    }
  }
}
