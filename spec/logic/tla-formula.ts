/** Formulas and terms in TLA+. No reader has to know precedences: what is compound is in parentheses or on its own line. */
import type { Formula, Term, Variable } from './formula.js'

/** Identifiers in use, those of statements and actions, and those of the variables that are bound at this place. */
export interface Names {
  readonly taken: ReadonlySet<string>
  readonly given: ReadonlyMap<object, string>
  readonly variables: ReadonlyMap<string, string>
}

const WIDTH = 100

// --- operations

/** A name of the project as an identifier: `one leader a promise` is `OneLeaderAPromise`. */
export const identifier = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')

export const pad = (column: number): string => ' '.repeat(column)

/** The variables as they may be called here: TLA+ allows no name to be bound or declared twice. */
export const bindNames = (variables: readonly Variable[], names: Names): readonly [readonly Variable[], Names] => {
  const taken = new Set(names.taken)
  const inner = new Map(names.variables)
  const renamed = variables.map((variable): Variable => {
    const name = free(variable.name, taken)
    taken.add(name)
    inner.set(variable.name, name)
    return { ...variable, name }
  })
  return [renamed, { ...names, taken, variables: inner }]
}

/** Joined by commas, on lines that all begin in this column. */
export const wrapped = (parts: readonly string[], column: number): string =>
  parts
    .reduce<readonly string[]>((lines, part) => {
      const last = lines.at(-1)
      return last === undefined || column + last.length + part.length + 2 > WIDTH
        ? [...lines, part]
        : [...lines.slice(0, -1), `${last}, ${part}`]
    }, [])
    .join(`,\n${pad(column)}`)

/** `n \in Node, e \in Epoch`. */
export const showBounds = (variables: readonly Variable[], column = 0): string =>
  wrapped(
    variables.map(({ name, sort }) => `${name} \\in ${identifier(sort)}`),
    column,
  )

/** The formula from this column on: on one line where it fits, else with lists of aligned `/\` and `\/`. */
export const block = (formula: Formula, column: number, names: Names): string => {
  const line = flat(formula, names)
  return column + line.length <= WIDTH ? line : broken(formula, column, names)
}

export const blockTerm = (term: Term, column: number, names: Names): string => {
  const line = showTerm(term, names)
  if (term.kind !== 'Conditional' || column + line.length <= WIDTH) return line
  const [whenTrue, whenFalse] = [operandTerm(term.whenTrue, names), operandTerm(term.whenFalse, names)]
  const condition = block(term.condition, column + 3, names)
  return `IF ${condition}\n${pad(column)}THEN ${whenTrue}\n${pad(column)}ELSE ${whenFalse}`
}

export const showTerm = (term: Term, names: Names): string => {
  switch (term.kind) {
    case 'Variable':
      return names.variables.get(term.name) ?? term.name
    case 'Application':
      return term.arguments.length === 0
        ? term.symbol.name
        : `${term.symbol.name}[${term.arguments.map((argument) => operandTerm(argument, names)).join(', ')}]`
    case 'Conditional': {
      const [whenTrue, whenFalse] = [operandTerm(term.whenTrue, names), operandTerm(term.whenFalse, names)]
      return `IF ${flat(term.condition, names)} THEN ${whenTrue} ELSE ${whenFalse}`
    }
  }
}

// --- how

const free = (name: string, taken: ReadonlySet<string>): string => (taken.has(name) ? free(`${name}_`, taken) : name)

const flat = (formula: Formula, names: Names): string => {
  switch (formula.kind) {
    case 'True':
      return 'TRUE'
    case 'False':
      return 'FALSE'
    case 'Holds':
      return membership('\\in', formula.symbol.name, formula.arguments, names)
    case 'Equal':
      return `${operandTerm(formula.left, names)} = ${operandTerm(formula.right, names)}`
    case 'Not':
      return negated(formula.body, names)
    case 'And':
      return joined(' /\\ ', 'TRUE', partsOf(formula), names)
    case 'Or':
      return joined(' \\/ ', 'FALSE', partsOf(formula), names)
    case 'Implies':
      return `${operand(formula.premise, names)} => ${operand(formula.conclusion, names)}`
    case 'Iff':
      return `${operand(formula.left, names)} <=> ${operand(formula.right, names)}`
    case 'ForAll':
    case 'Exists': {
      const [variables, inner] = bindNames(formula.variables, names)
      return `${quantifier(formula.kind)} ${showBounds(variables)} : ${flat(formula.body, inner)}`
    }
  }
}

const broken = (formula: Formula, column: number, names: Names): string => {
  switch (formula.kind) {
    case 'And':
      return list('/\\', partsOf(formula), column, names)
    case 'Or':
      return list('\\/', partsOf(formula), column, names)
    case 'Implies':
      return infix('=>', formula.premise, formula.conclusion, column, names)
    case 'Iff':
      return infix('<=>', formula.left, formula.right, column, names)
    case 'Not':
      return `~(${block(formula.body, column + 2, names)})`
    case 'ForAll':
    case 'Exists': {
      const [variables, inner] = bindNames(formula.variables, names)
      const body = block(formula.body, column + 2, inner)
      return `${quantifier(formula.kind)} ${showBounds(variables)} :\n${pad(column + 2)}${body}`
    }
    case 'True':
    case 'False':
    case 'Holds':
    case 'Equal':
      return flat(formula, names)
  }
}

const list = (bullet: string, parts: readonly Formula[], column: number, names: Names): string =>
  parts.map((part) => `${bullet} ${bracketed(part, column + 3, names)}`).join(`\n${pad(column)}`)

/** The operator begins the second line, right of where the formula began: a list around it goes on. */
const infix = (operator: string, left: Formula, right: Formula, column: number, names: Names): string => {
  const start = column + 3 + operator.length
  return `${bracketed(left, column, names)}\n${pad(column + 2)}${operator} ${bracketed(right, start, names)}`
}

const bracketed = (formula: Formula, column: number, names: Names): string =>
  isAtom(formula) ? flat(formula, names) : `(${block(formula, column + 1, names)})`

const quantifier = (kind: 'ForAll' | 'Exists'): string => (kind === 'ForAll' ? '\\A' : '\\E')

const joined = (operator: string, neutral: string, parts: readonly Formula[], names: Names): string => {
  const [only, ...more] = parts
  if (only === undefined) return neutral
  return more.length === 0 ? flat(only, names) : parts.map((part) => operand(part, names)).join(operator)
}

type Junction = Extract<Formula, { readonly kind: 'And' | 'Or' }>

/** A conjunction within a conjunction says nothing by its place. */
const partsOf = ({ kind, parts }: Junction): readonly Formula[] =>
  parts.flatMap((part) => (part.kind === kind ? partsOf(part) : [part]))

const isAtom = (formula: Formula): boolean =>
  formula.kind === 'True' ||
  formula.kind === 'False' ||
  formula.kind === 'Holds' ||
  formula.kind === 'Equal' ||
  (formula.kind === 'Not' && (formula.body.kind === 'Holds' || formula.body.kind === 'Equal'))

const operand = (formula: Formula, names: Names): string =>
  isAtom(formula) ? flat(formula, names) : `(${flat(formula, names)})`

const operandTerm = (term: Term, names: Names): string =>
  term.kind === 'Conditional' ? `(${showTerm(term, names)})` : showTerm(term, names)

const negated = (body: Formula, names: Names): string => {
  if (body.kind === 'Holds') return membership('\\notin', body.symbol.name, body.arguments, names)
  if (body.kind === 'Equal') return `${operandTerm(body.left, names)} # ${operandTerm(body.right, names)}`
  return `~(${flat(body, names)})`
}

const membership = (operator: string, name: string, terms: readonly Term[], names: Names): string => {
  const shown = terms.map((term) => operandTerm(term, names))
  if (shown.length === 0) return operator === '\\in' ? name : `~${name}`
  return `${shown.length === 1 ? shown.join('') : `<<${shown.join(', ')}>>`} ${operator} ${name}`
}
