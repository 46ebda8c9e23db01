/** One reader of addresses: every spelling that Apache ZooKeeper 3.8.0 accepts, each tried with its QuorumPeer.QuorumServer. */
import { describe, expect, it } from 'vitest'
import {
  canonicalHost,
  isSameHost,
  isWildcardHost,
  parseHost,
  parseHostAndPort,
} from '../../../src/service/configuration/host.js'
import {
  addressesOf,
  hasSameAddresses,
  parseServerLine,
  renderServerLine,
} from '../../../src/service/configuration/server-line.js'

/** The value of a server line, and the line that is written for it: Apache's, but for literals, which stay as they are. */
const ACCEPTED: readonly (readonly [string, string])[] = [
  ['a:1:2', 'a:1:2:participant'],
  ['a:1:2:participant', 'a:1:2:participant'],
  ['a:1:2:OBSERVER', 'a:1:2:observer'],
  ['a:1:2:Observer;2181', 'a:1:2:observer;0.0.0.0:2181'],
  ['a:1:2;2181', 'a:1:2:participant;0.0.0.0:2181'],
  ['a:1:2;+2181', 'a:1:2:participant;0.0.0.0:2181'],
  ['a:1:2;h:2181', 'a:1:2:participant;h:2181'],
  ['a:1:2;[::1]:2181', 'a:1:2:participant;[::1]:2181'],
  ['a:1:2;*:2181', 'a:1:2:participant;*:2181'],
  ['a:1:2;:2181', 'a:1:2:participant;localhost:2181'],
  ['a:1:2;', 'a:1:2:participant'],
  ['a:1:2;;', 'a:1:2:participant'],
  ['a:1:2:;2181', 'a:1:2:participant;0.0.0.0:2181'],
  ['a:1:2:observer;', 'a:1:2:observer'],
  ['a:1:2: observer', 'a:1:2:observer'],
  ['a:1:2:observer ;2181', 'a:1:2:observer;0.0.0.0:2181'],
  ['a:+1:002', 'a:1:2:participant'],
  ['[::1]:1:2', '[::1]:1:2:participant'],
  ['[fe80::1%lo]:1:2', '[fe80::1%lo]:1:2:participant'],
  ['[fe80::1%lo]:1:2;[fe80::1%lo]:3', '[fe80::1%lo]:1:2:participant;[fe80::1%lo]:3'],
  ['[FE80::1]:1:2', '[FE80::1]:1:2:participant'],
  ['[0:0:0:0:0:0:0:1]:1:2', '[0:0:0:0:0:0:0:1]:1:2:participant'],
  ['[::ffff:1.2.3.4]:1:2', '[::ffff:1.2.3.4]:1:2:participant'],
  ['[::]:1:2', '[::]:1:2:participant'],
  ['1.2.3.4:1:2', '1.2.3.4:1:2:participant'],
  ['[1.2.3.4]:1:2', '1.2.3.4:1:2:participant'],
  ['0.0.0.0:1:2', '0.0.0.0:1:2:participant'],
  ['A.B_c:1:2', 'A.B_c:1:2:participant'],
  ['under_score:1:2', 'under_score:1:2:participant'],
  ['a.b.:1:2', 'a.b.:1:2:participant'],
  [' a:1:2', 'a:1:2:participant'],
  ['a :1:2', 'a:1:2:participant'],
  [':1:2', 'localhost:1:2:participant'],
  ['[]:1:2', 'localhost:1:2:participant'],
  ['a:1:2|', 'a:1:2:participant'],
  ['a:1:2|b:3:4', 'a:1:2|b:3:4:participant'],
  ['a:1:2|b:3:4:observer;2181', 'a:1:2|b:3:4:observer;0.0.0.0:2181'],
  ['a:1:2:observer|b:3:4;2181', 'a:1:2|b:3:4:observer;0.0.0.0:2181'],
  ['a:1:2|a:1:2', 'a:1:2:participant'],
  ['[::1]:1:2|127.0.0.1:1:2;[::]:2181', '[::1]:1:2|127.0.0.1:1:2:participant;[::]:2181'],
]

/** Apache refuses these too. */
const REFUSED = [
  '',
  'a',
  'a:1',
  'a:1:1',
  'a:-1:2',
  'a:70000:2',
  'a:1:65536',
  'a:1:2:leader',
  'a:1:2:observer:x',
  'a:1:2;h:2181:x',
  'a:1:2;h:',
  'a:1:2;1;2',
  'a:1:2;70000',
  'a:1:2;::1:2181',
  'a:1:2;2181|b:3:4',
  '::1:1:2',
  '2001:db8::1:1:2',
  '[::1:1:2',
  '|a:1:2',
  'a:1:2||b:1:2',
]

/** Apache starts with these, and cannot be reached there or is not understood by those that it tells of them. */
const REFUSED_HERE_ONLY = ['a:0:2', 'a:1:0', 'a:1:2;0', 'a b:1:2', 'a\nb:1:2', 'a,b:1:2', 'a\\b:1:2', '[x:y]:1:2']

describe('a server line', () => {
  it.each(ACCEPTED)('%j is written %j, and stays so', (value, line) => {
    const read = parseServerLine(3, value)
    if (read._tag === 'Left') throw new Error(read.left.reason)
    expect(renderServerLine(read.right)).toBe(line)
    expect(parseServerLine(3, line)).toEqual(read)
  })

  it.each([...REFUSED, ...REFUSED_HERE_ONLY])('%j is refused', (value) => {
    expect(parseServerLine(3, value)._tag).toBe('Left')
  })

  it('names addresses in its order, at either port', () => {
    const read = parseServerLine(3, 'a:1:2|[::1]:3:4')
    expect(read._tag === 'Right' && addressesOf(read.right, 'electionPort')).toEqual([
      { host: 'a', port: 2 },
      { host: '::1', port: 4 },
    ])
    expect(read._tag === 'Right' && addressesOf(read.right, 'quorumPort').map(({ port }) => port)).toEqual([1, 3])
  })

  it('names the same place in any spelling, and not in another order', () => {
    const same = (one: string, other: string): boolean => {
      const [first, second] = [parseServerLine(1, one), parseServerLine(1, other)]
      return first._tag === 'Right' && second._tag === 'Right' && hasSameAddresses(first.right, second.right)
    }
    expect(same('[::1]:1:2', '[0:0:0:0:0:0:0:1]:1:2;9')).toBe(true)
    expect(same('Zoo.Example.:1:2', 'zoo.example:01:2:observer')).toBe(true)
    expect(same('a:1:2', 'a:1:3')).toBe(false)
    expect(same('a:1:2', 'a:1:2|b:1:2')).toBe(false)
    expect(same('[fe80::1%a]:1:2', '[fe80::1%b]:1:2')).toBe(false)
  })
})

describe('a host', () => {
  it.each([
    ['ZOO.example.', 'zoo.example'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['FE80::0001%Eth0', 'fe80:0:0:0:0:0:0:1%eth0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
  ])('%s has the one spelling %s', (host, spelling) => {
    expect(canonicalHost(host)).toBe(spelling)
    expect(canonicalHost(spelling)).toBe(spelling)
    expect(isSameHost(host, spelling)).toBe(true)
  })

  it('may be any address at all, in several spellings', () => {
    for (const host of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '::0', '::ffff:0.0.0.0'])
      expect(isWildcardHost(host), host).toBe(true)
    for (const host of ['::1', '10.0.0.0', 'a']) expect(isWildcardHost(host), host).toBe(false)
  })

  it('alone needs no brackets, and may have them', () => {
    expect(['::1', '[::1]', ' localhost ', '', 'a:b', 'x'.repeat(256)].map(parseHost)).toEqual([
      '::1',
      '::1',
      'localhost',
      'localhost',
      undefined,
      undefined,
    ])
  })

  it('with a port is read from the left to the right, once', () => {
    expect(parseHostAndPort('[fe80::1%eth0]:2181')).toEqual({ host: 'fe80::1%eth0', port: 2181 })
    for (const text of ['', ':', 'h', 'h:', 'h:x', 'h:1:2', '[::1]', '[::1]1:2', '::1:2', ':'.repeat(1 << 20)])
      expect(parseHostAndPort(text), text.slice(0, 9)).toBeUndefined()
  })
})
