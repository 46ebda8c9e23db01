/** Formulas at random, and what they mean, said as plainly as possible, for comparison. */
import type { Formula, FunctionSymbol, RelationSymbol, Term, Variable } from '../../../spec/logic/formula.js'
import { and, choose, equal, falsehood, iff, not, or, truth, variable, when } from '../../../spec/logic/formula.js'
import type { Structure } from '../../../spec/logic/structure.js'
import { holds, sizeOf, valueOf } from '../../../spec/logic/structure.js'
import { zab } from '../../../spec/zab.js'
import type { Random } from './universe.js'

export type Bindings = ReadonlyMap<string, number>

// --- meaning

export const holdsNaively = (structure: Structure, formula: Formula, bindings: Bindings): boolean => {
  const sub = (part: Formula): boolean => holdsNaively(structure, part, bindings)
  const value = (term: Term): number => valueNaively(structure, term, bindings)
  switch (formula.kind) {
    case 'True':
      return true
    case 'False':
      return false
    case 'Holds':
      return holds(structure, formula.symbol, formula.arguments.map(value))
    case 'Equal':
      return value(formula.left) === value(formula.right)
    case 'Not':
      return !sub(formula.body)
    case 'And':
      return formula.parts.every(sub)
    case 'Or':
      return formula.parts.some(sub)
    case 'Implies':
      return !sub(formula.premise) || sub(formula.conclusion)
    case 'Iff':
      return sub(formula.left) === sub(formula.right)
    case 'ForAll':
      return extensions(structure, formula.variables, bindings).every((all) =>
        holdsNaively(structure, formula.body, all),
      )
    case 'Exists':
      return extensions(structure, formula.variables, bindings).some((all) =>
        holdsNaively(structure, formula.body, all),
      )
  }
}

export const valueNaively = (structure: Structure, term: Term, bindings: Bindings): number => {
  switch (term.kind) {
    case 'Variable': {
      const value = bindings.get(term.name)
      if (value === undefined) throw new Error(`${term.name} is free`)
      return value
    }
    case 'Application':
      return valueOf(
        structure,
        term.symbol,
        term.arguments.map((argument) => valueNaively(structure, argument, bindings)),
      )
    case 'Conditional':
      return valueNaively(
        structure,
        holdsNaively(structure, term.condition, bindings) ? term.whenTrue : term.whenFalse,
        bindings,
      )
  }
}

/** The bindings with all values for the variables. */
export const extensions = (
  structure: Structure,
  variables: readonly Variable[],
  bindings: Bindings,
): readonly Bindings[] =>
  variables.reduce<readonly Bindings[]>(
    (all, { name, sort }) =>
      all.flatMap((one) =>
        Array.from({ length: sizeOf(structure, sort) }, (_, id): Bindings => new Map([...one, [name, id]])),
      ),
    [bindings],
  )

// --- formulas at random

/** Few names, so that quantifiers hide each other's variables. */
const pool: readonly Variable[] = [
  variable('n', 'node'),
  variable('m', 'node'),
  variable('q', 'quorum'),
  variable('e', 'epoch'),
  variable('f', 'epoch'),
  variable('t', 'transaction'),
  variable('u', 'transaction'),
]

const symbols = [...zab.rigid, ...zab.state]
const relations = symbols.filter((symbol): symbol is RelationSymbol => symbol.kind === 'Relation')
const functions = symbols.filter((symbol): symbol is FunctionSymbol => symbol.kind === 'Function')

const pick = <T>(random: Random, list: readonly T[]): T => {
  const item = list[random(list.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

export const randomTerm = (random: Random, sort: string, scope: readonly Variable[], depth: number): Term => {
  const variables = scope.filter((candidate) => candidate.sort === sort)
  const shape = random(8)
  if (variables.length > 0 && (shape < 6 || depth <= 0)) return pick(random, variables)
  if (shape === 7 && depth > 0)
    return choose(
      randomFormula(random, scope, depth - 1),
      randomTerm(random, sort, scope, depth - 1),
      randomTerm(random, sort, scope, depth - 1),
    )
  const candidates = functions.filter(({ result, sorts }) => result === sort && (depth > 0 || sorts.length === 0))
  // Without depth, nodes and quorums are only to be had by way of a constant.
  const symbol = pick(random, candidates.length > 0 ? candidates : functions.filter(({ result }) => result === sort))
  return {
    kind: 'Application',
    symbol,
    arguments: symbol.sorts.map((argument) => randomTerm(random, argument, scope, depth - 1)),
    sort,
  }
}

export const randomFormula = (random: Random, scope: readonly Variable[], depth: number): Formula => {
  const part = (): Formula => randomFormula(random, scope, depth - 1)
  const shape = depth <= 0 ? random(4) : random(16)
  switch (shape) {
    case 0:
    case 1:
    case 2: {
      const symbol = pick(random, relations)
      return {
        kind: 'Holds',
        symbol,
        arguments: symbol.sorts.map((sort) => randomTerm(random, sort, scope, Math.min(depth, 1))),
      }
    }
    case 3: {
      const sort = pick(random, zab.sorts)
      return equal(
        randomTerm(random, sort, scope, Math.min(depth, 1)),
        randomTerm(random, sort, scope, Math.min(depth, 1)),
      )
    }
    case 4:
      return not(part())
    case 5:
    case 6:
      return and(...Array.from({ length: random(4) }, part))
    case 7:
    case 8:
      return or(...Array.from({ length: random(4) }, part))
    case 9:
    case 10:
      return when(...Array.from({ length: 1 + random(3) }, part)).then(part())
    case 11:
      return iff(part(), part())
    case 12:
      return random(2) === 0 ? truth : falsehood
    default: {
      const variables = someVariables(random)
      const body = randomFormula(
        random,
        [...scope.filter(({ name }) => !hides(variables, name)), ...variables],
        depth - 1,
      )
      return { kind: shape === 13 ? 'Exists' : 'ForAll', variables, body }
    }
  }
}

/** One to three different ones. */
const someVariables = (random: Random): readonly Variable[] => {
  const chosen = new Set(Array.from({ length: 1 + random(3) }, () => pick(random, pool)))
  return pool.filter((candidate) => chosen.has(candidate))
}

const hides = (variables: readonly Variable[], name: string): boolean => variables.some((one) => one.name === name)

/** `all variables: premises imply conclusion`, as invariants are. */
export const randomStatement = (random: Random): Formula => {
  const variables = someVariables(random)
  const part = (): Formula => randomFormula(random, variables, 1)
  return {
    kind: 'ForAll',
    variables,
    body: when(...Array.from({ length: 1 + random(3) }, part)).then(randomFormula(random, variables, 2)),
  }
}
