// Transactions: value to bytes to value, and the bytes that Java writes.
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { zxid } from '../../src/core/zxid.js'
import type { Transaction, TransactionRecord } from '../../src/service/transaction.js'
import { decodeTransaction, encodeTransaction } from '../../src/wire/transaction.js'
import { anyZxid, transaction } from './arbitraries.js'
import { fromHex, toHex, value } from './support.js'

const HEADER_DIGITS = 64
const header = (type: string): string => `0100000000001234 00000007 0000000100000001 000001a20b8e1825 ${type} `
const open = [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }]
const OPEN_HEX = '00000001 0000001f 00000005 776f726c64 00000006 616e796f6e65'

const withRecord = (record: TransactionRecord, digest?: bigint): Omit<Transaction, 'bytes'> => ({
  sessionId: 0x0100000000001234n,
  cxid: 7,
  timeMs: 0x1a20b8e1825,
  record,
  digest,
})
const recordHex = (record: TransactionRecord): string =>
  toHex(encodeTransaction(zxid(1, 1), withRecord(record))).slice(HEADER_DIGITS)
const recordOf = (digits: string): TransactionRecord => value(decodeTransaction(fromHex(digits))).transaction.record

test('values come back, with the very bytes', () =>
  fc.assert(
    fc.property(anyZxid, transaction, (at, each) => {
      const bytes = encodeTransaction(at, each)
      const entry = value(decodeTransaction(bytes))
      expect(entry).toEqual({ zxid: at, transaction: { ...each, bytes } })
      expect(entry.transaction.bytes).toBe(bytes)
    }),
    { numRuns: 400 },
  ))

describe('known bytes', () => {
  test('createSession with digest: 48 bytes', () => {
    const session = { ...withRecord({ type: 'createSession', timeoutMs: 6000 }, 0x51c6d660n), cxid: 0 }
    expect(toHex(encodeTransaction(zxid(1, 1), session))).toBe(
      '0100000000001234 00000000 0000000100000001 000001a20b8e1825 fffffff6 00001770 00000002 0000000051c6d660'.replaceAll(
        ' ',
        '',
      ),
    )
  })

  const records: readonly (readonly [string, TransactionRecord, string])[] = [
    [
      'create2 of an ephemeral',
      { type: 'create2', path: '/b', data: null, acl: open, ephemeral: true, parentCversion: 2 },
      `00000002 2f62 ffffffff ${OPEN_HEX} 01 00000002`,
    ],
    [
      'createTTL',
      { type: 'createTTL', path: '/ttl', data: fromHex('74'), acl: open, parentCversion: 4, ttlMs: 60_000n },
      `00000004 2f74746c 00000001 74 ${OPEN_HEX} 00000004 000000000000ea60`,
    ],
    ['error', { type: 'error', error: -103 }, 'ffffff99'],
    ['closeSession without ephemerals', { type: 'closeSession', paths: [] }, '00000000'],
    [
      'closeSession with two',
      { type: 'closeSession', paths: ['/a/s-0000000001', '/b'] },
      '00000002 0000000f 2f612f732d30303030303030303031 00000002 2f62',
    ],
    [
      'a failed multi',
      {
        type: 'multi',
        records: [
          { type: 'create', path: '/m', data: null, acl: open, ephemeral: false, parentCversion: 5 },
          { type: 'error', error: -103 },
          { type: 'error', error: -2 },
        ],
      },
      `00000003 00000001 0000002a 00000002 2f6d ffffffff ${OPEN_HEX} 00 00000005 ffffffff 00000004 ffffff99 ffffffff 00000004 fffffffe`,
    ],
  ]
  test.each(records)('%s', (_name, record, digits) => expect(recordHex(record)).toBe(digits.replaceAll(' ', '')))

  test('an error has no digest, whatever it is given', () => {
    const bytes = encodeTransaction(zxid(1, 1), withRecord({ type: 'error', error: -101 }, 5n))
    expect(bytes.length).toBe(36)
  })
})

describe('old and foreign forms', () => {
  test('closeSession without paths, and with a digest all the same', () => {
    expect(recordOf(header('fffffff5'))).toEqual({ type: 'closeSession', paths: undefined })
    const bytes = fromHex(`${header('fffffff5')} 00000002 0000000051c6d660`)
    const { record, digest } = value(decodeTransaction(bytes)).transaction
    expect({ record, digest }).toEqual({ record: { type: 'closeSession', paths: undefined }, digest: 0x51c6d660n })
  })

  test('create from before 3.4 ends after the ephemeral flag', () => {
    const record = recordOf(`${header('00000001')} 00000002 2f61 ffffffff 00000000 00`)
    expect(record).toMatchObject({ type: 'create', path: '/a', parentCversion: -1 })
  })

  test('a digest of another version reads as none', () => {
    const bytes = fromHex(`${header('fffffff6')} 00001770 00000003 0000000051c6d660`)
    expect(value(decodeTransaction(bytes)).transaction.digest).toBeUndefined()
  })

  test.each([
    ['unknown type', `${header('00000063')} 00000000`, 'BadValue'],
    ['a session in a multi', `${header('0000000e')} 00000001 fffffff6 00000004 00000001`, 'BadValue'],
    ['a multi in a multi', `${header('0000000e')} 00000001 0000000e 00000004 00000000`, 'BadValue'],
    ['short header', '0100', 'Truncated'],
    ['a record cut off', `${header('00000002')} 00000005 2f`, 'Truncated'],
  ])('refused: %s', (_name, digits, kind) => {
    const result = decodeTransaction(fromHex(digits))
    expect(isLeft(result) && result.left.kind).toBe(kind)
  })
})
