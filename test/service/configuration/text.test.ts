/** The configuration text: what is written reads back, the bytes are ZooKeeper's, and reading is total and bounded. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ZERO, zxid } from '../../../src/core/zxid.js'
import {
  configurationFrom,
  MAXIMUM_MEMBERS,
  MAXIMUM_TEXT_LENGTH,
  parseConfigurationText,
  renderConfigurationText,
} from '../../../src/service/configuration/text.js'
import { configuration } from './arbitraries.js'

const why = (text: string): string => {
  const parsed = parseConfigurationText(text)
  return parsed._tag === 'Left' ? parsed.left : 'it can be read'
}

describe('the configuration text', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(configuration, (value) => {
        expect(parseConfigurationText(renderConfigurationText(value))).toEqual({ _tag: 'Right', right: value })
      }),
      { numRuns: 200 },
    )
  })

  it('is what Apache ZooKeeper writes: roles always there, version in hexadecimal, no line end', () => {
    const text = 'server.1=127.0.0.1:21011:21012:participant\nserver.2=b:1:2:observer;0.0.0.0:2181\nversion=100000000'
    const read = parseConfigurationText(text)
    expect(read).toMatchObject({ right: { version: { epoch: 1, counter: 0 }, members: [{ id: 1 }, { id: 2 }] } })
    expect(read._tag === 'Right' && renderConfigurationText(read.right)).toBe(text)
  })

  it('has groups and weights before the version', () => {
    const text =
      'server.1=a:1:2:participant\nserver.2=b:1:2:participant\ngroup.7=1:2\nweight.1=3\nweight.2=1\nversion=5'
    const read = parseConfigurationText(text)
    expect(read).toMatchObject({ right: { quorums: { kind: 'Hierarchical', groups: [{ id: 7 }] } } })
    expect(read._tag === 'Right' && renderConfigurationText(read.right)).toBe(text)
  })

  it('has members in any order, and version 0 when it states none', () => {
    expect(parseConfigurationText('server.10=b:1:2\nserver.9=a:1:2:observer\n')).toMatchObject({
      right: { version: ZERO, members: [{ id: 9 }, { id: 10 }], quorums: { kind: 'Majority', voters: [10] } },
    })
  })

  it('names what is wrong, first of all the first', () => {
    expect(why('server.1=a:1:2\ndataDir=/x')).toContain('configuration text:2: dataDir: not a key of a configuration')
    expect(why('server.1=a:1:2\nversion=xyz')).toContain('"xyz" is no hexadecimal number')
    expect(why('version=10000000000000000')).toContain('at most 64 bits')
    expect(why('server.1=a:1\nserver.2=b:2')).toContain('configuration text:1: server.1: "a:1" is not a server line')
    expect(why('server.1=\\u12')).toContain('four hexadecimal digits')
  })

  it('can be of use without a right to be: an unreadable one, or one without members, is nothing', () => {
    expect(configurationFrom('version=100000000')).toBeUndefined()
    expect(configurationFrom('')).toBeUndefined()
    expect(configurationFrom('server.1=a')).toBeUndefined()
    expect(configurationFrom('server.1=a:1:2\nversion=100000000')).toMatchObject({ version: zxid(1, 0) })
  })
})

describe('whatever arrives', () => {
  it('is read or refused', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('server.1=', 'group.1=1:', 'weight.1=', 'version=', 'a:1:2', ';2181', '\n', '\\', '[::1]'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const parsed = parseConfigurationText(pieces.join(''))
        if (parsed._tag === 'Left') expect(parsed.left).not.toBe('')
        else expect(parsed.right.members.length).toBeLessThanOrEqual(pieces.length + 1)
      }),
      { numRuns: 1000 },
    )
  })

  const servers = (count: number): string =>
    Array.from({ length: count }, (_, index) => `server.${index + 1}=h${index}:1:2:participant`).join('\n')

  it('has at most so many members, properties and names in a group', () => {
    expect(configurationFrom(servers(MAXIMUM_MEMBERS))?.members.length).toBe(MAXIMUM_MEMBERS)
    expect(why(servers(MAXIMUM_MEMBERS + 1))).toContain('more than 1000 servers')
    const line = (index: number): string => `weight.${index}=1\n`
    expect(why(Array.from({ length: 3 * MAXIMUM_MEMBERS + 2 }, (_, index) => line(index)).join(''))).toContain(
      'more than 1000 servers',
    )
    expect(why(`server.1=a:1:2\ngroup.1=${'1:'.repeat(MAXIMUM_MEMBERS)}1`)).toContain('more than 1000 servers')
  })

  it('is not looked at when it is too long', () => {
    expect(parseConfigurationText(`#${'x'.repeat(MAXIMUM_TEXT_LENGTH - 1)}`)._tag).toBe('Right')
    expect(why(`#${'x'.repeat(MAXIMUM_TEXT_LENGTH)}`)).toBe(
      `configuration text: more than ${MAXIMUM_TEXT_LENGTH} characters`,
    )
  })

  // Each of these took time in the square of its length once; a test that has to wait for hours fails.
  it.each([
    ['a line of backslashes', `server.1=${'\\'.repeat(MAXIMUM_TEXT_LENGTH - 20)}x`],
    ['lines that all go on', 'a\\\n'.repeat(MAXIMUM_TEXT_LENGTH / 3)],
    ['a group of nobodies', `server.1=a:1:2\ngroup.1=${':'.repeat(MAXIMUM_TEXT_LENGTH - 40)}`],
    ['colons', ':'.repeat(MAXIMUM_TEXT_LENGTH)],
    ['blanks', `server.1=${' '.repeat(MAXIMUM_TEXT_LENGTH - 20)}x`],
  ])('is read in time that grows with its length: %s', (_name, text) => {
    expect(why(text)).not.toBe('it can be read')
  })
})
