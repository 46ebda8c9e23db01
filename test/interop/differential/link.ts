/** One TCP connection to one server: frames in, frames out, and waiting for either a frame or the end. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { isLeft } from 'fp-ts/lib/Either.js'
import { FrameCutter } from '../../../src/wire/frame.js'

/** Changes what is heard: for planted faults. */
export type Tamper = (frames: readonly Uint8Array[]) => readonly Uint8Array[]

/** How long a server may be silent. It ends a wait for what never comes, and decides nothing else. */
const PATIENCE_MS = 1500

export class Link {
  /** Frames that came, oldest first; whoever shows them takes them out. */
  heard: Uint8Array[] = []
  /** Replies so far, without watch notifications and pongs. */
  replies = 0
  pings = 0
  pongs = 0
  isClosed = false
  isOpen = false
  /** The ConnectResponse has been shown. */
  hasAnswered = false
  /** Opcodes by xid, and the next xid. */
  readonly opcodes = new Map<number, number>()
  xid = 0
  private readonly cutter = new FrameCutter(1 << 24)
  private look: () => void = () => undefined

  private constructor(
    private readonly socket: Socket,
    private readonly tamper: Tamper,
  ) {
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.receive(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.isClosed = true
      this.look()
    })
  }

  static async open(port: number, tamper: Tamper): Promise<Link> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Link(socket, tamper)
  }

  send(bytes: Uint8Array): void {
    if (!this.isClosed) this.socket.write(bytes)
  }

  drop(): void {
    this.isClosed = true
    this.socket.destroy()
  }

  /** Resolves when it is enough, when the connection is closed, or when patience ends. */
  async until(isEnough: () => boolean): Promise<void> {
    const isOver = (): boolean => this.isClosed || isEnough()
    if (isOver()) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE_MS)
      this.look = () => {
        if (!isOver()) return
        clearTimeout(timer)
        resolve()
      }
    })
    this.look = () => undefined
  }

  private receive(chunk: Uint8Array): void {
    const cut = this.cutter.cut(new Uint8Array(chunk))
    if (isLeft(cut)) throw new Error('a server sent what is no frame')
    for (const frame of this.isOpen ? this.tamper(cut.right) : cut.right) {
      const xid = new DataView(frame.buffer, frame.byteOffset).getInt32(0)
      if (!this.isOpen || (xid !== -1 && xid !== -2)) this.replies += 1
      else if (xid === -2) this.pongs += 1
      this.heard.push(frame)
    }
    this.look()
  }
}
