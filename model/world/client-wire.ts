/** Real bytes between a client and a server: one of these a connection, with both ends of it. */
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { ConnectionId, ServerEvent } from '../../src/server/event.js'
import type { Request } from '../../src/service/request.js'
import type { ClientMessage } from '../../src/service/response.js'
import {
  decodeClientRequest,
  decodeConnectRequest,
  decodeConnectResponse,
  decodeReply,
  encodeClientMessage,
  encodeClientRequest,
  encodeConnectRequest,
} from '../../src/wire/client.js'
import type { WireError } from '../../src/wire/error.js'
import { showWireError } from '../../src/wire/error.js'
import { FrameCutter } from '../../src/wire/frame.js'
import { Writer } from '../../src/wire/writer.js'

export type ClientSays = Extract<ServerEvent, { readonly kind: 'ClientConnect' | 'ClientRequested' }>

export interface ClientWire {
  readonly fromClient: (event: ClientSays) => Uint8Array
  /** What these bytes complete at the server. */
  readonly atServer: (bytes: Uint8Array) => readonly ClientSays[]
  readonly fromServer: (message: ClientMessage) => Uint8Array
  /** Calls `receive` with each message that these bytes complete; `oldest`: the request that is answered next. */
  readonly atClient: (bytes: Uint8Array, oldest: () => Request['op'], receive: (message: ClientMessage) => void) => void
}

/** What a request counts for where no bytes travel. */
const BYTES_A_REQUEST = 64

export const requestOf = (connection: ConnectionId, xid: number, request: Request): ClientSays => ({
  kind: 'ClientRequested',
  connection,
  request: { xid, request },
  bytes: BYTES_A_REQUEST,
})

const MAXIMUM_FRAME_BYTES = 1 << 22

export const makeClientWire = (
  connection: ConnectionId,
  report: (clause: string, what: string) => void,
): ClientWire => {
  const writer = new Writer(256)
  const requests = new FrameCutter(MAXIMUM_FRAME_BYTES)
  const replies = new FrameCutter(MAXIMUM_FRAME_BYTES)
  let isServerGreeted = false
  let isClientGreeted = false

  const written = (write: () => void): Uint8Array => {
    writer.reset()
    write()
    return writer.written()
  }

  const valueOf = <A>(result: Either<WireError, A>): A | undefined => {
    if (!isLeft(result)) return result.right
    report('WIRE', `bytes between a client and its server cannot be read: ${showWireError(result.left)}`)
    return undefined
  }

  const atServer = (bytes: Uint8Array): readonly ClientSays[] =>
    (valueOf(requests.cut(bytes)) ?? []).flatMap((frame): readonly ClientSays[] => {
      if (!isServerGreeted) {
        isServerGreeted = true
        const request = valueOf(decodeConnectRequest(frame))
        return request === undefined ? [] : [{ kind: 'ClientConnect', connection, request }]
      }
      // The frame lies in memory that others share; a request lives on.
      const request = valueOf(decodeClientRequest(frame.slice()))
      return request === undefined ? [] : [{ kind: 'ClientRequested', connection, request, bytes: frame.length }]
    })

  return {
    fromClient: (event) =>
      written(() => {
        if (event.kind === 'ClientConnect') encodeConnectRequest(writer, event.request)
        else encodeClientRequest(writer, event.request)
      }),
    atServer,
    fromServer: (message) =>
      written(() => {
        encodeClientMessage(writer, message)
      }),
    atClient: (bytes, oldest, receive) => {
      for (const frame of valueOf(replies.cut(bytes)) ?? []) {
        const message = valueOf<ClientMessage>(
          isClientGreeted ? decodeReply(frame, xidOf(frame) > 0 ? oldest() : 'ping') : decodeConnectResponse(frame),
        )
        isClientGreeted = true
        if (message !== undefined) receive(message)
      }
    },
  }
}

/** The first field of a reply: what is not positive answers no request of the pipeline. */
const xidOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset, frame.length).getInt32(0)
