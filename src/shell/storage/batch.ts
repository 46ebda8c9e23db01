/** The records of one write, encoded into one reused buffer that has room for a file header before them. */
import { Writer } from '../../wire/writer.js'
import { encodeLogHeader, encodeLogRecord, LOG_HEADER_SIZE } from '../../wire/log.js'

export interface Batch {
  readonly reset: () => void
  /** Copies one payload (header, record, digest) as a log record to the end. */
  readonly add: (payload: Uint8Array) => void
  readonly count: () => number
  /** Bytes of the records. */
  readonly length: () => number
  /** The records; valid until the next `add` or `reset`. */
  readonly records: () => Uint8Array
  /** The same behind the header of a new file. */
  readonly withHeader: () => Uint8Array
}

export const makeBatch = (): Batch => {
  const writer = new Writer(64 * 1024)
  let count = 0
  const reset = (): void => {
    writer.reset()
    encodeLogHeader(writer)
    count = 0
  }
  reset()
  return {
    reset,
    add: (payload) => {
      encodeLogRecord(writer, payload)
      count += 1
    },
    count: () => count,
    length: () => writer.length - LOG_HEADER_SIZE,
    records: () => writer.subarray(LOG_HEADER_SIZE),
    withHeader: () => writer.subarray(),
  }
}
