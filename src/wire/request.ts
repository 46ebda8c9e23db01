/** Request records by opcode: the same bytes stand in a client's frame and in a REQUEST packet. */
import type { MultiOperation, Request } from '../service/request.js'
import { readAcls, readStrings, writeAcls, writeStrings } from './record.js'
import type { Reader } from './reader.js'
import type { Writer } from './writer.js'

export const opcode = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  auth: 100,
  setWatches: 101,
  createSession: -10,
  closeSession: -11,
} as const

/** Stands in a multi for an operation that failed, and for the end of the list. */
export const ERROR_OPCODE = -1

export const opcodeOf = (request: Request): number =>
  request.op === 'malformed' || request.op === 'unimplemented' ? request.opcode : opcode[request.op]

// --- encoding

/** The record of a request, without its header. Nothing for `malformed` and `unimplemented`: their bodies are lost. */
export const encodeRequestBody = (writer: Writer, request: Request): void => {
  switch (request.op) {
    case 'create':
    case 'create2':
    case 'delete':
    case 'setData':
      encodeOperation(writer, request)
      return
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      writer.string(request.path)
      writer.bool(request.watch)
      return
    case 'sync':
      writer.string(request.path)
      return
    case 'multi':
      encodeMulti(writer, request.operations)
      return
    case 'setWatches':
      writer.zxid(request.relativeZxid)
      writeStrings(writer, request.dataWatches)
      writeStrings(writer, request.existWatches)
      writeStrings(writer, request.childWatches)
      return
    case 'auth':
      writer.int(0)
      writer.string(request.scheme)
      writer.buffer(request.auth)
      return
    case 'reconfig':
      writer.string(request.joining)
      writer.string(request.leaving)
      writer.string(request.newMembers)
      writer.zxid(request.fromConfig)
      return
    case 'createSession':
      writer.int(request.timeoutMs)
      return
    case 'closeSession':
    case 'ping':
    case 'malformed':
    case 'unimplemented':
      return
  }
}

const encodeOperation = (writer: Writer, operation: MultiOperation): void => {
  writer.string(operation.path)
  switch (operation.op) {
    case 'create':
    case 'create2':
      writer.buffer(operation.data)
      writeAcls(writer, operation.acl)
      writer.int(operation.flags)
      return
    case 'setData':
      writer.buffer(operation.data)
      writer.int(operation.version)
      return
    case 'delete':
    case 'check':
      writer.int(operation.version)
      return
  }
}

const encodeMulti = (writer: Writer, operations: readonly MultiOperation[]): void => {
  for (const operation of operations) {
    writeMultiHeader(writer, opcode[operation.op], false, -1)
    encodeOperation(writer, operation)
  }
  writeMultiHeader(writer, ERROR_OPCODE, true, -1)
}

/** MultiHeader: before each element of a multi and of its answer, and at their end. */
export const writeMultiHeader = (writer: Writer, type: number, done: boolean, error: number): void => {
  writer.int(type)
  writer.bool(done)
  writer.int(error)
}

// --- decoding

/** Total: what cannot be decoded is `malformed`, an opcode that is not served is `unimplemented`. Extra bytes are ignored. */
export const decodeRequestBody = (code: number, reader: Reader): Request => {
  const request = readRequest(code, reader)
  return reader.error === undefined ? request : { op: 'malformed', opcode: code }
}

const readRequest = (code: number, reader: Reader): Request => {
  switch (code) {
    case opcode.create:
    case opcode.create2:
      return readCreate(code, reader)
    case opcode.delete:
      return { op: 'delete', path: reader.string('path'), version: reader.int('version') }
    case opcode.setData:
      // Without a path it is a write like any other to a path that is not valid. In a multi it cannot be read.
      return readSetData(reader.nullableString('path') ?? '', reader)
    case opcode.exists:
      return { op: 'exists', path: reader.string('path'), watch: reader.bool('watch') }
    case opcode.getData:
      return { op: 'getData', path: reader.string('path'), watch: reader.bool('watch') }
    case opcode.getChildren:
      return { op: 'getChildren', path: reader.string('path'), watch: reader.bool('watch') }
    case opcode.getChildren2:
      return { op: 'getChildren2', path: reader.string('path'), watch: reader.bool('watch') }
    case opcode.sync:
      return { op: 'sync', path: reader.nullableString('path') }
    case opcode.ping:
      return { op: 'ping' }
    case opcode.multi:
      return { op: 'multi', operations: readMulti(reader) }
    case opcode.setWatches:
      return {
        op: 'setWatches',
        relativeZxid: reader.zxid('relativeZxid'),
        dataWatches: readPaths(reader, 'dataWatches'),
        existWatches: readPaths(reader, 'existWatches'),
        childWatches: readPaths(reader, 'childWatches'),
      }
    case opcode.reconfig:
      return {
        op: 'reconfig',
        joining: reader.nullableString('joiningServers'),
        leaving: reader.nullableString('leavingServers'),
        newMembers: reader.nullableString('newMembers'),
        fromConfig: reader.zxid('curConfigId'),
      }
    case opcode.auth:
      return readAuth(reader)
    case opcode.createSession:
      return { op: 'createSession', timeoutMs: reader.int('timeOut') }
    case opcode.closeSession:
      return { op: 'closeSession' }
    default:
      return { op: 'unimplemented', opcode: code }
  }
}

const readCreate = (code: 1 | 15, reader: Reader): Extract<MultiOperation, { readonly op: 'create' | 'create2' }> => ({
  op: code === opcode.create ? 'create' : 'create2',
  path: reader.string('path'),
  data: reader.buffer('data'),
  acl: readAcls(reader),
  flags: reader.int('flags'),
})

const readSetData = (path: string, reader: Reader): Extract<MultiOperation, { readonly op: 'setData' }> => ({
  op: 'setData',
  path,
  data: reader.buffer('data'),
  version: reader.int('version'),
})

/** A list that must not be null. */
const readPaths = (reader: Reader, what: string): readonly string[] => {
  const paths = readStrings(reader, what)
  if (paths === null) reader.fail('BadValue', what)
  return paths ?? []
}

/** A null scheme reads as an empty one: nobody serves either. */
const readAuth = (reader: Reader): Request => {
  reader.int('type')
  const scheme = reader.nullableString('scheme') ?? ''
  return { op: 'auth', scheme, auth: reader.buffer('auth') ?? new Uint8Array(0) }
}

const readMulti = (reader: Reader): readonly MultiOperation[] => {
  const operations: MultiOperation[] = []
  while (!reader.hasFailed()) {
    const type = reader.int('type')
    const done = reader.bool('done')
    reader.int('err')
    if (done || reader.hasFailed()) break
    const operation = readOperation(type, reader)
    if (operation === undefined) reader.fail('BadValue', 'type of an operation in a multi')
    else operations.push(operation)
  }
  return operations
}

const readOperation = (type: number, reader: Reader): MultiOperation | undefined => {
  switch (type) {
    case opcode.create:
    case opcode.create2:
      return readCreate(type, reader)
    case opcode.delete:
      return { op: 'delete', path: reader.string('path'), version: reader.int('version') }
    case opcode.setData:
      return readSetData(reader.string('path'), reader)
    case opcode.check:
      return { op: 'check', path: reader.string('path'), version: reader.int('version') }
    default:
      return
  }
}
