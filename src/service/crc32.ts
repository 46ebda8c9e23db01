/**
 * CRC-32 (IEEE 802.3, as in zlib), whole or in parts.
 *
 * A checksum in the making is its inverted register, a signed 32-bit integer: begin with START, feed, `finish`. Whole
 * words go through four tables at once; nothing is copied into a buffer first.
 */

/** The register before the first byte. */
export const START = -1

/** The checksum of what the register has been fed, unsigned. */
export const finish = (register: number): number => ~register >>> 0

/** CRC-32 of the bytes, unsigned. `seed`: the checksum of what stands before them. */
export const crc32 = (bytes: Uint8Array, seed = 0): number => finish(feedBytes(~seed, bytes))

/** Table k, at offset 256 k: what a byte does to the register k bytes later. */
const tables: Int32Array = (() => {
  const table = new Int32Array(1024)
  for (let byte = 0; byte < 256; byte++) {
    let register = byte
    for (let bit = 0; bit < 8; bit++) register = (register & 1) === 0 ? register >>> 1 : (register >>> 1) ^ 0xedb88320
    table[byte] = register
  }
  for (let index = 256; index < 1024; index++) {
    const before = table[index - 256] ?? 0
    table[index] = (before >>> 8) ^ (table[before & 255] ?? 0)
  }
  return table
})()

/** An element that is there: index and array length are bounded by the caller. `| 0` turns undefined into 0, unread. */
const entry = (index: number): number => (tables[index] as number) | 0

export const feedByte = (register: number, byte: number): number => entry((register ^ byte) & 255) ^ (register >>> 8)

/** Four bytes; the low byte of `word` is the first. */
const feedWord = (register: number, word: number): number => {
  const mixed = register ^ word
  return (
    entry(768 + (mixed & 255)) ^
    entry(512 + ((mixed >>> 8) & 255)) ^
    entry(256 + ((mixed >>> 16) & 255)) ^
    entry(mixed >>> 24)
  )
}

/** A 32-bit integer, big-endian. */
export const feedInt = (register: number, value: number): number =>
  feedWord(register, (value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24))

export const feedBytes = (start: number, bytes: Uint8Array): number => {
  const { length } = bytes
  let register = start
  let index = 0
  for (; index + 4 <= length; index += 4)
    register = feedWord(
      register,
      at(bytes, index) | (at(bytes, index + 1) << 8) | (at(bytes, index + 2) << 16) | (at(bytes, index + 3) << 24),
    )
  for (; index < length; index++) register = feedByte(register, at(bytes, index))
  return register
}

/** In range by the loops of `feedBytes`. */
const at = (bytes: Uint8Array, index: number): number => bytes[index] as number

/** The UTF-8 bytes of the text. A surrogate without its other half becomes `?`, as Java encodes it. */
export const feedText = (start: number, text: string): number => {
  let register = start
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) register = feedByte(register, unit)
    else {
      const point = text.codePointAt(index) ?? unit
      if (point > 0xffff) index++
      register = feedCodePoint(register, point)
    }
  }
  return register
}

const feedCodePoint = (register: number, point: number): number => {
  if (point >= 0xd800 && point <= 0xdfff) return feedByte(register, 0x3f)
  if (point < 0x800) return feedByte(feedByte(register, 0xc0 | (point >> 6)), 0x80 | (point & 63))
  const lead =
    point < 0x10000
      ? feedByte(register, 0xe0 | (point >> 12))
      : feedByte(feedByte(register, 0xf0 | (point >> 18)), 0x80 | ((point >> 12) & 63))
  return feedByte(feedByte(lead, 0x80 | ((point >> 6) & 63)), 0x80 | (point & 63))
}
