/** Rows of numbers from one thread to another: a ring in shared memory, written by one and read by one. */

export interface RingMemory {
  /** Rows written and rows read so far, modulo 2^32. */
  readonly control: Int32Array
  readonly rows: Int32Array
}

export const ROWS = 2 ** 12

export const makeRingMemory = (width: number): RingMemory => ({
  control: new Int32Array(new SharedArrayBuffer(8)),
  rows: new Int32Array(new SharedArrayBuffer(4 * width * ROWS)),
})

/** Tells whether there was room. */
export const pushRow = ({ control, rows }: RingMemory, row: Int32Array): boolean => {
  const written = Atomics.load(control, 0)
  if (((written - Atomics.load(control, 1)) | 0) >= ROWS) return false
  rows.set(row, (written & (ROWS - 1)) * row.length)
  Atomics.store(control, 0, (written + 1) | 0)
  return true
}

/** Reads all that is there into `row`, one after the other. */
export const drainRows = ({ control, rows }: RingMemory, row: Int32Array, visit: () => void): void => {
  let read = Atomics.load(control, 1)
  const written = Atomics.load(control, 0)
  for (; read !== written; read = (read + 1) | 0) {
    const start = (read & (ROWS - 1)) * row.length
    for (let place = 0; place < row.length; place += 1) row[place] = rows[start + place] ?? 0
    visit()
    Atomics.store(control, 1, (read + 1) | 0)
  }
}
