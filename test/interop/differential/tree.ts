/** The whole tree of a server as clients may see it, in text that is the same for equal trees. */
import { zxid } from '../../../src/core/zxid.js'
import type { Zxid } from '../../../src/core/zxid.js'
import type { Request } from '../../../src/service/request.js'
import { encodeClientRequest, encodeConnectRequest } from '../../../src/wire/client.js'
import { Reader } from '../../../src/wire/reader.js'
import { opcodeOf } from '../../../src/wire/request.js'
import { Writer } from '../../../src/wire/writer.js'
import { Link } from './link.js'
import { showReply } from './reply.js'
import type { Names } from './reply.js'

/** Nothing is renamed: two servers with one directory agree on zxids, sessions and times. */
const plain: Names = {
  zxid: ({ epoch, counter }: Zxid) => `${epoch}:${counter}`,
  session: String,
  time: (_, timeMs) => String(timeMs),
  password: () => '',
  path: (path) => JSON.stringify(path),
}

export class TreeReader {
  private constructor(private readonly link: Link) {}

  static async open(port: number): Promise<TreeReader> {
    const link = await Link.open(port, (frames) => frames)
    const writer = new Writer()
    const password = new Uint8Array(16)
    encodeConnectRequest(writer, {
      protocolVersion: 0,
      lastZxidSeen: zxid(0, 0),
      timeoutMs: 200_000,
      sessionId: 0n,
      password,
      readOnly: false,
    })
    link.send(writer.written())
    await link.until(() => link.replies > 0)
    link.isOpen = true
    return new TreeReader(link)
  }

  /** Sends a request and gives the frame that answers it; undefined when the connection ends instead. */
  async ask(request: Request): Promise<Uint8Array | undefined> {
    this.link.heard = []
    const wanted = this.link.replies + 1
    const writer = new Writer()
    encodeClientRequest(writer, { xid: ++this.link.xid, request })
    this.link.send(writer.written())
    await this.link.until(() => this.link.replies >= wanted)
    return this.link.heard[0]
  }

  /** The paths of all nodes whose children may be read, and of these children. */
  async paths(): Promise<readonly string[]> {
    const found = ['/']
    for (const path of found) {
      const frame = await this.ask({ op: 'getChildren', path, watch: false })
      if (frame === undefined) throw new Error('the connection has ended')
      const reader = new Reader(frame, 12)
      if (reader.int() !== 0) continue
      const names = reader.vector(4, 'children', (each) => each.string()) ?? []
      found.push(...names.map((name) => (path === '/' ? `/${name}` : `${path}/${name}`)))
    }
    return found.toSorted()
  }

  /** Stat and data of each path, without the reply's header. */
  async tree(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const tree = new Map<string, string>()
    for (const path of paths) {
      const request: Request = { op: 'getData', path, watch: false }
      const frame = await this.ask(request)
      if (frame === undefined) throw new Error('the connection has ended')
      const text = showReply(frame, () => opcodeOf(request), plain)
      tree.set(path, text.replace(/^xid=\S+ zxid=\S+ /, ''))
    }
    return tree
  }

  /** Does the server end the connection by itself? */
  async ends(): Promise<boolean> {
    await this.link.until(() => false)
    return this.link.isClosed
  }

  close(): void {
    this.link.drop()
  }
}
