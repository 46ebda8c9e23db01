// Snapshot files: items come back through any chunks, and no change of a byte goes unnoticed.
import fc from 'fast-check'
import { isLeft, left } from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { zxid } from '../../src/core/zxid.js'
import type { Zxid } from '../../src/core/zxid.js'
import type { SnapshotItem } from '../../src/service/snapshot.js'
import { encodeSnapshot, isCompleteSnapshot, SnapshotDecoder } from '../../src/wire/snapshot.js'
import type { DecodedSnapshot, SnapshotDigest } from '../../src/wire/snapshot.js'
import { anyZxid, long, snapshotItems } from './arbitraries.js'
import { itemsFold } from './collecting-fold.js'
import type { Collected } from './collecting-fold.js'
import { chunksOf, concat, fromHex, value } from './support.js'

const NAME = zxid(1, 2)
const LIMIT = 1 << 16

const decode = (chunks: readonly Uint8Array[]): DecodedSnapshot<Collected> => {
  const decoder = new SnapshotDecoder(itemsFold, LIMIT)
  for (const chunk of chunks) value(decoder.feed(chunk))
  return value(decoder.finish(NAME))
}

const isRefused = (bytes: Uint8Array): boolean => {
  const decoder = new SnapshotDecoder(itemsFold, LIMIT)
  return isLeft(decoder.feed(bytes)) || isLeft(decoder.finish(NAME))
}

const root: SnapshotItem = {
  kind: 'node',
  path: '',
  data: new Uint8Array(0),
  acl: [{ permissions: 31, id: { scheme: 'world', id: 'anyone' } }],
  stat: {
    czxid: zxid(0, 0),
    mzxid: zxid(0, 0),
    pzxid: zxid(0, 0),
    ctimeMs: 0,
    mtimeMs: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: 0n,
  },
}

const digests = fc.option(fc.record({ zxid: anyZxid, digest: long }), { nil: undefined })
const lastZxids = fc.option(anyZxid, { nil: undefined })

test('items and trailers come back, whatever the chunks', () =>
  fc.assert(
    fc.property(
      snapshotItems,
      digests,
      lastZxids,
      fc.array(fc.nat(), { maxLength: 9 }),
      (items, digest, last, cuts) => {
        const bytes = concat(encodeSnapshot(items, digest, last))
        expect(isCompleteSnapshot(bytes.length, bytes.subarray(-5))).toBe(true)
        const database = { lastProcessed: NAME, items }
        expect(decode(chunksOf(bytes, cuts))).toEqual({ database, digest, lastZxid: last })
      },
    ),
    { numRuns: 200 },
  ))

test('a generator, which can be walked once only, writes the same file as a list', () => {
  const items = [root, { ...root, path: '/a', acl: [] }]
  function* once(): Generator<SnapshotItem> {
    yield* items
  }
  expect(concat(encodeSnapshot(once(), undefined, undefined))).toEqual(
    concat(encodeSnapshot(items, undefined, undefined)),
  )
})

test('a large tree comes in chunks of about 64 KiB', () => {
  const items = Array.from({ length: 3000 }, (_, index) => ({ ...root, path: index === 0 ? '' : `/${index}` }))
  const sizes = [...encodeSnapshot(items, undefined, undefined)].map((chunk) => chunk.length)
  expect(sizes.length).toBeGreaterThan(3)
  expect(Math.max(...sizes)).toBeLessThan(70_000)
  expect(decode([...encodeSnapshot(items, undefined, undefined)]).database.items).toEqual(items)
})

test('a node of a fuzzy image may name a list that the image does not have: no list, replay sets it', () => {
  const bytes = concat(encodeSnapshot([root], undefined, undefined))
  // The root's list id stands after the header, two counts, an empty path and empty data.
  new DataView(bytes.buffer).setBigInt64(16 + 4 + 4 + 4 + 4, 9n)
  const gathered: SnapshotItem[] = []
  const decoder = new SnapshotDecoder({ ...itemsFold, start: () => gathered }, LIMIT)
  value(decoder.feed(bytes))
  expect(gathered).toEqual([{ ...root, acl: [] }])
})

describe('damage', () => {
  const file = (digest: SnapshotDigest | undefined, last: Zxid | undefined): Uint8Array =>
    concat(
      encodeSnapshot([{ kind: 'session', id: 5n, timeoutMs: 4 }, root, { ...root, path: '/a', acl: [] }], digest, last),
    )
  const digest = { zxid: NAME, digest: 7n }

  test('every single changed byte is refused', () => {
    const bytes = file(digest, NAME)
    for (let at = 0; at < bytes.length; at++) {
      const bad = bytes.slice()
      bad[at] = (bad[at] ?? 0) ^ 1
      expect([at, isRefused(bad)]).toEqual([at, true])
    }
  })

  test('a file cut anywhere but after a seal is refused', () => {
    const bytes = file(digest, NAME)
    const whole = [file(undefined, undefined).length, file(digest, undefined).length, bytes.length]
    for (let size = 0; size <= bytes.length; size++) {
      expect([size, isRefused(bytes.subarray(0, size))]).toEqual([size, !whole.includes(size)])
    }
  })

  test('bytes after the end, and trailers without end, are refused', () => {
    expect(isRefused(concat([file(digest, NAME), new Uint8Array(1)]))).toBe(true)
    const decoder = new SnapshotDecoder(itemsFold, LIMIT)
    value(decoder.feed(file(digest, NAME)))
    expect(isLeft(decoder.feed(new Uint8Array(300)))).toBe(true)
  })

  test('what the fold refuses is refused', () => {
    const decoder = new SnapshotDecoder({ ...itemsFold, finish: () => left('no parent') }, LIMIT)
    value(decoder.feed(file(digest, undefined)))
    expect(decoder.finish(NAME)).toMatchObject({ left: { kind: 'BadValue', what: 'no parent' } })
  })

  test('the quick test', () => {
    expect(isCompleteSnapshot(9, fromHex('000000012f'))).toBe(false)
    expect(isCompleteSnapshot(10, fromHex('000000012e'))).toBe(false)
    expect(isCompleteSnapshot(10, fromHex('0000'))).toBe(false)
  })
})

test('of many items no more than some thousands are walked between two chunks', () => {
  let walked = 0
  let longest = 0
  let atLastChunk = 0
  const nodes = 40_000
  const items: Iterable<SnapshotItem> = {
    *[Symbol.iterator]() {
      for (let index = 0; index < nodes; index += 1) {
        walked += 1
        yield index === 0 ? root : { ...root, path: `/${index}` }
      }
    },
  }
  for (const chunk of encodeSnapshot(items, undefined, undefined)) {
    longest = Math.max(longest, walked - atLastChunk)
    atLastChunk = walked
    expect(chunk.length).toBeLessThan(1 << 17)
  }
  // Twice: once for the lists that stand in front, once to write.
  expect(walked).toBe(2 * nodes)
  expect(longest).toBeLessThanOrEqual(5_000)
})
