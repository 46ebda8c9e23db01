// Histories about which a checker was wrong once: it differed from the definition, or saw what cannot be known.
import { describe, expect, it } from 'vitest'
import { checkHistory, checkWithoutZxids } from '../../../model/consistency/check.js'
import type { Call, Commit, History, WatchEvent } from '../../../model/consistency/history.js'
import { zxid } from '../../../src/core/zxid.js'
import { NONODE, born, changed, commit, create, exists, judge, made, ok, open, set, stat, told } from './calls.js'
import { hasOrder } from './definition.js'

const known = (history: History): string => told(checkHistory(history))

describe('with commits', () => {
  const a = ok(1, 1, create('/a'), [1, 2], 4, made('/a'))

  it('a write of unknown outcome is not committed before one that had returned when it began', () => {
    const commits = [born(1), born(2), commit(2, 1, 3), commit(1, 1, 4)]
    expect(known({ calls: [a, open(2, 1, create('/b'), 5)], commits })).toBe('WRITE-LINEARIZABLE')
    expect(known({ calls: [a, open(2, 1, create('/b'), 1.5)], commits })).toBe('Held')
  })

  it('an answer that waited behind a sync tells a later zxid than its own', () => {
    const commits = [born(1), born(2), commit(1, 1, 3), commit(1, 2, 5)]
    const late = ok(1, 1, create('/a'), [1, 4], 5, made('/a'))
    const own = ok(1, 2, create('/b'), [2, 5], 5, made('/b'))
    expect(known({ calls: [late, own], commits })).toBe('Held')
  })

  it('a session does not see what it asked for later, though that was lost', () => {
    const commits = [born(1), born(2), commit(1, 2, 4)]
    const read = (counter: number): Call => ok(1, 1, exists('/a'), [1, 5], counter, NONODE)
    expect(known({ calls: [read(4), open(1, 2, create('/b'), 2)], commits })).toBe('SESS-5')
    expect(known({ calls: [read(3), open(1, 2, create('/b'), 2)], commits })).toBe('Held')
  })

  it('the birth of a session has no number among its requests', () => {
    const birth: Commit = { ...born(3), xid: 1 }
    const calls = [ok(1, 1, exists('/a'), [1, 2], 3, NONODE), open(3, 1, create('/b'), 3)]
    expect(known({ calls, commits: [born(1), birth] })).toBe('Held')
  })

  it('the birth of a session hides no write that is lost', () => {
    const birth = ok(1, 0, { op: 'createSession', timeoutMs: 1 }, [0, 0.5], 1, { error: 'OK' })
    expect(known({ calls: [birth, a], commits: [born(1)] })).toBe('COMMITTED-DURABLE')
  })

  it('commits have an order', () => {
    const b = ok(1, 2, create('/b'), [3, 4], 5, made('/b'))
    expect(known({ calls: [a, b], commits: [born(1), commit(1, 2, 5), commit(1, 1, 4)] })).toBe('H1')
    expect(known({ calls: [a], commits: [born(1), { ...born(2), zxid: zxid(1, 4) }, commit(1, 1, 4)] })).toBe('H1')
  })

  it('what is refused, as the session had moved, is not confirmed', () => {
    expect(known({ calls: [a], commits: [born(1), { ...commit(1, 1, 4), isRefused: true }] })).toBe('SESS-4')
  })
})

describe('with zxids', () => {
  it('a refused write changes nothing, so a read may stand on either side of it', () => {
    const read = ok(1, 1, exists('/a'), [1, 2], 5, NONODE)
    expect(judge(read, ok(1, 2, set(1), [3, 4], 5, NONODE))).toBe('Held')
    expect(judge(read, ok(2, 1, set(1), [3, 4], 5, NONODE))).toBe('Held')
    expect(judge(read, ok(2, 1, set(1), [3, 4], 4, NONODE))).toBe('OSC')
  })

  it('a session had ended before a write of another part of the tree began', () => {
    const own = ok(1, 1, create('/a/e', 1), [3, 4], 5, made('/a/e'))
    const elsewhere = ok(2, 1, create('/b'), [7, 8], 6, made('/b'))
    const ends = [{ session: 1n, heard: 6 }]
    const calls = [ok(1, 0, create('/a'), [1, 2], 4, made('/a')), own, elsewhere]
    const children = (counter: number, names: readonly string[]): Call =>
      ok(3, 1, { op: 'getChildren', path: '/a', watch: false }, [9, 10], counter, { error: 'OK', children: names })
    const history = { calls: [...calls, children(6, ['e'])], ends }
    expect(hasOrder(history, 'zxids')).toBe(false)
    expect(known(history)).toBe('SESS-1')
    expect(known({ calls: [...calls, children(5, ['e'])], ends })).toBe('Held')
    // There is no zxid between the two writes at which the session can have ended.
    expect(known({ calls: [...calls, children(7, [])], ends })).toBe('SESS-1')
  })
})

describe('watches', () => {
  const left = ok(2, 1, exists('/a', true), [3, 4], 5, { error: 'OK', stat: stat(5, 0, 1n) })
  const gone: WatchEvent = { session: 2n, type: 'NodeDeleted', path: '/a', heard: 5 }
  const owned = ok(1, 1, create('/a', 1), [1, 2], 5, made('/a'))

  it('an ephemeral node goes with a session of whose end nobody was told', () => {
    expect(known({ calls: [owned, left], events: [gone] })).toBe('Unknown')
  })

  it('events come in the order of the changes', () => {
    const other = ok(2, 2, exists('/b', true), [4.1, 4.2], 5, NONODE)
    const calls = [
      ok(1, 1, create('/a'), [1, 2], 5, made('/a')),
      ok(2, 1, exists('/a', true), [3, 4], 5, changed(5, 0)),
      other,
      ok(1, 2, set(1), [4.3, 7], 6, changed(6, 1)),
      ok(1, 3, create('/b'), [4.4, 8], 7, made('/b')),
    ]
    const set6: WatchEvent = { session: 2n, type: 'NodeDataChanged', path: '/a', heard: 5 }
    const created7: WatchEvent = { session: 2n, type: 'NodeCreated', path: '/b', heard: 6 }
    expect(known({ calls, events: [set6, created7] })).toBe('Held')
    expect(known({ calls, events: [set6] })).toBe('Held')
    expect(known({ calls, events: [created7, { ...set6, heard: 7 }] })).toBe('SESS-6')
    expect(known({ calls, events: [created7] })).toBe('SESS-6')
  })
})

describe('many calls', () => {
  it('without zxids have one move each for free', () => {
    const calls = Array.from({ length: 300 }, (_, index) => ok(1, index, exists('/a'), [index, index], 0, NONODE))
    expect(checkWithoutZxids({ calls }, 10).kind).toBe('Held')
  })
})
