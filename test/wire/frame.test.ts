// Frames come out whole and in order, whatever the chunks; lengths are refused as soon as they are known.
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { FrameCutter } from '../../src/wire/frame.js'
import { bytes } from './arbitraries.js'
import { chunksOf, concat, encoded, fromHex, value } from './support.js'

const framed = (frame: Uint8Array): Uint8Array => encoded((writer) => writer.buffer(frame))

test('any chunking of a stream gives the same frames', () =>
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, cuts) => {
      const cutter = new FrameCutter(64)
      const chunks = chunksOf(concat(frames.map(framed)), cuts)
      expect(chunks.flatMap((chunk) => value(cutter.cut(chunk)))).toEqual(frames)
      expect(cutter.pending).toBe(0)
    }),
  ))

test('a frame that lies whole in a chunk is not copied', () => {
  const chunk = framed(fromHex('616263'))
  expect(value(new FrameCutter(8).cut(chunk))[0]?.buffer).toBe(chunk.buffer)
})

test('frames handed out are not overwritten by later chunks', () => {
  const cutter = new FrameCutter(64)
  const first = [fromHex('000000'), fromHex('0201'), fromHex('02000000')].flatMap((chunk) => value(cutter.cut(chunk)))
  value(cutter.cut(fromHex('01ff')))
  expect(first).toEqual([fromHex('0102')])
})

test.each([
  ['ffffffff', 'BadLength'],
  ['00000009', 'TooLong'],
])('length %s is refused with its fourth byte', (digits, kind) => {
  const cutter = new FrameCutter(8)
  const prefix = fromHex(digits)
  expect(value(cutter.cut(prefix.subarray(0, 3)))).toEqual([])
  const result = cutter.cut(prefix.subarray(3))
  expect(isLeft(result) && result.left.kind).toBe(kind)
})

test('a large frame may come byte by byte', () => {
  const length = 200_000
  const cutter = new FrameCutter(length)
  const stream = framed(new Uint8Array(length).fill(7))
  let frames = 0
  for (let at = 0; at < stream.length; at++) frames += value(cutter.cut(stream.subarray(at, at + 1))).length
  expect(frames).toBe(1)
})
