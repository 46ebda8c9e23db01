/** A formula "after" an action, judged before it, is the formula judged when the action has been done. */
import fc from 'fast-check'
import { isRight } from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { invariant } from '../../../proofs/induction/invariant.js'
import { evaluate } from '../../../spec/logic/evaluate.js'
import type { Term } from '../../../spec/logic/formula.js'
import { all, and, equal, some } from '../../../spec/logic/formula.js'
import { compileSystem } from '../../../spec/logic/perform.js'
import { copy, sizeOf } from '../../../spec/logic/structure.js'
import { after, freeVariables, substitute, substituteIn, symbolsOf } from '../../../spec/logic/substitute.js'
import { properties } from '../../../spec/properties.js'
import { committedIn, e, epochOf, f, log, m, n, origin, promisedTo, t } from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'
import { holdsNaively, randomFormula, randomTerm, valueNaively } from './naive.js'
import { fillAtRandom, makeUniverse, randomOf } from './universe.js'

const small = { nodes: 2, epochs: 2, transactionsOfEpoch: 1 }

/** Any state may take any step. */
const unguarded = compileSystem({ ...zab, actions: zab.actions.map((action) => ({ ...action, guards: [] })) })

const statements = [...invariant, ...properties]

test.each(zab.actions.map((action) => [action.name, action] as const))('after %s', (_, action) => {
  const later = statements.map(({ formula }) => after(action.updates)(formula))
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(2, 3, 6), (seed, sparsity) => {
      const random = randomOf(seed)
      const structure = makeUniverse(small)
      fillAtRandom(structure, random, sparsity)
      const parameters = action.parameters.map(({ sort }) => random(sizeOf(structure, sort)))
      const bindings = Object.fromEntries(action.parameters.map(({ name }, index) => [name, parameters[index] ?? 0]))
      const formula = randomFormula(random, [], 4)
      const done = copy(structure)
      expect(isRight(unguarded.perform(done, action.name, parameters))).toBe(true)
      expect(evaluate(structure, after(action.updates)(formula), bindings)).toBe(evaluate(done, formula))
      const index = random(statements.length)
      const [before, now] = [later[index], statements[index]]
      if (before !== undefined && now !== undefined)
        expect(evaluate(structure, before, bindings), now.name).toBe(evaluate(done, now.formula))
    }),
    { seed: 1, numRuns: 40 },
  )
})

test('after the definitions of the initial state, statements are about what never changes', () => {
  const [rigid, defined] = [
    new Set(zab.rigid.map(({ name }) => name)),
    new Set(zab.initial.map(({ symbol }) => symbol.name)),
  ]
  const structure = makeUniverse(small)
  fillAtRandom(structure, randomOf(3), 3)
  for (const { name, formula } of statements) {
    const first = after(zab.initial)(formula)
    for (const symbol of symbolsOf(first))
      expect(rigid.has(symbol) || !defined.has(symbol), `${name}: ${symbol}`).toBe(true)
    const started = copy(structure)
    unguarded.initialize(started)
    expect(evaluate(structure, first), name).toBe(evaluate(started, formula))
  }
})

test('a term for a variable means that the variable has its value', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(2, 4), (seed, sparsity) => {
      const random = randomOf(seed)
      const structure = makeUniverse(small)
      fillAtRandom(structure, random, sparsity)
      const values = new Map([
        ['n', random(2)],
        ['e', random(2)],
        ['t', random(2)],
      ])
      const formula = randomFormula(random, [n, e, t], 4)
      const terms = new Map<string, Term>(
        [n, e, t].map(({ name, sort }) => [name, randomTerm(random, sort, [n, e, t], 1)]),
      )
      const substituted = new Map([...terms].map(([name, term]) => [name, valueNaively(structure, term, values)]))
      expect(holdsNaively(structure, substitute(terms)(formula), values)).toBe(
        holdsNaively(structure, formula, substituted),
      )
    }),
    { seed: 1, numRuns: 600 },
  )
})

test('a bound variable gives way to a free one of the same name', () => {
  const formula = all(m, e)(promisedTo(n, e, m))
  const renamed = substitute(new Map([['n', m]]))(formula)
  expect(freeVariables(renamed)).toEqual(new Set(['m']))
  expect(renamed.kind === 'ForAll' && renamed.variables.map(({ name }) => name)).toEqual(['m_', 'e'])
})

test('definitions take terms for the free variables of their values, not for bound ones', () => {
  const definition = substituteIn(new Map([['f', epochOf(origin)]]))({
    kind: 'Relation',
    symbol: committedIn.symbol,
    variables: [e, t],
    value: and(equal(e, f), some(f)(committedIn(f, t))),
  })
  expect(definition.value).toEqual(and(equal(e, epochOf(origin)), some(f)(committedIn(f, t))))
})

test('symbols are found in terms as well', () => {
  expect(symbolsOf(all(t)(log(n, t)))).toEqual(new Set(['log']))
  expect(symbolsOf(equal(epochOf(origin), e))).toEqual(new Set(['epochOf', 'origin']))
})
