/** Access lists: which are accepted, what `auth` becomes, who may do what. */
import { describe, expect, it } from 'vitest'
import { addressId, ANYONE, expand, isAllowed, OPEN, permission, READ_ONLY } from '../../src/service/acl.js'
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
  ])('refuses %s:%s', (scheme, id) => {
    expect(expand([...OPEN, entry(scheme, id)], [bob])).toBeUndefined()
  })

  it.each([
    ['digest', 'a:b'],
    ['digest', 'a:b:'],
    ['digest', ':b'],
    ['ip', '1.2.3.4'],
    ['ip', '1.2.3.4/0'],
    ['ip', '::'],
    ['ip', '::1/128'],
    ['ip', '1:2:3:4:5:6:7:8'],
    ['ip', '::ffff:1.2.3.4'],
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
  ])('range %s, address %s: %s', (range, address, expected) => {
    expect(isAllowed([entry('ip', range)], permission.READ, [addressId(address)])).toBe(expected)
  })
})
