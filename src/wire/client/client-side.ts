/** What a client writes, and what it reads: for the benchmark, fuzzers, recorders and tests. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import { errorCode } from '../../service/error.js'
import type { ErrorCode } from '../../service/error.js'
import type { ClientRequest, ConnectRequest, Request } from '../../service/request.js'
import type { ConnectResponse, MultiResult, Reply, ResponseBody, WatchNotification } from '../../service/response.js'
import type { WireError } from '../error.js'
import { Reader } from '../reader.js'
import { readStat, readStrings } from '../record.js'
import { encodeRequestBody, ERROR_OPCODE, opcode, opcodeOf } from '../request.js'
import type { Writer } from '../writer.js'
import { NOTIFICATION_XID, watchEventType } from './watch-event.js'

/** The first message of a connection, with its length in front. */
export const encodeConnectRequest = (writer: Writer, request: ConnectRequest): void => {
  const start = writer.beginFrame()
  writer.int(request.protocolVersion)
  writer.zxid(request.lastZxidSeen)
  writer.int(request.timeoutMs)
  writer.long(request.sessionId)
  writer.buffer(request.password)
  if (request.readOnly !== undefined) writer.bool(request.readOnly)
  writer.endFrame(start)
}

/** Any later message, with its length in front. */
export const encodeClientRequest = (writer: Writer, { xid, request }: ClientRequest): void => {
  const start = writer.beginFrame()
  writer.int(xid)
  writer.int(opcodeOf(request))
  encodeRequestBody(writer, request)
  writer.endFrame(start)
}

/** The server's first frame, without its length. */
export const decodeConnectResponse = (frame: Uint8Array): Either<WireError, ConnectResponse> => {
  const reader = new Reader(frame)
  reader.int('protocolVersion')
  const response: ConnectResponse = {
    kind: 'ConnectResponse',
    timeoutMs: reader.int('timeOut'),
    sessionId: reader.long('sessionId'),
    password: reader.buffer('passwd') ?? new Uint8Array(0),
    readOnly: reader.error === undefined && reader.remaining > 0 ? reader.bool('readOnly') : undefined,
  }
  return reader.error === undefined ? right(response) : left(reader.error)
}

/**
 * Any later frame, without its length. `op`: of the oldest request without an answer, which a client knows from the
 * order of its own requests; it says how to read the body. Not looked at for a watch notification.
 */
export const decodeReply = (frame: Uint8Array, op: Request['op']): Either<WireError, Reply | WatchNotification> => {
  const reader = new Reader(frame)
  const xid = reader.int('xid')
  const zxid = reader.zxid('zxid')
  const error = readError(reader)
  const message =
    xid === NOTIFICATION_XID
      ? readNotification(reader, zxid)
      : { kind: 'Reply' as const, xid, zxid, error, body: error === errorCode.OK ? readBody(reader, op) : undefined }
  return reader.error === undefined ? right(message) : left(reader.error)
}

const readNotification = (reader: Reader, zxid: WatchNotification['zxid']): WatchNotification => {
  const type = watchEventType(reader.int('type'))
  reader.int('state')
  const path = reader.string('path')
  if (type === undefined) reader.fail('BadValue', 'type of a watch event')
  return { kind: 'WatchNotification', type: type ?? 'NodeCreated', path, zxid }
}

const codes: ReadonlyMap<number, ErrorCode> = new Map(Object.values(errorCode).map((code) => [code, code]))

const readError = (reader: Reader): ErrorCode => {
  const code = codes.get(reader.int('err'))
  if (code === undefined) reader.fail('BadValue', 'err')
  return code ?? errorCode.OK
}

const readBody = (reader: Reader, op: Request['op']): ResponseBody | undefined => {
  switch (op) {
    case 'create':
      return { op, path: reader.string('path') }
    case 'sync':
      return { op, path: reader.nullableString('path') }
    case 'create2':
      return { op, path: reader.string('path'), stat: readStat(reader) }
    case 'setData':
    case 'exists':
      return { op, stat: readStat(reader) }
    case 'getData':
    case 'reconfig':
      return { op, data: reader.buffer('data'), stat: readStat(reader) }
    case 'getChildren':
      return { op, children: readStrings(reader, 'children') ?? [] }
    case 'getChildren2':
      return { op, children: readStrings(reader, 'children') ?? [], stat: readStat(reader) }
    case 'multi':
      return { op, results: readMultiResults(reader) }
    case 'delete':
    case 'ping':
    case 'auth':
    case 'setWatches':
    case 'createSession':
    case 'closeSession':
    case 'malformed':
    case 'unimplemented':
      return undefined
  }
}

const readMultiResults = (reader: Reader): readonly MultiResult[] => {
  const results: MultiResult[] = []
  while (!reader.hasFailed()) {
    const type = reader.int('type')
    const done = reader.bool('done')
    reader.int('err')
    if (done || reader.hasFailed()) break
    const result = readMultiResult(type, reader)
    if (result === undefined) reader.fail('BadValue', 'type of a result in a multi')
    else results.push(result)
  }
  return results
}

const readMultiResult = (type: number, reader: Reader): MultiResult | undefined => {
  switch (type) {
    case opcode.create:
      return { op: 'create', path: reader.string('path') }
    case opcode.create2:
      return { op: 'create2', path: reader.string('path'), stat: readStat(reader) }
    case opcode.delete:
      return { op: 'delete' }
    case opcode.check:
      return { op: 'check' }
    case opcode.setData:
      return { op: 'setData', stat: readStat(reader) }
    case ERROR_OPCODE:
      return { op: 'error', error: readError(reader) }
    default:
      return undefined
  }
}
