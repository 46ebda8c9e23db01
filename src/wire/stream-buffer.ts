/** The unfinished end of a stream: what one chunk left over, to be read again together with the next. */

export class StreamBuffer {
  private bytes: Uint8Array = new Uint8Array(0)
  private end = 0

  /** Bytes held. */
  get length(): number {
    return this.end
  }

  /** What is held, followed by `chunk`: the chunk itself when nothing is held. Valid until the next call. */
  append(chunk: Uint8Array): Uint8Array {
    if (this.end === 0) return chunk
    const wanted = this.end + chunk.length
    if (wanted > this.bytes.length) {
      // Doubling: each byte is copied a bounded number of times, however small the chunks are.
      const grown = new Uint8Array(Math.max(wanted, 2 * this.bytes.length))
      grown.set(this.bytes.subarray(0, this.end))
      this.bytes = grown
    }
    this.bytes.set(chunk, this.end)
    this.end = wanted
    return this.bytes.subarray(0, wanted)
  }

  /** Keeps only what follows `consumed` bytes of `bytes`, the result of the last `append`. */
  keep(bytes: Uint8Array, consumed: number): void {
    const rest = bytes.length - consumed
    if (this.end > 0) {
      if (consumed > 0) this.bytes.copyWithin(0, consumed, bytes.length)
    } else if (rest > 0) {
      if (this.bytes.length < rest) this.bytes = new Uint8Array(rest)
      this.bytes.set(bytes.subarray(consumed))
    }
    this.end = rest
  }
}
