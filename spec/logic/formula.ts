/**
 * Many-sorted first-order logic as immutable values. Three readings of it stand beside this file: evaluate.ts says whether
 * a formula holds in a finite structure, smt-lib.ts and tla.ts print it for solvers and model checkers.
 *
 * Sorts are string literal types, so an ill-sorted formula does not compile.
 */

// --- model

export interface Variable<Sort extends string = string> {
  readonly kind: 'Variable'
  readonly name: string
  readonly sort: Sort
}

/** A function symbol applied; a constant is one without arguments. */
export interface Application<Sort extends string = string> {
  readonly kind: 'Application'
  readonly symbol: FunctionSymbol
  readonly arguments: readonly Term[]
  readonly sort: Sort
}

/** A term that depends on a condition: how a function changes at one place. */
export interface Conditional<Sort extends string = string> {
  readonly kind: 'Conditional'
  readonly condition: Formula
  readonly whenTrue: Term<Sort>
  readonly whenFalse: Term<Sort>
  readonly sort: Sort
}

export type Term<Sort extends string = string> = Variable<Sort> | Application<Sort> | Conditional<Sort>

export interface FunctionSymbol {
  readonly kind: 'Function'
  readonly name: string
  readonly sorts: readonly string[]
  readonly result: string
}

export interface RelationSymbol {
  readonly kind: 'Relation'
  readonly name: string
  readonly sorts: readonly string[]
}

export type SymbolOf = FunctionSymbol | RelationSymbol

export type Formula =
  | { readonly kind: 'True' }
  | { readonly kind: 'False' }
  | { readonly kind: 'Holds'; readonly symbol: RelationSymbol; readonly arguments: readonly Term[] }
  | { readonly kind: 'Equal'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'Not'; readonly body: Formula }
  | { readonly kind: 'And'; readonly parts: readonly Formula[] }
  | { readonly kind: 'Or'; readonly parts: readonly Formula[] }
  | { readonly kind: 'Implies'; readonly premise: Formula; readonly conclusion: Formula }
  | { readonly kind: 'Iff'; readonly left: Formula; readonly right: Formula }
  | { readonly kind: 'ForAll'; readonly variables: readonly Variable[]; readonly body: Formula }
  | { readonly kind: 'Exists'; readonly variables: readonly Variable[]; readonly body: Formula }

type Terms<Sorts extends readonly string[]> = { readonly [Index in keyof Sorts]: Term<Sorts[Index]> }

/** A relation that is written like a function call and carries its symbol. */
export interface Relation<Sorts extends readonly string[]> {
  (...terms: Terms<Sorts>): Formula
  readonly symbol: RelationSymbol
}

export interface Function<Sorts extends readonly string[], Result extends string> {
  (...terms: Terms<Sorts>): Term<Result>
  readonly symbol: FunctionSymbol
}

// --- constructors: symbols and terms

export const variable = <Sort extends string>(name: string, sort: Sort): Variable<Sort> => ({
  kind: 'Variable',
  name,
  sort,
})

export const relation = <const Sorts extends readonly string[]>(name: string, ...sorts: Sorts): Relation<Sorts> => {
  const symbol: RelationSymbol = { kind: 'Relation', name, sorts }
  return Object.assign((...terms: Terms<Sorts>): Formula => ({ kind: 'Holds', symbol, arguments: terms }), { symbol })
}

export const functionOf = <const Sorts extends readonly string[], Result extends string>(
  name: string,
  sorts: Sorts,
  result: Result,
): Function<Sorts, Result> => {
  const symbol: FunctionSymbol = { kind: 'Function', name, sorts, result }
  return Object.assign(
    (...terms: Terms<Sorts>): Term<Result> => ({
      kind: 'Application',
      symbol,
      arguments: terms,
      sort: result,
    }),
    { symbol },
  )
}

export const constant = <Sort extends string>(name: string, sort: Sort): Application<Sort> => ({
  kind: 'Application',
  symbol: { kind: 'Function', name, sorts: [], result: sort },
  arguments: [],
  sort,
})

/** `whenTrue` where the condition holds, else `whenFalse`. */
export const choose = <Sort extends string>(
  condition: Formula,
  whenTrue: Term<Sort>,
  whenFalse: Term<Sort>,
): Term<Sort> => ({ kind: 'Conditional', condition, whenTrue, whenFalse, sort: whenTrue.sort })

// --- constructors: formulas

export const truth: Formula = { kind: 'True' }
export const falsehood: Formula = { kind: 'False' }

export const equal = <Sort extends string>(left: Term<Sort>, right: Term<Sort>): Formula => ({
  kind: 'Equal',
  left,
  right,
})
export const not = (body: Formula): Formula => ({ kind: 'Not', body })
export const different = <Sort extends string>(left: Term<Sort>, right: Term<Sort>): Formula => not(equal(left, right))
export const and = (...parts: readonly Formula[]): Formula => ({ kind: 'And', parts })
export const or = (...parts: readonly Formula[]): Formula => ({ kind: 'Or', parts })
export const iff = (left: Formula, right: Formula): Formula => ({ kind: 'Iff', left, right })

/** `when(a, b).then(c)`: a and b imply c. */
export const when = (...premises: readonly Formula[]): { readonly then: (conclusion: Formula) => Formula } => ({
  then: (conclusion) => {
    const [only, ...more] = premises
    return {
      kind: 'Implies',
      premise: only !== undefined && more.length === 0 ? only : and(...premises),
      conclusion,
    }
  },
})

/** `all(n, e)(formula)`: for all n and e. */
export const all =
  (...variables: readonly Variable[]) =>
  (body: Formula): Formula => ({ kind: 'ForAll', variables, body })

export const some =
  (...variables: readonly Variable[]) =>
  (body: Formula): Formula => ({ kind: 'Exists', variables, body })
