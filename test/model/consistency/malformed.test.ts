// What cannot have been recorded is not judged, and nothing of it brings a checker down.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHistory, checkWithoutZxids } from '../../../model/consistency/check.js'
import type { Call, History } from '../../../model/consistency/history.js'
import { zxid } from '../../../src/core/zxid.js'
import { NONODE, born, create, exists, made, ok, open } from './calls.js'

const a = ok(1, 1, create('/a'), [1, 2], 5, made('/a'))
const read = ok(1, 2, exists('/b'), [3, 4], 5, NONODE)
const birth = (xid: number): Call => ok(1, xid, { op: 'createSession', timeoutMs: 1 }, [0, 0.5], 1, { error: 'OK' })
const at = (epoch: number, counter: number): Call => ({
  ...a,
  outcome: { kind: 'ok', returned: 2, zxid: zxid(epoch, counter), result: made('/a') },
})
const calls = (...all: readonly Call[]): History => ({ calls: all })

const flaws: Readonly<Record<string, History>> = {
  'an answer before its request': calls({ ...a, invoked: 3 }),
  'a refusal before its request': calls({ ...a, invoked: 3, outcome: { kind: 'fail', returned: 2 } }),
  'no moment of invocation': calls({ ...a, invoked: NaN }),
  'an invocation that never comes': calls(open(1, 1, create('/a'), Infinity)),
  'no moment of return': calls(ok(1, 1, create('/a'), [1, NaN], 5, made('/a'))),
  'a request without number': calls({ ...a, xid: NaN }),
  'a request with half a number': calls({ ...a, xid: 1.5 }),
  'two requests of one number': calls(a, { ...read, xid: 1 }),
  'a session that begins twice': calls(birth(0), birth(3)),
  'a negative zxid': calls(at(-1, 5)),
  'a zxid that is none': calls(at(1, NaN)),
  'a counter that is too large': calls(at(1, 2 ** 32)),
  'a commit without zxid': { calls: [a], commits: [{ ...born(1), zxid: zxid(1, NaN) }] },
  'an event at no time': { calls: [a], events: [{ session: 1n, type: 'NodeCreated', path: '/a', heard: NaN }] },
  'an end at no time': { calls: [a], ends: [{ session: 1n, heard: NaN }] },
  'a connection at no time': { calls: [a], reconnections: [{ session: 1n, at: NaN }] },
  'watches that are put back too early': {
    calls: [a],
    reconnections: [{ session: 1n, at: 3, restored: { at: 2, zxid: zxid(1, 5) } }],
  },
  'watches that are put back at no zxid': {
    calls: [a],
    reconnections: [{ session: 1n, at: 3, restored: { at: 4, zxid: zxid(1, -1) } }],
  },
}

describe('a malformed history', () => {
  it.each(Object.entries(flaws))('%s: not judged', (_, history) => {
    const why = expect.stringMatching(/^the history is malformed: /) as unknown
    expect(checkHistory(history)).toEqual({ kind: 'Unknown', why })
    expect(checkWithoutZxids(history)).toEqual({ kind: 'Unknown', why })
  })
})

describe('an unusual history', () => {
  it.each([
    ['empty', calls()],
    ['before the beginning of time', calls({ ...a, invoked: -5 })],
    ['all at one moment', calls(a, ok(1, 2, exists('/a'), [2, 2], 5, { error: 'NOAUTH' }))],
    ['of sessions that ask for nothing', { calls: [a], ends: [{ session: 9n, heard: 1 }] }],
    ['with a connection of nobody', { calls: [a], reconnections: [{ session: 9n, at: 1 }] }],
  ] satisfies readonly (readonly [string, History])[])('%s: judged', (_, history) => {
    expect(checkHistory(history).kind).not.toBe('Unknown')
    expect(checkWithoutZxids(history).kind).not.toBe('Unknown')
  })
})

describe('any history at all', () => {
  const number = fc.oneof(fc.integer({ min: -1, max: 6 }), fc.constantFrom(NaN, Infinity, -Infinity, 0.5))
  const someZxid = fc.record({ epoch: fc.integer({ min: 0, max: 2 }), counter: fc.integer({ min: 0, max: 6 }) })
  const session = fc.bigInt({ min: 0n, max: 2n })
  const path = fc.constantFrom('/', '/a', '/a/x', '', 'a', '/a/', '/a/s-')
  const operation = fc.oneof(
    fc.record({ path, flags: fc.integer({ min: 0, max: 4 }) }).map(({ path: where, flags }) => create(where, flags)),
    path.map((where) => exists(where, true)),
    fc.constant({ op: 'closeSession' } as const),
    fc.constant({ op: 'multi', operations: [] } as const),
  )
  const result = fc.oneof(path.map(made), fc.constant(NONODE))
  const outcome = fc.oneof(
    fc.constant({ kind: 'unknown' } as const),
    fc.record({ kind: fc.constant('fail' as const), returned: number }),
    fc.record({ kind: fc.constant('ok' as const), returned: number, zxid: someZxid, result }),
  )
  const call = fc.record({ session, xid: fc.nat(6), operation, invoked: number, outcome })
  const history: fc.Arbitrary<History> = fc.record(
    {
      calls: fc.array(call, { maxLength: 6 }),
      commits: fc.array(fc.record({ zxid: someZxid, session, xid: fc.nat(6) }), { maxLength: 6 }),
      ends: fc.array(fc.record({ session, heard: number }), { maxLength: 2 }),
      events: fc.array(fc.record({ session, type: fc.constant('NodeCreated' as const), path, heard: number })),
      reconnections: fc.array(fc.record({ session, at: number, restored: fc.record({ at: number, zxid: someZxid }) })),
    },
    { requiredKeys: ['calls'] },
  )

  it('has a verdict', () => {
    fc.assert(
      fc.property(history, (any) => {
        expect(['Held', 'Violated', 'Unknown']).toContain(checkHistory(any, 1000).kind)
        expect(['Held', 'Violated', 'Unknown']).toContain(checkWithoutZxids(any, 1000).kind)
      }),
      { seed: 3, numRuns: 2000 },
    )
  })
})
