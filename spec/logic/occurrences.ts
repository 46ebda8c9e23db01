/** Where a formula depends on a symbol, and in which direction. */
import type { Formula, SymbolOf, Term } from './formula.js'

/** What a tuple has to become so that the formula may become true there; a function, or both ways: either. */
export type Direction = 'True' | 'False' | 'Either'

export interface Occurrence {
  readonly symbol: SymbolOf
  readonly arguments: readonly Term[]
  readonly direction: Direction
  /** Variables of the quantifiers around it, inside the formula. */
  readonly inner: ReadonlySet<string>
}

/** A quantifier inside the formula, whose instances depend on which elements there are. */
export interface Domain {
  readonly sort: string
  /** True if a new element can make the formula true: where it has to be found, not where all have to comply. */
  readonly helps: boolean
}

// --- operations

export const occurrencesIn = (formula: Formula): readonly Occurrence[] => inFormula(formula, 'True', new Set())

export const domainsIn = (formula: Formula): readonly Domain[] => domains(formula, 'True')

// --- how

const opposite = (direction: Direction): Direction =>
  direction === 'Either' ? 'Either' : direction === 'True' ? 'False' : 'True'

const inFormula = (formula: Formula, direction: Direction, inner: ReadonlySet<string>): readonly Occurrence[] => {
  switch (formula.kind) {
    case 'True':
    case 'False':
      return []
    case 'Holds':
      return [
        { symbol: formula.symbol, arguments: formula.arguments, direction, inner },
        ...formula.arguments.flatMap((term) => inTerm(term, inner)),
      ]
    case 'Equal':
      return [formula.left, formula.right].flatMap((term) => inTerm(term, inner))
    case 'Not':
      return inFormula(formula.body, opposite(direction), inner)
    case 'And':
    case 'Or':
      return formula.parts.flatMap((part) => inFormula(part, direction, inner))
    case 'Implies':
      return [
        ...inFormula(formula.premise, opposite(direction), inner),
        ...inFormula(formula.conclusion, direction, inner),
      ]
    case 'Iff':
      return [formula.left, formula.right].flatMap((side) => inFormula(side, 'Either', inner))
    case 'ForAll':
    case 'Exists':
      return inFormula(formula.body, direction, new Set([...inner, ...formula.variables.map(({ name }) => name)]))
  }
}

const inTerm = (term: Term, inner: ReadonlySet<string>): readonly Occurrence[] => {
  switch (term.kind) {
    case 'Variable':
      return []
    case 'Application':
      return [
        { symbol: term.symbol, arguments: term.arguments, direction: 'Either', inner },
        ...term.arguments.flatMap((argument) => inTerm(argument, inner)),
      ]
    case 'Conditional':
      return [
        ...inFormula(term.condition, 'Either', inner),
        ...[term.whenTrue, term.whenFalse].flatMap((branch) => inTerm(branch, inner)),
      ]
  }
}

const domains = (formula: Formula, direction: Direction): readonly Domain[] => {
  switch (formula.kind) {
    case 'True':
    case 'False':
      return []
    case 'Holds':
      return formula.arguments.flatMap(domainsInTerm)
    case 'Equal':
      return [formula.left, formula.right].flatMap(domainsInTerm)
    case 'Not':
      return domains(formula.body, opposite(direction))
    case 'And':
    case 'Or':
      return formula.parts.flatMap((part) => domains(part, direction))
    case 'Implies':
      return [...domains(formula.premise, opposite(direction)), ...domains(formula.conclusion, direction)]
    case 'Iff':
      return [formula.left, formula.right].flatMap((side) => domains(side, 'Either'))
    case 'ForAll':
    case 'Exists': {
      const helps = direction === 'Either' || (direction === 'True') === (formula.kind === 'Exists')
      return [...formula.variables.map(({ sort }) => ({ sort, helps })), ...domains(formula.body, direction)]
    }
  }
}

const domainsInTerm = (term: Term): readonly Domain[] => {
  switch (term.kind) {
    case 'Variable':
      return []
    case 'Application':
      return term.arguments.flatMap(domainsInTerm)
    case 'Conditional':
      return [...domains(term.condition, 'Either'), ...[term.whenTrue, term.whenFalse].flatMap(domainsInTerm)]
  }
}
