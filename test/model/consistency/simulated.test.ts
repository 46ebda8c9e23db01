// Histories of a correct simulation are held by every checker; damaged ones are judged alike with and without zxids.
import { describe, expect, it } from 'vitest'
import { checkHistory, checkWithoutZxids } from '../../../model/consistency/check.js'
import type { Call, History } from '../../../model/consistency/history.js'
import { isAnswered, isWrite, showCall } from '../../../model/consistency/history.js'
import type { Verdict } from '../../../model/consistency/verdict.js'
import { makeService, showResult } from '../../../model/service.js'
import type { Result } from '../../../model/service.js'
import { makeRandom } from '../../../model/world/random.js'
import * as Z from '../../../src/core/zxid.js'
import { damage } from './damage.js'
import type { Sizes } from './simulation.js'
import { simulate } from './simulation.js'

const SIZES: Sizes = {
  sessions: 3,
  replicas: 3,
  steps: 150,
  paths: ['/a', '/b', '/a/x', '/a/y', '/b/z'],
  losses: 4,
  expiries: 1,
  pipeline: 3,
  closes: true,
  watches: 33,
}
const SMALL: Sizes = { ...SIZES, steps: 50, paths: ['/a', '/a/x'] }

const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)
const small = (seed: number): History => simulate(makeRandom(seed), { ...SMALL, sessions: 1 + (seed % 3) })
const damaged = (seed: number): History => damage(makeRandom(-seed), small(seed))

/** As the calls read, when it is not held. */
const told = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'Held':
      return 'Held'
    case 'Unknown':
      return `Unknown: ${verdict.why}`
    case 'Violated':
      return [`${verdict.clause}: ${verdict.what}`, ...verdict.calls.map(showCall)].join('\n')
  }
}

/** As a client sees it: no commits; and no watch events, as not all that was done is known for certain. */
const callsOf = ({ calls, ends }: History): History => ({ calls, ...(ends === undefined ? {} : { ends }) })

describe('a correct history is held', () => {
  it('with commits, and without', () => {
    for (const seed of seeds(100)) {
      const history = simulate(makeRandom(seed), { ...SIZES, sessions: 2 + (seed % 4) })
      expect(told(checkHistory(history)), `seed ${seed}`).toBe('Held')
      expect(told(checkHistory(callsOf(history))), `seed ${seed}, without commits`).toBe('Held')
      const { commits: _, ...withWatches } = history
      expect(checkHistory(withWatches).kind, `seed ${seed}, watches without commits`).not.toBe('Violated')
    }
  })

  it('without zxids, when it is small', () => {
    for (const seed of seeds(200)) expect(told(checkWithoutZxids(callsOf(small(seed)))), `seed ${seed}`).toBe('Held')
  })
})

describe('a damaged history', () => {
  it('is never held with more knowledge and violated with less', () => {
    const counts = { committed: 0, placed: 0, ordered: 0 }
    for (const seed of seeds(250)) {
      const history = damaged(seed)
      const committed = checkHistory({ ...callsOf(history), commits: history.commits ?? [] })
      const placed = checkHistory(callsOf(history))
      const ordered = checkWithoutZxids(callsOf(history))
      const message = `seed ${seed}\n${told(committed)}\n${told(placed)}\n${told(ordered)}`
      if (committed.kind === 'Held') expect(placed.kind, message).not.toBe('Violated')
      if (placed.kind === 'Held') expect(ordered.kind, message).not.toBe('Violated')
      for (const [name, { kind }] of Object.entries({ committed, placed, ordered }))
        if (kind === 'Violated' && (name === 'committed' || name === 'placed' || name === 'ordered')) counts[name] += 1
    }
    // What is found with less knowledge is less, but it is not nothing.
    expect(counts).toMatchInlineSnapshot(`
      {
        "committed": 73,
        "ordered": 45,
        "placed": 47,
      }
    `)
  })
})

describe('the search without zxids', () => {
  it('agrees with trying everything on histories of a handful of calls', () => {
    const verdicts: string[] = []
    for (const seed of seeds(800)) {
      const history = callsOf(
        damage(makeRandom(-seed), simulate(makeRandom(seed), { ...SMALL, sessions: 2, steps: 24 })),
      )
      const calls = history.calls.filter(
        (call) => isAnswered(call) || (call.outcome.kind === 'unknown' && isWrite(call)),
      )
      if (calls.length > 7 || (history.ends ?? []).length > 0 || calls.some(isAboutEphemerals)) continue
      const expected = hasOrder(calls) ? 'Held' : 'Violated'
      verdicts.push(expected)
      const found = checkWithoutZxids(history)
      if (found.kind !== 'Violated' || found.clause === 'OSC') expect(found.kind, `seed ${seed}`).toBe(expected)
    }
    expect(verdicts.filter((verdict) => verdict === 'Violated').length).toBeGreaterThan(20)
    expect(verdicts.filter((verdict) => verdict === 'Held').length).toBeGreaterThan(100)
  })

  it('says so when it gives up', () => {
    const history = callsOf(simulate(makeRandom(1), SIZES))
    expect(checkWithoutZxids(history, 10)).toMatchObject({ kind: 'Unknown' })
  })
})

const isAboutEphemerals = ({ operation, outcome }: Call): boolean =>
  operation.op === 'closeSession' ||
  ('flags' in operation && operation.flags === 1) ||
  (outcome.kind === 'ok' && outcome.result.error === 'SESSIONEXPIRED')

/** Is there an order? OSC(writes) by its definition: all orders are tried. */
const hasOrder = (calls: readonly Call[]): boolean => {
  const extend = (sequence: readonly Call[], rest: readonly Call[]): boolean =>
    (rest.every((call) => !isAnswered(call)) && isLegal(sequence)) ||
    rest.some(
      (call) =>
        mayFollow(call, sequence, rest) &&
        extend(
          [...sequence, call],
          rest.filter((c) => c !== call),
        ),
    )
  return extend([], calls)
}

/** Nothing confirmed that is left had to come before it, and nothing that came had to come after. */
const mayFollow = (call: Call, before: readonly Call[], rest: readonly Call[]): boolean =>
  rest.every((other) => other === call || !isAnswered(other) || !precedes(other, call)) &&
  before.every((other) => !precedes(call, other))

/** Both being done. A write lost with its connection may be done after a read on the next one. */
const precedes = (first: Call, second: Call): boolean =>
  (first.session === second.session && first.xid < second.xid && (isAnswered(first) || isWrite(second))) ||
  (isAnswered(first) && isWrite(second) && first.outcome.returned < second.invoked)

const isLegal = (sequence: readonly Call[]): boolean => {
  const service = makeService()
  for (const { session } of sequence) service.execute(session, { op: 'createSession', timeoutMs: 1 }, Z.ZERO)
  return sequence.every((call) => {
    const result = service.execute(call.session, call.operation, Z.ZERO)
    return !isAnswered(call) || showResult(plain(result)) === showResult(plain(call.outcome.result))
  })
}

const plain = (result: Result): Result => ({
  ...result,
  ...(result.stat === undefined ? {} : { stat: { ...result.stat, czxid: Z.ZERO, mzxid: Z.ZERO, pzxid: Z.ZERO } }),
  ...(result.results === undefined ? {} : { results: result.results.map(plain) }),
})
