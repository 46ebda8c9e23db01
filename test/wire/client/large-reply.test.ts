/** Replies that are encoded piece by piece: the same bytes as all at once, a chunk at a time, and never too long a frame. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zxid } from '../../../src/core/zxid.js'
import { errorCode } from '../../../src/service/error.js'
import * as H from '../../../src/service/hamt.js'
import { namesOf } from '../../../src/service/names.js'
import type { Names } from '../../../src/service/names.js'
import type { Reply, ResponseBody } from '../../../src/service/response.js'
import { encodeClientMessage, encodeLargeReply, REPLY_CHUNK_BYTES } from '../../../src/wire/client.js'
import { utf8Length } from '../../../src/wire/utf8.js'
import { responseBody, stat } from '../arbitraries.js'
import { concat, encoded, toHex } from '../support.js'

const replyOf = (body: ResponseBody): Reply => ({ kind: 'Reply', xid: 7, zxid: zxid(1, 2), error: errorCode.OK, body })

const atOnce = (reply: Reply): Uint8Array => encoded((writer) => encodeClientMessage(writer, reply))

const large = (reply: Reply, longest?: number): Iterable<Uint8Array> => {
  const chunks = encodeLargeReply(reply, longest)
  if (chunks === undefined) throw new Error('the reply is taken for a small one')
  return chunks
}

/** Any text of UTF-16 units, halves of surrogate pairs too. */
const name = fc.oneof(
  fc.string({ maxLength: 300, size: 'max' }),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc
    .array(fc.constantFrom('a', '\u00e9', '\u20ac', '\ud83d', '\ude00'), { maxLength: 20 })
    .map((units) => units.join('')),
)

const repeated = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 20 }), fc.integer({ min: 500, max: 4000 }))
  .map(([names, times]) => Array.from({ length: times }, (_, index) => names[index % names.length] ?? ''))

const statSample = fc.sample(stat, { numRuns: 1, seed: 1 })[0]

const manyResults = fc
  .tuple(
    fc.array(
      responseBody.filter((body) => body.op === 'multi'),
      { minLength: 1, maxLength: 20 },
    ),
    fc.integer({ min: 1, max: 3000 }),
  )
  .map(([bodies, times]): ResponseBody => {
    const results = bodies.flatMap((body) => (body.op === 'multi' ? body.results : []))
    return {
      op: 'multi',
      results: Array.from({ length: times }, () => results)
        .flat()
        .slice(0, 20_000),
    }
  })

const bodies: fc.Arbitrary<ResponseBody> = fc.oneof(
  responseBody,
  repeated.map((children): ResponseBody => ({ op: 'getChildren', children })),
  fc.record({ op: fc.constant('getChildren2' as const), children: repeated, stat }),
  fc.record({
    op: fc.constant('getData' as const),
    data: fc.integer({ min: 65_000, max: 300_000 }).map((length) => new Uint8Array(length).map((_, at) => at & 255)),
    stat,
  }),
  manyResults,
)

describe('a reply encoded piece by piece', () => {
  it('has the bytes of one encoded at once, whenever it is large', () => {
    let seen = 0
    fc.assert(
      fc.property(bodies, (body) => {
        const reply = replyOf(body)
        const whole = atOnce(reply)
        const chunks = encodeLargeReply(reply)
        // Near the limit either will do; far from it, nothing else does.
        if (whole.length > 4 * REPLY_CHUNK_BYTES && body.op !== 'create' && body.op !== 'create2')
          expect(chunks).toBeDefined()
        if (whole.length < REPLY_CHUNK_BYTES) expect(chunks).toBeUndefined()
        if (chunks === undefined) return
        seen += 1
        expect(Buffer.compare(concat(chunks), whole)).toBe(0)
        // It can be gone through again.
        expect(Buffer.compare(concat(chunks), whole)).toBe(0)
        for (const chunk of chunks) expect(chunk.length).toBeLessThan(REPLY_CHUNK_BYTES + 3 * 4096 + 100)
      }),
      { numRuns: 150 },
    )
    expect(seen).toBeGreaterThan(50)
  })

  it('holds a chunk at a time: names are asked for when their chunk is', () => {
    let asked = 0
    const text = 'n'.repeat(680)
    const children: Names = {
      length: 98_000,
      *[Symbol.iterator]() {
        for (let index = 0; index < 98_000; index++) {
          asked += 1
          yield text
        }
      },
    }
    const chunks = large(replyOf({ op: 'getChildren', children }))[Symbol.iterator]()
    // Once for the length, and before that as many as show that the list is large.
    const before = asked
    expect(before).toBeLessThanOrEqual(98_000 + 100)
    const first: unknown = chunks.next().value
    expect(first).toBeInstanceOf(Uint8Array)
    expect(asked - before).toBeLessThanOrEqual(100)
    // Gone through again: the length is known.
    const again = large(replyOf({ op: 'getChildren', children }))[Symbol.iterator]()
    again.next()
    expect(asked - before).toBeLessThanOrEqual(300)
  })

  it('reads a hundred thousand names off the tree, every one once', () => {
    const map = H.fromEntries(Array.from({ length: 98_000 }, (_, index) => [`${index}-${'é'.repeat(index % 50)}`, 0]))
    const children = namesOf(map)
    expect(Array.isArray(children)).toBe(false)
    expect(namesOf(map)).toBe(children)
    expect([...children].sort()).toEqual([...H.keys(map)].sort())
    if (statSample === undefined) throw new Error('no stat')
    const reply = replyOf({ op: 'getChildren2', children, stat: statSample })
    expect(Buffer.compare(concat(large(reply)), atOnce(reply))).toBe(0)
  })

  it('is an error when no frame can hold it', () => {
    const children = Array.from({ length: 2000 }, () => 'n'.repeat(100))
    const reply = replyOf({ op: 'getChildren', children })
    const { length } = atOnce(reply)
    expect(concat(large(reply, length - 4)).length).toBe(length)
    const refused = atOnce({ ...reply, error: errorCode.MARSHALLINGERROR, body: undefined })
    expect(toHex(concat(large(reply, length - 5)))).toBe(toHex(refused))
  })

  it('is left to others when it is small, an error, or no reply', () => {
    expect(encodeLargeReply(replyOf({ op: 'getChildren', children: ['a'] }))).toBeUndefined()
    expect(
      encodeLargeReply({ kind: 'WatchNotification', type: 'NodeCreated', path: '/', zxid: zxid(0, 0) }),
    ).toBeUndefined()
    const children = Array.from({ length: 20_000 }, () => 'name')
    const failed: Reply = { ...replyOf({ op: 'getChildren', children }), error: errorCode.NOAUTH }
    expect(encodeLargeReply(failed)).toBeUndefined()
  })
})

describe('the length in UTF-8', () => {
  it('is that of what is written', () => {
    const long = fc.tuple(name, fc.nat(2000)).map(([text, times]) => text.repeat(times % 200))
    fc.assert(
      fc.property(fc.oneof(name, long), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
      }),
      { numRuns: 300 },
    )
  })
})
