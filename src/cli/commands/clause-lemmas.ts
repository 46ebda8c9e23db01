/** Where the abstract system states a clause: the lemma column of `zab clauses`. */
import type { Lemma } from '../../../spec/clauses/citations.js'
import type { Statement } from '../../../spec/logic/system.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { zab } from '../../../spec/zab.js'

/** What is read of a system and its invariant. */
interface Stating {
  readonly actions: readonly Lemma[]
  readonly axioms: readonly Reasoned[]
  readonly invariant: readonly Reasoned[]
}

type Reasoned = Pick<Statement, 'name' | 'why'>

/** An action states the clauses that it lists; an axiom or a statement of the invariant those that it gives as its reason. */
export const lemmasOf = ({ actions, axioms, invariant: statements }: Stating): readonly Lemma[] => [
  ...actions.map(({ name, clauses }) => ({ name: `action ${name}`, clauses })),
  ...axioms.map(({ name, why }) => ({ name: `axiom ${name}`, clauses: idsIn(why) })),
  ...statements.map(({ name, why }) => ({ name: `invariant ${name}`, clauses: idsIn(why) })),
]

const idsIn = (why: string): readonly string[] => Array.from(why.matchAll(/\b[A-Z]+-\d+\b/g), ([id]) => id)

export const lemmas: readonly Lemma[] = lemmasOf({ ...zab, invariant })
