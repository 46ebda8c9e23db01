/** Reads one log file from front to end in bounded memory. */
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import { decodeLogHeader, LOG_HEADER_SIZE, LOG_RECORD_OVERHEAD, scanRecord } from '../../wire/log.js'
import { StorageFailure } from './error.js'
import type { File } from './file-system.js'
import { judgeTail } from './tail.js'

/** Bytes read at once; a longer record makes it grow. */
const WINDOW_BYTES = 1024 * 1024

/**
 * Bytes after a bad record that are looked at. No crash leaves more than the group that was being written, whose last record
 * may be the longest that there is.
 */
const TAIL_BYTES = (256 + 16) * 1024 * 1024

export interface ScannedRecord {
  readonly zxid: Zxid
  /** Of the record in the file, and of the byte after it. */
  readonly offset: number
  readonly end: number
  /** Header, record, digest; valid during the call only. */
  readonly payload: Uint8Array
}

export type LogEnd =
  /** `offset`: end of the last record, 0 in a file without even a header. */
  | { readonly kind: 'Clean'; readonly offset: number }
  | { readonly kind: 'Torn'; readonly offset: number; readonly reason: string }

/**
 * Calls `onRecord` for each good record, in order, until it returns false, and says how the log ends.
 * Rejects with a StorageFailure of kind CorruptLog for anything that a crash does not explain.
 */
export const scanLog = async (file: File, onRecord: (record: ScannedRecord) => boolean): Promise<LogEnd> => {
  const size = await file.size()
  const window = makeWindow(file, size)
  const header = await window(0, LOG_HEADER_SIZE)
  // A file whose first write was torn has no header, or half of one.
  if (header.length < LOG_HEADER_SIZE || header[LOG_HEADER_SIZE - 1 - DATABASE_ID_SIZE] === 0) {
    return endAt(file, size, 0)
  }
  if (isLeft(decodeLogHeader(header))) {
    throw new StorageFailure({ kind: 'CorruptLog', path: file.path, offset: 0, reason: 'no log file of version 2' })
  }
  let offset = LOG_HEADER_SIZE
  let needed = LOG_RECORD_OVERHEAD
  for (;;) {
    const bytes = await window(offset, needed)
    const scan = scanRecord(bytes, 0, offset + bytes.length >= size, size)
    if (scan.kind === 'NeedMore') {
      // Any length is read that the file holds; what a bad record announces beyond its end is not made room for.
      needed = Math.min(scan.end, size - offset)
      continue
    }
    if (scan.kind !== 'Record') return endAt(file, size, offset)
    const end = offset + scan.next
    if (!onRecord({ zxid: zxidOf(scan.payload), offset, end, payload: scan.payload }))
      return { kind: 'Clean', offset: end }
    offset = end
    needed = LOG_RECORD_OVERHEAD
  }
}

/** The last 8 bytes of a file header are zero; the byte before them ends the version. */
const DATABASE_ID_SIZE = 8

/** In a transaction header the zxid follows session id (8 bytes) and cxid (4 bytes). */
const zxidOf = (payload: Uint8Array): Zxid =>
  payload.length < 20
    ? Z.ZERO
    : Z.fromBigInt(new DataView(payload.buffer, payload.byteOffset, payload.length).getBigInt64(12))

/** Judges what stands from `offset` on. */
const endAt = async (file: File, size: number, offset: number): Promise<LogEnd> => {
  const rest = await readTail(file, offset, size)
  if (rest === undefined) {
    const reason = `more than ${TAIL_BYTES} bytes of other data follow`
    throw new StorageFailure({ kind: 'CorruptLog', path: file.path, offset, reason })
  }
  const tail = judgeTail(rest, offset)
  switch (tail.kind) {
    case 'Empty':
      return { kind: 'Clean', offset }
    case 'Torn':
      return { kind: 'Torn', offset, reason: tail.reason }
    case 'Damaged':
      throw new StorageFailure({ kind: 'CorruptLog', path: file.path, offset, reason: tail.reason })
  }
}

/** From `offset` to the last byte that is not zero; undefined when that is more than TAIL_BYTES. */
const readTail = async (file: File, offset: number, size: number): Promise<Uint8Array | undefined> => {
  const chunk = new Uint8Array(Math.min(WINDOW_BYTES, size - offset))
  let used = 0
  for (let position = offset; position < size && used <= TAIL_BYTES; position += WINDOW_BYTES) {
    const length = await file.read(chunk, Math.min(chunk.length, size - position), position)
    const lastUsed = lastNonZero(chunk, length)
    if (lastUsed >= 0) used = position - offset + lastUsed + 1
  }
  if (used > TAIL_BYTES) return undefined
  const tail = new Uint8Array(used)
  await file.read(tail, used, offset)
  return tail
}

const ZEROS = Buffer.alloc(WINDOW_BYTES)

const lastNonZero = (bytes: Uint8Array, length: number): number => {
  // Preallocated space is mostly what is read here, and a comparison by the runtime is far faster than a loop.
  if (ZEROS.subarray(0, length).equals(bytes.subarray(0, length))) return -1
  let index = length - 1
  while (index >= 0 && bytes[index] === 0) index -= 1
  return index
}

/**
 * A window on the file that moves forward: gives the bytes from `offset` on, at least `needed` of them unless the file
 * ends first. Valid until the next call.
 */
const makeWindow = (file: File, size: number): ((offset: number, needed: number) => Promise<Uint8Array>) => {
  let bytes = new Uint8Array(Math.min(WINDOW_BYTES, size))
  let from = 0
  let filled = 0
  return async (offset, needed) => {
    if (offset + needed > from + filled) {
      if (needed > bytes.length) bytes = new Uint8Array(needed)
      from = offset
      filled = await file.read(bytes, bytes.length, offset)
    }
    return bytes.subarray(offset - from, filled)
  }
}
