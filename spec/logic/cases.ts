/**
 * Ways for a formula to hold or to fail, as searches: values for some variables under which all constraints hold. The
 * outermost quantifiers become variables of the search and each premise a constraint of its own, so that a search may test
 * it as soon as its variables have values.
 */
import type { Formula, Variable } from './formula.js'
import { and, not } from './formula.js'
import { freeVariables } from './substitute.js'

export interface Case {
  readonly variables: readonly Variable[]
  readonly constraints: readonly Formula[]
}

// --- operations

/** The formula holds if and only if there are values for the variables of some case that satisfy its constraints. */
export const waysToHold = (formula: Formula): readonly Case[] => {
  switch (formula.kind) {
    case 'True':
      return [{ variables: [], constraints: [] }]
    case 'False':
      return []
    case 'Not':
      return waysToFail(formula.body)
    case 'And':
      return together(formula.parts.map(waysToHold), formula)
    case 'Exists':
      return quantified(formula.variables, waysToHold(formula.body), formula.body)
    case 'Holds':
    case 'Equal':
    case 'Or':
    case 'Implies':
    case 'Iff':
    case 'ForAll':
      return [single(formula)]
  }
}

/** The same for its negation. */
export const waysToFail = (formula: Formula): readonly Case[] => {
  switch (formula.kind) {
    case 'True':
      return []
    case 'False':
      return [{ variables: [], constraints: [] }]
    case 'Not':
      return waysToHold(formula.body)
    case 'And':
      // Literals fail soonest in one test; anything larger is worth a search of its own.
      return formula.parts.some(isLarge) ? formula.parts.flatMap(waysToFail) : [single(not(formula))]
    case 'Or':
      return together(formula.parts.map(waysToFail), not(formula))
    case 'Implies':
      return together([waysToHold(formula.premise), waysToFail(formula.conclusion)], not(formula))
    case 'ForAll':
      return quantified(formula.variables, waysToFail(formula.body), not(formula.body))
    case 'Holds':
    case 'Equal':
    case 'Iff':
    case 'Exists':
      return [single(not(formula))]
  }
}

// --- how

const single = (constraint: Formula): Case => ({ variables: [], constraints: [constraint] })

const isLarge = ({ kind }: Formula): boolean => kind === 'Implies' || kind === 'ForAll' || kind === 'And'

/** All at once. Where a variable of one would catch one of another, the formula stays as it is. */
const together = (parts: readonly (readonly Case[])[], whole: Formula): readonly Case[] => {
  const joined = parts.reduce<readonly Case[]>(
    (left, right) => left.flatMap((one) => right.map((other) => join(one, other))),
    [{ variables: [], constraints: [] }],
  )
  const clash = parts.some((part, index) =>
    part.some(({ variables }) => {
      const names = new Set(variables.map(({ name }) => name))
      return parts.some((others, otherIndex) => index !== otherIndex && others.some((other) => mentions(other, names)))
    }),
  )
  return clash ? [single(whole)] : joined
}

const join = (one: Case, other: Case): Case => ({
  variables: [...one.variables, ...other.variables],
  constraints: [...one.constraints, ...other.constraints],
})

const mentions = ({ variables, constraints }: Case, names: ReadonlySet<string>): boolean =>
  names.size > 0 &&
  (variables.some(({ name }) => names.has(name)) ||
    [...freeVariables(and(...constraints))].some((name) => names.has(name)))

const quantified = (variables: readonly Variable[], cases: readonly Case[], body: Formula): readonly Case[] => {
  const names = new Set(variables.map(({ name }) => name))
  return cases.some((inner) => inner.variables.some(({ name }) => names.has(name)))
    ? [{ variables, constraints: [body] }]
    : cases.map((inner) => ({ ...inner, variables: [...variables, ...inner.variables] }))
}
