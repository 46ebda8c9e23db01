/** The session tracker: buckets of deadlines, owners, and sessions that are closing. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as H from '../../src/service/hamt.js'
import * as T from '../../src/server/tracker.js'

const TICK = 2000
const one = T.track(H.empty(), 1n, 4000, undefined, 10_000, TICK)

describe('deadlines', () => {
  it('lie between timeout and timeout + tick after the touch, at the end of a tick', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e6), fc.integer({ min: 1, max: 10_000 }), (nowMs, timeoutMs, tickMs) => {
        const deadlineMs = T.deadlineOf(nowMs, timeoutMs, tickMs)
        expect(deadlineMs % tickMs).toBe(0)
        expect(deadlineMs - nowMs).toBeGreaterThan(timeoutMs)
        expect(deadlineMs - nowMs).toBeLessThanOrEqual(timeoutMs + tickMs)
      }),
    )
  })

  it('expire a session when its bucket has passed, not before', () => {
    expect(T.expired(one, 15_999)).toEqual([])
    expect(T.expired(one, 16_000)).toEqual([1n])
  })

  it('move with a touch, and only when the bucket changes', () => {
    expect(T.touch(one, 1n, 11_999, TICK)).toBe(one)
    expect(T.expired(T.touch(one, 1n, 12_000, TICK), 16_000)).toEqual([])
    expect(T.touch(one, 2n, 12_000, TICK)).toBe(one)
  })

  it('stay where they are for a session that is closing, which does not expire again', () => {
    const closing = T.startClosing(one, 1n)
    expect(T.expired(closing, 1e9)).toEqual([])
    expect(T.touch(closing, 1n, 1e8, TICK)).toBe(closing)
    expect(T.startClosing(closing, 1n)).toBe(closing)
  })
})

describe('standing', () => {
  it('is valid through anybody until somebody owns the session, then through the owner only', () => {
    expect(T.standingOf(H.get(one, 1n), 3)).toBe('valid')
    const owned = T.move(one, 1n, 3)
    expect(T.standingOf(H.get(owned, 1n), 3)).toBe('valid')
    expect(T.standingOf(H.get(owned, 1n), 2)).toBe('moved')
    expect(T.standingOf(H.get(T.reattach(owned, 1n, 8000, 2, 10_000, TICK), 1n), 2)).toBe('valid')
  })

  it('is expired for closing and unknown sessions, which nobody can take over', () => {
    const closing = T.startClosing(one, 1n)
    expect(T.standingOf(H.get(closing, 1n), 1)).toBe('expired')
    expect(T.reattach(closing, 1n, 4000, 2, 10_000, TICK)).toBe(closing)
    expect(T.reattach(one, 9n, 4000, 2, 10_000, TICK)).toBe(one)
    expect(T.standingOf(H.get(T.forget(one, 1n), 1n), 1)).toBe('expired')
  })
})
