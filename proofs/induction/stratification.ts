/**
 * Why a solver decides the obligations, and does not merely happen to: each is a formula of the effectively propositional
 * fragment, extended by functions. Skolem functions and the functions of the vocabulary give edges from sort to sort; where
 * these make no cycle only finitely many terms can be built, so looking at all instances of all quantifiers ends.
 */
import type { Formula, SymbolOf, Term, Variable } from '../../spec/logic/formula.js'
import { freeVariables } from '../../spec/logic/substitute.js'
import type { System } from '../../spec/logic/system.js'
import type { Obligation } from './obligations.js'
import { negatedGoal } from './obligations.js'

/** From the sort of an argument to the sort of the result; `because` names the function or the variable. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly because: string
}

// --- operations

/** The edges of one obligation: of its functions, its premises and its negated goal. */
export const edgesOf = (system: System, obligation: Obligation): readonly Edge[] => [
  ...[...system.rigid, ...system.state].flatMap(edgesOfSymbol),
  ...[...obligation.context, ...obligation.premises].flatMap(({ formula }) => edgesIn(formula, true, [])),
  ...edgesIn(negatedGoal(obligation), true, []),
]

/** Sorts along a cycle, or undefined when there is none. */
export const cycleIn = (edges: readonly Edge[]): readonly string[] | undefined => {
  const next = new Map<string, readonly string[]>()
  for (const { from, to } of edges) next.set(from, [...new Set([...(next.get(from) ?? []), to])])
  const visit = (path: readonly string[]): readonly string[] | undefined => {
    const last = path[path.length - 1] ?? ''
    if (path.indexOf(last) < path.length - 1) return path.slice(path.indexOf(last))
    return (next.get(last) ?? []).map((sort) => visit([...path, sort])).find((cycle) => cycle !== undefined)
  }
  return [...next.keys()].map((sort) => visit([sort])).find((cycle) => cycle !== undefined)
}

// --- how

const edgesOfSymbol = (symbol: SymbolOf): readonly Edge[] =>
  symbol.kind === 'Relation' ? [] : symbol.sorts.map((from) => ({ from, to: symbol.result, because: symbol.name }))

/**
 * `isAsserted`: under an even number of negations. What is then an existential quantifier becomes a function of the
 * universal variables around it that its scope really mentions.
 */
const edgesIn = (formula: Formula, isAsserted: boolean, universal: readonly Variable[]): readonly Edge[] => {
  switch (formula.kind) {
    case 'True':
    case 'False':
      return []
    case 'Holds':
      return formula.arguments.flatMap((term) => edgesInTerm(term, universal))
    case 'Equal':
      return [...edgesInTerm(formula.left, universal), ...edgesInTerm(formula.right, universal)]
    case 'Not':
      return edgesIn(formula.body, !isAsserted, universal)
    case 'And':
    case 'Or':
      return formula.parts.flatMap((part) => edgesIn(part, isAsserted, universal))
    case 'Implies':
      return [
        ...edgesIn(formula.premise, !isAsserted, universal),
        ...edgesIn(formula.conclusion, isAsserted, universal),
      ]
    case 'Iff':
      return [formula.left, formula.right].flatMap((side) => [
        ...edgesIn(side, true, universal),
        ...edgesIn(side, false, universal),
      ])
    case 'ForAll':
    case 'Exists':
      return (formula.kind === 'ForAll') === isAsserted
        ? edgesIn(formula.body, isAsserted, [...universal, ...formula.variables])
        : [...skolem(formula, universal), ...edgesIn(formula.body, isAsserted, universal)]
  }
}

const skolem = (
  formula: Extract<Formula, { readonly kind: 'ForAll' | 'Exists' }>,
  universal: readonly Variable[],
): readonly Edge[] => {
  const free = freeVariables(formula)
  return formula.variables.flatMap(({ name, sort }) =>
    universal
      .filter((variable) => free.has(variable.name))
      .map((variable) => ({ from: variable.sort, to: sort, because: name })),
  )
}

/** The condition of a conditional term stands both ways. */
const edgesInTerm = (term: Term, universal: readonly Variable[]): readonly Edge[] => {
  switch (term.kind) {
    case 'Variable':
      return []
    case 'Application':
      return term.arguments.flatMap((argument) => edgesInTerm(argument, universal))
    case 'Conditional':
      return [
        ...edgesIn(term.condition, true, universal),
        ...edgesIn(term.condition, false, universal),
        ...edgesInTerm(term.whenTrue, universal),
        ...edgesInTerm(term.whenFalse, universal),
      ]
  }
}
