/** CRC-32 against its definition, bit by bit, whole and in parts; text is fed as UTF-8, integers big-endian. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32, feedBytes, feedInt, feedText, finish, START } from '../../src/service/crc32.js'

const slow = (bytes: Iterable<number>): number => {
  let register = 0xffffffff
  for (const byte of bytes) {
    register ^= byte
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ ((register & 1) * 0xedb88320)
  }
  return ~register >>> 0
}

describe('crc32', () => {
  it('has the check value of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
    expect(crc32(new Uint8Array(0))).toBe(0)
  })

  it('is the definition, at every length and from every seed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 9 }), (head, tail) => {
        expect(crc32(head)).toBe(slow(head))
        expect(crc32(tail, crc32(head))).toBe(slow([...head, ...tail]))
      }),
    )
  })

  it('feeds text as UTF-8 and integers big-endian', () => {
    // Code points of every UTF-8 length, but no halves of surrogate pairs.
    const point = fc.oneof(fc.nat(0x7f), fc.nat(0x7ff), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
    const text = fc.array(point, { maxLength: 8 }).map((points) => String.fromCodePoint(...points))
    fc.assert(
      fc.property(text, fc.integer(), (word, value) => {
        const bytes = new Uint8Array([...new TextEncoder().encode(word), 0, 0, 0, 0])
        new DataView(bytes.buffer).setInt32(bytes.length - 4, value)
        expect(finish(feedInt(feedText(START, word), value))).toBe(slow(bytes))
        expect(finish(feedBytes(START, bytes))).toBe(slow(bytes))
      }),
    )
  })

  it('encodes half a surrogate pair as Java does', () => {
    expect(finish(feedText(START, 'a\ud800b'))).toBe(crc32(new TextEncoder().encode('a?b')))
    expect(finish(feedText(START, '\udc00'))).toBe(crc32(new TextEncoder().encode('?')))
  })
})
