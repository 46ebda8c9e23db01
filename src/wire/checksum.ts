/** Adler-32 (RFC 1950), as log records and snapshot seals use it. */

const MODULUS = 65521
/** Bytes between two reductions: so many that neither sum leaves the range of a signed 32-bit integer. */
const BLOCK = 3800

/** Adler-32 of `bytes` from `start` to `end`, continued from `seed`, the checksum of what came before (1: nothing). */
export const adler32 = (bytes: Uint8Array, seed = 1, start = 0, end = bytes.length): number => {
  let low = seed & 0xffff
  let high = seed >>> 16
  for (let from = start; from < end; from += BLOCK) {
    const to = Math.min(from + BLOCK, end)
    for (let index = from; index < to; index++) {
      low += bytes[index] ?? 0
      high += low
    }
    low %= MODULUS
    high %= MODULUS
  }
  return ((high << 16) | low) >>> 0
}
