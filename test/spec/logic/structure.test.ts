/** Structures keep what was put into them while they grow, share nothing with their copies, and tell how they differ. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { difference, showChange } from '../../../spec/logic/difference.js'
import { relation } from '../../../spec/logic/formula.js'
import {
  assign,
  copy,
  grow,
  holds,
  idOf,
  makeChange,
  makeStructure,
  nameOf,
  setRelation,
  sizeOf,
  valueOf,
} from '../../../spec/logic/structure.js'
import { deliveredBefore, established, genesis, leaderOf, log, member } from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'
import { fillAtRandom, makeUniverse, randomChange, randomOf } from './universe.js'

const small = { nodes: 2, epochs: 2, transactionsOfEpoch: 2 }

test('nothing holds at first, and functions are constant', () => {
  const structure = makeStructure(zab, { node: ['a', 'b'], epoch: ['zero'] })
  expect(sizeOf(structure, 'node')).toBe(2)
  expect(sizeOf(structure, 'quorum')).toBe(0)
  expect(nameOf(structure, 'node', 1)).toBe('b')
  expect(idOf(structure, 'node', 'b')).toBe(1)
  expect(idOf(structure, 'node', 'c')).toBeUndefined()
  expect(holds(structure, established.symbol, [0])).toBe(false)
  expect(valueOf(structure, genesis.symbol, [])).toBe(0)
})

test('tables tell whether they have changed', () => {
  const structure = makeUniverse(small)
  expect(setRelation(structure, log.symbol, [1, 1], true)).toBe(true)
  expect(setRelation(structure, log.symbol, [1, 1], true)).toBe(false)
  expect(holds(structure, log.symbol, [1, 1])).toBe(true)
  expect(holds(structure, log.symbol, [1, 0])).toBe(false)
  expect(assign(structure, leaderOf.symbol, [1], 1)).toBe(true)
  expect(assign(structure, leaderOf.symbol, [1], 1)).toBe(false)
})

test('growth keeps every tuple and gives new elements none, well past the first capacity', () => {
  const structure = makeUniverse(small)
  fillAtRandom(structure, randomOf(11), 2)
  const before = copy(structure)
  for (let count = 0; count < 40; count++)
    for (const sort of zab.sorts) expect(grow(structure, sort, `new ${count}`)).toBe(sizeOf(before, sort) + count)
  expect(difference(before, structure).every(({ kind }) => kind === 'Element')).toBe(true)
  expect(difference(before, structure)).toHaveLength(40 * zab.sorts.length)
  setRelation(structure, deliveredBefore.symbol, [41, 40, 39], true)
  expect(holds(structure, deliveredBefore.symbol, [41, 40, 39])).toBe(true)
  expect(difference(before, structure)).toHaveLength(40 * zab.sorts.length + 1)
  expect(idOf(structure, 'epoch', 'new 39')).toBe(41)
  expect(idOf(before, 'epoch', 'new 39')).toBeUndefined()
})

test('a copy and its original go their own ways; the difference leads from one to the other', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const random = randomOf(seed)
      const before = makeUniverse(small)
      fillAtRandom(before, random, 3)
      const after = copy(before)
      for (let count = random(6); count > 0; count--)
        makeChange(
          after,
          randomChange(after, random, (symbol, ids) =>
            symbol.kind === 'Relation' ? (holds(after, symbol, ids) ? 1 : 0) : valueOf(after, symbol, ids),
          ),
        )
      const changes = difference(before, after)
      expect(changes.length).toBeLessThanOrEqual(5)
      for (const change of changes) makeChange(before, change)
      expect(difference(before, after)).toEqual([])
    }),
    { seed: 1, numRuns: 100 },
  )
})

test('differences read like formulas', () => {
  const before = makeUniverse(small)
  setRelation(before, log.symbol, [0, 1], true)
  const after = copy(before)
  setRelation(after, log.symbol, [0, 1], false)
  setRelation(after, member.symbol, [1, 0], false)
  setRelation(after, established.symbol, [1], true)
  assign(after, leaderOf.symbol, [1], 1)
  grow(after, 'epoch', 'e2')
  expect(difference(before, after).map((change) => showChange(after, change))).toEqual([
    'new epoch e2',
    'not member(n1, q0)',
    'not log(n0, 1.1)',
    'established(e1)',
    'leaderOf(e1) = n1',
  ])
})

test('symbols of other systems, and tables that would be too wide, are refused', () => {
  const structure = makeUniverse(small)
  const { symbol } = relation('four', 'node', 'node', 'node', 'node')
  expect(() => holds(structure, symbol, [0, 0, 0, 0])).toThrow('four is not of this system')
  expect(() => makeStructure({ ...zab, state: [symbol] }, {})).toThrow(RangeError)
  expect(() => sizeOf(structure, 'colour')).toThrow(RangeError)
})
