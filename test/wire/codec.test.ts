// Reader and writer: what is written is read back, failure is sticky, and no count or length is believed unchecked.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adler32 } from '../../src/wire/checksum.js'
import { showWireError } from '../../src/wire/error.js'
import { Reader } from '../../src/wire/reader.js'
import type { Writer } from '../../src/wire/writer.js'
import { anyZxid, data, int, long, serverId, text, timeMs } from './arbitraries.js'
import { encoded, fromHex, toHex } from './support.js'

const roundTrip = <A>(
  values: fc.Arbitrary<A>,
  write: (writer: Writer, value: A) => void,
  read: (reader: Reader) => A,
): void =>
  fc.assert(
    fc.property(values, (each) => {
      const reader = new Reader(encoded((writer) => write(writer, each)))
      expect(read(reader)).toEqual(each)
      expect(reader.error).toBeUndefined()
      expect(reader.remaining).toBe(0)
    }),
  )

describe('values come back', () => {
  test('int', () =>
    roundTrip(
      int,
      (writer, each) => writer.int(each),
      (reader) => reader.int(),
    ))
  test('long', () =>
    roundTrip(
      long,
      (writer, each) => writer.long(each),
      (reader) => reader.long(),
    ))
  test('number', () =>
    roundTrip(
      timeMs,
      (writer, each) => writer.longFromNumber(each),
      (reader) => reader.longAsNumber(),
    ))
  test('sid', () =>
    roundTrip(
      serverId,
      (writer, each) => writer.serverId(each),
      (reader) => reader.serverId(),
    ))
  test('zxid', () =>
    roundTrip(
      anyZxid,
      (writer, each) => writer.zxid(each),
      (reader) => reader.zxid(),
    ))
  test('boolean', () =>
    roundTrip(
      fc.boolean(),
      (writer, each) => writer.bool(each),
      (reader) => reader.bool(),
    ))
  test('buffer', () =>
    roundTrip<Uint8Array | null>(
      data,
      (writer, each) => writer.buffer(each),
      (reader) => reader.buffer(),
    ))
  test('string', () =>
    roundTrip(
      fc.option(text, { nil: null }),
      (writer, each) => writer.string(each),
      (reader) => reader.nullableString(),
    ))

  test('a number and a bigint have the same bytes', () =>
    fc.assert(
      fc.property(timeMs, (each) => {
        const one = encoded((writer) => writer.longFromNumber(each))
        expect(toHex(one)).toBe(toHex(encoded((writer) => writer.long(BigInt(each)))))
      }),
    ))

  test('a zxid has the bytes of its 64-bit value', () => {
    expect(toHex(encoded((writer) => writer.zxid({ epoch: -1, counter: 0xffffffff })))).toBe('ffffffffffffffff')
  })

  test('a leading byte order mark and text of every length around the fast path', () => {
    for (const each of ['\ufeffa', 'x'.repeat(39), 'x'.repeat(40), 'x'.repeat(41), `${'x'.repeat(39)}é`]) {
      expect(new Reader(encoded((writer) => writer.string(each))).string()).toBe(each)
    }
  })

  test('malformed UTF-8 is replaced, as ZooKeeper does', () => {
    expect(new Reader(fromHex('00000002 61ff')).string()).toBe('a\ufffd')
  })
})

describe('failures', () => {
  test('the first failure stays, and what is read after it are defaults', () => {
    const reader = new Reader(fromHex('00000001'))
    expect([reader.int('first'), reader.long('second'), reader.string('third')]).toEqual([1, 0n, ''])
    expect(reader.error).toEqual({ kind: 'Truncated', what: 'second', offset: 4 })
    expect(reader.error && showWireError(reader.error)).toBe('Truncated: second at byte 4')
    expect(reader.needed).toBe(12)
  })

  test('a count larger than the input fails before anything is made', () => {
    let made = 0
    const reader = new Reader(fromHex('7fffffff 0000'))
    expect(reader.vector(4, 'list', () => made++)).toEqual([])
    expect(made).toBe(0)
    expect(reader.error?.kind).toBe('Truncated')
  })

  test.each([
    ['fffffffe', 'BadLength'],
    ['7fffffff', 'TooLong'],
    ['00000009', 'TooLong'],
    ['00000008', 'Truncated'],
  ])('a string of length %s is %s under a limit of 8', (digits, kind) => {
    const reader = new Reader(fromHex(digits), 0, 4, 8)
    expect(reader.string()).toBe('')
    expect(reader.error?.kind).toBe(kind)
  })

  test('a null string where there must be one, a number beyond safe integers', () => {
    const nothing = new Reader(fromHex('ffffffff'))
    nothing.string('path')
    expect(nothing.error?.kind).toBe('BadValue')
    const large = new Reader(fromHex('7fffffffffffffff'))
    large.longAsNumber('time')
    expect(large.error?.kind).toBe('BadValue')
  })

  test('a buffer is a copy, also of a Buffer; a view is not', () => {
    const input = Buffer.from(fromHex('00000001 61 00000001 62'))
    const reader = new Reader(input)
    const copy = reader.buffer()
    const view = reader.bufferView()
    input.fill(0)
    expect([copy, view]).toEqual([new Uint8Array([0x61]), new Uint8Array([0])])
  })
})

describe('Adler-32', () => {
  const plain = (bytes: Uint8Array): number => {
    let [low, high] = [1, 0]
    for (const byte of bytes) {
      low = (low + byte) % 65521
      high = (high + low) % 65521
    }
    return high * 65536 + low
  }

  test('the example of everyone', () => expect(adler32(new TextEncoder().encode('Wikipedia'))).toBe(0x11e60398))

  test('as the definition says, also in the worst case for the sums, and in parts', () => {
    for (const length of [0, 1, 3799, 3800, 3801, 20_000]) {
      const bytes = new Uint8Array(length).fill(255)
      expect(adler32(bytes)).toBe(plain(bytes))
      const middle = length >> 1
      expect(adler32(bytes, adler32(bytes, 1, 0, middle), middle)).toBe(plain(bytes))
    }
  })
})
