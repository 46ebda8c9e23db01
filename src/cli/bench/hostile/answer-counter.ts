/** Counts the answers in a client's input as it comes, whatever their size: only headers are kept. Pure but for its state. */
const LENGTH_BYTES = 4
/** xid, zxid, error. */
const HEADER_BYTES = 16
const NOTIFICATION_XID = -1

export class AnswerCounter {
  /** Without the first frame, which has no header, and without notifications; −1 before that first frame. */
  answers = -1
  notifications = 0
  /** Answers with an error. */
  errors = 0
  lastError = 0
  bytes = 0
  private readonly head = Buffer.alloc(LENGTH_BYTES + HEADER_BYTES)
  private filled = 0
  private toSkip = 0

  /** An answer counts when the last of it has come. */
  take(chunk: Uint8Array): void {
    this.bytes += chunk.length
    let offset = 0
    while (offset < chunk.length) {
      const isInBody = this.filled === this.head.length
      offset += isInBody ? this.skip(chunk.length - offset) : this.fill(chunk, offset)
      if (this.filled === this.head.length && this.toSkip === 0) this.count()
    }
  }

  private skip(most: number): number {
    const skipped = Math.min(this.toSkip, most)
    this.toSkip -= skipped
    return skipped
  }

  /** How much of the chunk went into the head. */
  private fill(chunk: Uint8Array, offset: number): number {
    const taken = Math.min(this.head.length - this.filled, chunk.length - offset)
    this.head.set(chunk.subarray(offset, offset + taken), this.filled)
    this.filled += taken
    if (this.filled === this.head.length) this.toSkip = Math.max(0, this.head.readInt32BE(0) - HEADER_BYTES)
    return taken
  }

  private count(): void {
    this.filled = 0
    if (this.answers >= 0 && this.head.readInt32BE(LENGTH_BYTES) === NOTIFICATION_XID) {
      this.notifications += 1
      return
    }
    this.answers += 1
    this.lastError = this.answers === 0 ? 0 : this.head.readInt32BE(LENGTH_BYTES + 12)
    if (this.lastError !== 0) this.errors += 1
  }
}
