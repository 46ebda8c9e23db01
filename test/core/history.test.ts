/** The history window: what it contains, what may follow, and what remains after truncation and delivery. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as H from '../../src/core/history.js'
import * as S from '../../src/core/sequence.js'
import * as Z from '../../src/core/zxid.js'
import { holds } from './property.js'
import { entries, z } from './server.js'

const window = H.appendAll(H.fromBase<string>(z('1:2')), entries('1:3', '1:4', '3:1', '3:2'))
const shown = (history: H.History<string>): readonly string[] =>
  S.toArray(history.entries).map(({ zxid }) => Z.show(zxid))

describe('a window', () => {
  it('contains its base and its entries, and nothing between or beyond them', () => {
    for (const inside of ['1:2', '1:3', '1:4', '3:1', '3:2']) expect(H.contains(window, z(inside)), inside).toBe(true)
    for (const outside of ['0:0', '1:1', '1:5', '2:0', '2:1', '3:0', '3:3', '9:9'])
      expect(H.contains(window, z(outside)), outside).toBe(false)
  })

  it('ends at its last entry, or at its base', () => {
    expect(H.lastZxid(window)).toEqual(z('3:2'))
    expect(H.lastZxid(H.fromBase(z('1:2')))).toEqual(z('1:2'))
  })

  it('gives the entries between two zxids', () => {
    expect(H.between(window, z('1:3'), z('3:1')).map(({ zxid }) => Z.show(zxid))).toEqual(['1:4', '3:1'])
    expect(H.between(window, z('0:0'), z('9:9'))).toHaveLength(4)
    expect(H.between(window, z('3:2'), z('1:3'))).toEqual([])
  })

  it('is cut after a point', () => {
    expect(shown(H.truncate(window, z('1:3')))).toEqual(['1:3'])
    expect(shown(H.truncate(window, z('1:2')))).toEqual([])
    expect(shown(H.truncate(window, z('3:2')))).toEqual(['1:3', '1:4', '3:1', '3:2'])
  })
})

describe('what may follow', () => {
  it('is the next counter, or counter 1 of a later epoch', () => {
    for (const next of ['1:4', '2:1', '7:1']) expect(H.isNext(z('1:3'), z(next)), next).toBe(true)
    for (const wrong of ['1:3', '1:2', '1:5', '2:0', '2:2', '0:1'])
      expect(H.isNext(z('1:3'), z(wrong)), wrong).toBe(false)
    expect(H.isNext(Z.ZERO, z('1:1'))).toBe(true)
    expect(H.isNext(Z.newLeaderZxid(2), z('2:1'))).toBe(true)
  })
})

describe('delivery', () => {
  it('moves on by one place, and keeps only a window of what was delivered', () => {
    const two = H.deliver(window, 2, 10)
    expect(H.committedZxid(window)).toEqual(z('1:2'))
    expect(H.committedZxid(two)).toEqual(z('1:4'))
    expect(H.nextUndelivered(two)?.zxid).toEqual(z('3:1'))
    const narrow = H.deliver(two, 1, 1)
    expect(narrow.base).toEqual(z('1:4'))
    expect(shown(narrow)).toEqual(['3:1', '3:2'])
    expect(H.committedZxid(narrow)).toEqual(z('3:1'))
  })

  it('never changes what is delivered, what follows and where the history ends', () => {
    holds(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 })), fc.integer({ min: 0, max: 6 }), (counts, kept) => {
        const all = entries(...Array.from({ length: 40 }, (_, index) => `1:${index + 1}`))
        let history = H.appendAll(H.fromBase<string>(Z.ZERO), all)
        let delivered = 0
        for (const count of counts) {
          if (delivered + count > all.length) break
          delivered += count
          history = H.deliver(history, count, kept)
          expect(H.committedZxid(history)).toEqual(z(`1:${delivered}`))
          expect(H.nextUndelivered(history)).toEqual(all[delivered])
          expect(H.lastZxid(history)).toEqual(z('1:40'))
          expect(history.delivered).toBeLessThanOrEqual(Math.max(kept, 0))
        }
      }),
    )
  })
})
