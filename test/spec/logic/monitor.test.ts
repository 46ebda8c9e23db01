/** Looking only where something has changed finds a broken statement exactly when looking everywhere does. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { invariant } from '../../../proofs/induction/invariant.js'
import type { Formula, SymbolOf } from '../../../spec/logic/formula.js'
import { all, not, or, some, when } from '../../../spec/logic/formula.js'
import { makeMonitor } from '../../../spec/logic/monitor.js'
import { compileSystem } from '../../../spec/logic/perform.js'
import type { Change, Structure } from '../../../spec/logic/structure.js'
import {
  assign,
  copy,
  grow,
  holds,
  idOf,
  makeChange,
  setRelation,
  sizeOf,
  valueOf,
} from '../../../spec/logic/structure.js'
import type { Statement } from '../../../spec/logic/system.js'
import { properties } from '../../../spec/properties.js'
import {
  adopted,
  atMost,
  e,
  epochAtMost,
  epochOf,
  genesis,
  log,
  m,
  member,
  n,
  promised,
  q,
  t,
} from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'
import { holdsNaively, randomFormula, randomStatement } from './naive.js'
import type { Random } from './universe.js'
import { fillAtRandom, makeUniverse, randomChange, randomOf, walk } from './universe.js'

const small = { nodes: 2, epochs: 2, transactionsOfEpoch: 1 }
const nameless = (formula: Formula): Statement => ({ name: 'random', why: '', formula })

const present =
  (structure: Structure) =>
  (symbol: SymbolOf, ids: readonly number[]): number =>
    symbol.kind === 'Relation' ? (holds(structure, symbol, ids) ? 1 : 0) : valueOf(structure, symbol, ids)

/** Some tuples flipped at once. A tuple that goes back to what it was is no change any more, which must not matter. */
const flip = (structure: Structure, random: Random, atMostSoMany: number): readonly Change[] =>
  Array.from({ length: 1 + random(atMostSoMany) }, () => {
    const change = randomChange(structure, random, present(structure))
    makeChange(structure, change)
    return change
  })

test('random statements that held, after random changes', () => {
  let broken = 0
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(2, 4, 8), (seed, sparsity) => {
      const random = randomOf(seed)
      const structure = makeUniverse(small)
      fillAtRandom(structure, random, sparsity)
      const statement = nameless(random(2) === 0 ? randomStatement(random) : randomFormula(random, [], 5))
      const monitor = makeMonitor(zab, [statement])
      if (monitor.checkAll(structure) !== undefined) return
      for (let step = 0; step < 12; step++) {
        const changes = flip(structure, random, 3)
        const violation = monitor.check(structure, changes)
        expect(violation === undefined).toBe(holdsNaively(structure, statement.formula, new Map()))
        if (violation === undefined) continue
        broken++
        return
      }
    }),
    { seed: 1, numRuns: 600 },
  )
  expect(broken).toBeGreaterThan(40)
})

test('the statements about ZAB, one tuple away from states that ZAB reaches', () => {
  const system = compileSystem(zab)
  const statements = [...invariant, ...properties]
  const together = makeMonitor(zab, statements)
  const monitors = statements.map((statement) => makeMonitor(zab, [statement]))
  const [seen, broken] = [new Set<string>(), new Set<string>()]
  const random = randomOf(17)
  for (let run = 0; run < 5; run++) {
    const structure = makeUniverse({ nodes: 3, epochs: 3, transactionsOfEpoch: 2 })
    system.initialize(structure)
    walk(system, structure, random, 40_000, (action, changes) => {
      seen.add(action)
      if (changes.length > 0) expect(together.check(structure, changes)).toBeUndefined()
    })
    expect(together.checkAll(structure)).toBeUndefined()
    for (let attempt = 0; attempt < 30; attempt++) {
      const wrong = copy(structure)
      const changes = flip(wrong, random, 2)
      statements.forEach(({ name }, index) => {
        const everywhere = monitors[index]?.checkAll(wrong)
        expect(monitors[index]?.check(wrong, changes) === undefined, name).toBe(everywhere === undefined)
        if (everywhere !== undefined) broken.add(name)
      })
    }
  }
  expect([...seen].sort()).toEqual(zab.actions.map(({ name }) => name).sort())
  expect(broken.size).toBeGreaterThan(statements.length / 2)
})

test('a violation names the statement and elements for which it is false', () => {
  const structure = makeUniverse(small)
  const statement = {
    name: 'adopted is promised',
    why: '',
    formula: all(n, e)(when(adopted(n, e)).then(promised(n, e))),
  }
  const monitor = makeMonitor(zab, [statement])
  setRelation(structure, adopted.symbol, [1, 1], true)
  const expected = { statement, assignment: { n: 'n1', e: 'e1' } }
  const change = (value: 0 | 1): Change => ({ kind: 'Relation', symbol: adopted.symbol, ids: [1, 1], value })
  expect(monitor.check(structure, [change(1)])).toEqual(expected)
  expect(monitor.checkAll(structure)).toEqual(expected)
  // A tuple that becomes false cannot have done it.
  expect(monitor.check(structure, [change(0)])).toBeUndefined()
})

test('an element that is new is looked at, its rigid tuples included', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(2, 6), (seed, sparsity) => {
      const random = randomOf(seed)
      const structure = makeUniverse(small)
      fillAtRandom(structure, random, sparsity)
      const statement = nameless(random(2) === 0 ? randomStatement(random) : randomFormula(random, [], 5))
      const monitor = makeMonitor(zab, [statement])
      if (monitor.checkAll(structure) !== undefined) return
      const sort = zab.sorts[random(zab.sorts.length)] ?? 'node'
      const id = growRigidly(structure, sort, random)
      const violation = monitor.check(structure, [{ kind: 'Element', sort, id }])
      expect(violation === undefined).toBe(holdsNaively(structure, statement.formula, new Map()))
    }),
    { seed: 1, numRuns: 600 },
  )
})

/** A new last element of the orders, a new quorum, or a new node in quorums. */
const growRigidly = (structure: Structure, sort: string, random: Random): number => {
  const id = grow(structure, sort, 'new')
  if (sort === 'epoch') for (let low = 0; low <= id; low++) setRelation(structure, epochAtMost.symbol, [low, id], true)
  if (sort === 'transaction') {
    for (let low = 0; low <= id; low++) setRelation(structure, atMost.symbol, [low, id], true)
    assign(structure, epochOf.symbol, [id], 1)
  }
  if (sort === 'quorum')
    for (let node = 0; node < sizeOf(structure, 'node'); node++)
      setRelation(structure, member.symbol, [node, id], random(2) === 0)
  if (sort === 'node')
    for (let quorum = 0; quorum < sizeOf(structure, 'quorum'); quorum++)
      setRelation(structure, member.symbol, [id, quorum], random(2) === 0)
  return id
}

test('a new element can break what must hold for all, and what had to hold for none', () => {
  const structure = makeUniverse(small)
  const everybody = makeMonitor(zab, [nameless(all(n)(some(q)(member(n, q))))])
  const nobody = makeMonitor(zab, [nameless(not(some(t)(all(n)(not(log(n, t))))))])
  setRelation(structure, log.symbol, [0, 0], true)
  setRelation(structure, log.symbol, [0, 1], true)
  expect([everybody.checkAll(structure), nobody.checkAll(structure)]).toEqual([undefined, undefined])
  const transaction = grow(structure, 'transaction', 'new')
  expect(nobody.check(structure, [{ kind: 'Element', sort: 'transaction', id: transaction }])?.assignment).toEqual({
    t: 'new',
  })
  const node = grow(structure, 'node', 'new')
  expect(everybody.check(structure, [{ kind: 'Element', sort: 'node', id: node }])?.assignment).toEqual({ n: 'new' })
  expect(idOf(structure, 'node', 'new')).toBe(node)
})

test('a new element can break a statement about the old ones', () => {
  const structure = makeUniverse(small)
  // Who has promised genesis, or has not all of the transactions, must have adopted genesis.
  const monitor = makeMonitor(zab, [
    nameless(all(n)(when(or(promised(n, genesis), some(t)(not(log(n, t))))).then(adopted(n, genesis)))),
  ])
  for (const node of [0, 1]) for (const zxid of [0, 1]) setRelation(structure, log.symbol, [node, zxid], true)
  expect(monitor.checkAll(structure)).toBeUndefined()
  const id = grow(structure, 'transaction', 'new')
  expect(monitor.check(structure, [{ kind: 'Element', sort: 'transaction', id }])?.assignment).toEqual({ n: 'n0' })
})

test('one statement after the other looks at the new element', () => {
  const structure = makeUniverse(small)
  const lacking = nameless(
    all(n)(when(or(promised(n, genesis), some(t)(not(log(n, t))))).then(not(adopted(n, genesis)))),
  )
  const last = nameless(all(t)(some(n)(log(n, t))))
  const monitor = makeMonitor(zab, [lacking, last])
  for (const node of [0, 1]) for (const zxid of [0, 1]) setRelation(structure, log.symbol, [node, zxid], true)
  expect(monitor.checkAll(structure)).toBeUndefined()
  const id = grow(structure, 'transaction', 'new')
  const expected = { statement: last, assignment: { t: 'new' } }
  expect(monitor.check(structure, [{ kind: 'Element', sort: 'transaction', id }])).toEqual(expected)
})

test('a tuple counts where it is one of all as well as where it is the one', () => {
  const structure = makeUniverse(small)
  const monitor = makeMonitor(zab, [
    nameless(all(n, e)(when(promised(n, e), all(m)(promised(m, e))).then(adopted(n, e)))),
  ])
  setRelation(structure, promised.symbol, [0, 1], true)
  setRelation(structure, adopted.symbol, [1, 1], true)
  expect(monitor.checkAll(structure)).toBeUndefined()
  setRelation(structure, promised.symbol, [1, 1], true)
  const change: Change = { kind: 'Relation', symbol: promised.symbol, ids: [1, 1], value: 1 }
  expect(monitor.check(structure, [change])?.assignment).toEqual({ n: 'n0', e: 'e1' })
})
