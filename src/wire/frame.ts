/**
 * Cutting a stream into frames: each is an int length and that many bytes (client port, election port).
 *
 * A small class with hidden mutation, one a connection: it owns the bytes of the one unfinished frame.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { WireError } from './error.js'
import { wireError } from './error.js'

const PREFIX = 4
const NONE: readonly Uint8Array[] = []

export class FrameCutter {
  /** The unfinished frame with its prefix; only the first `held` bytes are meant. */
  private partial: Uint8Array = new Uint8Array(0)
  private held = 0

  /**
   * `maximumLength`: of a frame without its prefix, in bytes. A longer one is refused as soon as its prefix is read.
   * `nextMaximum`: the same for the first frame.
   */
  constructor(
    private readonly maximumLength: number,
    private nextMaximum = maximumLength,
  ) {}

  /** Bytes of the unfinished frame, its prefix included. */
  get pending(): number {
    return this.held
  }

  /**
   * The frames that `chunk` completes, in order, without their prefixes. A frame that lies whole in the chunk shares
   * its memory. After an error the stream has no frame boundary any more: close the connection.
   */
  cut(chunk: Uint8Array): Either<WireError, readonly Uint8Array[]> {
    const frames: Uint8Array[] = []
    let offset = 0
    if (this.held > 0) {
      while (this.held < PREFIX && offset < chunk.length) offset = this.hold(chunk, offset, offset + 1)
      if (this.held < PREFIX) return right(NONE)
      const length = this.lengthAt(this.partial, 0)
      if (typeof length !== 'number') return left(length)
      const missing = PREFIX + length - this.held
      offset = this.hold(chunk, offset, Math.min(chunk.length, offset + missing))
      if (this.held < PREFIX + length) return right(NONE)
      frames.push(this.partial.subarray(PREFIX, this.held))
      this.nextMaximum = this.maximumLength
      this.partial = new Uint8Array(0)
      this.held = 0
    }
    while (chunk.length - offset >= PREFIX) {
      const length = this.lengthAt(chunk, offset)
      if (typeof length !== 'number') return left(length)
      if (chunk.length - offset < PREFIX + length) break
      frames.push(new Uint8Array(chunk.buffer, chunk.byteOffset + offset + PREFIX, length))
      this.nextMaximum = this.maximumLength
      offset += PREFIX + length
    }
    this.hold(chunk, offset, chunk.length)
    return right(frames)
  }

  private lengthAt(bytes: Uint8Array, at: number): number | WireError {
    const length =
      ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    if (length < 0) return wireError('BadLength', 'frame length', at)
    return length > this.nextMaximum ? wireError('TooLong', 'frame length', at) : length
  }

  /** Takes over a part of the chunk. Memory doubles, so that any chunking copies each byte a bounded number of times. */
  private hold(chunk: Uint8Array, start: number, end: number): number {
    const wanted = this.held + end - start
    if (wanted > this.partial.length) {
      const grown = new Uint8Array(Math.max(wanted, 2 * this.partial.length))
      grown.set(this.partial.subarray(0, this.held))
      this.partial = grown
    }
    this.partial.set(chunk.subarray(start, end), this.held)
    this.held = wanted
    return end
  }
}
