/**
 * A growing buffer into which jute values are written, big-endian.
 *
 * Mutable and reusable: one writer gathers all that one turn of the event loop sends on a connection.
 */
import type { Zxid } from '../core/zxid.js'
import { NO_SERVER } from '../core/configuration.js'
import type { ServerId } from '../core/configuration.js'

const encoder = new TextEncoder()
const TWO_32 = 0x1_0000_0000
const MINIMAL_LONG = -(2n ** 63n)

export class Writer {
  private bytes: Uint8Array
  private view: DataView
  private position = 0

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Bytes written since the last `reset`. */
  get length(): number {
    return this.position
  }

  /** Forgets what was written and keeps the memory. Arrays from `view()` become invalid. */
  reset(): void {
    this.position = 0
  }

  /** A copy of what was written. */
  written(): Uint8Array {
    return this.bytes.slice(0, this.position)
  }

  /** What was written, without a copy: valid until the next write or `reset`. */
  subarray(start = 0): Uint8Array {
    return this.bytes.subarray(start, this.position)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.position++] = value
  }

  bool(value: boolean): void {
    this.byte(value ? 1 : 0)
  }

  int(value: number): void {
    this.reserve(4)
    this.view.setInt32(this.position, value)
    this.position += 4
  }

  long(value: bigint): void {
    this.reserve(8)
    this.view.setBigInt64(this.position, value)
    this.position += 8
  }

  /** A long from a safe integer: times, rounds, server ids. */
  longFromNumber(value: number): void {
    this.reserve(8)
    this.view.setInt32(this.position, Math.floor(value / TWO_32))
    this.view.setInt32(this.position + 4, value)
    this.position += 8
  }

  serverId(id: ServerId): void {
    if (id === NO_SERVER) this.long(MINIMAL_LONG)
    else this.longFromNumber(id)
  }

  zxid(value: Zxid): void {
    this.reserve(8)
    this.view.setInt32(this.position, value.epoch)
    this.view.setInt32(this.position + 4, value.counter)
    this.position += 8
  }

  /** Number of elements of a vector; −1 for a vector that is null. */
  count(value: number): void {
    this.int(value)
  }

  string(value: string | null): void {
    if (value === null) {
      this.int(-1)
      return
    }
    const { length } = value
    this.reserve(4 + length)
    const start = this.position + 4
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index)
      if (unit >= 0x80) {
        this.stringOutsideAscii(value)
        return
      }
      this.bytes[start + index] = unit
    }
    this.view.setInt32(this.position, length)
    this.position = start + length
  }

  buffer(value: Uint8Array | null): void {
    if (value === null) {
      this.int(-1)
      return
    }
    this.int(value.length)
    this.raw(value)
  }

  /** Bytes as they are, without a length. */
  raw(value: Uint8Array): void {
    this.reserve(value.length)
    this.bytes.set(value, this.position)
    this.position += value.length
  }

  /** Leaves room for an int length; `endFrame` with the result fills it in. */
  beginFrame(): number {
    this.int(0)
    return this.position
  }

  endFrame(start: number): void {
    this.view.setInt32(start - 4, this.position - start)
  }

  private stringOutsideAscii(value: string): void {
    // One UTF-16 unit becomes at most three bytes of UTF-8.
    this.reserve(4 + 3 * value.length)
    const { written } = encoder.encodeInto(value, this.bytes.subarray(this.position + 4))
    this.view.setInt32(this.position, written)
    this.position += 4 + written
  }

  private reserve(extra: number): void {
    const wanted = this.position + extra
    if (wanted <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(wanted, 2 * this.bytes.length))
    grown.set(this.bytes.subarray(0, this.position))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }
}
