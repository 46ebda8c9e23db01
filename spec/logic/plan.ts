/**
 * In which order a search gives values to its variables: the order in which, by rough estimates, the fewest assignments are
 * tried. Estimates make a search slow at worst, never wrong.
 *
 * A plan is a tree. Once some variables have values, the others may fall apart into parts that no constraint connects. One
 * solution of each part is enough, and if a part has none, other solutions of its neighbours do not help.
 */
import type { Case } from './cases.js'
import type { Formula, Term, Variable } from './formula.js'
import { freeVariables, variablesOf } from './substitute.js'

// --- model

/** One variable gets its values, from all of its sort or from a term that determines it; then come tests, then the parts. */
export interface Branch {
  readonly variable: Variable
  readonly determinedBy: Term | undefined
  readonly tests: readonly Formula[]
  readonly parts: readonly Branch[]
}

export interface Plan {
  /** What can be tested before any variable has a value. */
  readonly tests: readonly Formula[]
  readonly parts: readonly Branch[]
}

/** What is known beforehand about structures. */
export interface Estimates {
  readonly sizeOf: (sort: string) => number
  readonly isRigid: (symbol: string) => boolean
}

export const DEFAULT_SIZE = 32

// --- operations

export const planSearch = ({ variables, constraints }: Case, estimates: Estimates): Plan => {
  const judged = constraints.map((constraint) => judge(constraint, variables, estimates))
  const sizes = variables.map(({ sort }) => estimates.sizeOf(sort))
  const whole = (1 << variables.length) - 1
  const memory = new Map<number, Rated>()
  const best = (part: number): Rated => {
    const known = memory.get(part)
    if (known !== undefined) return known
    const [first, ...others] = variables.flatMap((variable, index) =>
      has(part, index) ? [rate(variable, index, sizes[index] ?? 1, part, judged, best)] : [],
    )
    if (first === undefined) throw new RangeError('a part without variables')
    const cheapest = others.reduce((one, other) => (other.effort < one.effort ? other : one), first)
    memory.set(part, cheapest)
    return cheapest
  }
  return {
    tests: byRank(judged.filter(({ needs }) => needs === 0)).map(({ constraint }) => constraint),
    parts: inOrder(partsOf(whole, judged).map(best)).map(({ branch }) => branch),
  }
}

// --- how

interface Judged {
  readonly constraint: Formula
  /** A bit for each variable of the search that occurs. */
  readonly needs: number
  readonly selectivity: number
  readonly cost: number
  /** `variable = term`, where only the variables in `needs` must be known. */
  readonly defines: readonly { readonly variable: number; readonly term: Term; readonly needs: number }[]
}

/** A branch and what to expect of it. */
interface Rated {
  readonly branch: Branch
  readonly effort: number
  /** How likely it is that it finds something. */
  readonly finds: number
}

const has = (mask: number, index: number): boolean => (mask & (1 << index)) !== 0

const maskOf = (indices: readonly number[]): number => indices.reduce((mask, index) => mask | (1 << index), 0)

/** The part searched by this variable first, and then as well as possible. */
const rate = (
  variable: Variable,
  index: number,
  size: number,
  part: number,
  judged: readonly Judged[],
  best: (part: number) => Rated,
): Rated => {
  const rest = part & ~(1 << index)
  const definitionOf = ({ defines }: Judged): Term | undefined =>
    defines.find((definition) => definition.variable === index && (definition.needs & part) === 0)?.term
  const determining = judged.find((one) => definitionOf(one) !== undefined)
  const tests = byRank(judged.filter((one) => one !== determining && (one.needs & part) === 1 << index))
  const parts = inOrder(partsOf(rest, judged).map(best))
  const steps = [...tests.map(({ cost, selectivity }) => ({ effort: cost, finds: selectivity })), ...parts]
  const once = steps.reduce(
    (state, step) => ({ effort: state.effort + state.finds * step.effort, finds: state.finds * step.finds }),
    { effort: 1, finds: 1 },
  )
  const tries = determining === undefined ? size : 1
  return {
    branch: {
      variable,
      determinedBy: determining === undefined ? undefined : definitionOf(determining),
      tests: tests.map(({ constraint }) => constraint),
      parts: parts.map(({ branch }) => branch),
    },
    effort: Math.min(tries, 1 / once.finds) * once.effort,
    finds: Math.min(1, tries * once.finds),
  }
}

/** Variables that constraints connect, be it by way of others. */
const partsOf = (variables: number, judged: readonly Judged[]): readonly number[] => {
  const parts: number[] = []
  let rest = variables
  while (rest !== 0) {
    let part = rest & -rest
    for (;;) {
      const wider = judged.reduce((mask, { needs }) => ((needs & mask) === 0 ? mask : mask | (needs & variables)), part)
      if (wider === part) break
      part = wider
    }
    parts.push(part)
    rest &= ~part
  }
  return parts
}

const inOrder = (parts: readonly Rated[]): readonly Rated[] =>
  parts.toSorted((one, other) => one.effort / (1.01 - one.finds) - other.effort / (1.01 - other.finds))

/** By what a test costs for each assignment that it excludes. */
const byRank = (judged: readonly Judged[]): readonly Judged[] =>
  judged.toSorted((one, other) => rank(one) - rank(other))

const rank = ({ cost, selectivity }: Judged): number => cost / (1.01 - selectivity)

const judge = (constraint: Formula, variables: readonly Variable[], estimates: Estimates): Judged => {
  const needs = (names: ReadonlySet<string>): number =>
    maskOf(variables.flatMap(({ name }, index) => (names.has(name) ? [index] : [])))
  const definition = (side: Term, term: Term): Judged['defines'] => {
    if (side.kind !== 'Variable' || variablesOf(term).has(side.name)) return []
    const variable = variables.findIndex(({ name }) => name === side.name)
    return variable < 0 ? [] : [{ variable, term, needs: needs(variablesOf(term)) }]
  }
  return {
    constraint,
    needs: needs(freeVariables(constraint)),
    selectivity: selectivity(constraint, estimates),
    cost: cost(constraint, estimates),
    defines:
      constraint.kind === 'Equal'
        ? [...definition(constraint.left, constraint.right), ...definition(constraint.right, constraint.left)]
        : [],
  }
}

/** The part of the assignments that passes. */
const selectivity = (formula: Formula, estimates: Estimates): number => {
  switch (formula.kind) {
    case 'True':
      return 1
    case 'False':
      return 0
    case 'Holds':
      // What never changes is mostly order, which relates one half of the pairs; what states contain is sparse.
      return estimates.isRigid(formula.symbol.name) ? 0.5 : 0.2
    case 'Equal':
      return 1 / Math.max(1, estimates.sizeOf(formula.left.sort))
    case 'Not':
      return 1 - selectivity(formula.body, estimates)
    case 'And':
      return formula.parts.reduce((product, part) => product * selectivity(part, estimates), 1)
    case 'Or':
      return 1 - formula.parts.reduce((product, part) => product * (1 - selectivity(part, estimates)), 1)
    case 'Implies':
      return 1 - selectivity(formula.premise, estimates) * (1 - selectivity(formula.conclusion, estimates))
    case 'Iff':
    case 'ForAll':
    case 'Exists':
      return 0.5
  }
}

/** Table look-ups, about. */
const cost = (formula: Formula, estimates: Estimates): number => {
  switch (formula.kind) {
    case 'True':
    case 'False':
      return 0
    case 'Holds':
      return 1 + sum(formula.arguments.map(costOfTerm))
    case 'Equal':
      return 0.5 + costOfTerm(formula.left) + costOfTerm(formula.right)
    case 'Not':
      return cost(formula.body, estimates)
    case 'And':
    case 'Or':
      return sum(formula.parts.map((part) => cost(part, estimates)))
    case 'Implies':
      return cost(formula.premise, estimates) + cost(formula.conclusion, estimates)
    case 'Iff':
      return cost(formula.left, estimates) + cost(formula.right, estimates)
    case 'ForAll':
    case 'Exists':
      return formula.variables.reduce(
        (product, { sort }) => product * estimates.sizeOf(sort),
        1 + cost(formula.body, estimates),
      )
  }
}

const costOfTerm = (term: Term): number => (term.kind === 'Variable' ? 0 : 1)

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
