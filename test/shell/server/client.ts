// A client of the tests: it says what it is told to, and gives back what it hears, frame by frame.
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { ZERO } from '../../../src/core/zxid.js'
import type { Request } from '../../../src/service/request.js'
import type { ConnectResponse, Reply, WatchNotification } from '../../../src/service/response.js'
import {
  decodeConnectResponse,
  decodeReply,
  encodeClientRequest,
  encodeConnectRequest,
} from '../../../src/wire/client.js'
import { FrameCutter } from '../../../src/wire/frame.js'
import { Writer } from '../../../src/wire/writer.js'
import { Mailbox, open } from '../network/support.js'

export interface TestClient {
  readonly socket: Socket
  readonly session: ConnectResponse
  /** Encodes all of them into one write; xids count from 1 over the life of the client. */
  readonly send: (...requests: readonly Request[]) => void
  readonly reply: (op: Request['op']) => Promise<Reply | WatchNotification>
}

export const OPEN_ACL = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]

const valueOf = <A>(decoded: E.Either<unknown, A>): A => {
  if (E.isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return decoded.right
}

/** Connects and waits for a session. */
export const connectClient = async (port: number): Promise<TestClient> => {
  const socket = await open(port)
  const frames = new Mailbox<Uint8Array>()
  const cutter = new FrameCutter(1 << 24)
  socket.on('data', (chunk) => {
    for (const frame of valueOf(cutter.cut(chunk))) frames.put(frame)
  })
  const hello = new Writer()
  const password = new Uint8Array(16)
  encodeConnectRequest(hello, {
    protocolVersion: 0,
    lastZxidSeen: ZERO,
    timeoutMs: 5000,
    sessionId: 0n,
    password,
    readOnly: false,
  })
  socket.write(hello.written())
  const session = valueOf(decodeConnectResponse(await frames.next()))
  let xid = 1
  return {
    socket,
    session,
    send: (...requests) => {
      const writer = new Writer()
      for (const request of requests) encodeClientRequest(writer, { xid: xid++, request })
      socket.write(writer.written())
    },
    reply: async (op) => valueOf(decodeReply(await frames.next(), op)),
  }
}
