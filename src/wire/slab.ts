/**
 * Memory for many small byte arrays: they are cut from larger pieces, as an array with memory of its own costs several
 * times as much to make and to collect.
 *
 * A piece lives as long as anything cut from it, so what lives long and what lives briefly take theirs from different slabs.
 */

const PIECE_BYTES = 8192
/** Larger arrays get their own memory: one survivor must not keep much more than itself. */
const LARGEST = 1024
/** The engine keeps arrays up to this size beside their object already. */
const SMALLEST = 65
const ALIGNMENT = 8

export type Allocate = (length: number) => Uint8Array

/** The function is stateful; the arrays that it gives never overlap. Their content is for the caller to set. */
export const makeSlab = (): Allocate => {
  let piece = new ArrayBuffer(PIECE_BYTES)
  let used = 0
  return (length) => {
    if (length < SMALLEST || length > LARGEST) return new Uint8Array(length)
    if (used + length > PIECE_BYTES) {
      piece = new ArrayBuffer(PIECE_BYTES)
      used = 0
    }
    const start = used
    used += Math.ceil(length / ALIGNMENT) * ALIGNMENT
    return new Uint8Array(piece, start, length)
  }
}
