/** Numbers of zoo.cfg: what ZooKeeper starts with we start with; nothing else than a number of the range ever comes out. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GREATEST, NUMERIC_KEYS, readNumber } from '../../../src/shell/configuration/numbers.js'
import type { NumericKeyName } from '../../../src/shell/configuration/numbers.js'
import { parse } from '../../../src/shell/configuration/zoo-cfg.js'
import { decodeWholeNumber, parseWholeNumber } from '../../../src/service/whole-number.js'

const names = Object.keys(NUMERIC_KEYS) as readonly NumericKeyName[]

const EDGES = [
  '-2147483648',
  '-5',
  '-1',
  '0',
  '1',
  '2',
  '+5',
  '007',
  '0x10',
  '2147483647',
  '2147483648',
  '1e3',
  'x',
  ' ',
]

/** What Java 17 answers, Integer.getInteger with a system property of that text and Long.parseLong; undefined: no number. */
const SPELLINGS: readonly (readonly [string, number | undefined, number | undefined])[] = [
  ['0x100000', 1_048_576, undefined],
  ['0X10', 16, undefined],
  ['#ff', 255, undefined],
  ['010', 8, 10],
  ['-0x10', -16, undefined],
  ['+0x10', 16, undefined],
  ['08', undefined, 8],
  [' 5', undefined, undefined],
  ['', undefined, undefined],
  ['0x', undefined, undefined],
  ['-1', -1, -1],
  ['+1', 1, 1],
  ['0', 0, 0],
  ['-', undefined, undefined],
  ['+-1', undefined, undefined],
  ['1e3', undefined, undefined],
  ['١', 1, 1],
  ['1 # one', undefined, undefined],
]

/** Keys and values that Apache ZooKeeper 3.8.0 starts with, tried with its QuorumPeerConfig, and what counts here. */
const STARTED = [
  ['snapCount', '1', 2],
  ['snapCount', '-1', 2],
  ['snapCount', 'x', 100_000],
  ['snapCount', '0x10', 16],
  ['autopurge.snapRetainCount', '-1', 3],
  ['autopurge.snapRetainCount', '1', 3],
  ['autopurge.purgeInterval', '-1', 0],
  ['maxClientCnxns', '-1', 0],
  ['maxCnxns', '-1', 0],
  ['globalOutstandingLimit', '0', 1],
  ['globalOutstandingLimit', '-1', 1],
  ['commitLogCount', '0', 500],
  ['commitLogCount', '1.5', 500],
  ['preAllocSize', '-1', 0],
  ['preAllocSize', '2147483647', 1 << 20],
  ['jute.maxbuffer', '0x200000', 2_097_152],
  ['jute.maxbuffer', '#200000', 2_097_152],
  ['jute.maxbuffer', '010000000', 2_097_152],
  ['jute.maxbuffer', '0', 1_048_575],
  ['jute.maxbuffer', '2147483648', 1_048_575],
  ['minSessionTimeout', '0', 0],
  ['minSessionTimeout', '+5', 5],
  ['maxSessionTimeout', '2147483647', 2_147_483_647],
  ['tickTime', '1', 1],
] as const satisfies readonly (readonly [NumericKeyName, string, number])[]

describe('whole numbers', () => {
  it.each(SPELLINGS)('%j are read as Java reads them', (text, decoded, parsed) => {
    expect([decodeWholeNumber(text), parseWholeNumber(text)]).toEqual([decoded, parsed])
  })

  it('come back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(parseWholeNumber(String(number))).toBe(number === 0 ? 0 : number)
      }),
    )
  })
})

describe('a number of zoo.cfg', () => {
  it.each(STARTED)('%s=%s is taken as %i', (key, text, value) => {
    expect(readNumber(key, text)).toMatchObject({ value })
  })

  it.each(names.flatMap((key) => EDGES.map((text) => [key, text] as const)))(
    '%s=%j gives a number of its range, with a word if it is another, or an error',
    (key, text) => {
      const read = readNumber(key, text)
      const { greatest, least } = NUMERIC_KEYS[key]
      if (read.kind === 'Refused') expect(read.reason).toContain(`from ${least} to ${greatest}`)
      else {
        expect(Number.isInteger(read.value) && read.value >= least && read.value <= greatest).toBe(true)
        if (read.kind === 'Clamped') expect(read.warning).toContain(String(read.value))
        else expect([parseWholeNumber(text), decodeWholeNumber(text)]).toContain(read.value)
      }
      const parsed = parse(`dataDir=/d\n${key}=${text}`, 'zoo.cfg')
      expect(parsed._tag === 'Right' || parsed.left.every((error) => error.kind !== 'Malformed')).toBe(true)
    },
  )

  it('is any text at all, and never more than a timer or a frame can be', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ maxLength: 60 }), (key, text) => {
        const read = readNumber(key, text)
        expect(read.kind === 'Refused' || (Number.isInteger(read.value) && read.value <= GREATEST)).toBe(true)
      }),
    )
  })

  it('of ticks never makes a timer that is longer than timers are', () => {
    const lines = [
      'dataDir=/d',
      'tickTime=2000',
      'initLimit=2147483647',
      'syncLimit=5',
      'server.1=a:1:2',
      'server.2=b:1:2',
    ]
    expect(parse(lines.join('\n'), 'zoo.cfg')).toMatchObject({
      right: { settings: { initLimit: 1_073_741, syncLimit: 5 }, warnings: [{ key: 'initLimit', line: 3 }] },
    })
  })

  it('of ticks says nothing to a server that is alone', () => {
    for (const limit of ['0', '-1'])
      expect(parse(`dataDir=/d\ninitLimit=${limit}\nsyncLimit=${limit}`, 'zoo.cfg')).toMatchObject({
        right: { settings: { initLimit: 10, syncLimit: 5 }, warnings: [{ key: 'initLimit' }, { key: 'syncLimit' }] },
      })
    expect(parse('dataDir=/d\nserver.1=a:1:2\nserver.2=b:1:2\ninitLimit=0\nsyncLimit=1', 'zoo.cfg')._tag).toBe('Left')
  })
})
