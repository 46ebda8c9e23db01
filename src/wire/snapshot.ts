/** Snapshot files: header, image, and trailers, each sealed by a checksum of all that stands before it. */
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Zxid } from '../core/zxid.js'
import type { SnapshotFold, SnapshotItem } from '../service/snapshot.js'
import { adler32 } from './checksum.js'
import type { WireError } from './error.js'
import { wireError } from './error.js'
import { ImageDecoder } from './image-decoder.js'
import { encodeImage } from './image-encoder.js'
import { Reader } from './reader.js'
import { StreamBuffer } from './stream-buffer.js'
import { Writer } from './writer.js'

const MAGIC = 0x5a4b534e
const VERSION = 2
const DATABASE_ID = -1n
const DIGEST_VERSION = 2
const HEADER_SIZE = 16
const SEAL_END = '/'
/** A last zxid and its seal: what follows the image when digests are off. */
const LAST_ZXID_TRAILER_SIZE = 21
/** All trailers, with the longest digest of old files (64 hexadecimal digits and more do not occur). */
const MAXIMUM_TRAILERS_SIZE = 256

/** The tree's digest when it included the transaction `zxid`. */
export interface SnapshotDigest {
  readonly zxid: Zxid
  readonly digest: bigint
}

// --- writing

/**
 * A file in the layout of 3.8, in chunks of about 64 KiB. `digest` and `lastZxid` write the second and third trailer
 * (the third is 3.9's). Readers with digests enabled expect the second one.
 */
export function* encodeSnapshot(
  items: Iterable<SnapshotItem>,
  digest: SnapshotDigest | undefined,
  lastZxid: Zxid | undefined,
): Generator<Uint8Array, void> {
  const writer = new Writer(64)
  writer.int(MAGIC)
  writer.int(VERSION)
  writer.long(DATABASE_ID)
  const header = writer.written()
  let checksum = adler32(header)
  yield header
  for (const chunk of encodeImage(items)) {
    checksum = adler32(chunk, checksum)
    yield chunk
  }
  writer.reset()
  checksum = writeSeal(writer, checksum, 0)
  if (digest !== undefined) {
    const start = writer.length
    writer.zxid(digest.zxid)
    writer.int(DIGEST_VERSION)
    writer.long(digest.digest)
    checksum = writeSeal(writer, checksum, start)
  }
  if (lastZxid !== undefined) {
    const start = writer.length
    writer.zxid(lastZxid)
    writeSeal(writer, checksum, start)
  }
  yield writer.written()
}

/** Adds what `writer` holds from `start` on to the checksum, writes the seal, and gives the checksum after the seal. */
const writeSeal = (writer: Writer, checksum: number, start: number): number => {
  const sealed = adler32(writer.subarray(start), checksum)
  const sealStart = writer.length
  writer.longFromNumber(sealed)
  writer.string(SEAL_END)
  return adler32(writer.subarray(sealStart), sealed)
}

// --- reading

/** The quick test: a complete file ends with the seal's string. `lastBytes`: at least the last 5 of `size` bytes. */
export const isCompleteSnapshot = (size: number, lastBytes: Uint8Array): boolean => {
  const reader = new Reader(lastBytes, Math.max(0, lastBytes.length - 5))
  return size >= 10 && reader.string() === SEAL_END && reader.error === undefined
}

export interface DecodedSnapshot<D> {
  readonly database: D
  /** Undefined when the file has no such trailer, or a digest of an old version. */
  readonly digest: SnapshotDigest | undefined
  readonly lastZxid: Zxid | undefined
}

/** Reads a file chunk by chunk. After an error the decoder is spent. */
export class SnapshotDecoder<D> {
  private readonly image: ImageDecoder<D>
  private readonly buffer = new StreamBuffer()
  private checksum = 1
  private consumed = 0
  private needed = 0
  private hasHeader = false

  /** `maximumLength`: of one string or buffer in the file, in bytes. */
  constructor(
    private readonly fold: SnapshotFold<D>,
    private readonly maximumLength: number,
  ) {
    this.image = new ImageDecoder(fold, maximumLength)
  }

  feed(chunk: Uint8Array): Either<WireError, void> {
    const bytes = this.buffer.append(chunk)
    if (this.image.isDone() && bytes.length > MAXIMUM_TRAILERS_SIZE) return left(this.errorAt('TooLong', 'trailers', 0))
    if (this.image.isDone() || bytes.length < this.needed) {
      this.buffer.keep(bytes, 0)
      return right(undefined)
    }
    const reader = new Reader(bytes, 0, bytes.length, this.maximumLength)
    let start = 0
    while (!this.image.isDone()) {
      if (this.hasHeader) this.image.readRecord(reader)
      else readHeader(reader)
      if (reader.error !== undefined) break
      this.hasHeader = true
      start = reader.offset
    }
    const { error } = reader
    if (error !== undefined && error.kind !== 'Truncated')
      return left(this.errorAt(error.kind, error.what, error.offset))
    this.checksum = adler32(bytes, this.checksum, 0, start)
    this.consumed += start
    this.needed = error === undefined ? 0 : reader.needed - start
    this.buffer.keep(bytes, start)
    return right(undefined)
  }

  /** At the end of the file. `zxid`: from its name. */
  finish(zxid: Zxid): Either<WireError, DecodedSnapshot<D>> {
    if (!this.image.isDone()) return left(this.errorAt('Truncated', 'snapshot', this.buffer.length))
    const bytes = this.buffer.append(new Uint8Array(0))
    const trailers = readTrailers(new Reader(bytes, 0, this.buffer.length), bytes, this.checksum)
    if (isLeft(trailers)) return left(this.errorAt(trailers.left.kind, trailers.left.what, trailers.left.offset))
    const database = this.fold.finish(this.image.gathered, zxid)
    if (isLeft(database)) return left(this.errorAt('BadValue', database.left, 0))
    return right({ database: database.right, ...trailers.right })
  }

  /** Offsets count from the start of the file. */
  private errorAt(kind: WireError['kind'], what: string, offset: number): WireError {
    return wireError(kind, what, this.consumed + offset)
  }
}

const readHeader = (reader: Reader): void => {
  const start = reader.remaining
  const magic = reader.int('magic')
  const version = reader.int('version')
  reader.long('dbid')
  if (start < HEADER_SIZE) return
  if (magic !== MAGIC) reader.fail('BadValue', 'magic of a snapshot file')
  if (version !== VERSION) reader.fail('BadValue', 'version of a snapshot file')
}

type Trailers = Omit<DecodedSnapshot<unknown>, 'database'>

/** Which trailers follow the first seal is told by what remains of the file. */
const readTrailers = (reader: Reader, bytes: Uint8Array, checksum: number): Either<WireError, Trailers> => {
  let running = readSeal(reader, bytes, checksum, 0)
  let digest: SnapshotDigest | undefined
  if (reader.remaining > 0 && reader.remaining !== LAST_ZXID_TRAILER_SIZE) {
    const start = reader.offset
    digest = readDigest(reader)
    running = readSeal(reader, bytes, running, start)
  }
  let lastZxid: Zxid | undefined
  if (reader.remaining > 0) {
    const start = reader.offset
    lastZxid = reader.zxid('lastProcessedZxid')
    readSeal(reader, bytes, running, start)
    if (reader.remaining > 0) reader.fail('BadLength', 'bytes after the last seal')
  }
  return reader.error === undefined ? right({ digest, lastZxid }) : left(reader.error)
}

const readDigest = (reader: Reader): SnapshotDigest | undefined => {
  const zxid = reader.zxid('digest zxid')
  // Before version 2 the digest was text; there is nothing to compare it with.
  if (reader.int('digestVersion') < DIGEST_VERSION) {
    reader.string('digest')
    return undefined
  }
  return { zxid, digest: reader.long('digest') }
}

const readSeal = (reader: Reader, bytes: Uint8Array, checksum: number, start: number): number => {
  if (reader.error !== undefined) return checksum
  const sealStart = reader.offset
  const sealed = adler32(bytes, checksum, start, sealStart)
  if (reader.longAsNumber('seal') !== sealed) reader.fail('BadChecksum', 'seal')
  if (reader.string('seal') !== SEAL_END) reader.fail('BadValue', 'seal')
  return adler32(bytes, sealed, sealStart, reader.offset)
}
