/**
 * Keeps watch over statements while a structure changes.
 *
 * If a statement held before a change, it can fail now only where one of its literals turned against it. So for every place
 * where a changed symbol stands in a statement, `check` looks at those instances alone in which its arguments are the
 * changed tuple, and at none if that tuple has turned the other way. Each such place is a search of its own, a trigger,
 * compiled when it is first needed.
 */
import type { Case } from './cases.js'
import { waysToFail } from './cases.js'
import type { Environment, Scope, Search, Assignment } from './evaluate.js'
import { MAXIMAL_SLOTS, assignmentOf, compileSearch, scopeOf } from './evaluate.js'
import type { Formula, Variable } from './formula.js'
import { equal } from './formula.js'
import type { Occurrence } from './occurrences.js'
import { domainsIn, occurrencesIn } from './occurrences.js'
import { showFormula } from './smt-lib.js'
import type { Change, Structure } from './structure.js'
import { vocabularyOf } from './structure.js'
import { variablesOf } from './substitute.js'
import type { Statement, System } from './system.js'

// --- model

/** A statement and names of elements for which it is false. */
export interface Violation {
  readonly statement: Statement
  readonly assignment: Assignment
}

export interface Monitor {
  /**
   * A statement that the changes have broken. The structure has changed already, and all statements held before. For a new
   * element, one `Element` change stands for the tuples of rigid symbols that have it.
   */
  readonly check: (structure: Structure, changes: readonly Change[]) => Violation | undefined
  /** A statement that does not hold, whatever was before. */
  readonly checkAll: (structure: Structure) => Violation | undefined
}

// --- operations

/** Sizes are how many elements to expect in each sort. They only guide. */
export const makeMonitor = (
  system: System,
  statements: readonly Statement[],
  sizes: Readonly<Record<string, number>> = {},
): Monitor => {
  const scope = scopeOf(vocabularyOf(system), [], sizes)
  const failures = statements.flatMap((statement) =>
    waysToFail(statement.formula).map((case_): Failure => ({ statement, case: case_ })),
  )
  const whole = failures.map((failure) => lazily(scope, [], failure.case, failure))
  const triggers = triggersOf(scope, failures)
  const environment = new Int32Array(MAXIMAL_SLOTS)
  const firstOf = (searches: readonly Trigger[], structure: Structure): Violation | undefined => {
    for (const search of searches) {
      const violation = search(structure, environment)
      if (violation !== undefined) return violation
    }
    return undefined
  }
  return {
    check: (structure, changes) => {
      for (const change of changes) {
        setChanged(environment, change)
        const violation = firstOf(triggers[kindOf(change)].get(nameIn(change)) ?? [], structure)
        if (violation !== undefined) return violation
      }
      return undefined
    },
    checkAll: (structure) => firstOf(whole, structure),
  }
}

// --- how: searches

interface Failure {
  readonly statement: Statement
  readonly case: Case
}

type Trigger = (structure: Structure, environment: Environment) => Violation | undefined

/** The first variables stand for the changed tuple, or the new element. No formula can name them. */
const changed = (sorts: readonly string[]): readonly Variable[] =>
  sorts.map((sort, position) => ({ kind: 'Variable', name: `changed ${position}`, sort }))

const setChanged = (environment: Environment, change: Change): void => {
  if (change.kind === 'Element') environment[0] = change.id
  else
    for (let position = 0; position < change.ids.length; position++) environment[position] = change.ids[position] ?? 0
}

/** Most triggers are never pulled in a run. */
const lazily = (
  scope: Scope,
  tuple: readonly Variable[],
  case_: Case,
  { statement, case: { variables } }: Failure,
): Trigger => {
  const inner: Scope = { ...scope, slots: new Map(tuple.map(({ name }, slot) => [name, slot])) }
  let search: Search | undefined
  return (structure, environment) => {
    search ??= compileSearch(inner, case_)
    return search.run(structure, environment)
      ? { statement, assignment: assignmentOf(structure, variables, search.slots, environment) }
      : undefined
  }
}

// --- how: triggers

/** What pulls a trigger: a tuple that becomes true or false, a function that changes, an element that is new. */
type Kind = 'True' | 'False' | 'Function' | 'Element'

const kindOf = (change: Change): Kind =>
  change.kind === 'Relation' ? (change.value === 1 ? 'True' : 'False') : change.kind

const nameIn = (change: Change): string => (change.kind === 'Element' ? change.sort : change.symbol.name)

const kindsOf = ({ symbol, direction }: Occurrence): readonly Kind[] =>
  symbol.kind === 'Function' ? ['Function'] : direction === 'Either' ? ['True', 'False'] : [direction]

type Table<Value> = Readonly<Record<Kind, ReadonlyMap<string, Value>>>

/** A case of failure, to be looked for where further constraints hold. */
interface Place {
  readonly failure: Failure
  readonly tuple: readonly Variable[]
  readonly where: readonly Formula[]
}

const triggersOf = (scope: Scope, failures: readonly Failure[]): Table<readonly Trigger[]> => {
  const places = {
    True: new Map<string, Place[]>(),
    False: new Map<string, Place[]>(),
    Function: new Map<string, Place[]>(),
    Element: new Map<string, Place[]>(),
  }
  const add = (kind: Kind, name: string, place: Place): void => {
    const others = places[kind].get(name) ?? []
    // What looks at more makes what looks at less superfluous.
    if (others.some((other) => covers(other, place))) return
    places[kind].set(name, [...others.filter((other) => !covers(place, other)), place])
  }
  for (const failure of failures) {
    for (const occurrence of failure.case.constraints.flatMap(occurrencesIn))
      for (const kind of kindsOf(occurrence)) add(kind, occurrence.symbol.name, placeOfTuple(failure, occurrence))
    for (const { sort, place } of placesOfElements(failure)) add('Element', sort, place)
  }
  const compiled = (kind: Kind): ReadonlyMap<string, readonly Trigger[]> =>
    new Map([...places[kind]].map(([name, list]) => [name, list.map((place) => triggerAt(scope, place))]))
  return {
    True: compiled('True'),
    False: compiled('False'),
    Function: compiled('Function'),
    Element: compiled('Element'),
  }
}

const triggerAt = (scope: Scope, { failure, tuple, where }: Place): Trigger =>
  lazily(scope, tuple, { ...failure.case, constraints: [...where, ...failure.case.constraints] }, failure)

/** The arguments are the changed tuple. Those that depend on an inner variable may be anything. */
const placeOfTuple = (failure: Failure, { symbol, arguments: terms, inner }: Occurrence): Place => {
  const tuple = changed(symbol.sorts)
  return {
    failure,
    tuple,
    where: terms.flatMap((term, position) => {
      const element = tuple[position]
      return element === undefined || [...variablesOf(term)].some((name) => inner.has(name))
        ? []
        : [equal(term, element)]
    }),
  }
}

/** One of the variables is the new element; or it counts for a quantifier inside, and any instance may be affected. */
const placesOfElements = (failure: Failure): readonly { readonly sort: string; readonly place: Place }[] => [
  ...failure.case.variables.map((variable) => {
    const tuple = changed([variable.sort])
    return { sort: variable.sort, place: { failure, tuple, where: tuple.map((element) => equal(variable, element)) } }
  }),
  ...failure.case.constraints
    .flatMap(domainsIn)
    .filter(({ helps }) => helps)
    .map(({ sort }) => ({ sort, place: { failure, tuple: changed([sort]), where: [] } })),
]

const covers = (one: Place, other: Place): boolean => {
  if (one.failure !== other.failure) return false
  const present = new Set(other.where.map(showFormula))
  return one.where.every((constraint) => present.has(showFormula(constraint)))
}
