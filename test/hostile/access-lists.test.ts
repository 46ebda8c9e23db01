/**
 * Access lists as long as a frame allows: what is done with them grows with their length once, never with its square, and
 * never with the number of questions times their length. A step that did would exceed the time of a test many times over.
 */
import { describe, expect, it } from 'vitest'
import { addressId, expand, isAllowed, permission, shared } from '../../src/service/acl.js'
import type { Acl, Id } from '../../src/service/acl.js'

const ENTRIES = 30_000
const LISTS = 100
const someone = [addressId('172.16.0.1')]

const listOf = (idOf: (index: number) => Id): readonly Acl[] =>
  Array.from({ length: ENTRIES }, (_, index) => ({ permissions: 1 + (index % 31), id: idOf(index) }))

const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`

const lists: readonly (readonly [name: string, acl: readonly Acl[]])[] = [
  ['addresses', listOf((index) => ({ scheme: 'ip', id: address(index) }))],
  ['ranges of every length', listOf((index) => ({ scheme: 'ip', id: `${address(index)}/${8 + (index % 25)}` }))],
  ['digests', listOf((index) => ({ scheme: 'digest', id: `user${index}:x` }))],
  [
    'one entry again and again',
    listOf(() => ({ scheme: 'digest', id: 'a:b' })).map((each) => ({ ...each, permissions: 1 })),
  ],
]

describe('an access list of 30,000 entries', () => {
  it.each(lists)('of %s is taken, and a hundred such are asked a hundred thousand times', (_, acl) => {
    const made = Array.from({ length: 2 }, () => expand(acl, someone))
    for (const each of made) expect(each?.length).toBe(new Set(acl.map((one) => JSON.stringify(one))).size)
    const kept = Array.from({ length: LISTS }, () => shared(acl.slice()))
    let allowed = 0
    for (const each of kept)
      for (let question = 0; question < 1000; question++) if (isAllowed(each, permission.ALL, someone)) allowed += 1
    expect(allowed).toBe(0)
  })

  it('is refused when its last entry is not valid', () => {
    for (const [, acl] of lists)
      expect(expand([...acl, { permissions: 1, id: { scheme: 'ip', id: '::1' } }], someone)).toBeUndefined()
  })
})

describe('an identity of a million characters', () => {
  const LENGTH = 1_000_000
  it.each([
    ['colons', 'digest', `${':'.repeat(LENGTH)}x`],
    ['colons alone', 'digest', ':'.repeat(LENGTH)],
    ['a digest and colons', 'digest', `a:b${':'.repeat(LENGTH)}x`],
    ['dots', 'ip', '.'.repeat(LENGTH)],
    ['zeros', 'ip', `${'0'.repeat(LENGTH)}x`],
    ['digits', 'ip', '1'.repeat(LENGTH)],
    ['slashes', 'ip', `1.2.3.4${'/'.repeat(LENGTH)}`],
    ['percent signs', 'ip', `::${'%'.repeat(LENGTH)}`],
    ['pairs of colons', 'ip', '::'.repeat(LENGTH / 2)],
    ['groups', 'ip', '1:'.repeat(LENGTH / 2)],
  ])('of %s is refused', (_, scheme, id) => {
    expect(expand([{ permissions: 1, id: { scheme, id } }], someone)).toBeUndefined()
  })

  it('that is an address is read once, not for every question', () => {
    const acl = [
      { permissions: 1, id: { scheme: 'ip', id: `${'0'.repeat(LENGTH)}172.16.0.0/${'0'.repeat(LENGTH)}12` } },
    ]
    expect(expand(acl, someone)).toEqual(acl)
    let allowed = 0
    for (let question = 0; question < 100_000; question++) if (isAllowed(acl, 1, someone)) allowed += 1
    expect(allowed).toBe(100_000)
  })
})
