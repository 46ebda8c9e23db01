/** What a server reads from a client, and what it answers. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import { errorCode } from '../../service/error.js'
import type { ErrorCode } from '../../service/error.js'
import type { ClientRequest, ConnectRequest } from '../../service/request.js'
import type { ClientMessage, ConnectResponse, MultiResult, Reply, ResponseBody } from '../../service/response.js'
import type { WireError } from '../error.js'
import { Reader } from '../reader.js'
import { writeStat, writeStrings } from '../record.js'
import { decodeRequestBody, ERROR_OPCODE, opcode, writeMultiHeader } from '../request.js'
import type { Writer } from '../writer.js'
import { NOTIFICATION_XID, SYNC_CONNECTED, watchEventNumber } from './watch-event.js'

/** The first frame of a connection, without its length. */
export const decodeConnectRequest = (frame: Uint8Array): Either<WireError, ConnectRequest> => {
  const reader = new Reader(frame)
  const request: ConnectRequest = {
    protocolVersion: reader.int('protocolVersion'),
    lastZxidSeen: reader.zxid('lastZxidSeen'),
    timeoutMs: reader.int('timeOut'),
    sessionId: reader.long('sessionId'),
    password: reader.buffer('passwd') ?? new Uint8Array(0),
    readOnly: reader.error === undefined && reader.remaining > 0 ? reader.bool('readOnly') : undefined,
  }
  return reader.error === undefined ? right(request) : left(reader.error)
}

/**
 * Any later frame, without its length. Left only when there is no whole header; a body that cannot be decoded is
 * `malformed`, so that it can be answered under its xid.
 */
export const decodeClientRequest = (frame: Uint8Array): Either<WireError, ClientRequest> => {
  const reader = new Reader(frame)
  const xid = reader.int('xid')
  const code = reader.int('type')
  if (reader.error !== undefined) return left(reader.error)
  // Sessions are created by servers only; from a client this is an unknown opcode.
  if (code === opcode.createSession) return right({ xid, request: { op: 'unimplemented', opcode: code } })
  return right({ xid, request: decodeRequestBody(code, reader) })
}

/** One message with its length in front. */
export const encodeClientMessage = (writer: Writer, message: ClientMessage): void => {
  const start = writer.beginFrame()
  switch (message.kind) {
    case 'Reply':
      writeReply(writer, message)
      break
    case 'WatchNotification':
      writeReplyHeader(writer, NOTIFICATION_XID, message.zxid, errorCode.OK)
      writer.int(watchEventNumber[message.type])
      writer.int(SYNC_CONNECTED)
      writer.string(message.path)
      break
    case 'ConnectResponse':
      writeConnectResponse(writer, message)
      break
  }
  writer.endFrame(start)
}

const writeConnectResponse = (writer: Writer, response: ConnectResponse): void => {
  writer.int(0)
  writer.int(response.timeoutMs)
  writer.long(response.sessionId)
  writer.buffer(response.password)
  if (response.readOnly !== undefined) writer.bool(response.readOnly)
}

const writeReply = (writer: Writer, reply: Reply): void => {
  writeReplyHeader(writer, reply.xid, reply.zxid, reply.error)
  if (reply.error === errorCode.OK && reply.body !== undefined) writeBody(writer, reply.body)
}

/** ReplyHeader: before every answer but the first, and before notifications. */
export const writeReplyHeader = (writer: Writer, xid: number, zxid: Reply['zxid'], error: ErrorCode): void => {
  writer.int(xid)
  writer.zxid(zxid)
  writer.int(error)
}

const writeBody = (writer: Writer, body: ResponseBody): void => {
  switch (body.op) {
    case 'create':
    case 'sync':
      writer.string(body.path)
      return
    case 'create2':
      writer.string(body.path)
      writeStat(writer, body.stat)
      return
    case 'setData':
    case 'exists':
      writeStat(writer, body.stat)
      return
    case 'getData':
    case 'reconfig':
      writer.buffer(body.data)
      writeStat(writer, body.stat)
      return
    case 'getChildren':
      writeStrings(writer, body.children)
      return
    case 'getChildren2':
      writeStrings(writer, body.children)
      writeStat(writer, body.stat)
      return
    case 'multi':
      for (const result of body.results) writeMultiResult(writer, result)
      writeMultiHeader(writer, ERROR_OPCODE, true, -1)
      return
  }
}

export const writeMultiResult = (writer: Writer, result: MultiResult): void => {
  if (result.op === 'error') {
    writeMultiHeader(writer, ERROR_OPCODE, false, result.error)
    writer.int(result.error)
    return
  }
  writeMultiHeader(writer, opcode[result.op], false, errorCode.OK)
  switch (result.op) {
    case 'create':
      writer.string(result.path)
      return
    case 'create2':
      writer.string(result.path)
      writeStat(writer, result.stat)
      return
    case 'setData':
      writeStat(writer, result.stat)
      return
    case 'delete':
    case 'check':
      return
  }
}
