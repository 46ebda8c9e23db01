/** What an exploration keeps its numbers in: nothing is lost, nothing is taken for something else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAXIMAL_RECONFIGURATIONS, isWithin, unitOf, used } from '../../../proofs/exploration/budget.js'
import { makeInterner } from '../../../proofs/exploration/intern.js'
import { makePairs } from '../../../proofs/exploration/pairs.js'
import { REASONS, isComplete, makeMeeting, stop } from '../../../proofs/exploration/parallel/part.js'
import { drainRows, makeRingMemory, pushRow, ROWS } from '../../../proofs/exploration/parallel/ring.js'
import {
  NoRoomError,
  makeSharedTable,
  restoreTable,
  saveTable,
  shared,
} from '../../../proofs/exploration/parallel/shared-table.js'
import { NONE, makeSeen } from '../../../proofs/exploration/seen.js'

const codec = {
  encode: (value: unknown) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes)),
}

describe('pairs', () => {
  it('are a map of pairs', () => {
    const pairs = makePairs()
    const map = new Map<string, number>()
    const number = fc.nat({ max: 200 })
    fc.assert(
      fc.property(number, number, fc.nat(), (first, second, value) => {
        const key = `${first},${second}`
        expect(pairs.get(first, second)).toBe(map.get(key) ?? -1)
        if (map.has(key)) return
        pairs.set(first, second, value)
        map.set(key, value)
      }),
      { numRuns: 5000, seed: 1 },
    )
  })
})

describe('budgets', () => {
  const spending = fc.record({
    timeouts: fc.nat({ max: 15 }),
    restarts: fc.nat({ max: 15 }),
    transactions: fc.nat({ max: 15 }),
    leaderships: fc.nat({ max: 15 }),
    reconfigurations: fc.nat({ max: MAXIMAL_RECONFIGURATIONS }),
  })
  const names = ['timeouts', 'restarts', 'transactions', 'leaderships', 'reconfigurations'] as const

  it('are compared one by one', () => {
    fc.assert(
      fc.property(spending, spending, (one, other) => {
        const [first, second] = [one, other].map((of) => names.reduce((sum, name) => sum + of[name] * unitOf[name], 0))
        for (const name of names) expect(used(first ?? 0, name)).toBe(one[name])
        expect(isWithin(first ?? 0, second ?? 0)).toBe(names.every((name) => one[name] <= other[name]))
      }),
      { seed: 1 },
    )
  })
})

describe('seen', () => {
  it('knows all of many, and how they were reached', () => {
    const seen = makeSeen(1_000_000, false)
    const count = 200_000
    const numbers = Array.from({ length: count }, (_, n) => n)
    expect(numbers.filter((n) => seen.add(n % 7, n, 3, n - 1, n % 512) !== n)).toEqual([])
    expect(numbers.filter((n) => seen.add(n % 7, n, 3, 0, 0) !== NONE)).toEqual([])
    expect([seen.parentOf(1234), seen.stepOf(1234)]).toEqual([1233, 1234 % 512])
    expect(seen.add(0, 1, 3, 0, 0)).toBe(count)
    expect(() => seen.add(0, 2, 3, 0, 512)).toThrow('more than 512 steps from one state')
    const again = makeSeen(1_000_000, false)
    again.restore(seen.all())
    expect([again.size(), again.add(6, 6, 3, 0, 0), again.stepOf(99)]).toEqual([count + 1, NONE, 99])
  })

  it('lets an earlier state with less used stand for others, one of the same level not', () => {
    const less = unitOf.restarts
    const more = unitOf.restarts + unitOf.timeouts
    const other = 2 * unitOf.leaderships
    const seen = makeSeen(100, true)
    expect(seen.add(1, 1, less, 0, 0)).toBe(0)
    expect(seen.add(1, 1, more, 0, 0)).toBe(1)
    seen.seal()
    expect(seen.add(1, 1, more + unitOf.timeouts, 0, 0)).toBe(NONE)
    expect(seen.add(1, 1, other, 0, 0)).toBe(2)
    expect(makeSeen(100, false).add(1, 1, other, 0, 0)).toBe(0)
  })

  it('says when it is full', () => {
    const seen = makeSeen(2, true)
    seen.add(1, 1, 0, 0, 0)
    seen.add(2, 2, 0, 0, 0)
    expect(seen.add(3, 3, 0, 0, 0)).toBe(-2)
    expect(seen.add(2, 2, 0, 0, 0)).toBe(NONE)
  })
})

describe('a ring', () => {
  it('gives what was put into it, in order, and no more than it holds', () => {
    const memory = makeRingMemory(2)
    const row = new Int32Array(2)
    let put = 0
    let got = 0
    let wrong = 0
    for (let round = 0; round < 5; round += 1) {
      while (pushRow(memory, Int32Array.of(put, -put))) put += 1
      expect(put - got).toBe(ROWS)
      drainRows(memory, row, () => {
        if (row[0] !== got || row[1] !== (got === 0 ? 0 : -got)) wrong += 1
        got += 1
      })
    }
    expect([got, wrong]).toEqual([5 * ROWS, 0])
  })
})

describe('shared tables', () => {
  const value = fc.record({ a: fc.nat({ max: 50 }), b: fc.string({ maxLength: 3 }) })
  const textOf = (one: unknown): string => JSON.stringify(one)

  it('number as one thread does, whoever asks first', () => {
    const tables = { values: makeSharedTable({ values: 2 ** 12, bytes: 2 ** 16 }) }
    const [one, other] = [shared(tables, codec), shared(tables, codec)].map((make) =>
      make<{ readonly a: number; readonly b: string }>('values', textOf),
    )
    const alone = makeInterner<{ readonly a: number; readonly b: string }>('values', textOf)
    fc.assert(
      fc.property(value, fc.boolean(), (each, isFirst) => {
        const [asked, checked] = isFirst ? [one, other] : [other, one]
        const number = asked?.numberOf(each) ?? -1
        expect(number).toBe(alone.numberOf(each))
        expect(checked?.valueOf(number)).toEqual(each)
        expect(checked?.find(each)).toBe(number)
        expect([checked?.highOf(number), checked?.lowOf(number)]).toEqual([alone.highOf(number), alone.lowOf(number)])
      }),
      { numRuns: 1000, seed: 1 },
    )
    const again = { values: makeSharedTable({ values: 2 ** 12, bytes: 2 ** 16 }) }
    restoreTable(again.values, saveTable(tables.values))
    const restored = shared(again, codec)<{ readonly a: number; readonly b: string }>('values', textOf)
    expect(restored.size()).toBe(alone.size())
    for (let number = 0; number < alone.size(); number += 1) expect(restored.find(alone.valueOf(number))).toBe(number)
  })

  it('say when they are full', () => {
    const make = (size: { values: number; bytes: number }) =>
      shared({ values: makeSharedTable(size) }, codec)<string>('values', (text) => text)
    const few = make({ values: 2, bytes: 2 ** 10 })
    few.numberOf('a')
    few.numberOf('b')
    expect(() => few.numberOf('c')).toThrow(NoRoomError)
    expect(() => make({ values: 8, bytes: 4 }).numberOf('long')).toThrow(NoRoomError)
  })
})

describe('parts that meet', () => {
  it('have not seen every state when they had to end at once, whatever their sum says', () => {
    const meeting = makeMeeting([])
    expect(isComplete(meeting)).toBe(true)
    stop(meeting, REASONS.checkpoint)
    expect(isComplete(meeting)).toBe(true)
    stop(meeting, REASONS.asked)
    expect(isComplete(meeting)).toBe(false)
  })
})
