/** What closures say of a formula is what the plain reading says, whatever quantifiers hide and in whatever order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { invariant } from '../../../proofs/induction/invariant.js'
import type { Branch, Plan } from '../../../spec/logic/plan.js'
import { planSearch } from '../../../spec/logic/plan.js'
import { waysToFail } from '../../../spec/logic/cases.js'
import { compile, counterexample, evaluate, scopeOf } from '../../../spec/logic/evaluate.js'
import type { Formula } from '../../../spec/logic/formula.js'
import { all, and, different, equal, falsehood, not, or, some, variable, when } from '../../../spec/logic/formula.js'
import { idOf, makeStructure, setRelation, vocabularyOf } from '../../../spec/logic/structure.js'
import { properties } from '../../../spec/properties.js'
import { committed, delivered, e, epochOf, f, genesis, log, n, promised, started, t, u } from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'
import { holdsNaively, randomFormula, randomStatement } from './naive.js'
import { fillAtRandom, makeUniverse, randomOf } from './universe.js'

const small = { nodes: 2, epochs: 2, transactionsOfEpoch: 1 }

test('random formulas mean what they say', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(2, 4), (seed, sparsity) => {
      const random = randomOf(seed)
      const structure = makeUniverse(small)
      fillAtRandom(structure, random, sparsity)
      const formula = randomFormula(random, [n, e, t], 4)
      const [node, epoch, transaction] = [random(2), random(2), random(2)]
      const bindings = new Map([
        ['n', node],
        ['e', epoch],
        ['t', transaction],
      ])
      const expected = holdsNaively(structure, formula, bindings)
      expect(evaluate(structure, formula, { n: node, e: epoch, t: transaction })).toBe(expected)
      expect(compile(vocabularyOf(zab), formula, [t, n, e])(structure, [transaction, node, epoch])).toBe(expected)
    }),
    { seed: 1, numRuns: 700 },
  )
})

test('a counterexample is one, and there is none only if the statement holds', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(2, 4), (seed, sparsity) => {
      const random = randomOf(seed)
      const structure = makeUniverse(small)
      fillAtRandom(structure, random, sparsity)
      const formula = randomStatement(random)
      const found = counterexample(structure, formula)
      expect(found === undefined).toBe(holdsNaively(structure, formula, new Map()))
      if (found === undefined || formula.kind !== 'ForAll') return
      const ids = formula.variables.map(({ name, sort }): readonly [string, number] => [
        name,
        idOf(structure, sort, found[name] ?? '') ?? -1,
      ])
      expect(holdsNaively(structure, formula.body, new Map(ids))).toBe(false)
    }),
    { seed: 1, numRuns: 700 },
  )
})

test('the statements about ZAB are judged as the plain reading judges them', () => {
  const random = randomOf(7)
  const verdicts = [1, 2, 3, 8].flatMap((sparsity) => {
    const structure = makeUniverse(small)
    fillAtRandom(structure, random, sparsity)
    return [...zab.axioms, ...invariant, ...properties].map(({ name, formula }) => {
      const verdict = evaluate(structure, formula)
      expect(verdict, name).toBe(holdsNaively(structure, formula, new Map()))
      return verdict
    })
  })
  expect(new Set(verdicts)).toEqual(new Set([true, false]))
})

test('a counterexample names elements, also those of quantifiers further inside', () => {
  const structure = makeUniverse(small)
  setRelation(structure, log.symbol, [1, 1], true)
  expect(counterexample(structure, all(n)(all(t)(not(log(n, t)))))).toEqual({ n: 'n1', t: '1.1' })
  expect(counterexample(structure, all(n)(when(promised(n, genesis)).then(all(t)(log(n, t)))))).toBeUndefined()
})

test('variables of the same name that different quantifiers bind stay different', () => {
  const structure = makeUniverse(small)
  setRelation(structure, promised.symbol, [0, 0], true)
  setRelation(structure, promised.symbol, [1, 1], true)
  const somebodyPromised = (epoch: typeof e): Formula => some(n)(promised(n, epoch))
  expect(evaluate(structure, some(e, f)(and(different(e, f), somebodyPromised(e), somebodyPromised(f))))).toBe(true)
  expect(evaluate(structure, all(n, e)(when(promised(n, e)).then(all(n)(promised(n, e)))))).toBe(false)
  expect(evaluate(structure, all(n, e)(when(promised(n, e)).then(some(n)(not(promised(n, e))))))).toBe(true)
})

test('in an empty sort everything holds for all and nothing for some', () => {
  const empty = makeStructure(zab, {})
  expect(evaluate(empty, all(n)(promised(n, genesis)))).toBe(true)
  expect(evaluate(empty, some(n, e)(or(promised(n, e), not(promised(n, e)))))).toBe(false)
})

test('what an equation determines is not searched, and what falls apart is searched apart', () => {
  const planOf = (formula: Formula): Plan => {
    const [only, ...others] = waysToFail(formula)
    if (only === undefined || others.length > 0) throw new Error('not just one way to fail')
    return planSearch(only, scopeOf(vocabularyOf(zab), []).estimates)
  }
  const names = (parts: readonly Branch[]): ReadonlySet<string> => new Set(parts.map(({ variable: { name } }) => name))
  const apart = planOf(all(n, f, t, u)(when(log(n, t), promised(n, f), delivered(n, u)).then(falsehood)))
  expect(names(apart.parts)).toEqual(new Set(['n']))
  expect(apart.parts.map(({ parts }) => names(parts))).toEqual([new Set(['f', 't', 'u'])])
  const determined = planOf(all(e, t)(when(equal(e, epochOf(t)), committed(t)).then(started(e))))
  expect(names(determined.parts)).toEqual(new Set(['t']))
  expect(determined.parts[0]?.parts.map(({ determinedBy }) => determinedBy)).toEqual([epochOf(t)])
})

test('free variables and foreign symbols are refused when compiled', () => {
  expect(() => compile(vocabularyOf(zab), promised(n, e), [n])).toThrow(RangeError)
  const other = vocabularyOf({ ...zab, state: [] })
  expect(() => compile(other, and(promised(n, variable('e', 'epoch'))), [n, e])).toThrow(RangeError)
})
