/** The files of one number: what Apache wrote is read and written again the same; anything else is refused or read. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeEpoch, decodeMyId, encodeEpoch } from '../../src/wire/number-file.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('epoch files', () => {
  it.each(['acceptedEpoch', 'currentEpoch'])('of Apache: %s', (name) => {
    const recorded = new Uint8Array(readFileSync(new URL(`../vectors/apache-3.8.0/follower.${name}`, import.meta.url)))
    const epoch = decodeEpoch(recorded)
    expect(epoch).toEqual(right(expect.any(Number)))
    expect(isLeft(epoch) ? undefined : encodeEpoch(epoch.right)).toEqual(recorded)
  })

  it('come back, and have no newline', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (epoch) => {
        expect(decodeEpoch(encodeEpoch(epoch))).toEqual(right(epoch))
        expect(encodeEpoch(epoch)).not.toContain(0x0a)
      }),
    )
  })

  it('with anything but an epoch are refused', () => {
    for (const text of ['', '-1', '2147483648', '1e3', '0x10', '1 2', 'one', '99999999999'])
      expect(isLeft(decodeEpoch(bytesOf(text))), text).toBe(true)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const epoch = decodeEpoch(bytes)
        expect(isLeft(epoch) || (Number.isInteger(epoch.right) && epoch.right >= 0)).toBe(true)
      }),
    )
  })
})

describe('myid', () => {
  it('is the first line', () => {
    expect(decodeMyId('3\n')).toEqual(right(3))
    expect(decodeMyId('12')).toEqual(right(12))
    expect(decodeMyId('7\nwhatever')).toEqual(right(7))
    // Apache ZooKeeper 3.8.0 starts with these; it refuses blanks around the number, which editors leave.
    for (const [text, id] of [
      ['+1', 1],
      ['007', 7],
      ['\u0661', 1],
      ['1\r\n', 1],
      [' 1 ', 1],
    ] as const)
      expect(decodeMyId(text), text).toEqual(right(id))
    for (const text of ['', '0x1', '1 # one', '+', '\n3', 'three', '-1', '1.5'])
      expect(isLeft(decodeMyId(text)), text).toBe(true)
  })
})
