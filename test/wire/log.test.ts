// The log file: records come back, a torn end is told from corruption, and corruption in the middle is found out.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeLogHeader, encodeLogHeader, encodeLogRecord, resynchronize, scanRecord } from '../../src/wire/log.js'
import { zxid } from '../../src/core/zxid.js'
import { encodeTransaction } from '../../src/wire/transaction.js'
import { entry } from './arbitraries.js'
import { encoded, toHex, value } from './support.js'

const payload = (counter: number): Uint8Array =>
  encodeTransaction(zxid(1, counter), {
    sessionId: 5n,
    cxid: counter,
    timeMs: 1,
    record: { type: 'createSession', timeoutMs: counter },
    digest: 0n,
  })

const fileOf = (payloads: readonly Uint8Array[], padding = 0): Uint8Array =>
  encoded((writer) => {
    encodeLogHeader(writer)
    for (const each of payloads) encodeLogRecord(writer, each)
    writer.raw(new Uint8Array(padding))
  })

/** All records, and what stopped the scan. */
const scanAll = (file: Uint8Array): { payloads: readonly Uint8Array[]; end: unknown; offset: number } => {
  const payloads: Uint8Array[] = []
  for (let offset = value(decodeLogHeader(file)); ; ) {
    const scan = scanRecord(file, offset, true)
    if (scan.kind !== 'Record') return { payloads, end: scan, offset }
    payloads.push(scan.payload)
    offset = scan.next
  }
}

const three = [payload(1), payload(2), payload(3)]
/** Header, then 61 bytes a record. */
const startOf = (index: number): number => 16 + 61 * index

test('the header, and the offset of the second record', () => {
  const file = fileOf(three)
  expect(toHex(file.subarray(0, 16))).toBe('5a4b4c47000000020000000000000000')
  const scan = scanRecord(file, 16, true)
  expect(scan.kind === 'Record' && scan.next).toBe(77)
})

test('what is written is read, with or without padding', () =>
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), fc.nat(40), (entries, padding) => {
      const payloads = entries.map(({ transaction }) => transaction.bytes)
      const { payloads: read, end } = scanAll(fileOf(payloads, padding))
      expect(read).toEqual(payloads)
      expect(end).toEqual({ kind: 'End', reason: padding === 0 ? 'EndOfFile' : 'Padding' })
    }),
  ))

test('streamed through a window of any size, the scan asks for what it needs', () =>
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (entries, step) => {
      const payloads = entries.map(({ transaction }) => transaction.bytes)
      const file = fileOf(payloads)
      const read: Uint8Array[] = []
      let offset = 16
      let end = 16
      let rounds = 0
      for (;;) {
        expect(rounds++).toBeLessThan(2 * file.length)
        const scan = scanRecord(file.subarray(0, end), offset, end === file.length)
        if (scan.kind === 'End') break
        if (scan.kind === 'NeedMore') {
          expect(scan.end).toBeGreaterThan(end)
          end = Math.min(file.length, Math.max(end + step, scan.end))
        } else if (scan.kind === 'Record') {
          read.push(scan.payload)
          offset = scan.next
        } else expect.unreachable(scan.kind)
      }
      expect(read).toEqual(payloads)
    }),
  ))

describe('damage', () => {
  test('a file cut anywhere in its last record is torn there, and nothing valid follows', () => {
    const file = fileOf(three)
    for (let size = startOf(2) + 1; size < file.length; size++) {
      const cut = file.subarray(0, size)
      const { payloads, end, offset } = scanAll(cut)
      // Fewer than twelve bytes that are all zero cannot be told from padding.
      const kind = size - startOf(2) <= 4 ? 'End' : 'Torn'
      expect([payloads.length, offset]).toEqual([2, startOf(2)])
      expect(end).toMatchObject({ kind })
      expect(resynchronize(cut, offset + 1)).toBeUndefined()
    }
  })

  test('every single changed byte is noticed, and a valid later record is found', () => {
    const file = fileOf(three, 30)
    for (let at = startOf(1); at < startOf(2); at++) {
      const bad = file.slice()
      bad[at] = (bad[at] ?? 0) ^ 0x40
      const { payloads, end, offset } = scanAll(bad)
      expect([payloads.length, offset]).toEqual([1, startOf(1)])
      expect(['Torn', 'Corrupt']).toContain((end as { kind: string }).kind)
      expect(resynchronize(bad, offset + 1)).toBe(startOf(2))
    }
  })

  test('in the last record nothing valid follows', () => {
    const bad = fileOf(three, 100)
    bad[startOf(2) + 20] = 0xee
    const { end, offset } = scanAll(bad)
    expect(end).toEqual({ kind: 'Corrupt', reason: 'Checksum' })
    expect(resynchronize(bad, offset + 1)).toBeUndefined()
  })

  test('an impossible length is corruption, not a wish for more bytes', () => {
    for (const length of [0x7fffffff, -5]) {
      const bad = fileOf(three)
      new DataView(bad.buffer).setInt32(startOf(1) + 8, length)
      expect(scanRecord(bad, startOf(1), false)).toEqual({ kind: 'Corrupt', reason: 'Length' })
    }
  })
})
