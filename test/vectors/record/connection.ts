/** A TCP connection that keeps every byte in both directions. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { getOrElseW } from 'fp-ts/lib/Either.js'
import { showWireError } from '../../../src/wire/error.js'
import type { WireError } from '../../../src/wire/error.js'

export const WAIT_LIMIT_MS = 10_000

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The value, or an exception: a recorder may stop at the first surprise. */
export const orThrow = getOrElseW((error: WireError): never => {
  throw new Error(showWireError(error))
})

export class RecordedConnection {
  readonly sent: Uint8Array[] = []
  readonly received: Uint8Array[] = []
  isClosed = false

  private constructor(
    private readonly socket: Socket,
    onData: (chunk: Uint8Array) => void,
  ) {
    socket.setNoDelay(true)
    socket.on('data', (chunk) => {
      this.received.push(new Uint8Array(chunk))
      onData(new Uint8Array(chunk))
    })
    socket.on('close', () => (this.isClosed = true))
    socket.on('error', () => (this.isClosed = true))
  }

  static async open(port: number, onData: (chunk: Uint8Array) => void): Promise<RecordedConnection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new RecordedConnection(socket, onData)
  }

  send(bytes: Uint8Array): void {
    this.sent.push(bytes)
    this.socket.write(bytes)
  }

  close(): void {
    this.socket.destroy()
  }
}

/** Waits until `isTrue`, within a limit. */
export const until = async (what: string, isTrue: () => boolean): Promise<void> => {
  for (let waited = 0; waited < WAIT_LIMIT_MS; waited += 10) {
    if (isTrue()) return
    await delay(10)
  }
  throw new Error(`waited in vain for ${what}`)
}
