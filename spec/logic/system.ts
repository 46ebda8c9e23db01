/** Transition systems in first-order logic: symbols, axioms, initial values, and guarded actions. */
import type {
  Formula,
  Function,
  FunctionSymbol,
  Relation,
  RelationSymbol,
  SymbolOf,
  Term,
  Variable,
} from './formula.js'

/** A formula with a name and one line why. */
export interface Statement {
  readonly name: string
  readonly why: string
  readonly formula: Formula
}

/** A named condition of an action. */
export interface Guard {
  readonly name: string
  readonly formula: Formula
}

/** The value of a relation or function as a formula or term over its variables. */
export type Definition =
  | {
      readonly kind: 'Relation'
      readonly symbol: RelationSymbol
      readonly variables: readonly Variable[]
      readonly value: Formula
    }
  | {
      readonly kind: 'Function'
      readonly symbol: FunctionSymbol
      readonly variables: readonly Variable[]
      readonly value: Term
    }

/** May happen when all guards hold. What no update names keeps its value; updates read the state before. */
export interface Action {
  readonly name: string
  readonly parameters: readonly Variable[]
  readonly guards: readonly Guard[]
  readonly updates: readonly Definition[]
  /** Which messages and steps of the real protocol it stands for. */
  readonly standsFor: string
  /** The clauses of spec/clauses that it states again. */
  readonly clauses: readonly string[]
}

export interface System {
  readonly name: string
  readonly sorts: readonly string[]
  /** Symbols whose meaning never changes. */
  readonly rigid: readonly SymbolOf[]
  /** What the actions change. */
  readonly state: readonly SymbolOf[]
  /** About rigid symbols only. */
  readonly axioms: readonly Statement[]
  /** A state symbol without definition here may have any value at first. */
  readonly initial: readonly Definition[]
  readonly actions: readonly Action[]
}

type Variables<Sorts extends readonly string[]> = { readonly [Index in keyof Sorts]: Variable<Sorts[Index]> }

/** `define(log, n, t)(formula)`: log(n, t) is, or becomes, the value of the formula. */
export const define =
  <Sorts extends readonly string[]>(
    { symbol }: Relation<Sorts>,
    ...variables: Variables<Sorts>
  ): ((value: Formula) => Definition) =>
  (value) => ({ kind: 'Relation', symbol, variables: variables, value })

export const defineFunction =
  <Sorts extends readonly string[], Result extends string>(
    { symbol }: Function<Sorts, Result>,
    ...variables: Variables<Sorts>
  ): ((value: Term<Result>) => Definition) =>
  (value) => ({ kind: 'Function', symbol, variables: variables, value })
