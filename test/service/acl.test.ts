/** Access lists: which are accepted, what `auth` becomes, who may do what, in lists of any length. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressId, ANYONE, expand, isAllowed, OPEN, permission, READ_ONLY, shared } from '../../src/service/acl.js'
import type { Acl, Id } from '../../src/service/acl.js'

const bob: Id = { scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' }
const local = addressId('127.0.0.1')
const entry = (scheme: string, id: string, permissions: number = permission.ALL): Acl => ({
  permissions,
  id: { scheme, id },
})

describe('expand', () => {
  it('refuses a missing and an empty list', () => {
    expect(expand(null, [])).toBeUndefined()
    expect(expand([], [])).toBeUndefined()
  })

  it('shares the open list and keeps first occurrences in order', () => {
    expect(expand([entry('world', 'anyone')], [])).toBe(OPEN)
    const list = [entry('digest', 'a:b'), entry('ip', '10.0.0.0/8'), entry('digest', 'a:b'), ...READ_ONLY]
    expect(expand(list, [])).toEqual([list[0], list[1], ...READ_ONLY])
  })

  it('replaces auth by what the requester has proved, and refuses it when that is nothing', () => {
    expect(expand([entry('auth', '', permission.READ)], [local, bob])).toEqual([{ permissions: 1, id: bob }])
    expect(expand([entry('auth', '')], [local, { scheme: 'super', id: '' }])).toBeUndefined()
  })

  it.each([
    ['world', 'nobody'],
    ['digest', 'a'],
    ['digest', 'a:b:c'],
    ['digest', ':'],
    ['super', ''],
    ['martian', 'x'],
    ['ip', ''],
    ['ip', '1.2.3'],
    ['ip', '1.2.3.256'],
    ['ip', '1.2.3.4/33'],
    ['ip', '::1/129'],
    ['ip', '1::2::3'],
    ['ip', ':::'],
    // As Apache's 3.8: it knows no addresses of version 6.
    ['ip', '::1'],
    ['ip', '::'],
    ['ip', '::1/128'],
    ['ip', '1:2:3:4:5:6:7:8'],
    ['ip', '::ffff:1.2.3.4'],
    ['ip', '1.2.3.4.'],
    ['ip', '1..3.4'],
    ['ip', ' 1.2.3.4'],
    ['ip', '-1.2.3.4'],
    ['ip', '1.2.3.4/'],
    ['ip', '1.2.3.4/-1'],
    ['ip', '1.2.3.4/8/8'],
    ['ip', '1.2.3.4/+'],
    ['ip', '0x1.2.3.4'],
    ['digest', '::'],
    ['digest', 'a::b'],
    ['digest', 'a::'],
    ['digest', '::b'],
    ['digest', ''],
  ])('refuses %s:%s', (scheme, id) => {
    expect(expand([...OPEN, entry(scheme, id)], [bob])).toBeUndefined()
  })

  it.each([
    ['digest', 'a:b'],
    ['digest', 'a:b:'],
    ['digest', ':b'],
    ['ip', '1.2.3.4'],
    ['ip', '1.2.3.4/0'],
    ['digest', 'a:b::'],
    // What Java's Integer.parseInt takes for a number.
    ['ip', '1.2.3.4/+8'],
    ['ip', '1.2.3.4/08'],
    ['ip', '0001.+2.-0.4'],
    ['ip', '\u0661.2.3.4'],
    ['ip', '127.0.0.1/\u0668'],
    ['ip', '1.2.3.\uff14'],
  ])('accepts %s:%s', (scheme, id) => {
    expect(expand([entry(scheme, id)], [])).toEqual([entry(scheme, id)])
  })
})

describe('isAllowed', () => {
  it('allows everything without a list and to super', () => {
    expect(isAllowed([], permission.WRITE, [])).toBe(true)
    expect(isAllowed(READ_ONLY, permission.WRITE, [{ scheme: 'super', id: '' }])).toBe(true)
    expect(isAllowed(READ_ONLY, permission.WRITE, [bob])).toBe(false)
    expect(isAllowed([{ permissions: permission.READ, id: ANYONE }], permission.READ, [])).toBe(true)
  })

  it('compares digests as strings, within their scheme', () => {
    const list = [entry('digest', bob.id, permission.WRITE)]
    expect(isAllowed(list, permission.WRITE, [local, bob])).toBe(true)
    expect(isAllowed(list, permission.READ, [bob])).toBe(false)
    expect(isAllowed(list, permission.WRITE, [{ scheme: 'sasl', id: bob.id }])).toBe(false)
    expect(isAllowed(list, permission.WRITE, [{ scheme: 'digest', id: 'bob:x' }])).toBe(false)
  })

  it.each([
    ['127.0.0.0/8', '127.0.0.1', true],
    ['127.0.0.2', '127.0.0.1', false],
    ['10.0.0.128/25', '10.0.0.200', true],
    ['10.0.0.128/25', '10.0.0.100', false],
    ['0.0.0.0/0', '9.9.9.9', true],
    ['::/0', '9.9.9.9', false],
    ['fe80::/10', 'febf::1', true],
    ['fe80::/10', 'fec0::1', false],
    ['::1', '0:0:0:0:0:0:0:1', true],
    ['fe80::1', 'fe80::1%eth0', true],
    ['::ffff:1.2.3.4', '0:0:0:0:0:ffff:102:304', true],
    ['+10.00.\u0660.0/08', '10.9.9.9', true],
    ['10.0.0.0/33', '10.0.0.0', false],
  ])('range %s, address %s: %s', (range, address, expected) => {
    expect(isAllowed([entry('ip', range)], permission.READ, [addressId(address)])).toBe(expected)
  })
})

// --- lists of any length, against the definition

/** An address of version 4 or 6 as bits, spelled out by whoever made it. */
interface Literal {
  readonly text: string
  readonly bits: string
}

const binary = (value: number, width: number): string => value.toString(2).padStart(width, '0')

const literal4 = fc
  .array(fc.constantFrom(0, 1, 10, 127, 128, 255), { minLength: 4, maxLength: 4 })
  .map((bytes): Literal => ({ text: bytes.join('.'), bits: bytes.map((byte) => binary(byte, 8)).join('') }))

const literal6 = fc.array(fc.constantFrom(0, 1, 0x8000, 0xfe80, 0xffff), { minLength: 8, maxLength: 8 }).map(
  (groups): Literal => ({
    text: groups.map((group) => group.toString(16)).join(':'),
    bits: groups.map((group) => binary(group, 16)).join(''),
  }),
)

const literal = fc.oneof({ weight: 3, arbitrary: literal4 }, literal6)

/** An entry, and whether it is for someone: the definition, by comparing texts and bits. */
interface Case {
  readonly entry: Acl
  readonly isFor: (someone: Someone) => boolean
}

interface Someone {
  readonly id: Id
  readonly bits: string | undefined
}

const permissions = fc.oneof(fc.nat(31), fc.constantFrom(-1, 32, 0x7fffffff))

const rangeCase = fc
  .tuple(literal, fc.nat(128), permissions, fc.boolean())
  .map(([base, length, granted, isWhole]): Case => {
    const bits = Math.min(length, base.bits.length)
    return {
      entry: entry('ip', isWhole ? base.text : `${base.text}/${bits}`, granted),
      isFor: (someone) =>
        someone.bits?.length === base.bits.length &&
        someone.bits.startsWith(base.bits.slice(0, isWhole ? undefined : bits)),
    }
  })

const exactCase = fc
  .tuple(
    fc.constantFrom('digest', 'sasl', 'x509', 'world', ''),
    fc.constantFrom('a:b', 'a', '1', '', 'anyone'),
    permissions,
  )
  .map(
    ([scheme, id, granted]): Case => ({
      entry: entry(scheme, id, granted),
      isFor: (someone) =>
        (scheme === 'world' && id === 'anyone') || (someone.id.scheme === scheme && someone.id.id === id),
    }),
  )

const nonsense = fc
  .tuple(fc.constantFrom('1.2.3', '', '/', '1.2.3.4/33', 'x:y', '1:2:3:4:5:6:7:8/129', '0'.repeat(70)), permissions)
  .map(([id, granted]): Case => ({ entry: entry('ip', id, granted), isFor: () => false }))

const someone = fc.oneof(
  literal.map(({ text, bits }): Someone => ({ id: addressId(text), bits })),
  fc
    .tuple(fc.constantFrom('digest', 'sasl', 'super', ''), fc.constantFrom('a:b', 'a', '1', ''))
    .map(([scheme, id]): Someone => ({ id: { scheme, id }, bits: undefined })),
)

describe('a list of any length', () => {
  it('allows what one of its entries allows', () => {
    const list = fc.array(fc.oneof(rangeCase, exactCase, nonsense), { maxLength: 40, size: 'max' })
    fc.assert(
      fc.property(list, fc.array(someone, { maxLength: 3 }), fc.nat(31), (cases, people, needed) => {
        const expected =
          cases.length === 0 ||
          people.some(({ id }) => id.scheme === 'super') ||
          cases.some(
            ({ entry: each, isFor }) =>
              (each.permissions & needed) !== 0 &&
              ((each.id.scheme === 'world' && each.id.id === 'anyone') || people.some(isFor)),
          )
        const acl = cases.map((each) => each.entry)
        const ids = people.map(({ id }) => id)
        expect(isAllowed(acl, needed, ids)).toBe(expected)
        // Asked again, and of a list that was made ready before.
        expect(isAllowed(shared(acl), needed, ids)).toBe(expected)
        expect(isAllowed([...acl], needed, ids)).toBe(expected)
      }),
      { numRuns: 600 },
    )
  })
})
