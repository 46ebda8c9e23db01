// One planted violation of every kind, each named by the clause that it breaks; and beside it what looks like one and is none.
import { describe, expect, it } from 'vitest'
import { checkHistory, checkWithoutZxids } from '../../../model/consistency/check.js'
import type { Call, History, WatchEvent } from '../../../model/consistency/history.js'
import { zxid } from '../../../src/core/zxid.js'
import type { WatchEventType } from '../../../src/service/response.js'
import {
  NONODE,
  born,
  changed,
  commit,
  create,
  exists,
  get,
  got,
  judge,
  made,
  ok,
  open,
  set,
  stat,
  told,
} from './calls.js'

const a = ok(1, 1, create('/a'), [1, 2], 5, made('/a'))
const one = ok(1, 2, set(1), [3, 4], 6, changed(6, 1))

describe('writes', () => {
  const commits = [born(1), born(2), commit(1, 1, 5), commit(1, 2, 6)]

  it('a confirmed write that is lost', () => {
    expect(told(checkHistory({ calls: [a, one], commits }))).toBe('Held')
    expect(told(checkHistory({ calls: [a, one], commits: commits.slice(0, 3) }))).toBe('COMMITTED-DURABLE')
    // Without the commits: by a later read that lacks it.
    expect(judge(a, one, ok(2, 1, exists('/a'), [5, 6], 7, changed(5, 0)))).toBe('READ-1')
  })

  it('a write that is done twice, confirmed or of unknown outcome', () => {
    expect(judge(a, ok(1, 2, set(1), [3, 4], 7, changed(7, 2)))).toBe('WRITE-LINEARIZABLE')
    const lost = open(1, 2, set(1), 3)
    expect(judge(a, lost, ok(2, 1, get, [5, 6], 6, got(1, 6, 1)))).toBe('Held')
    expect(judge(a, lost, ok(2, 1, get, [5, 6], 7, got(1, 7, 2)))).toBe('INTEGRITY')
    expect(told(checkHistory({ calls: [a, lost], commits: [...commits, commit(1, 2, 7)] }))).toBe('FWD-4')
  })

  it('a write out of real-time order', () => {
    expect(judge(a, ok(2, 1, create('/b'), [5, 6], 8, made('/b')), ok(3, 1, create('/c'), [7, 8], 7, made('/c')))).toBe(
      'WRITE-LINEARIZABLE',
    )
  })

  it('a pipeline whose writes, or whose answers, change places', () => {
    expect(judge(a, ok(1, 2, set(1), [3, 6], 7, changed(7, 2)), ok(1, 3, set(2), [4, 7], 6, changed(6, 1)))).toBe(
      'SESS-5',
    )
    expect(judge(a, ok(1, 2, set(1), [3, 7], 6, changed(6, 1)), ok(1, 3, set(2), [4, 6], 7, changed(7, 2)))).toBe(
      'FWD-2',
    )
    const late = open(1, 2, set(2), 3)
    const after = ok(1, 3, set(1), [4, 5], 6, changed(6, 1))
    expect(
      told(
        checkHistory({ calls: [a, late, after], commits: [...commits.slice(0, 3), commit(1, 3, 6), commit(1, 2, 7)] }),
      ),
    ).toBe('SESS-5')
  })

  it('an answer on a connection that had lost an earlier request', () => {
    const calls = [a, open(1, 2, set(1), 3), ok(1, 3, exists('/b'), [5, 6], 5, NONODE)]
    expect(told(checkHistory({ calls, reconnections: [] }))).toBe('SESS-5')
    expect(told(checkHistory({ calls, reconnections: [{ session: 1n, at: 4 }] }))).toBe('Held')
  })

  it('a failed write that was done', () => {
    const failed: Call = { ...open(1, 2, set(1), 3), outcome: { kind: 'fail', returned: 4 } }
    expect(judge(a, failed, ok(2, 1, get, [5, 6], 6, got(1, 6, 1)))).toBe('INTEGRITY')
  })
})

describe('writes of unknown outcome', () => {
  const lost = open(2, 1, set(1), 3)

  it('may be done late, or never', () => {
    expect(
      judge(a, lost, ok(1, 2, exists('/a'), [9, 10], 5, changed(5, 0)), ok(1, 3, get, [11, 12], 9, got(1, 9, 1))),
    ).toBe('Held')
    expect(judge(a, lost, ok(1, 2, exists('/a'), [9, 10], 9, changed(5, 0)))).toBe('Held')
  })

  it('but not before they began, nor after a later write of their session, nor at two places', () => {
    expect(judge(a, ok(1, 2, get, [3, 4], 6, got(1, 6, 1)), { ...lost, invoked: 5 })).not.toBe('Held')
    const next = ok(2, 2, exists('/b'), [5, 6], 5, NONODE)
    const write = ok(2, 3, create('/b'), [7, 8], 7, made('/b'))
    expect(judge(a, lost, next, write, ok(1, 2, get, [9, 10], 6, got(1, 6, 1)))).toBe('Held')
    expect(judge(a, lost, next, write, ok(1, 2, get, [9, 10], 9, got(1, 8, 1)))).not.toBe('Held')
    expect(judge(a, lost, ok(1, 2, get, [9, 10], 6, got(1, 6, 1)), ok(1, 3, get, [11, 12], 8, got(1, 8, 1)))).not.toBe(
      'Held',
    )
  })
})

describe('reads', () => {
  it('a stale read in a session, and one that is allowed', () => {
    expect(judge(a, one, ok(1, 3, exists('/a'), [5, 6], 5, changed(5, 0)))).toBe('SESS-3')
    expect(judge(a, one, ok(2, 1, exists('/a'), [5, 6], 5, changed(5, 0)))).toBe('Held')
  })

  it('a value that was never written', () => {
    expect(judge(a, one, ok(2, 1, get, [5, 6], 6, got(9, 6, 1)))).toBe('READ-1')
  })

  it('a write that had not begun', () => {
    const late = ok(1, 2, set(1), [8, 9], 6, changed(6, 1))
    expect(judge(a, late, ok(2, 1, get, [5, 6], 6, got(1, 6, 1)))).toBe('OSC')
  })

  it('a session that goes back on another server', () => {
    const fresh = ok(2, 1, get, [5, 6], 6, got(1, 6, 1))
    expect(judge(a, one, fresh, ok(2, 2, exists('/a'), [7, 8], 5, changed(5, 0)))).toBe('SESS-3')
  })

  it('a session that sees its own later write', () => {
    expect(judge(ok(1, 1, exists('/a'), [1, 3], 5, changed(5, 0)), ok(1, 2, create('/a'), [2, 4], 5, made('/a')))).toBe(
      'SESS-5',
    )
  })

  it('are refuted without zxids, too', () => {
    const verdict = (...calls: readonly Call[]): string => told(checkWithoutZxids({ calls }))
    expect(
      verdict(a, one, ok(2, 1, get, [5, 6], 0, got(1, 0, 1)), ok(2, 2, exists('/a'), [7, 8], 0, changed(0, 1))),
    ).toBe('Held')
    expect(verdict(a, one, ok(1, 3, exists('/a'), [5, 6], 0, changed(0, 0)))).toBe('OSC')
    expect(verdict(a, one, ok(2, 1, get, [5, 6], 0, got(9, 0, 1)))).toBe('OSC')
    expect(
      verdict(a, one, ok(2, 1, get, [5, 6], 0, got(1, 0, 1)), ok(2, 2, exists('/a'), [7, 8], 0, changed(0, 0))),
    ).toBe('OSC')
    expect(verdict(a, ok(2, 1, get, [3, 4], 0, got(1, 0, 1)), ok(1, 2, set(1), [5, 6], 0, changed(0, 1)))).toBe('OSC')
  })
})

describe('ephemeral nodes', () => {
  const own = ok(1, 1, create('/a', 1), [1, 2], 5, made('/a'))
  const seen = (counter: number, at: number): Call =>
    ok(2, 2, exists('/a'), [at, at + 1], counter, { error: 'OK', stat: stat(5, 0, 1n) })

  it('outlive a session that closed', () => {
    const close = ok(1, 2, { op: 'closeSession' }, [3, 4], 6, { error: 'OK' })
    expect(judge(own, close, seen(6, 5))).toBe('SESS-1')
  })

  it('outlive a session that is known to have ended before a write began', () => {
    const write = ok(2, 1, create('/b'), [10, 11], 7, made('/b'))
    const ends = [{ session: 1n, heard: 5 }]
    expect(told(checkHistory({ calls: [own, write, seen(7, 12)], ends }))).toBe('SESS-1')
    expect(told(checkHistory({ calls: [own, ok(2, 1, create('/b'), [3, 4], 6, made('/b')), seen(6, 12)], ends }))).toBe(
      'Held',
    )
  })

  it('go when their session may have been expired, and stay gone', () => {
    const gone = ok(2, 1, exists('/a'), [5, 6], 7, NONODE)
    expect(judge(own, gone)).toBe('Held')
    expect(judge(own, gone, ok(1, 2, create('/b'), [7, 8], 8, made('/b')))).toBe('READ-1')
  })
})

describe('watches', () => {
  const watch = ok(2, 1, exists('/a', true), [1, 2], 4, NONODE)
  const event = (heard: number, type: WatchEventType = 'NodeCreated'): WatchEvent => ({
    session: 2n,
    type,
    path: '/a',
    heard,
  })
  const create5 = ok(1, 1, create('/a'), [3, 4], 5, made('/a'))
  const later = ok(2, 2, exists('/b'), [6, 7], 5, NONODE)
  const verdict = (
    events: readonly WatchEvent[],
    calls: readonly Call[] = [watch, create5, later],
    more: Partial<History> = {},
  ): string => told(checkHistory({ calls, events, ...more }))

  it('that are told in time', () => expect(verdict([event(5)])).toBe('Held'))
  it('that need not be told yet', () => expect(verdict([], [watch, create5])).toBe('Held'))
  it('that come late', () => expect(verdict([event(8)])).toBe('SESS-6'))
  it('that are missing', () => expect(verdict([])).toBe('SESS-6'))
  it('that come twice', () => expect(verdict([event(5), event(5.5)])).toBe('SESS-6'))
  it('that nobody left', () => expect(verdict([event(5)], [create5])).toBe('SESS-6'))
  it('for nothing', () => expect(verdict([event(5)], [watch])).toBe('SESS-6'))
  it('of a wrong kind', () => expect(verdict([event(5, 'NodeDataChanged')])).toBe('SESS-6'))
  it('that come before their cause began', () => expect(verdict([event(2.5)])).toBe('OSC'))
  it('that were gone with the connection', () => {
    const gone = { reconnections: [{ session: 2n, at: 2.5 }] }
    expect(verdict([], [watch, create5, later], gone)).toBe('Held')
    expect(verdict([event(5)], [watch, create5, later], gone)).toBe('SESS-6')
  })
  it('that were put back, and tell what was missed', () => {
    const back = (counter: number): Partial<History> => ({
      reconnections: [{ session: 2n, at: 4.5, restored: { at: 5.5, zxid: zxid(1, counter) } }],
    })
    expect(verdict([event(5)], [watch, create5, later], back(5))).toBe('Held')
    const change = ok(1, 2, set(1), [4.1, 4.2], 6, changed(6, 1))
    const data = ok(2, 1, exists('/a', true), [4.05, 4.06], 5, changed(5, 0))
    expect(verdict([], [create5, data, change], back(6))).toBe('SESS-6')
    expect(verdict([event(5, 'NodeDataChanged')], [create5, data, change], back(6))).toBe('Held')
  })
  it('whose cause may be a write of unknown outcome', () => {
    expect(verdict([event(5)], [watch, open(1, 1, create('/a'), 3)])).toBe('Unknown')
  })
})
