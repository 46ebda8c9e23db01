/** What is printed for solvers, read back by a reader that knows nothing but SMT-LIB, means what the formula means. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SymbolOf } from '../../../spec/logic/formula.js'
import { all, and, choose, different, equal, or, some, when } from '../../../spec/logic/formula.js'
import {
  assertThat,
  declareConstant,
  declareSort,
  declareSymbol,
  showFormula,
  showTerm,
} from '../../../spec/logic/smt-lib.js'
import type { Structure } from '../../../spec/logic/structure.js'
import { holds, sizeOf, valueOf } from '../../../spec/logic/structure.js'
import { committed, e, epochOf, genesis, log, n, started, t, u } from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'
import { holdsNaively, randomFormula } from './naive.js'
import { fillAtRandom, makeUniverse, randomOf } from './universe.js'

type Expression = string | readonly Expression[]

const read = (text: string): Expression => {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? []
  let position = 0
  const next = (): Expression => {
    const token = tokens[position++]
    if (token === undefined) throw new Error('ends too soon')
    if (token !== '(') return token
    const parts: Expression[] = []
    while (tokens[position] !== ')') parts.push(next())
    position++
    return parts
  }
  const expression = next()
  if (position !== tokens.length) throw new Error('goes on too long')
  return expression
}

const symbols = new Map(
  [...zab.rigid, ...zab.state].map((symbol): readonly [string, SymbolOf] => [symbol.name, symbol]),
)

type Values = ReadonlyMap<string, number>

/** Truth is 1, falsehood 0, so that `=` and `ite` are one thing for formulas and terms, as they are in SMT-LIB. */
const meaning = (structure: Structure, expression: Expression, values: Values): number => {
  const [head, ...parts] = typeof expression === 'string' ? [expression] : expression
  if (typeof head !== 'string') throw new Error('a symbol comes first')
  const value = (part: Expression | undefined): number => meaning(structure, part ?? 'missing', values)
  const bit = (truth: boolean): number => (truth ? 1 : 0)
  switch (head) {
    case 'true':
      return 1
    case 'false':
      return 0
    case 'not':
      return 1 - value(parts[0])
    case 'and':
      return bit(parts.every((part) => value(part) === 1))
    case 'or':
      return bit(parts.some((part) => value(part) === 1))
    case '=>':
      return bit(value(parts[0]) === 0 || value(parts[1]) === 1)
    case '=':
      return bit(value(parts[0]) === value(parts[1]))
    case 'ite':
      return value(parts[0]) === 1 ? value(parts[1]) : value(parts[2])
    case 'forall':
      return bit(instances(structure, parts, values).every((one) => one === 1))
    case 'exists':
      return bit(instances(structure, parts, values).some((one) => one === 1))
    default: {
      const bound = values.get(head)
      if (bound !== undefined) return bound
      const symbol = symbols.get(head)
      if (symbol === undefined) throw new Error(`nothing is called ${head}`)
      const ids = parts.map(value)
      return symbol.kind === 'Relation' ? bit(holds(structure, symbol, ids)) : valueOf(structure, symbol, ids)
    }
  }
}

const instances = (
  structure: Structure,
  [variables, body]: readonly Expression[],
  values: Values,
): readonly number[] => {
  if (variables === undefined || typeof variables === 'string' || variables.length === 0 || body === undefined)
    throw new Error('a quantifier binds one variable at least')
  return variables
    .reduce<readonly Values[]>(
      (list, variable) => {
        const [name, sort] = variable
        if (typeof name !== 'string' || typeof sort !== 'string') throw new Error('a name and a sort')
        return list.flatMap((one) =>
          Array.from({ length: sizeOf(structure, sort) }, (_, id) => new Map([...one, [name, id]])),
        )
      },
      [values],
    )
    .map((one) => meaning(structure, body, one))
}

test('random formulas, read back', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const random = randomOf(seed)
      const structure = makeUniverse({ nodes: 2, epochs: 2, transactionsOfEpoch: 1 })
      fillAtRandom(structure, random, 3)
      const formula = randomFormula(random, [n, e, t], 4)
      const values = new Map([
        ['n', random(2)],
        ['e', random(2)],
        ['t', random(2)],
      ])
      expect(meaning(structure, read(showFormula(formula)), values) === 1).toBe(
        holdsNaively(structure, formula, values),
      )
    }),
    { seed: 1, numRuns: 500 },
  )
})

test('by example', () => {
  expect(declareSort('node')).toBe('(declare-sort node 0)')
  expect(declareSymbol(log.symbol)).toBe('(declare-fun log (node transaction) Bool)')
  expect(declareSymbol(genesis.symbol)).toBe('(declare-fun genesis () epoch)')
  expect(declareConstant(e)).toBe('(declare-const e epoch)')
  expect(showTerm(choose(started(e), e, epochOf(t)))).toBe('(ite (started e) e (epochOf t))')
  expect(assertThat(all(n, t)(when(log(n, t), committed(t)).then(some(u)(different(t, u)))))).toBe(
    '(assert (forall ((n node) (t transaction)) (=> (and (log n t) (committed t)) (exists ((u transaction)) (not (= t u))))))',
  )
  expect([and(), or(), and(started(e)), or(equal(e, genesis))].map(showFormula)).toEqual([
    'true',
    'false',
    '(started e)',
    '(= e genesis)',
  ])
})
