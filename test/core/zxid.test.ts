/** Zxids are ordered by epoch, then counter, and survive the way to 64 bits and back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Z from '../../src/core/zxid.js'
import { holds } from './property.js'

const zxids = fc.record({ epoch: fc.integer(), counter: fc.integer({ min: 0, max: Z.MAX_COUNTER }) })

describe('zxid', () => {
  it('is ordered as its signed 64-bit value', () => {
    const signed = (value: Z.Zxid): bigint => BigInt.asIntN(64, Z.toBigInt(value))
    holds(
      fc.property(zxids, zxids, (first, second) => {
        expect(Math.sign(Z.compare(first, second))).toBe(
          Number(signed(first) > signed(second)) - Number(signed(first) < signed(second)),
        )
        expect(Z.ordZxid.compare(first, second)).toBe(Math.sign(Z.compare(first, second)))
        expect(Z.equals(first, second)).toBe(signed(first) === signed(second))
        expect(signed(Z.max(first, second))).toBe(signed(first) > signed(second) ? signed(first) : signed(second))
        expect(
          [Z.isAfter(first, second), Z.equals(first, second), Z.isBefore(first, second)].filter(Boolean),
        ).toHaveLength(1)
      }),
    )
  })

  it('survives 64 bits, signed and unsigned', () => {
    holds(
      fc.property(zxids, (value) => {
        expect(Z.fromBigInt(Z.toBigInt(value))).toEqual(value)
        expect(Z.fromBigInt(BigInt.asIntN(64, Z.toBigInt(value)))).toEqual(value)
      }),
    )
  })

  it('has its sentinels at their 64-bit values', () => {
    expect(BigInt.asIntN(64, Z.toBigInt(Z.UNTRUSTED))).toBe(-1n)
    expect(BigInt.asIntN(64, Z.toBigInt(Z.MINIMAL))).toBe(-(2n ** 63n))
    expect(Z.toBigInt(Z.ZERO)).toBe(0n)
    expect(Z.isBefore(Z.MINIMAL, Z.UNTRUSTED) && Z.isBefore(Z.UNTRUSTED, Z.ZERO)).toBe(true)
  })

  it('knows ⟨e, 0⟩, and that an empty history is not one', () => {
    expect(Z.isNewLeaderZxid(Z.newLeaderZxid(1))).toBe(true)
    expect(Z.isNewLeaderZxid(Z.ZERO)).toBe(false)
    expect(Z.isNewLeaderZxid(Z.zxid(1, 1))).toBe(false)
  })

  it('is shown as ZooKeeper prints it, and as traces do', () => {
    expect(Z.toHex(Z.zxid(2, 10))).toBe('0x20000000a')
    expect(Z.show(Z.next(Z.zxid(2, 10)))).toBe('2:11')
  })
})
