/**
 * Does a formula hold in a finite structure? Formulas become nested closures over an array of elements, one slot a variable:
 * nothing is looked up by name while they run. Quantifiers become searches (cases.ts) in a good order (plan.ts).
 */
import type { Case } from './cases.js'
import { waysToFail, waysToHold } from './cases.js'
import type { Formula, Term, Variable } from './formula.js'
import type { Branch, Estimates } from './plan.js'
import { DEFAULT_SIZE, planSearch } from './plan.js'
import type { Structure, Vocabulary } from './structure.js'
import { nameOf, placeIn } from './structure.js'

// --- model

/** The elements that variables stand for, by slot. */
export type Environment = Int32Array
export type Test = (structure: Structure, environment: Environment) => boolean
export type Value = (structure: Structure, environment: Environment) => number

/** A search that tells whether it found something. The values are then in the environment. */
export interface Search {
  readonly run: Test
  readonly slots: ReadonlyMap<string, number>
}

/** What compilation knows: where variables are, and what to expect of structures. */
export interface Scope {
  readonly vocabulary: Vocabulary
  readonly estimates: Estimates
  readonly slots: ReadonlyMap<string, number>
}

/** Variables that are alive at once. */
export const MAXIMAL_SLOTS = 64

// --- operations

/**
 * The formula as a function of its parameters, given in that order. Not to be entered twice at once.
 * @throws RangeError when a variable is free but no parameter, or a symbol is unknown.
 */
export const compile = (
  vocabulary: Vocabulary,
  formula: Formula,
  parameters: readonly Variable[],
): ((structure: Structure, ids: readonly number[]) => boolean) => {
  const test = compileTest(scopeOf(vocabulary, parameters), formula)
  const environment = new Int32Array(MAXIMAL_SLOTS)
  return (structure, ids) => {
    environment.set(ids)
    return test(structure, environment)
  }
}

/** Compiled for this one time. Bindings are ids by the name of the variable. */
export const evaluate = (
  structure: Structure,
  formula: Formula,
  bindings: Readonly<Record<string, number>> = {},
): boolean => {
  // Only names count here.
  const parameters = Object.keys(bindings).map((name): Variable => ({ kind: 'Variable', name, sort: '' }))
  return compile(structure.vocabulary, formula, parameters)(structure, Object.values(bindings))
}

/** Names of elements by the variables of the outermost quantifiers. */
export type Assignment = Readonly<Record<string, string>>

/** An assignment that makes the formula false, if any. */
export const counterexample = (structure: Structure, formula: Formula): Assignment | undefined => {
  const scope = scopeOf(structure.vocabulary, [])
  const environment = new Int32Array(MAXIMAL_SLOTS)
  for (const case_ of waysToFail(formula)) {
    const search = compileSearch(scope, case_)
    if (search.run(structure, environment)) return assignmentOf(structure, case_.variables, search.slots, environment)
  }
  return undefined
}

export const assignmentOf = (
  structure: Structure,
  variables: readonly Variable[],
  slots: ReadonlyMap<string, number>,
  environment: Environment,
): Assignment =>
  Object.fromEntries(
    variables.map(({ name, sort }) => [name, nameOf(structure, sort, environment[slots.get(name) ?? 0] ?? 0)]),
  )

/** Parameters get the first slots. Sizes are what to expect of each sort; they only guide. */
export const scopeOf = (
  vocabulary: Vocabulary,
  parameters: readonly Variable[],
  sizes: Readonly<Record<string, number>> = {},
): Scope => ({
  vocabulary,
  slots: new Map(parameters.map(({ name }, slot) => [name, slot])),
  estimates: {
    sizeOf: (sort) => sizes[sort] ?? DEFAULT_SIZE,
    isRigid: (symbol) => vocabulary.rigid.has(symbol),
  },
})

/** A search for values of the variables of the case; what the scope binds has its values. */
export const compileSearch = (scope: Scope, case_: Case): Search => {
  // A variable with the name of an outer one hides it.
  const slots = new Map(scope.slots)
  const free = [...scope.slots.values()].reduce((highest, slot) => Math.max(highest, slot), -1) + 1
  case_.variables.forEach(({ name }, index) => slots.set(name, free + index))
  if (free + case_.variables.length > MAXIMAL_SLOTS) throw new RangeError(`more than ${MAXIMAL_SLOTS} variables`)
  return { slots, run: runPlan({ ...scope, slots }, planSearch(case_, scope.estimates)) }
}

export const compileTest = (scope: Scope, formula: Formula): Test => {
  switch (formula.kind) {
    case 'True':
      return always
    case 'False':
      return never
    case 'Holds':
      return relationTest(scope, formula)
    case 'Equal': {
      const [left, right] = [compileTerm(scope, formula.left), compileTerm(scope, formula.right)]
      return (structure, environment) => left(structure, environment) === right(structure, environment)
    }
    case 'Not': {
      const body = compileTest(scope, formula.body)
      return (structure, environment) => !body(structure, environment)
    }
    case 'And':
      return conjunction(formula.parts.map((part) => compileTest(scope, part)))
    case 'Or':
      return disjunction(formula.parts.map((part) => compileTest(scope, part)))
    case 'Implies': {
      const [premise, conclusion] = [compileTest(scope, formula.premise), compileTest(scope, formula.conclusion)]
      return (structure, environment) => !premise(structure, environment) || conclusion(structure, environment)
    }
    case 'Iff': {
      const [left, right] = [compileTest(scope, formula.left), compileTest(scope, formula.right)]
      return (structure, environment) => left(structure, environment) === right(structure, environment)
    }
    case 'ForAll': {
      const failing = disjunction(waysToFail(formula).map((case_) => compileSearch(scope, case_).run))
      return (structure, environment) => !failing(structure, environment)
    }
    case 'Exists':
      return disjunction(waysToHold(formula).map((case_) => compileSearch(scope, case_).run))
  }
}

export const compileTerm = (scope: Scope, term: Term): Value => {
  switch (term.kind) {
    case 'Variable': {
      const slot = slotOf(scope, term)
      return (_, environment) => environment[slot] ?? 0
    }
    case 'Application':
      return functionValue(scope, term)
    case 'Conditional': {
      const condition = compileTest(scope, term.condition)
      const [whenTrue, whenFalse] = [compileTerm(scope, term.whenTrue), compileTerm(scope, term.whenFalse)]
      return (structure, environment) =>
        condition(structure, environment) ? whenTrue(structure, environment) : whenFalse(structure, environment)
    }
  }
}

// --- how: connectives

const always: Test = () => true
const never: Test = () => false

const conjunction = (tests: readonly Test[]): Test => {
  const [first, second, ...more] = tests
  if (first === undefined) return always
  if (second === undefined) return first
  const rest = more.length === 0 ? second : conjunction([second, ...more])
  return (structure, environment) => first(structure, environment) && rest(structure, environment)
}

const disjunction = (tests: readonly Test[]): Test => {
  const [first, second, ...more] = tests
  if (first === undefined) return never
  if (second === undefined) return first
  const rest = more.length === 0 ? second : disjunction([second, ...more])
  return (structure, environment) => first(structure, environment) || rest(structure, environment)
}

// --- how: atoms

type Atom = Extract<Formula, { readonly kind: 'Holds' }>

const slotOf = ({ slots }: Scope, { name }: Variable): number => placeIn(slots, name)

/** Most atoms have nothing but variables, so these read the slots themselves. */
const relationTest = (scope: Scope, { symbol, arguments: terms }: Atom): Test => {
  const place = placeIn(scope.vocabulary.relations, symbol.name)
  const slots = terms.map((term) => (term.kind === 'Variable' ? slotOf(scope, term) : -1))
  const [a = 0, b = 0, c = 0] = slots
  if (slots.includes(-1) || slots.length === 0) return relationOfTerms(scope, place, terms)
  if (slots.length === 1)
    return ({ relations }, environment) => {
      const table = relations[place]
      return table?.values[environment[a] ?? 0] === 1
    }
  if (slots.length === 2)
    return ({ relations }, environment) => {
      const table = relations[place]
      return table?.values[(environment[a] ?? 0) * table.stride0 + (environment[b] ?? 0)] === 1
    }
  return ({ relations }, environment) => {
    const table = relations[place]
    if (table === undefined) return false
    const offset = (environment[a] ?? 0) * table.stride0 + (environment[b] ?? 0) * table.stride1 + (environment[c] ?? 0)
    return table.values[offset] === 1
  }
}

const zero: Value = () => 0

const relationOfTerms = (scope: Scope, place: number, terms: readonly Term[]): Test => {
  const [a = zero, b = zero, c = zero] = terms.map((term) => compileTerm(scope, term))
  return (structure, environment) => {
    const table = structure.relations[place]
    if (table === undefined) return false
    const offset =
      a(structure, environment) * table.stride0 +
      b(structure, environment) * table.stride1 +
      c(structure, environment) * table.stride2
    return table.values[offset] === 1
  }
}

type FunctionTerm = Extract<Term, { readonly kind: 'Application' }>

const functionValue = (scope: Scope, { symbol, arguments: terms }: FunctionTerm): Value => {
  const place = placeIn(scope.vocabulary.functions, symbol.name)
  const [only] = terms
  if (only === undefined) return ({ functions }) => functions[place]?.values[0] ?? 0
  if (terms.length === 1 && only.kind === 'Variable') {
    const slot = slotOf(scope, only)
    return ({ functions }, environment) => functions[place]?.values[environment[slot] ?? 0] ?? 0
  }
  const [a = zero, b = zero, c = zero] = terms.map((term) => compileTerm(scope, term))
  return (structure, environment) => {
    const table = structure.functions[place]
    if (table === undefined) return 0
    const offset =
      a(structure, environment) * table.stride0 +
      b(structure, environment) * table.stride1 +
      c(structure, environment) * table.stride2
    return table.values[offset] ?? 0
  }
}

// --- how: searches

const runPlan = (scope: Scope, { tests, parts }: Pick<Branch, 'tests' | 'parts'>): Test =>
  conjunction([...tests.map((test) => compileTest(scope, test)), ...parts.map((part) => runBranch(scope, part))])

const runBranch = (scope: Scope, { variable, determinedBy, ...then }: Branch): Test => {
  const slot = slotOf(scope, variable)
  const accepts = runPlan(scope, then)
  if (determinedBy !== undefined) {
    const value = compileTerm(scope, determinedBy)
    return (structure, environment) => {
      environment[slot] = value(structure, environment)
      return accepts(structure, environment)
    }
  }
  const sort = placeIn(scope.vocabulary.sorts, variable.sort)
  return (structure, environment) => {
    const size = structure.sizes[sort] ?? 0
    for (let id = 0; id < size; id++) {
      environment[slot] = id
      if (accepts(structure, environment)) return true
    }
    return false
  }
}
