// Many operations: the work of the checkers grows as the history does, and no faster.
import { describe, expect, it } from 'vitest'
import { checkHistory } from '../../../model/consistency/check.js'
import type { Call, History } from '../../../model/consistency/history.js'
import { isAnswered } from '../../../model/consistency/history.js'
import { placeAll } from '../../../model/consistency/placing.js'
import { makeRandom } from '../../../model/world/random.js'
import { SHAPE, SHAPES, large } from './large.js'
import type { Sizes } from './simulation.js'
import { simulate } from './simulation.js'

const paths = Array.from({ length: 20 }, (_, top) => [
  `/p${top}`,
  ...Array.from({ length: 9 }, (__, below) => `/p${top}/c${below}`),
]).flat()

const SIZES: Sizes = {
  sessions: 30,
  replicas: 3,
  steps: 0,
  paths,
  losses: 0,
  expiries: 0,
  pipeline: 4,
  closes: false,
  watches: 0,
}

const answers = ({ calls }: History): number => calls.filter(isAnswered).length

const withoutCommits = ({ calls }: History): History => ({ calls })

/** Moves of the search for places, in all parts. */
const moves = (history: History): number => placeAll(history, 0).reduce((sum, { tried }) => sum + tried, 0)

describe('thousands of operations', () => {
  const history = simulate(makeRandom(1), { ...SIZES, steps: 30_000 })

  it('are held, with commits and without', () => {
    expect(answers(history)).toBeGreaterThan(4_000)
    expect(checkHistory(history)).toEqual({ kind: 'Held' })
    expect(checkHistory(withoutCommits(history))).toEqual({ kind: 'Held' })
  })

  it('take one move each', () => {
    expect(moves(withoutCommits(history))).toBeLessThan(answers(history) * 1.1)
  })

  it('show one wrong answer in their midst', () => {
    const reads = history.calls.filter(isAnswered).filter(({ operation }) => operation.op === 'getData')
    const victim = reads[reads.length >> 1]
    const wrong = (call: Call): Call =>
      call === victim ? { ...victim, outcome: { ...victim.outcome, result: { error: 'NOAUTH' } } } : call
    const calls = history.calls.map(wrong)
    expect(checkHistory({ ...history, calls })).toMatchObject({ kind: 'Violated', clause: 'READ-1' })
    expect(checkHistory({ calls })).toMatchObject({ kind: 'Violated', clause: 'READ-1' })
  })
})

describe('connections that are lost', () => {
  it('cost a search, which stays small', () => {
    const history = simulate(makeRandom(2), { ...SIZES, losses: 0.1, steps: 20_000 })
    const lost = history.calls.filter(({ outcome }) => outcome.kind === 'unknown').length
    expect(lost).toBeGreaterThan(100)
    const placed = placeAll(withoutCommits(history), 20_000)
    expect(placed.map(({ outcome }) => outcome)).toEqual(['solved'])
    expect(placed.reduce((sum, { tried }) => sum + tried, 0)).toBeLessThan(answers(history) * 5)
  })
})

describe('four times as many operations', () => {
  const BASE = 750
  it.each(Object.entries(SHAPES))('of %s: four times the work', (_, shape) => {
    const work = (operations: number): number => {
      const placings = placeAll(withoutCommits(large({ ...SHAPE, ...shape, operations })), 20_000)
      expect(placings.map(({ outcome }) => outcome)).not.toContain('bound')
      return placings.reduce((sum, { tried }) => sum + tried, 0)
    }
    expect(work(4 * BASE) / work(BASE)).toBeLessThan(5.5)
  })
})
