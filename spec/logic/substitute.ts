/**
 * Substitution: terms for variables, definitions for symbols. The second one turns "φ holds after the action" into a
 * formula about the state before it, so that no proof obligation needs a second copy of the state.
 */
import type { Formula, Term, Variable } from './formula.js'
import type { Definition } from './system.js'

type Bindings = ReadonlyMap<string, Term>

// --- operations

/** Terms for free variables, by name. Bound variables are renamed where they would catch one. */
export const substitute =
  (bindings: Bindings) =>
  (formula: Formula): Formula =>
    formulaWith(bindings, new Map())(formula)

/** The formula as it reads when the defined symbols have their new values. */
export const after =
  (definitions: readonly Definition[]) =>
  (formula: Formula): Formula =>
    formulaWith(new Map(), new Map(definitions.map((definition) => [definition.symbol.name, definition])))(formula)

/**
 * A definition with terms for the parameters of its value: its own variables stay. The terms must not mention these.
 * @throws RangeError when one does: rename the variables of the definition first.
 */
export const substituteIn =
  (bindings: Bindings) =>
  (definition: Definition): Definition => {
    const own = new Set(definition.variables.map(({ name }) => name))
    const inner = new Map([...bindings].filter(([name]) => !own.has(name)))
    const caught = [...union([...inner.values()].map(variablesOf))].filter((name) => own.has(name))
    if (caught.length > 0) throw new RangeError(`${definition.symbol.name}: ${caught.join(', ')} would be caught`)
    return definition.kind === 'Relation'
      ? { ...definition, value: substitute(inner)(definition.value) }
      : { ...definition, value: termWith(inner, new Map())(definition.value) }
  }

/** Names of the variables that no quantifier binds. */
export const freeVariables = (formula: Formula): ReadonlySet<string> => {
  switch (formula.kind) {
    case 'True':
    case 'False':
      return new Set()
    case 'Holds':
      return union(formula.arguments.map(variablesOf))
    case 'Equal':
      return union([variablesOf(formula.left), variablesOf(formula.right)])
    case 'Not':
      return freeVariables(formula.body)
    case 'And':
    case 'Or':
      return union(formula.parts.map(freeVariables))
    case 'Implies':
      return union([freeVariables(formula.premise), freeVariables(formula.conclusion)])
    case 'Iff':
      return union([freeVariables(formula.left), freeVariables(formula.right)])
    case 'ForAll':
    case 'Exists': {
      const bound = new Set(formula.variables.map(({ name }) => name))
      return new Set([...freeVariables(formula.body)].filter((name) => !bound.has(name)))
    }
  }
}

export const variablesOf = (term: Term): ReadonlySet<string> => {
  switch (term.kind) {
    case 'Variable':
      return new Set([term.name])
    case 'Application':
      return union(term.arguments.map(variablesOf))
    case 'Conditional':
      return union([freeVariables(term.condition), variablesOf(term.whenTrue), variablesOf(term.whenFalse)])
  }
}

/** Names of the relations and functions in a formula. */
export const symbolsOf = (formula: Formula): ReadonlySet<string> => {
  switch (formula.kind) {
    case 'True':
    case 'False':
      return new Set()
    case 'Holds':
      return union([new Set([formula.symbol.name]), ...formula.arguments.map(symbolsOfTerm)])
    case 'Equal':
      return union([symbolsOfTerm(formula.left), symbolsOfTerm(formula.right)])
    case 'Not':
    case 'ForAll':
    case 'Exists':
      return symbolsOf(formula.body)
    case 'And':
    case 'Or':
      return union(formula.parts.map(symbolsOf))
    case 'Implies':
      return union([symbolsOf(formula.premise), symbolsOf(formula.conclusion)])
    case 'Iff':
      return union([symbolsOf(formula.left), symbolsOf(formula.right)])
  }
}

const symbolsOfTerm = (term: Term): ReadonlySet<string> => {
  switch (term.kind) {
    case 'Variable':
      return new Set()
    case 'Application':
      return union([new Set([term.symbol.name]), ...term.arguments.map(symbolsOfTerm)])
    case 'Conditional':
      return union([symbolsOf(term.condition), symbolsOfTerm(term.whenTrue), symbolsOfTerm(term.whenFalse)])
  }
}

// --- how

type Definitions = ReadonlyMap<string, Definition>

const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => new Set(sets.flatMap((set) => [...set]))

const formulaWith =
  (bindings: Bindings, definitions: Definitions) =>
  (formula: Formula): Formula => {
    const inFormula = formulaWith(bindings, definitions)
    const inTerm = termWith(bindings, definitions)
    switch (formula.kind) {
      case 'True':
      case 'False':
        return formula
      case 'Holds': {
        const terms = formula.arguments.map(inTerm)
        const definition = definitions.get(formula.symbol.name)
        return definition?.kind === 'Relation'
          ? substitute(bind(definition.variables, terms))(definition.value)
          : { ...formula, arguments: terms }
      }
      case 'Equal':
        return { ...formula, left: inTerm(formula.left), right: inTerm(formula.right) }
      case 'Not':
        return { kind: 'Not', body: inFormula(formula.body) }
      case 'And':
      case 'Or':
        return { kind: formula.kind, parts: formula.parts.map(inFormula) }
      case 'Implies':
        return { kind: 'Implies', premise: inFormula(formula.premise), conclusion: inFormula(formula.conclusion) }
      case 'Iff':
        return { kind: 'Iff', left: inFormula(formula.left), right: inFormula(formula.right) }
      case 'ForAll':
      case 'Exists':
        return quantified(formula, bindings, definitions)
    }
  }

type Quantified = Extract<Formula, { readonly kind: 'ForAll' | 'Exists' }>

const quantified = (formula: Quantified, bindings: Bindings, definitions: Definitions): Formula => {
  const bound = new Set(formula.variables.map(({ name }) => name))
  const inner = new Map([...bindings].filter(([name]) => !bound.has(name)))
  const free = freeVariables(formula)
  const coming = union([
    ...[...inner].filter(([name]) => free.has(name)).map(([, term]) => variablesOf(term)),
    ...[...definitions.values()].map(parametersOf),
  ])
  const taken = union([coming, bound, freeVariables(formula.body)])
  const renaming = new Map(
    formula.variables
      .filter(({ name }) => coming.has(name))
      .map((variable) => [variable.name, { ...variable, name: freshName(variable.name, taken) }] as const),
  )
  return {
    kind: formula.kind,
    variables: formula.variables.map((variable) => renaming.get(variable.name) ?? variable),
    body: formulaWith(new Map([...inner, ...renaming]), definitions)(formula.body),
  }
}

/** Free variables of a definition: not those that it is over. */
const parametersOf = (definition: Definition): ReadonlySet<string> => {
  const own = new Set(definition.variables.map(({ name }) => name))
  const all = definition.kind === 'Relation' ? freeVariables(definition.value) : variablesOf(definition.value)
  return new Set([...all].filter((name) => !own.has(name)))
}

const freshName = (name: string, taken: ReadonlySet<string>): string =>
  taken.has(`${name}_`) ? freshName(`${name}_`, taken) : `${name}_`

const termWith =
  (bindings: Bindings, definitions: Definitions) =>
  (term: Term): Term => {
    const inTerm = termWith(bindings, definitions)
    switch (term.kind) {
      case 'Variable':
        return bindings.get(term.name) ?? term
      case 'Application': {
        const terms = term.arguments.map(inTerm)
        const definition = definitions.get(term.symbol.name)
        return definition?.kind === 'Function'
          ? termWith(bind(definition.variables, terms), new Map())(definition.value)
          : { ...term, arguments: terms }
      }
      case 'Conditional':
        return {
          ...term,
          condition: formulaWith(bindings, definitions)(term.condition),
          whenTrue: inTerm(term.whenTrue),
          whenFalse: inTerm(term.whenFalse),
        }
    }
  }

const bind = (variables: readonly Variable[], terms: readonly Term[]): Bindings =>
  new Map(
    variables.flatMap(({ name }, index) => {
      const term = terms[index]
      return term === undefined ? [] : [[name, term] as const]
    }),
  )
