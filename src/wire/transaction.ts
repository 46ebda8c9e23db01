/** Transactions as bytes: header, record, digest. The same bytes stand in PROPOSAL, INFORM and the log. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Entry } from '../core/message.js'
import type { Zxid } from '../core/zxid.js'
import type { Acl } from '../service/acl.js'
import type { SimpleRecord, Transaction, TransactionRecord } from '../service/transaction.js'
import type { WireError } from './error.js'
import { readAcls, readStrings, writeAcls, writeStrings } from './record.js'
import { Reader } from './reader.js'
import { makeSlab } from './slab.js'
import { Writer } from './writer.js'

/** Types in the transaction header and inside a multi. */
export const recordType = {
  create: 1,
  delete: 2,
  setData: 5,
  setACL: 7,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  createContainer: 19,
  deleteContainer: 20,
  createTTL: 21,
  error: -1,
  createSession: -10,
  closeSession: -11,
} as const

/** Bytes of the header before the record. */
export const TRANSACTION_HEADER_SIZE = 32

const DIGEST_VERSION = 2
const DIGEST_SIZE = 12
const MINIMUM_NESTED_SIZE = 8

/** What is encoded is copied out at once, so one buffer serves all. A giant transaction's buffer is not kept. */
const SCRATCH_LIMIT = 1 << 20
let scratch = new Writer(4096)
/** Transactions are kept as long as the committed window is, much shorter than the data of nodes. */
const allocate = makeSlab()

// --- encoding

/** One array of exactly the needed size, that nothing else uses. An error transaction gets no digest, whatever `transaction` says. */
export const encodeTransaction = (zxid: Zxid, transaction: Omit<Transaction, 'bytes'>): Uint8Array => {
  const { record, digest } = transaction
  scratch.reset()
  scratch.long(transaction.sessionId)
  scratch.int(transaction.cxid)
  scratch.zxid(zxid)
  scratch.longFromNumber(transaction.timeMs)
  scratch.int(recordType[record.type])
  writeRecord(scratch, record)
  if (digest !== undefined && record.type !== 'error') {
    scratch.int(DIGEST_VERSION)
    scratch.long(digest)
  }
  const bytes = allocate(scratch.length)
  bytes.set(scratch.subarray())
  if (bytes.length > SCRATCH_LIMIT) scratch = new Writer(4096)
  return bytes
}

const writeRecord = (writer: Writer, record: TransactionRecord): void => {
  switch (record.type) {
    case 'createSession':
      writer.int(record.timeoutMs)
      return
    case 'closeSession':
      if (record.paths !== undefined) writeStrings(writer, record.paths)
      return
    case 'multi':
      writer.count(record.records.length)
      for (const each of record.records) {
        writer.int(recordType[each.type])
        const start = writer.beginFrame()
        writeSimpleRecord(writer, each)
        writer.endFrame(start)
      }
      return
    default:
      writeSimpleRecord(writer, record)
      return
  }
}

const writeSimpleRecord = (writer: Writer, record: SimpleRecord): void => {
  switch (record.type) {
    case 'create':
    case 'create2':
      writer.string(record.path)
      writer.buffer(record.data)
      writeAcls(writer, record.acl)
      writer.bool(record.ephemeral)
      writer.int(record.parentCversion)
      return
    case 'createContainer':
    case 'createTTL':
      writer.string(record.path)
      writer.buffer(record.data)
      writeAcls(writer, record.acl)
      writer.int(record.parentCversion)
      if (record.type === 'createTTL') writer.long(record.ttlMs)
      return
    case 'delete':
    case 'deleteContainer':
      writer.string(record.path)
      return
    case 'setData':
    case 'reconfig':
      writer.string(record.path)
      writer.buffer(record.data)
      writer.int(record.version)
      return
    case 'setACL':
      writer.string(record.path)
      writeAcls(writer, record.acl)
      writer.int(record.version)
      return
    case 'check':
      writer.string(record.path)
      writer.int(record.version)
      return
    case 'error':
      writer.int(record.error)
      return
  }
}

// --- decoding

/**
 * The entry that `bytes` hold. The result's `bytes` are the very input, and its data share their memory: give bytes
 * that nobody overwrites. A digest of another version than 2 cannot be compared and reads as none.
 */
export const decodeTransaction = (bytes: Uint8Array): Either<WireError, Entry<Transaction>> => {
  const reader = new Reader(bytes)
  const sessionId = reader.long('clientId')
  const cxid = reader.int('cxid')
  const zxid = reader.zxid()
  const timeMs = reader.longAsNumber('time')
  const type = reader.int('type')
  const record = type === recordType.closeSession ? readCloseSession(reader, bytes) : readRecord(type, reader)
  if (reader.error !== undefined) return left(reader.error)
  return right({ zxid, transaction: { sessionId, cxid, timeMs, record, digest: readDigest(reader), bytes } })
}

const readDigest = (reader: Reader): bigint | undefined => {
  if (reader.remaining < DIGEST_SIZE) return undefined
  const version = reader.int('digestVersion')
  const digest = reader.long('treeDigest')
  return version === DIGEST_VERSION ? digest : undefined
}

const readRecord = (type: number, reader: Reader): TransactionRecord => {
  switch (type) {
    case recordType.createSession:
      return { type: 'createSession', timeoutMs: reader.int('timeOut') }
    case recordType.multi:
      return { type: 'multi', records: reader.vector(MINIMUM_NESTED_SIZE, 'txns', readNested) ?? [] }
    default:
      return readSimpleRecord(type, reader)
  }
}

/** Old logs, and servers with `closeSessionTxn.enabled=false`, have no paths there; a digest may follow all the same. */
const readCloseSession = (reader: Reader, bytes: Uint8Array): TransactionRecord => {
  // A second reader may fail without harm.
  const trial = new Reader(bytes, reader.offset)
  const paths = readStrings(trial, 'paths2Delete') ?? []
  if (trial.error !== undefined || paths.includes('')) return { type: 'closeSession', paths: undefined }
  reader.rawView(trial.offset - reader.offset)
  return { type: 'closeSession', paths }
}

const readNested = (reader: Reader): SimpleRecord => {
  const type = reader.int('type')
  const data = reader.bufferView('data')
  if (data === null) reader.fail('BadValue', 'data of a record in a multi')
  const nested = new Reader(data ?? new Uint8Array(0))
  const record = readSimpleRecord(type, nested)
  if (nested.error !== undefined) reader.fail(nested.error.kind, `${nested.error.what} of a record in a multi`)
  return record
}

const readSimpleRecord = (type: number, reader: Reader): SimpleRecord => {
  switch (type) {
    case recordType.create:
    case recordType.create2:
      return readCreate(type, reader)
    case recordType.createContainer:
      return { type: 'createContainer', ...readNewNode(reader), parentCversion: reader.int('parentCVersion') }
    case recordType.createTTL:
      return {
        type: 'createTTL',
        ...readNewNode(reader),
        parentCversion: reader.int('parentCVersion'),
        ttlMs: reader.long('ttl'),
      }
    case recordType.delete:
      return { type: 'delete', path: reader.string('path') }
    case recordType.deleteContainer:
      return { type: 'deleteContainer', path: reader.string('path') }
    case recordType.setData:
      return { type: 'setData', ...readNewData(reader) }
    case recordType.reconfig:
      return { type: 'reconfig', ...readNewData(reader) }
    case recordType.setACL:
      return {
        type: 'setACL',
        path: reader.string('path'),
        acl: readAcls(reader) ?? [],
        version: reader.int('version'),
      }
    case recordType.check:
      return { type: 'check', path: reader.string('path'), version: reader.int('version') }
    case recordType.error:
      return { type: 'error', error: reader.int('err') }
    default:
      reader.fail('BadValue', 'type of a transaction')
      return { type: 'error', error: 0 }
  }
}

interface NewNode {
  readonly path: string
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[]
}

const readNewNode = (reader: Reader): NewNode => ({
  path: reader.string('path'),
  data: reader.bufferView('data'),
  acl: readAcls(reader) ?? [],
})

const readNewData = (reader: Reader): { path: string; data: Uint8Array | null; version: number } => ({
  path: reader.string('path'),
  data: reader.bufferView('data'),
  version: reader.int('version'),
})

/** Logs from before 3.4 end after `ephemeral`: the parent's version is then "current + 1". */
const readCreate = (type: 1 | 15, reader: Reader): SimpleRecord => {
  const node = readNewNode(reader)
  const ephemeral = reader.bool('ephemeral')
  const isOld = type === recordType.create && reader.remaining === 0
  const parentCversion = isOld ? -1 : reader.int('parentCVersion')
  return { type: type === recordType.create ? 'create' : 'create2', ...node, ephemeral, parentCversion }
}
