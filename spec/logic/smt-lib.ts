/** Formulas as SMT-LIB 2 text: uninterpreted sorts, functions and relations, and quantifiers; nothing else. */
import type { Formula, SymbolOf, Term, Variable } from './formula.js'

// --- operations

export const declareSort = (sort: string): string => `(declare-sort ${sort} 0)`

export const declareSymbol = (symbol: SymbolOf): string =>
  `(declare-fun ${symbol.name} (${symbol.sorts.join(' ')}) ${symbol.kind === 'Function' ? symbol.result : 'Bool'})`

/** A free variable as a constant. */
export const declareConstant = ({ name, sort }: Variable): string => `(declare-const ${name} ${sort})`

export const assertThat = (formula: Formula): string => `(assert ${showFormula(formula)})`

export const showFormula = (formula: Formula): string => {
  switch (formula.kind) {
    case 'True':
      return 'true'
    case 'False':
      return 'false'
    case 'Holds':
      return applied(formula.symbol.name, formula.arguments.map(showTerm))
    case 'Equal':
      return applied('=', [showTerm(formula.left), showTerm(formula.right)])
    case 'Not':
      return applied('not', [showFormula(formula.body)])
    case 'And':
      return junction('and', 'true', formula.parts)
    case 'Or':
      return junction('or', 'false', formula.parts)
    case 'Implies':
      return applied('=>', [showFormula(formula.premise), showFormula(formula.conclusion)])
    case 'Iff':
      return applied('=', [showFormula(formula.left), showFormula(formula.right)])
    case 'ForAll':
      return quantified('forall', formula.variables, formula.body)
    case 'Exists':
      return quantified('exists', formula.variables, formula.body)
  }
}

export const showTerm = (term: Term): string => {
  switch (term.kind) {
    case 'Variable':
      return term.name
    case 'Application':
      return applied(term.symbol.name, term.arguments.map(showTerm))
    case 'Conditional':
      return applied('ite', [showFormula(term.condition), showTerm(term.whenTrue), showTerm(term.whenFalse)])
  }
}

// --- how

const applied = (symbol: string, parts: readonly string[]): string =>
  parts.length === 0 ? symbol : `(${[symbol, ...parts].join(' ')})`

/** `and` and `or` of nothing are `true` and `false`. */
const junction = (symbol: string, neutral: string, parts: readonly Formula[]): string =>
  parts.length === 0
    ? neutral
    : parts.length === 1
      ? parts.map(showFormula).join('')
      : applied(symbol, parts.map(showFormula))

/** A quantifier over nothing is none. */
const quantified = (quantifier: string, variables: readonly Variable[], body: Formula): string =>
  variables.length === 0 ? showFormula(body) : applied(quantifier, [showVariables(variables), showFormula(body)])

const showVariables = (variables: readonly Variable[]): string =>
  `(${variables.map(({ name, sort }) => `(${name} ${sort})`).join(' ')})`
