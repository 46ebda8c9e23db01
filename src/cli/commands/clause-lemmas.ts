/** Where the abstract system states a clause: the lemma column of `zab clauses`. */
import type { Lemma } from '../../../spec/clauses/citations.js'
import type { Statement } from '../../../spec/logic/system.js'
import { zab } from '../../../spec/zab.js'

/** What is read of a system. */
interface Stating {
  readonly actions: readonly Lemma[]
  readonly axioms: readonly Pick<Statement, 'name' | 'why'>[]
}

/** An action states the clauses that it lists; an axiom those that it gives as its reason. */
export const lemmasOf = ({ actions, axioms }: Stating): readonly Lemma[] => [
  ...actions.map(({ name, clauses }) => ({ name: `action ${name}`, clauses })),
  ...axioms.map(({ name, why }) => ({ name: `axiom ${name}`, clauses: idsIn(why) })),
]

const idsIn = (why: string): readonly string[] => Array.from(why.matchAll(/\b[A-Z]+-\d+\b/g), ([id]) => id)

export const lemmas: readonly Lemma[] = lemmasOf(zab)
