// The election port: handshake and notifications, in all the forms that ZooKeeper accepts.
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { MINIMAL_VOTE } from '../../src/core/vote.js'
import { UNTRUSTED, ZERO, zxid } from '../../src/core/zxid.js'
import {
  decodeHandshake,
  decodeNotification,
  encodeHandshake,
  encodeNotification,
  versionOf,
} from '../../src/wire/election.js'
import { configurationFrom } from '../../src/service/configuration/text.js'
import { notification } from './arbitraries.js'
import { fromHex, toHex, unframed, value } from './support.js'

describe('handshake', () => {
  const address = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
    .filter((each) => !each.includes('|'))
  const handshake = fc.record({ id: fc.maxSafeNat(), addresses: fc.array(address, { maxLength: 3 }) })

  test('comes back, and every shorter prefix asks for more', () =>
    fc.assert(
      fc.property(handshake, (each) => {
        const bytes = encodeHandshake(each)
        expect(value(decodeHandshake(bytes))).toEqual({ kind: 'Complete', handshake: each, length: bytes.length })
        for (let size = 0; size < bytes.length; size++) {
          expect(value(decodeHandshake(bytes.subarray(0, size)))).toEqual({ kind: 'NeedMore' })
        }
      }),
    ))

  test('frames may follow in the same chunk', () => {
    const step = value(decodeHandshake(fromHex('ffffffffffff0000 0000000000000002 00000003 613a31 00000028')))
    expect(step).toEqual({ kind: 'Complete', handshake: { id: 2, addresses: ['a:1'] }, length: 23 })
  })

  test.each([
    ['unknown version', 'fffffffffffffffe 0000000000000002 00000001 61'],
    ['empty address', 'ffffffffffff0000 0000000000000002 00000000'],
    ['null address', 'ffffffffffff0000 0000000000000002 ffffffff'],
    ['long address, before it arrives', 'ffffffffffff0000 0000000000000002 00000801'],
    ['no fixed id', '7fffffffffffffff'],
  ])('refused: %s', (_name, digits) => expect(isLeft(decodeHandshake(fromHex(digits)))).toBe(true))
})

describe('notification', () => {
  const text = (version: string): string => `server.1=127.0.0.1:21011:21012:participant\nversion=${version}`

  test('comes back', () =>
    fc.assert(
      fc.property(notification, (each) => {
        const { epoch, counter } = each.configurationVersion
        const digits = ((BigInt(epoch >>> 0) << 32n) | BigInt(counter)).toString(16)
        expect(value(decodeNotification(unframed(encodeNotification(each, `version=${digits}`))))).toEqual(each)
      }),
    ))

  test('a server that may not vote says −2^63 three times', () => {
    const frame = encodeNotification(
      { state: 'LOOKING', vote: MINIMAL_VOTE, round: 1, configurationVersion: ZERO },
      'version=0',
    )
    expect(toHex(frame)).toBe(
      '00000035 00000000 8000000000000000 8000000000000000 0000000000000001 8000000000000000 00000002 00000009 76657273696f6e3d30'.replaceAll(
        ' ',
        '',
      ),
    )
  })

  test('a configuration text of 138 bytes makes a payload of 182', () => {
    const each = { state: 'LOOKING' as const, vote: MINIMAL_VOTE, round: 1, configurationVersion: ZERO }
    expect(unframed(encodeNotification(each, 'x'.repeat(138))).length).toBe(182)
  })

  describe('with a configuration', () => {
    const configuration = configurationFrom(text('100000000'))
    if (configuration === undefined) throw new Error('no configuration')
    const each = { state: 'LOOKING' as const, vote: MINIMAL_VOTE, round: 1, configurationVersion: zxid(1, 0) }
    const decodedWith = (given: string): unknown => value(decodeNotification(unframed(encodeNotification(each, given))))

    test('its text is written, whatever else is given', () => {
      const frame = encodeNotification({ ...each, configuration }, 'version=0')
      expect(frame).toEqual(encodeNotification(each, text('100000000')))
      // §3.3: the length at 40 and the text at 44, after the length of the frame.
      expect(toHex(frame.slice(4 + 36, 4 + 44))).toBe('000000020000003c')
      expect(new TextDecoder().decode(frame.slice(4 + 44))).toBe(text('100000000'))
    })

    test('it is read where there is a member in it', () => {
      expect(decodedWith(text('100000000'))).toEqual({ ...each, configuration })
      expect(decodedWith('server.1=127.0.0.1:21011:21012:participant')).toMatchObject({ configurationVersion: ZERO })
    })

    test.each([
      ['only a version', 'version=100000000'],
      ['no server line', 'server.1=nowhere\nversion=100000000'],
      ['a key of another time', 'server.1=a:1:2\nsecret.1=x\nversion=100000000'],
      ['half an address among several', 'server.1=a:1:2|b:participant\nversion=100000000'],
    ])('what cannot be read is passed over but for its version: %s', (_name, given) => {
      expect(decodedWith(given)).toEqual(each)
    })
  })

  const head = '00000002 0000000000000003 0000000500000007 0000000000000004'
  const vote = { leader: 3, zxid: zxid(5, 7) }

  test('28 bytes: the epoch is that of the zxid', () => {
    expect(value(decodeNotification(fromHex(head)))).toEqual({
      state: 'LEADING',
      vote: { ...vote, peerEpoch: 5 },
      round: 4,
      configurationVersion: ZERO,
    })
  })

  test('40 bytes, and version 1: no configuration', () => {
    const expected = { state: 'LEADING', vote: { ...vote, peerEpoch: 6 }, round: 4, configurationVersion: ZERO }
    expect(value(decodeNotification(fromHex(`${head} 0000000000000006 00000000`)))).toEqual(expected)
    expect(value(decodeNotification(fromHex(`${head} 0000000000000006 00000001 00000000`)))).toEqual(expected)
  })

  test.each([
    ['unknown state', `00000004 ${head.slice(9)}`],
    ['less than 28 bytes', head.slice(0, -2)],
    ['configuration longer than the frame', `${head} 0000000000000006 00000002 00000005 61`],
    ['negative configuration length', `${head} 0000000000000006 00000002 fffffffe`],
    ['an epoch of more than 32 bits', `${head} 0000000100000000 00000002 00000000`],
  ])('to be ignored: %s', (_name, digits) => expect(isLeft(decodeNotification(fromHex(digits)))).toBe(true))

  test('the version of a text', () => {
    expect(versionOf('server.1=a\nversion=100000000')).toEqual(zxid(1, 0))
    expect(versionOf('version=ffffffffffffffff\n')).toEqual(UNTRUSTED)
    expect([versionOf(''), versionOf('version=x'), versionOf('aversion=5')]).toEqual([ZERO, ZERO, ZERO])
  })
})
