// Helpers of the network tests: things that are waited for by promise, and raw TCP peers.
import { connect, type Socket } from 'node:net'
import { zxid } from '../../../src/core/zxid.js'
import type { Reply } from '../../../src/service/response.js'
import type { Log } from '../../../src/shell/server/log.js'
import { Writer } from '../../../src/wire/writer.js'

/** Values that come in their own time, and are taken in order. */
export class Mailbox<A> {
  private readonly values: A[] = []
  private readonly takers: ((value: A) => void)[] = []

  put(value: A): void {
    const taker = this.takers.shift()
    if (taker === undefined) this.values.push(value)
    else taker(value)
  }

  next(): Promise<A> {
    const value = this.values.shift()
    return value === undefined ? new Promise((resolve) => this.takers.push(resolve)) : Promise.resolve(value)
  }

  /** What has come and has not been taken. */
  get waiting(): readonly A[] {
    return this.values
  }
}

export interface RecordingLog extends Log {
  readonly lines: Mailbox<string>
}

/** `warnings` only: the lines that bad connections leave. */
export const recordingLog = (): RecordingLog => {
  const lines = new Mailbox<string>()
  return { lines, info: () => undefined, warn: (text) => lines.put(text), error: (text) => lines.put(text) }
}

/** A raw connection, open. */
export const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => resolve(socket))
    socket.once('error', reject)
  })

/** Resolves when the other end has closed; with what it said before. */
export const closed = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
    if (socket.destroyed) resolve('')
  })

export const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Length and bytes. */
export const frame = (payload: Uint8Array | string): Uint8Array => {
  const writer = new Writer()
  writer.buffer(typeof payload === 'string' ? Buffer.from(payload) : payload)
  return writer.written()
}

/** The answer to getData. */
export const replyOf = (data: Uint8Array): Reply => ({
  kind: 'Reply',
  xid: 1,
  zxid: zxid(1, 1),
  error: 0,
  body: {
    op: 'getData',
    data,
    stat: {
      czxid: zxid(1, 1),
      mzxid: zxid(1, 1),
      pzxid: zxid(1, 1),
      ctimeMs: 0,
      mtimeMs: 0,
      version: 0,
      cversion: 0,
      aversion: 0,
      ephemeralOwner: 0n,
      dataLength: data.length,
      childCount: 0,
    },
  },
})
