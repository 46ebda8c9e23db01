// The checkers of client histories: a good history is held, and each planted fault is named.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { checkHistory } from '../../../model/consistency/check.js'
import { checkCommits } from '../../../model/consistency/commits.js'
import type { Call, Commit, History } from '../../../model/consistency/history.js'
import { checkPositions } from '../../../model/consistency/reads.js'
import { checkResults } from '../../../model/consistency/replay.js'
import { checkEphemerals } from '../../../model/consistency/sessions.js'
import { checkWriteOrder } from '../../../model/consistency/writes.js'
import type { Operation, Result } from '../../../model/service.js'
import { makeService } from '../../../model/service.js'
import { zxid } from '../../../src/core/zxid.js'

const ok = (
  session: bigint,
  xid: number,
  operation: Operation,
  times: readonly [number, number],
  counter: number,
  result: Result,
): Call => ({
  session,
  xid,
  operation,
  invoked: times[0],
  outcome: { kind: 'ok', returned: times[1], zxid: zxid(1, counter), result },
})

const session = (id: bigint, counter: number): Call =>
  ok(id, 0, { op: 'createSession', timeoutMs: 1 }, [0, 0.5], counter, { error: 'OK' })
const create = (path: string, flags = 0): Operation => ({ op: 'create', path, data: null, acl: null, flags })
const exists = (path: string): Operation => ({ op: 'exists', path, watch: false })
const created = (path: string): Result => ({ error: 'OK', path })
const commit = (counter: number, xid: number, id = 1n): Commit => ({ zxid: zxid(1, counter), session: id, xid })
const opening: Commit = { ...commit(1, 0), internal: { op: 'createSession', timeoutMs: 1 } }
const clauseOf = (verdict: ReturnType<typeof checkHistory>): string =>
  verdict.kind === 'Violated' ? verdict.clause : verdict.kind

const stat = (path: string, counter: number, owner = 0n): Result => ({
  error: 'OK',
  stat: {
    version: 0,
    cversion: 0,
    czxid: zxid(1, counter),
    mzxid: zxid(1, counter),
    pzxid: zxid(1, counter),
    ephemeralOwner: owner,
    dataLength: 0,
    childCount: path.length * 0,
  },
})

describe('writes', () => {
  const a = ok(1n, 1, create('/a'), [1, 2], 3, created('/a'))

  it('holds for a plain history', () => {
    const b = ok(2n, 1, create('/b'), [3, 4], 4, created('/b'))
    expect(checkHistory({ calls: [session(1n, 1), session(2n, 2), a, b] })).toEqual({ kind: 'Held' })
  })

  it('finds two writes with one zxid', () => {
    expect(clauseOf(checkWriteOrder({ calls: [a, ok(2n, 1, create('/b'), [1, 2], 3, created('/b'))] }))).toBe('H2')
  })

  it('finds an order against real time', () => {
    const late = ok(2n, 1, create('/b'), [3, 4], 2, created('/b'))
    expect(clauseOf(checkWriteOrder({ calls: [a, late] }))).toBe('WRITE-LINEARIZABLE')
  })

  it('finds a session whose pipeline was re-ordered', () => {
    const first = ok(1n, 1, create('/a'), [1, 9], 4, created('/a'))
    const second = ok(1n, 2, create('/b'), [2, 9], 3, created('/b'))
    expect(clauseOf(checkWriteOrder({ calls: [first, second] }))).toBe('SESS-5')
  })

  it('finds a result that the order does not give', () => {
    const again = ok(2n, 1, create('/a'), [3, 4], 4, created('/a'))
    const calls = [session(1n, 1), session(2n, 2), a, again]
    expect(clauseOf(checkResults({ calls }))).toBe('WRITE-LINEARIZABLE')
  })

  it('finds a request that was committed twice, or that nobody made, or that was lost, or that had failed', () => {
    const open: Call = { session: 1n, xid: 1, operation: create('/a'), invoked: 1, outcome: { kind: 'unknown' } }
    const failed: Call = { ...open, outcome: { kind: 'fail', returned: 2 } }
    const verdict = (history: History): string => clauseOf(checkCommits(history))
    expect(verdict({ calls: [open], commits: [opening, commit(2, 1), commit(3, 1)] })).toBe('FWD-4')
    expect(verdict({ calls: [open], commits: [opening, commit(2, 5)] })).toBe('INTEGRITY')
    expect(verdict({ calls: [failed], commits: [opening, commit(2, 1)] })).toBe('FWD-4')
    expect(verdict({ calls: [a], commits: [opening] })).toBe('COMMITTED-DURABLE')
    expect(verdict({ calls: [a], commits: [opening, commit(4, 1)] })).toBe('FWD-3')
    expect(verdict({ calls: [open], commits: [opening, commit(2, 1)] })).toBe('Held')
    expect(verdict({ calls: [open], commits: [opening] })).toBe('Held')
  })
})

describe('reads', () => {
  it('finds a session that goes back', () => {
    const first = ok(1n, 1, exists('/a'), [1, 2], 5, { error: 'NONODE' })
    const second = ok(1n, 2, exists('/a'), [3, 4], 4, { error: 'NONODE' })
    expect(clauseOf(checkPositions({ calls: [first, second] }))).toBe('SESS-3')
  })

  it('finds a read of a write that had not begun', () => {
    const read = ok(1n, 1, exists('/a'), [1, 2], 5, { error: 'NONODE' })
    const write = ok(2n, 1, create('/a'), [3, 4], 5, created('/a'))
    expect(clauseOf(checkPositions({ calls: [read, write] }))).toBe('OSC')
  })

  it('allows a stale read, and refuses an answer that is wrong where it stands', () => {
    const write = ok(1n, 1, create('/a'), [1, 2], 3, created('/a'))
    const calls = [session(1n, 1), session(2n, 2), write]
    const stale = ok(2n, 1, exists('/a'), [3, 4], 2, { error: 'NONODE' })
    const wrong = ok(2n, 1, exists('/a'), [3, 4], 3, { error: 'NONODE' })
    const right = ok(2n, 2, exists('/a'), [5, 6], 3, stat('/a', 3))
    expect(checkHistory({ calls: [...calls, stale, right] })).toEqual({ kind: 'Held' })
    expect(clauseOf(checkHistory({ calls: [...calls, wrong] }))).toBe('READ-1')
  })

  it('finds what a write of unknown outcome explains, and sees it in the commits', () => {
    const open: Call = { session: 1n, xid: 1, operation: create('/a'), invoked: 1, outcome: { kind: 'unknown' } }
    const read = ok(1n, 2, exists('/a'), [3, 4], 2, stat('/a', 2))
    const calls = [open, read]
    expect(checkResults({ calls: [session(1n, 1), ...calls] }).kind).toBe('Held')
    expect(checkResults({ calls, commits: [opening, commit(2, 1)] }).kind).toBe('Held')
    expect(clauseOf(checkResults({ calls, commits: [opening] }))).toBe('READ-1')
  })
})

describe('sessions', () => {
  it('finds an ephemeral node that outlives its session', () => {
    const close = ok(1n, 2, { op: 'closeSession' }, [1, 2], 4, { error: 'OK' })
    const before = ok(2n, 1, exists('/e'), [1, 2], 3, stat('/e', 3, 1n))
    const after = ok(2n, 2, exists('/e'), [3, 4], 4, stat('/e', 3, 1n))
    expect(checkEphemerals({ calls: [close, before] }).kind).toBe('Held')
    expect(clauseOf(checkEphemerals({ calls: [close, after] }))).toBe('SESS-1')
    const expiry: Commit = { ...commit(4, 0), internal: { op: 'closeSession' } }
    expect(clauseOf(checkEphemerals({ calls: [after], commits: [expiry] }))).toBe('SESS-1')
  })
})

describe('all checkers', () => {
  /** A sequential run of the model by three sessions; reads stand anywhere between what the session saw and the end. */
  const arbitraryHistory = fc
    .array(
      fc.record({
        session: fc.integer({ min: 1, max: 3 }),
        kind: fc.integer({ min: 0, max: 5 }),
        path: fc.constantFrom('/a', '/b', '/a/x'),
      }),
      {
        maxLength: 40,
      },
    )
    .map((steps): History => {
      const service = makeService()
      const calls: Call[] = [1n, 2n, 3n].map((id, index) => {
        service.execute(id, { op: 'createSession', timeoutMs: 1 }, zxid(1, index + 1))
        return session(id, index + 1)
      })
      let counter = 3
      for (const [index, step] of steps.entries()) {
        const operation: Operation =
          step.kind < 2
            ? create(step.path, step.kind)
            : step.kind === 2
              ? { op: 'delete', path: step.path, version: -1 }
              : step.kind === 3
                ? { op: 'setData', path: step.path, data: Uint8Array.of(index), version: -1 }
                : exists(step.path)
        const isRead = operation.op === 'exists'
        if (!isRead) counter += 1
        const result = service.execute(BigInt(step.session), operation, zxid(1, counter))
        calls.push(ok(BigInt(step.session), index + 1, operation, [2 * index + 1, 2 * index + 2], counter, result))
      }
      return { calls }
    })

  it('hold for every run of the model itself', () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        expect(checkHistory(history)).toEqual({ kind: 'Held' })
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  it('notice any one answer changed', () => {
    fc.assert(
      fc.property(arbitraryHistory, fc.nat(), (history, choice) => {
        const index = 3 + (choice % Math.max(1, history.calls.length - 3))
        const calls = history.calls.map(
          (call, at): Call =>
            at === index && call.outcome.kind === 'ok'
              ? { ...call, outcome: { ...call.outcome, result: { error: 'NOAUTH' } } }
              : call,
        )
        fc.pre(index < history.calls.length)
        expect(checkHistory({ calls }).kind).toBe('Violated')
      }),
      { seed: 2, numRuns: 100 },
    )
  })
})
