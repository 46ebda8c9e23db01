/** Steps of a transition system on a finite structure: its initial state, and its actions. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Variable } from './formula.js'
import type { Environment, Scope, Test } from './evaluate.js'
import { MAXIMAL_SLOTS, compileTerm, compileTest, scopeOf } from './evaluate.js'
import type { Pin } from './pivot.js'
import { pinsOf } from './pivot.js'
import type { Change, Structure, Vocabulary } from './structure.js'
import { makeChange, placeIn, vocabularyOf } from './structure.js'
import type { Action, Definition, Guard, System } from './system.js'

// --- model

export interface Refusal {
  readonly action: string
  /** Every guard that does not hold. */
  readonly failed: readonly Guard[]
}

/** Elements for the parameters of an action, in order or by name. */
export type Arguments = readonly number[] | Readonly<Record<string, number>>

export interface CompiledSystem {
  readonly system: System
  /** Gives the state symbols their first values, where these are fixed. Rigid symbols must have theirs. */
  readonly initialize: (structure: Structure) => void
  /** Does the action if all of its guards hold, and says what it changed. */
  readonly perform: (structure: Structure, action: string, of: Arguments) => Either<Refusal, readonly Change[]>
  /** The guards that do not hold. */
  readonly failing: (structure: Structure, action: string, of: Arguments) => readonly Guard[]
}

export interface Options {
  /** Whether updates look only at tuples that may change. Off, for comparison. */
  readonly pinned: boolean
}

// --- operations

/** @throws RangeError, now or when used, for what the system does not define. */
export const compileSystem = (system: System, { pinned }: Options = { pinned: true }): CompiledSystem => {
  const vocabulary = vocabularyOf(system)
  const actions = new Map(system.actions.map((action) => [action.name, compileAction(vocabulary, action, pinned)]))
  const initial = system.initial.map((definition) => compileUpdate(scopeOf(vocabulary, []), definition, []))
  const actionOf = (name: string): CompiledAction => {
    const action = actions.get(name)
    if (action === undefined) throw new RangeError(`${system.name} has no action ${name}`)
    return action
  }
  return {
    system,
    initialize: (structure) => {
      const environment = new Int32Array(MAXIMAL_SLOTS)
      const changes = initial.flatMap((update) => changesBy([update], structure, environment))
      for (const change of changes) makeChange(structure, change)
    },
    failing: (structure, name, of) => actionOf(name).failing(structure, of),
    perform: (structure, name, of) => {
      const action = actionOf(name)
      const failed = action.failing(structure, of)
      return failed.length > 0 ? left({ action: name, failed }) : right(action.apply(structure, of))
    },
  }
}

// --- how: actions

interface CompiledAction {
  readonly failing: (structure: Structure, of: Arguments) => readonly Guard[]
  readonly apply: (structure: Structure, of: Arguments) => readonly Change[]
}

const compileAction = (vocabulary: Vocabulary, action: Action, pinned: boolean): CompiledAction => {
  const scope = scopeOf(vocabulary, action.parameters)
  const guards = action.guards.map((guard) => ({ guard, test: compileTest(scope, guard.formula) }))
  const updates = action.updates.map((update) => compileUpdate(scope, update, pinned ? pinsOf(update) : []))
  const environment = new Int32Array(MAXIMAL_SLOTS)
  const enter = (of: Arguments): void =>
    action.parameters.forEach((parameter, slot) => {
      environment[slot] = argumentOf(action, parameter, slot, of)
    })
  return {
    failing: (structure, of) => {
      enter(of)
      return guards.flatMap(({ guard, test }) => (test(structure, environment) ? [] : [guard]))
    },
    apply: (structure, of) => {
      enter(of)
      // All updates read the state before: nothing is written until all is read.
      const changes = changesBy(updates, structure, environment)
      for (const change of changes) makeChange(structure, change)
      return changes
    },
  }
}

const argumentOf = (action: Action, { name }: Variable, position: number, of: Arguments): number => {
  // Array.isArray does not narrow readonly arrays away.
  const argument = isList(of) ? of[position] : of[name]
  if (argument === undefined) throw new RangeError(`${action.name} needs ${name}`)
  return argument
}

const isList = (of: Arguments): of is readonly number[] => Array.isArray(of)

// --- how: updates

/** Adds what the update would change. */
type Update = (structure: Structure, environment: Environment, changes: Change[]) => void

const changesBy = (updates: readonly Update[], structure: Structure, environment: Environment): readonly Change[] => {
  const changes: Change[] = []
  for (const update of updates) update(structure, environment, changes)
  return changes
}

const compileUpdate = (outer: Scope, definition: Definition, pins: readonly Pin[]): Update => {
  const free = [...outer.slots.values()].reduce((highest, slot) => Math.max(highest, slot), -1) + 1
  const slots = new Map(outer.slots)
  definition.variables.forEach(({ name }, index) => slots.set(name, free + index))
  const scope: Scope = { ...outer, slots }
  const own = definition.variables.map((_, index) => free + index)
  const visit =
    definition.kind === 'Relation' ? relationChange(scope, definition, own) : functionChange(scope, definition, own)
  return definition.variables.reduceRight<Update>((next, variable, index) => {
    const slot = free + index
    const pin = pins.find((candidate) => candidate.variable.name === variable.name)
    if (pin !== undefined) {
      const value = compileTerm(outer, pin.term)
      return (structure, environment, changes) => {
        environment[slot] = value(structure, environment)
        next(structure, environment, changes)
      }
    }
    const sort = placeIn(scope.vocabulary.sorts, variable.sort)
    return (structure, environment, changes) => {
      const size = structure.sizes[sort] ?? 0
      for (let id = 0; id < size; id++) {
        environment[slot] = id
        next(structure, environment, changes)
      }
    }
  }, visit)
}

type RelationDefinition = Extract<Definition, { readonly kind: 'Relation' }>
type FunctionDefinition = Extract<Definition, { readonly kind: 'Function' }>

const relationChange = (
  scope: Scope,
  { symbol, variables, value }: RelationDefinition,
  slots: readonly number[],
): Update => {
  const becomes: Test = compileTest(scope, value)
  const before: Test = compileTest(scope, { kind: 'Holds', symbol, arguments: variables })
  return (structure, environment, changes) => {
    const now = becomes(structure, environment)
    if (now !== before(structure, environment))
      changes.push({ kind: 'Relation', symbol, ids: slots.map((slot) => environment[slot] ?? 0), value: now ? 1 : 0 })
  }
}

const functionChange = (
  scope: Scope,
  { symbol, variables, value }: FunctionDefinition,
  slots: readonly number[],
): Update => {
  const becomes = compileTerm(scope, value)
  const before = compileTerm(scope, { kind: 'Application', symbol, arguments: variables, sort: symbol.result })
  return (structure, environment, changes) => {
    const now = becomes(structure, environment)
    if (now !== before(structure, environment))
      changes.push({ kind: 'Function', symbol, ids: slots.map((slot) => environment[slot] ?? 0), value: now })
  }
}
