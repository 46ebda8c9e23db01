/** Session ids, passwords (recorded from Apache's server) and timeouts. */
import { describe, expect, it } from 'vitest'
import { initialSessionId, isPasswordOf, negotiateTimeout, passwordOf } from '../../src/service/session.js'

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

describe('session', () => {
  it('gives the password that Apache gave for this id', () => {
    expect(hex(passwordOf(0x010000106d0f0000n))).toBe('43db523f14bf9e6f591fb44c7d978926')
  })

  it('accepts the password of the session and no other', () => {
    const id = 0x010000106d0f0000n
    expect(isPasswordOf(id, passwordOf(id))).toBe(true)
    expect(isPasswordOf(id, passwordOf(id + 1n))).toBe(false)
    expect(isPasswordOf(id, new Uint8Array(0))).toBe(false)
    expect(isPasswordOf(0n, passwordOf(0n))).toBe(false)
    expect(isPasswordOf(-1n, passwordOf(-1n))).toBe(true)
  })

  it('puts the server id in the high byte and 40 bits of the clock below', () => {
    expect(initialSessionId(1, 0x106d0fn)).toBe(0x010000106d0f0000n)
    expect(initialSessionId(1, 0xff_0000_0000_0001n)).toBe(0x0100000000010000n)
    expect(initialSessionId(255, 1n)).toBe(BigInt.asIntN(64, 0xff00000000010000n))
    expect(initialSessionId(128, 0n)).toBe(BigInt.asIntN(64, 0x8000000000000001n))
  })

  it('keeps timeouts within bounds', () => {
    expect([1, 5000, 99_000].map((wanted) => negotiateTimeout(wanted, 4000, 40_000))).toEqual([4000, 5000, 40_000])
  })
})
