/** An obligation as SMT-LIB 2: its hypotheses and the negation of its goal. It holds when that is unsatisfiable. */
import { assertThat, declareConstant, declareSort, declareSymbol, showFormula } from '../../spec/logic/smt-lib.js'
import type { Statement, System } from '../../spec/logic/system.js'
import type { Obligation } from './obligations.js'
import { hypothesesOf, negatedGoal } from './obligations.js'

/** Assertions without a command to check them, which each engine does in its own way. */
export interface Question {
  readonly text: string
  /** Constants that switch hypotheses on: assumed, they are what an unsatisfiable core is made of. */
  readonly labels: ReadonlyMap<string, Statement>
}

// --- operations

/** From all of these hypotheses the goal follows, or not. */
export const questionOf = (system: System, obligation: Obligation, hypotheses: readonly Statement[]): Question => ({
  text: [...declarations(system, obligation), ...hypotheses.flatMap(asserted), ...refuted(obligation)].join('\n'),
  labels: new Map(),
})

/** The same with a switch before each hypothesis, to learn which were needed. */
export const labelledQuestionOf = (
  system: System,
  obligation: Obligation,
  hypotheses: readonly Statement[],
): Question => {
  const labels = new Map(hypotheses.map((hypothesis, index) => [`hypothesis_${index}`, hypothesis] as const))
  const switched = [...labels].flatMap(([label, { formula }]) => [
    `(declare-const ${label} Bool)`,
    `(assert (=> ${label} ${showFormula(formula)}))`,
  ])
  return { text: [...declarations(system, obligation), ...switched, ...refuted(obligation)].join('\n'), labels }
}

/** A whole file for any SMT solver; the answer that proves the obligation is `unsat`. */
export const smtFile = (system: System, obligation: Obligation, hypotheses: readonly Statement[]): string =>
  [
    comment(`${system.name}, proof obligation "${obligation.name}". It is proved when the answer is unsat.`),
    comment(`${hypotheses.length} of its ${hypothesesOf(obligation).length} hypotheses.`),
    '(set-logic UF)',
    '(set-info :status unsat)',
    questionOf(system, obligation, hypotheses).text,
    '(check-sat)',
    '',
  ].join('\n')

/** Stable, unique (the names of obligations are), and safe on every file system. */
export const smtFileName = ({ name }: Obligation): string =>
  `${name.replace(' / ', '--').replace(/[^A-Za-z0-9-]+/g, '-')}.smt2`

// --- how

const declarations = ({ sorts, rigid, state }: System, { constants }: Obligation): readonly string[] => [
  ...sorts.map(declareSort),
  ...[...rigid, ...state].map(declareSymbol),
  ...constants.map(declareConstant),
]

const asserted = ({ name, formula }: Statement): readonly string[] => [comment(name), assertThat(formula)]

const refuted = (obligation: Obligation): readonly string[] => [
  comment(`not: ${obligation.goal.name}`),
  assertThat(negatedGoal(obligation)),
]

const comment = (text: string): string => `; ${text.replaceAll('\n', ' ')}`
