/**
 * The transaction log file: a header, then records, each sealed by a checksum and an end mark, then perhaps zeros.
 *
 * Reading is a step function over a buffer, so that a file can be streamed through it: `scanRecord` says what stands
 * at an offset, and `resynchronize` whether anything valid stands after damage. What to do about damage is storage's
 * decision (RECV): cut a torn last record, refuse a log with valid records after a bad one.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import { adler32 } from './checksum.js'
import type { WireError } from './error.js'
import { Reader } from './reader.js'
import { TRANSACTION_HEADER_SIZE } from './transaction.js'
import type { Writer } from './writer.js'

const MAGIC = 0x5a4b4c47
const VERSION = 2
/** 'B': written after a record, so a record without it was not finished. */
const END_OF_RECORD = 0x42
const CHECKSUM_AND_LENGTH = 12

export const LOG_HEADER_SIZE = 16
/** Bytes of a record beside its payload. */
export const LOG_RECORD_OVERHEAD = CHECKSUM_AND_LENGTH + 1
/** As ZooKeeper's readers with default settings: jute.maxbuffer twice over. */
export const MAXIMUM_LOG_PAYLOAD = 2 * 0xfffff

// --- writing

export const encodeLogHeader = (writer: Writer): void => {
  writer.int(MAGIC)
  writer.int(VERSION)
  writer.long(0n)
}

/** `payload`: a transaction's bytes, not empty. */
export const encodeLogRecord = (writer: Writer, payload: Uint8Array): void => {
  writer.longFromNumber(adler32(payload))
  writer.int(payload.length)
  writer.raw(payload)
  writer.byte(END_OF_RECORD)
}

// --- reading

/** Checks the first 16 bytes; gives the offset of the first record. */
export const decodeLogHeader = (bytes: Uint8Array): Either<WireError, number> => {
  const reader = new Reader(bytes)
  if (reader.int('magic') !== MAGIC) reader.fail('BadValue', 'magic of a log file')
  if (reader.int('version') !== VERSION) reader.fail('BadValue', 'version of a log file')
  reader.long('dbid')
  return reader.error === undefined ? right(reader.offset) : left(reader.error)
}

export type LogScan =
  /** A valid record; the next one begins at `next`. `payload` shares the buffer's memory. */
  | { readonly kind: 'Record'; readonly payload: Uint8Array; readonly next: number }
  /** The buffer ends first, and the file goes on: come back with bytes up to this offset at least. */
  | { readonly kind: 'NeedMore'; readonly end: number }
  /** Nothing more was written: end of file between records, or zero padding. */
  | { readonly kind: 'End'; readonly reason: 'EndOfFile' | 'Padding' }
  /** An unfinished record: cut off by the end of the file, or without its end mark. ZooKeeper takes it for the end. */
  | { readonly kind: 'Torn'; readonly reason: 'CutOff' | 'NoEndMark' }
  /** A record whose length is impossible, or finished with a wrong checksum. ZooKeeper refuses to start. */
  | { readonly kind: 'Corrupt'; readonly reason: 'Length' | 'Checksum' }

/** What stands at `offset`. `isLast`: the file ends where `bytes` end. */
export const scanRecord = (
  bytes: Uint8Array,
  offset: number,
  isLast: boolean,
  maximumPayload = MAXIMUM_LOG_PAYLOAD,
): LogScan => {
  const available = bytes.length - offset
  if (available < CHECKSUM_AND_LENGTH) {
    if (!isLast) return { kind: 'NeedMore', end: offset + CHECKSUM_AND_LENGTH }
    return isZero(bytes, offset) ? { kind: 'End', reason: endReason(available) } : { kind: 'Torn', reason: 'CutOff' }
  }
  const length = intAt(bytes, offset + 8)
  if (length === 0) return { kind: 'End', reason: 'Padding' }
  if (length < 0 || length > maximumPayload) return { kind: 'Corrupt', reason: 'Length' }
  const next = offset + LOG_RECORD_OVERHEAD + length
  if (next > bytes.length) return isLast ? { kind: 'Torn', reason: 'CutOff' } : { kind: 'NeedMore', end: next }
  if (bytes[next - 1] !== END_OF_RECORD) return { kind: 'Torn', reason: 'NoEndMark' }
  if (!hasChecksum(bytes, offset, length)) return { kind: 'Corrupt', reason: 'Checksum' }
  return { kind: 'Record', payload: payloadAt(bytes, offset, length), next }
}

/**
 * The lowest offset ≥ `from` at which a valid record of a transaction begins, if there is one in `bytes`. After damage
 * at some offset, ask from the next byte on: an answer means that the damage is in the middle of the log, not at its
 * end. When a file is read in parts, let parts overlap by the largest record.
 */
export const resynchronize = (
  bytes: Uint8Array,
  from: number,
  maximumPayload = MAXIMUM_LOG_PAYLOAD,
): number | undefined => {
  const last = bytes.length - LOG_RECORD_OVERHEAD - TRANSACTION_HEADER_SIZE
  for (let offset = from; offset <= last; offset++) {
    // The checksum is a 32-bit number in a long: four zero bytes come first.
    if (bytes[offset] !== 0 || intAt(bytes, offset) !== 0) continue
    const length = intAt(bytes, offset + 8)
    if (length < TRANSACTION_HEADER_SIZE || length > maximumPayload) continue
    const end = offset + CHECKSUM_AND_LENGTH + length
    if (bytes[end] === END_OF_RECORD && hasChecksum(bytes, offset, length)) return offset
  }
  return undefined
}

const hasChecksum = (bytes: Uint8Array, offset: number, length: number): boolean => {
  const start = offset + CHECKSUM_AND_LENGTH
  return intAt(bytes, offset) === 0 && intAt(bytes, offset + 4) >>> 0 === adler32(bytes, 1, start, start + length)
}

const payloadAt = (bytes: Uint8Array, offset: number, length: number): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + offset + CHECKSUM_AND_LENGTH, length)

const endReason = (available: number): 'EndOfFile' | 'Padding' => (available === 0 ? 'EndOfFile' : 'Padding')

const isZero = (bytes: Uint8Array, start: number): boolean => bytes.subarray(start).every((byte) => byte === 0)

const intAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
