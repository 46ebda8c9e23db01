/** Bytes to packets, in whatever chunks they arrive. */
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Zxid } from '../../core/zxid.js'
import type { Id } from '../../service/acl.js'
import type { Database } from '../../service/database.js'
import type { SnapshotFold } from '../../service/snapshot.js'
import type { WireError } from '../error.js'
import { wireError } from '../error.js'
import { ImageDecoder } from '../image-decoder.js'
import { MINIMUM_ID_SIZE, readId } from '../record.js'
import { Reader } from '../reader.js'
import { StreamBuffer } from '../stream-buffer.js'
import type { DecodedPacket } from './interpret.js'
import { interpretFromLeader, interpretFromLearner } from './interpret.js'
import { packetType, SNAP_SIGNATURE } from './packet-type.js'

export interface QuorumDecoderOptions {
  /** The other end of the connection. */
  readonly sender: 'leader' | 'learner'
  /** Of one string or buffer, and of the identities of one packet, in bytes. */
  readonly maximumLength: number
  /** The same for the first packet, before it is known who speaks; `maximumLength` where it is not given. */
  readonly maximumFirstLength?: number
  readonly fold: SnapshotFold<Database>
}

/** A packet whose identities are still arriving. */
interface Head {
  readonly type: number
  readonly zxid: Zxid
  readonly data: Uint8Array | null
  readonly ids: Id[]
  idsMissing: number
  idsSize: number
}

/** An image that is arriving. */
interface Snap {
  readonly zxid: Zxid
  readonly image: ImageDecoder<Database>
}

/**
 * One a connection. The stream is read record by record (the head of a packet, one identity, one node of an image), and
 * only an unfinished record is kept; it is looked at again when the field that was cut off can be complete. So the work
 * is linear in the bytes, whatever the chunks.
 */
export class QuorumDecoder {
  private readonly buffer = new StreamBuffer()
  private head: Head | undefined
  private snap: Snap | undefined
  private needed = 0
  private consumed = 0
  private attemptCount = 0
  private ignoredCount = 0
  private failure: WireError | undefined
  /** Of the record that is read next. */
  private maximumLength: number

  constructor(private readonly options: QuorumDecoderOptions) {
    this.maximumLength = options.maximumFirstLength ?? options.maximumLength
  }

  /** Packets passed over: types that are unknown, or that this sender has no business to send. */
  get ignored(): number {
    return this.ignoredCount
  }

  /** Records begun to read, complete or not: a measure of work. */
  get attempts(): number {
    return this.attemptCount
  }

  /** The packets that `chunk` completes. After Left the stream has no packet boundary any more: close the connection. */
  feed(chunk: Uint8Array): Either<WireError, readonly DecodedPacket[]> {
    if (this.failure !== undefined) return left(this.failure)
    const packets: DecodedPacket[] = []
    const bytes = this.buffer.append(chunk)
    if (bytes.length < this.needed) {
      this.buffer.keep(bytes, 0)
      return right(packets)
    }
    let reader = new Reader(bytes, 0, bytes.length, this.maximumLength)
    let start = 0
    while (reader.remaining > 0) {
      this.attemptCount++
      const error = this.readRecord(reader, packets)
      if (reader.error?.kind === 'Truncated') break
      const cause = reader.error ?? error
      if (cause !== undefined) {
        this.failure = { ...cause, offset: this.consumed + start }
        return left(this.failure)
      }
      start = reader.offset
      if (packets.length > 0 && this.maximumLength !== this.options.maximumLength) {
        this.maximumLength = this.options.maximumLength
        reader = new Reader(bytes, start, bytes.length, this.maximumLength)
      }
    }
    this.needed = reader.error === undefined ? 0 : reader.needed - start
    this.consumed += start
    this.buffer.keep(bytes, start)
    return right(packets)
  }

  private readRecord(reader: Reader, packets: DecodedPacket[]): WireError | undefined {
    if (this.snap !== undefined) return this.readImageRecord(reader, this.snap, packets)
    if (this.head !== undefined) return this.readIdentity(reader, this.head, packets)
    return this.readHead(reader, packets)
  }

  private readHead(reader: Reader, packets: DecodedPacket[]): WireError | undefined {
    const type = reader.int('type')
    const zxid = reader.zxid()
    // A copy of exactly these bytes: they live as long as the transaction, and must not keep the chunk alive.
    const data = reader.buffer('data')
    const idsMissing = reader.int('authinfo')
    if (reader.hasFailed()) return undefined
    if (idsMissing < -1 || idsMissing * MINIMUM_ID_SIZE > this.maximumLength) {
      return wireError('BadLength', 'authinfo', reader.offset)
    }
    const head: Head = { type, zxid, data, ids: [], idsMissing, idsSize: 0 }
    if (idsMissing > 0) {
      this.head = head
      return undefined
    }
    return this.endPacket(head, packets)
  }

  private readIdentity(reader: Reader, head: Head, packets: DecodedPacket[]): WireError | undefined {
    const start = reader.offset
    const id = readId(reader)
    if (reader.hasFailed()) return undefined
    head.idsSize += reader.offset - start
    if (head.idsSize > this.maximumLength) return wireError('TooLong', 'authinfo', start)
    head.ids.push(id)
    head.idsMissing--
    if (head.idsMissing > 0) return undefined
    this.head = undefined
    return this.endPacket(head, packets)
  }

  private endPacket(head: Head, packets: DecodedPacket[]): WireError | undefined {
    const { sender, fold, maximumLength } = this.options
    if (sender === 'leader' && head.type === packetType.SNAP) {
      this.snap = { zxid: head.zxid, image: new ImageDecoder(fold, maximumLength) }
      return undefined
    }
    const result = sender === 'leader' ? interpretFromLeader(head) : interpretFromLearner(head)
    if (isLeft(result)) return result.left
    if (result.right === 'ignored') this.ignoredCount++
    else packets.push(result.right)
    return undefined
  }

  private readImageRecord(reader: Reader, snap: Snap, packets: DecodedPacket[]): WireError | undefined {
    if (!snap.image.isDone()) {
      snap.image.readRecord(reader)
      return undefined
    }
    const signature = reader.string('signature')
    if (reader.hasFailed()) return undefined
    if (signature !== SNAP_SIGNATURE) return wireError('BadValue', 'signature of an image', reader.offset)
    const database = this.options.fold.finish(snap.image.gathered, snap.zxid)
    if (isLeft(database)) return wireError('BadValue', database.left, reader.offset)
    this.snap = undefined
    packets.push({ packet: { type: 'SNAP', zxid: snap.zxid, image: database.right } })
    return undefined
  }
}
