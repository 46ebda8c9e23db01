// The small tools of the checkers do what looking at everything would do.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../model/consistency/candidates.js'
import { explore } from '../../../model/consistency/depth-first.js'
import { isAnswered } from '../../../model/consistency/history.js'
import { firstIndex } from '../../../model/consistency/lists.js'
import { makeMinimum } from '../../../model/consistency/minimum.js'
import { makeOpen } from '../../../model/consistency/open.js'
import { takenBy } from '../../../model/consistency/taken.js'
import * as Z from '../../../src/core/zxid.js'
import { made, ok, set } from './calls.js'

const counter = fc.integer({ min: 0, max: 9 })

describe('lists', () => {
  it('the first element is found by halving', () => {
    fc.assert(
      fc.property(fc.array(counter), counter, (numbers, least) => {
        const sorted = numbers.toSorted((first, second) => first - second)
        expect(firstIndex(sorted, (number) => number >= least)).toBe(sorted.filter((number) => number < least).length)
      }),
      { seed: 1 },
    )
  })
})

describe('minimum', () => {
  it('is the least of what was set last', () => {
    const change = fc.tuple(fc.nat(), counter)
    fc.assert(
      fc.property(fc.array(counter, { minLength: 1 }), fc.array(change), (values, changes) => {
        const now = [...values]
        const minimum = makeMinimum(values)
        for (const [at, value] of changes) {
          now[at % now.length] = value
          minimum.set(at % now.length, value)
          expect(minimum.least()).toBe(Math.min(...now))
        }
      }),
      { seed: 1 },
    )
  })

  it('of nothing is infinite', () => {
    expect(makeMinimum([]).least()).toBe(Infinity)
  })
})

describe('zxids of answered writes', () => {
  it('leave the first free one after each', () => {
    fc.assert(
      fc.property(fc.uniqueArray(counter), counter, (counters, after) => {
        const taken = takenBy(
          counters.map((each, xid) => ok(1, xid, set(1), [0, 0], each, made('/a'))).filter(isAnswered),
        )
        let expected = after + 1
        while (counters.includes(expected)) expected += 1
        expect(taken.freeAfter(Z.zxid(1, after))).toEqual(Z.zxid(1, expected))
        expect(taken.has(Z.zxid(1, after))).toBe(counters.includes(after))
      }),
      { seed: 1 },
    )
  })
})

describe('open candidates', () => {
  const names = ['/a', '/b', '/c']
  const candidate = fc.record({ after: counter, before: fc.option(counter), touched: fc.subarray(names) }).map(
    ({ after, before, touched }): Candidate => ({
      session: 1n,
      xid: 1,
      operation: set(1),
      after: Z.zxid(1, after),
      before: before === null ? undefined : Z.zxid(1, before),
      isCertain: false,
      isNeeded: false,
      touched,
    }),
  )

  it('are those whose windows meet the gap, but for what was removed', () => {
    const list = fc.array(candidate).map((all) => all.toSorted((first, second) => Z.compare(first.after, second.after)))
    fc.assert(
      fc.property(list, fc.subarray(names), counter, counter, fc.array(fc.nat(9)), (all, near, from, to, removed) => {
        const open = makeOpen(all)
        const [position, answer] = [Z.zxid(1, from), Z.zxid(1, to)]
        for (const index of removed) open.remove(index)
        const isOpen = (index: number): boolean => {
          const { after, before } = all[index] ?? {}
          if (after === undefined || removed.includes(index)) return false
          return !Z.isAfter(after, answer) && (before === undefined || !Z.isBefore(before, position))
        }
        const expected = [...all.keys()].filter(isOpen)
        expect([...open.all(position, answer)]).toEqual(expected)
        const isNear = (index: number): boolean => all[index]?.touched.some((name) => near.includes(name)) === true
        expect([...open.near(near, position, answer)].sort()).toEqual(expected.filter(isNear).sort())
        for (const index of new Set(removed)) open.restore(index)
        expect([...open.all(Z.ZERO, Z.zxid(2, 0))]).toEqual([...all.keys()])
      }),
      { seed: 1 },
    )
  })
})

describe('the search', () => {
  /** Digits are chosen one by one; `isRight` tells of the whole. */
  const digits = (length: number, isRight: (chosen: readonly number[]) => boolean, key = (all: string) => all) => {
    const chosen: number[] = []
    const puzzle = {
      isSolved: () => chosen.length === length && isRight(chosen),
      best: () => (chosen.length < length ? 0 : undefined),
      others: () => (chosen.length < length ? [1, 2] : []),
      make: (digit: number) => {
        chosen.push(digit)
        return true
      },
      takeBack: () => void chosen.pop(),
      progress: () => chosen.length,
      key: () => key(chosen.join('')),
    }
    return { chosen, puzzle }
  }

  it('finds the one way there is', () => {
    const { chosen, puzzle } = digits(4, (all) => all.join('') === '2101')
    expect(explore(puzzle, 1000).outcome).toBe('solved')
    expect(chosen).toEqual([2, 1, 0, 1])
  })

  it('knows that there is none, and says when it does not know', () => {
    expect(explore(digits(4, () => false).puzzle, 1000)).toEqual({ outcome: 'impossible', tried: 120 })
    expect(explore(digits(4, () => false).puzzle, 50)).toEqual({ outcome: 'bound', tried: 50 })
  })

  it('does not go twice where it leads nowhere', () => {
    const sum = (all: string): string => `${all.length} ${[...all].reduce((total, digit) => total + Number(digit), 0)}`
    const { outcome, tried } = explore(digits(6, () => false, sum).puzzle, 10_000)
    expect(outcome).toBe('impossible')
    expect(tried).toBeLessThan(120)
  })
})
