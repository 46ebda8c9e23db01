/**
 * What has to be proved: that the invariant holds at first, that every action keeps each conjunct, and that it implies the
 * properties. An obligation is "premises entail goal"; the goal about the state after an action is a formula about the
 * state before it (spec/logic/substitute.ts).
 */
import type { Formula, Variable } from '../../spec/logic/formula.js'
import { after, substitute, substituteIn, symbolsOf } from '../../spec/logic/substitute.js'
import type { Action, Statement, System } from '../../spec/logic/system.js'

export interface Obligation {
  /** `action / conjunct`. Unique. */
  readonly name: string
  /** `initially`, the name of an action, or `properties`. */
  readonly step: string
  readonly goal: Statement
  /** Free variables of guards and goal: the parameters of the action. */
  readonly constants: readonly Variable[]
  /** Axioms and guards: always there. */
  readonly context: readonly Statement[]
  /** Conjuncts of the invariant, of which few may be needed. */
  readonly premises: readonly Statement[]
}

const INITIALLY = 'initially'
const PROPERTIES = 'properties'

/** All of them, in a fixed order. */
export const obligationsOf = (
  system: System,
  invariant: readonly Statement[],
  properties: readonly Statement[],
  cuts: Readonly<Record<string, readonly Statement[]>>,
): readonly Obligation[] => [
  ...invariant.map(
    (goal): Obligation => ({
      name: nameOf(INITIALLY, goal),
      step: INITIALLY,
      goal: { ...goal, formula: after(system.initial)(goal.formula) },
      constants: [],
      context: system.axioms,
      premises: [],
    }),
  ),
  ...system.actions.flatMap((action) => consecution(system, invariant, action, cuts[action.name] ?? [])),
  ...properties.map(
    (goal): Obligation => ({
      name: nameOf(PROPERTIES, goal),
      step: PROPERTIES,
      goal,
      constants: [],
      context: system.axioms,
      premises: invariant,
    }),
  ),
]

const nameOf = (step: string, { name }: Statement): string => `${step} / ${name}`

/** The cuts of the action, and each conjunct that mentions something that it changes; the others are kept for free. */
const consecution = (
  system: System,
  invariant: readonly Statement[],
  action: Action,
  actionCuts: readonly Statement[],
): readonly Obligation[] => {
  const { constants, bindings, guards, changes } = instantiate(action)
  const context = [...system.axioms, ...guards]
  const cuts = actionCuts.map((cut): Statement => ({ ...cut, formula: substitute(bindings)(cut.formula) }))
  const changed = new Set(action.updates.map(({ symbol }) => symbol.name))
  const obligation = (goal: Statement, premises: readonly Statement[]): Obligation => ({
    name: nameOf(action.name, goal),
    step: action.name,
    goal,
    constants,
    context,
    premises,
  })
  return [
    ...cuts.map((cut, index) => obligation(cut, [...cuts.slice(0, index), ...invariant])),
    ...invariant
      .filter(({ formula }) => [...symbolsOf(formula)].some((name) => changed.has(name)))
      .map((goal) => obligation({ ...goal, formula: after(changes)(goal.formula) }, [...cuts, ...invariant])),
  ]
}

/** The action with constants for its parameters, so that no variable of a formula is mistaken for one. */
export const instantiate = (
  action: Action,
): {
  readonly constants: readonly Variable[]
  readonly bindings: ReadonlyMap<string, Variable>
  readonly guards: readonly Statement[]
  readonly changes: Action['updates']
} => {
  const constants = action.parameters.map((parameter): Variable => ({ ...parameter, name: `the_${parameter.name}` }))
  const bindings = new Map(
    action.parameters.map(({ name, sort }) => [name, { kind: 'Variable', name: `the_${name}`, sort }] as const),
  )
  return {
    constants,
    bindings,
    guards: action.guards.map(({ name, formula }) => ({ name, why: 'guard', formula: substitute(bindings)(formula) })),
    changes: action.updates.map(substituteIn(bindings)),
  }
}

/** Everything that may be used to prove the goal. Names are unique among them. */
export const hypothesesOf = ({ context, premises }: Obligation): readonly Statement[] => [...context, ...premises]

/** Refuted when unsatisfiable together with the context and the chosen premises. */
export const negatedGoal = ({ goal }: Obligation): Formula => ({ kind: 'Not', body: goal.formula })
