/**
 * A cursor that reads jute values from bytes.
 *
 * Failure is sticky: after the first read that fails, every further read gives a default value and `error` holds the
 * first cause. So a decoder reads its fields one after the other and looks at `error` once, at the end. Lengths and
 * counts are compared with what is there before anything is allocated.
 */
import { makeSlab } from './slab.js'
import { NO_SERVER } from '../core/configuration.js'
import type { ServerId } from '../core/configuration.js'
import { ZERO, zxid } from '../core/zxid.js'
import type { Zxid } from '../core/zxid.js'
import type { WireError } from './error.js'
import { wireError } from './error.js'

// ZooKeeper's own reader replaces malformed UTF-8 in the same way; a leading byte order mark is text.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const scratch = new DataView(new ArrayBuffer(8))
const TWO_32 = 0x1_0000_0000
const MINIMAL_HIGH = -0x80000000
const EMPTY = new Uint8Array(0)
/** Above this length the native decoder beats a loop. */
const SHORT_TEXT = 40
/** One array for each short length, filled anew for each text: the quickest way to a flat string. */
const units: readonly number[][] = Array.from({ length: SHORT_TEXT + 1 }, (_, length) =>
  new Array<number>(length).fill(0),
)

export class Reader {
  /** The first failure. */
  error: WireError | undefined
  /** After a failure of kind Truncated: the read would have needed the input up to this offset. */
  needed = 0
  private position: number
  private end: number

  /** Reads `bytes` from `start` to `end`; no string or buffer longer than `maximumLength` is accepted. */
  constructor(
    private readonly bytes: Uint8Array,
    start = 0,
    end = bytes.length,
    private readonly maximumLength = Number.MAX_SAFE_INTEGER,
  ) {
    this.position = start
    this.end = end
  }

  get offset(): number {
    return this.position
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** A method, where `error` is asked for again after further reads: the compiler trusts a property too long. */
  hasFailed(): boolean {
    return this.error !== undefined
  }

  /** Records a failure found by the caller; the first one stays. */
  fail(kind: WireError['kind'], what: string): void {
    this.error ??= wireError(kind, what, this.position)
    this.end = this.position
  }

  byte(what = 'byte'): number {
    const at = this.advance(1, what)
    return at < 0 ? 0 : (this.bytes[at] ?? 0)
  }

  bool(what = 'boolean'): boolean {
    return this.byte(what) !== 0
  }

  int(what = 'int'): number {
    const at = this.advance(4, what)
    return at < 0 ? 0 : this.intAt(at)
  }

  long(what = 'long'): bigint {
    const at = this.advance(8, what)
    if (at < 0) return 0n
    scratch.setInt32(0, this.intAt(at))
    scratch.setInt32(4, this.intAt(at + 4))
    return scratch.getBigInt64(0)
  }

  /** A long that must be a safe integer. */
  longAsNumber(what = 'long'): number {
    const at = this.advance(8, what)
    if (at < 0) return 0
    const value = this.intAt(at) * TWO_32 + (this.intAt(at + 4) >>> 0)
    if (Number.isSafeInteger(value)) return value
    this.fail('BadValue', what)
    return 0
  }

  /** A server id; −2^63 is NO_SERVER. */
  serverId(what = 'sid'): ServerId {
    const at = this.position
    if (this.remaining >= 8 && this.intAt(at) === MINIMAL_HIGH && this.intAt(at + 4) === 0) {
      this.position += 8
      return NO_SERVER
    }
    return this.longAsNumber(what)
  }

  zxid(what = 'zxid'): Zxid {
    const at = this.advance(8, what)
    return at < 0 ? ZERO : zxid(this.intAt(at), this.intAt(at + 4) >>> 0)
  }

  /** A string that must not be null. */
  string(what = 'string'): string {
    const value = this.nullableString(what)
    if (value !== null) return value
    this.fail('BadValue', what)
    return ''
  }

  nullableString(what = 'string'): string | null {
    const length = this.length(what)
    if (length < 0) return null
    const at = this.advance(length, what)
    return at < 0 ? '' : this.text(at, length)
  }

  /** A copy of the bytes, which may outlive the input. */
  buffer(what = 'buffer'): Uint8Array | null {
    const length = this.length(what)
    if (length < 0) return null
    const at = this.advance(length, what)
    return at < 0 ? EMPTY : copyOf(this.bytes, at, length)
  }

  /** The bytes without a copy. */
  bufferView(what = 'buffer'): Uint8Array | null {
    const length = this.length(what)
    return length < 0 ? null : this.rawView(length, what)
  }

  /** The next `length` bytes, without a copy. */
  rawView(length: number, what = 'bytes'): Uint8Array {
    const at = this.advance(length, what)
    // Not subarray: given Node's Buffer it would answer with a Buffer, whose slice() does not copy.
    return at < 0 ? EMPTY : new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + at, length)
  }

  /**
   * A vector's count, −1 for null. `minimumSize`: the bytes of its smallest element; a count that the remaining
   * input cannot hold fails here, before the elements are made.
   */
  count(minimumSize: number, what = 'count'): number {
    const count = this.int(what)
    if (count < -1) this.fail('BadLength', what)
    else if (count * minimumSize > this.remaining) this.short(what, this.position + count * minimumSize)
    return this.error === undefined ? count : 0
  }

  /** All elements of a vector; null for a null vector. */
  vector<A>(minimumSize: number, what: string, read: (reader: Reader) => A): readonly A[] | null {
    const count = this.count(minimumSize, what)
    if (count < 0) return null
    const elements: A[] = []
    for (let index = 0; index < count && this.error === undefined; index++) elements.push(read(this))
    return elements
  }

  private length(what: string): number {
    const length = this.int(what)
    if (length < -1) this.fail('BadLength', what)
    else if (length > this.maximumLength) this.fail('TooLong', what)
    return this.error === undefined ? length : 0
  }

  private advance(size: number, what: string): number {
    const at = this.position
    if (at + size > this.end) {
      this.short(what, at + size)
      return -1
    }
    this.position = at + size
    return at
  }

  private short(what: string, needed: number): void {
    if (this.error !== undefined) return
    this.needed = needed
    this.fail('Truncated', what)
  }

  private intAt(at: number): number {
    const { bytes } = this
    return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  }

  private text(at: number, length: number): string {
    const codes = units[length]
    if (codes !== undefined) {
      let index = 0
      for (; index < length; index++) {
        const code = this.bytes[at + index] ?? 0
        if (code >= 0x80) break
        codes[index] = code
      }
      if (index === length) return String.fromCharCode.apply(null, codes)
    }
    return decoder.decode(this.bytes.subarray(at, at + length))
  }
}

/** Below this length a loop beats the making of a view. */
const SHORT_COPY = 128

/** Data of nodes, mostly: it lives as long as the node keeps it. */
const allocate = makeSlab()

const copyOf = (bytes: Uint8Array, at: number, length: number): Uint8Array => {
  const copy = allocate(length)
  if (length > SHORT_COPY) copy.set(bytes.subarray(at, at + length))
  else for (let index = 0; index < length; index++) copy[index] = bytes[at + index] ?? 0
  return copy
}
