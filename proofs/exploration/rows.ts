/** States of one level, one after the other. */

export interface Rows {
  readonly length: () => number
  readonly push: (row: Int32Array) => void
  /** Valid until the next change. */
  readonly at: (index: number) => Int32Array
  readonly clear: () => void
  readonly bytes: () => number
}

const ROWS_IN_BLOCK = 4096

export const makeRows = (width: number): Rows => {
  const blocks: Int32Array[] = []
  let length = 0
  return {
    length: () => length,
    push: (row) => {
      const block = Math.floor(length / ROWS_IN_BLOCK)
      blocks[block] ??= new Int32Array(width * ROWS_IN_BLOCK)
      blocks[block]?.set(row, (length % ROWS_IN_BLOCK) * width)
      length += 1
    },
    at: (index) => {
      const start = (index % ROWS_IN_BLOCK) * width
      return blocks[Math.floor(index / ROWS_IN_BLOCK)]?.subarray(start, start + width) ?? new Int32Array(width)
    },
    clear: () => {
      length = 0
      // A level may be much smaller than the one before it.
      blocks.length = Math.min(blocks.length, 64)
    },
    bytes: () => blocks.length * width * ROWS_IN_BLOCK * Int32Array.BYTES_PER_ELEMENT,
  }
}
