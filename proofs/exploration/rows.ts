/** States of one level, one after the other. */

export interface Rows {
  readonly length: () => number
  readonly push: (row: Int32Array) => void
  /** Valid until the next change. */
  readonly at: (index: number) => Int32Array
  readonly clear: () => void
  /** All rows, one after the other. */
  readonly all: () => Int32Array
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
    all: () => {
      const rows = new Int32Array(length * width)
      for (let first = 0; first < length; first += ROWS_IN_BLOCK) {
        const block = blocks[first / ROWS_IN_BLOCK]?.subarray(0, width * Math.min(ROWS_IN_BLOCK, length - first))
        if (block !== undefined) rows.set(block, first * width)
      }
      return rows
    },
    clear: () => {
      length = 0
      // A level may be much smaller than the one before it.
      blocks.length = Math.min(blocks.length, 64)
    },
    bytes: () => blocks.length * width * ROWS_IN_BLOCK * Int32Array.BYTES_PER_ELEMENT,
  }
}
