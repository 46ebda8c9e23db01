/**
 * Where an update changes nothing. If `R(x, y)` becomes a formula that is `R(x, y)` again once `x = c` is false, then only
 * tuples with x = c can change, and x is pinned to c. Updates of few tuples are found out to be that.
 */
import type { Formula, Term, Variable } from './formula.js'
import { falsehood, truth } from './formula.js'
import { variablesOf } from './substitute.js'
import type { Definition } from './system.js'

export interface Pin {
  readonly variable: Variable
  readonly term: Term
}

// --- operations

/** Pins of the variables of the update, at most one each; the terms have none of its variables. */
export const pinsOf = ({ variables, ...definition }: Definition): readonly Pin[] => {
  const own = new Set(variables.map(({ name }) => name))
  const value = definition.value
  return variables.flatMap((variable): readonly Pin[] => {
    const term = equalitiesIn(value)
      .flatMap((equality) => otherSide(equality, variable))
      .find(
        (candidate) =>
          [...variablesOf(candidate)].every((name) => !own.has(name)) &&
          isOld(definition.symbol.name, variables, assuming({ variable, term: candidate })(value)),
      )
    return term === undefined ? [] : [{ variable, term }]
  })
}

// --- how

type Equality = Extract<Formula, { readonly kind: 'Equal' }>

/** Is it `symbol(variables)`, literally? */
const isOld = (name: string, variables: readonly Variable[], value: Formula | Term): boolean =>
  (value.kind === 'Holds' || value.kind === 'Application') &&
  value.symbol.name === name &&
  value.arguments.every((term, index) => term.kind === 'Variable' && term.name === variables[index]?.name)

const otherSide = ({ left, right }: Equality, { name }: Variable): readonly Term[] => [
  ...(left.kind === 'Variable' && left.name === name ? [right] : []),
  ...(right.kind === 'Variable' && right.name === name ? [left] : []),
]

/** Those outside quantifiers, which could give another meaning to a name. */
const equalitiesIn = (value: Formula | Term): readonly Equality[] => {
  switch (value.kind) {
    case 'Equal':
      return [value]
    case 'Not':
      return equalitiesIn(value.body)
    case 'And':
    case 'Or':
      return value.parts.flatMap(equalitiesIn)
    case 'Implies':
      return [...equalitiesIn(value.premise), ...equalitiesIn(value.conclusion)]
    case 'Iff':
      return [...equalitiesIn(value.left), ...equalitiesIn(value.right)]
    case 'Conditional':
      return [...equalitiesIn(value.condition), ...equalitiesIn(value.whenTrue), ...equalitiesIn(value.whenFalse)]
    case 'True':
    case 'False':
    case 'Holds':
    case 'ForAll':
    case 'Exists':
    case 'Variable':
    case 'Application':
      return []
  }
}

/** The value where the pin does not hold, simplified. */
const assuming =
  (pin: Pin) =>
  (value: Formula | Term): Formula | Term => {
    switch (value.kind) {
      case 'Conditional': {
        const condition = without(pin)(value.condition)
        if (condition.kind === 'True') return assuming(pin)(value.whenTrue)
        return condition.kind === 'False' ? assuming(pin)(value.whenFalse) : value
      }
      case 'Variable':
      case 'Application':
        return value
      case 'True':
      case 'False':
      case 'Holds':
      case 'Equal':
      case 'Not':
      case 'And':
      case 'Or':
      case 'Implies':
      case 'Iff':
      case 'ForAll':
      case 'Exists':
        return without(pin)(value)
    }
  }

const without =
  (pin: Pin) =>
  (formula: Formula): Formula => {
    switch (formula.kind) {
      case 'Equal':
        return otherSide(formula, pin.variable).some((term) => sameTerm(term, pin.term)) ? falsehood : formula
      case 'Not': {
        const body = without(pin)(formula.body)
        return body.kind === 'True' ? falsehood : body.kind === 'False' ? truth : { kind: 'Not', body }
      }
      case 'And':
        return junction('And', 'True', formula.parts.map(without(pin)))
      case 'Or':
        return junction('Or', 'False', formula.parts.map(without(pin)))
      case 'Implies': {
        const [premise, conclusion] = [without(pin)(formula.premise), without(pin)(formula.conclusion)]
        if (premise.kind === 'False' || conclusion.kind === 'True') return truth
        return premise.kind === 'True' ? conclusion : { kind: 'Implies', premise, conclusion }
      }
      case 'True':
      case 'False':
      case 'Holds':
      case 'Iff':
      case 'ForAll':
      case 'Exists':
        return formula
    }
  }

const junction = (kind: 'And' | 'Or', neutral: 'True' | 'False', parts: readonly Formula[]): Formula => {
  const [only, ...more] = parts.filter((part) => part.kind !== neutral)
  if (only === undefined) return neutral === 'True' ? truth : falsehood
  const absorbing = neutral === 'True' ? 'False' : 'True'
  if (parts.some((part) => part.kind === absorbing)) return absorbing === 'True' ? truth : falsehood
  return more.length === 0 ? only : { kind, parts: [only, ...more] }
}

/** Literally the same; a condition inside is never. */
const sameTerm = (one: Term, other: Term): boolean => {
  if (one.kind === 'Variable') return other.kind === 'Variable' && one.name === other.name
  return (
    one.kind === 'Application' &&
    other.kind === 'Application' &&
    one.symbol.name === other.symbol.name &&
    one.arguments.every((term, index) => {
      const counterpart = other.arguments[index]
      return counterpart !== undefined && sameTerm(term, counterpart)
    })
  )
}
