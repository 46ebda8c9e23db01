// Histories of a correct simulation are held by every checker; damaged ones are judged alike with and without zxids.
import { describe, expect, it } from 'vitest'
import { checkHistory, checkWithoutZxids } from '../../../model/consistency/check.js'
import type { History } from '../../../model/consistency/history.js'
import { showCall } from '../../../model/consistency/history.js'
import { atOwnZxids } from '../../../model/consistency/positions.js'
import type { Verdict } from '../../../model/consistency/verdict.js'
import { makeRandom } from '../../../model/world/random.js'
import { damage } from './damage.js'
import { SHAPE, large } from './large.js'
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
      const history = atOwnZxids(damaged(seed))
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
        "committed": 72,
        "ordered": 35,
        "placed": 39,
      }
    `)
  })
})

describe('the search without zxids', () => {
  it('says so when it gives up', () => {
    const history = callsOf(large({ ...SHAPE, operations: 2000, parents: 1, children: 1, losses: 100 }))
    expect(checkWithoutZxids(history, 0)).toMatchObject({ kind: 'Unknown' })
    expect(checkHistory(history, 0)).toMatchObject({ kind: 'Unknown' })
  })
})
