/** Does an attack on a mutant succeed, and what does the system without the mistake say to it? */
import type { CompiledSystem } from '../../spec/logic/perform.js'
import { compileSystem } from '../../spec/logic/perform.js'
import type { Violation } from '../../spec/logic/monitor.js'
import { makeMonitor } from '../../spec/logic/monitor.js'
import type { Structure } from '../../spec/logic/structure.js'
import type { Statement, System } from '../../spec/logic/system.js'
import type { Attack } from './attacks/attack.js'
import type { Mutant } from './mutants.js'
import type { Played, Refused } from './script.js'
import { play } from './script.js'
import { structureOf } from './small-world.js'

export interface Outcome {
  readonly played: Played
  /** The last state. */
  readonly structure: Structure
  /** Of the statement that the attack names, in that state. */
  readonly violation: Violation | undefined
  /** The first step that the system without the mistake refuses. */
  readonly refusal: Refused | undefined
  /** Its axiom that the world does not satisfy. */
  readonly axiom: Violation | undefined
}

/** Plays the attack on the mutant, and then the same steps on the system. Statements are where the violated one is found. */
export const carryOut = (system: System, mutant: Mutant, attack: Attack, statements: readonly Statement[]): Outcome => {
  const [compiled, reference] = [compileSystem(mutant.system), compileSystem(system)]
  const structure = structureOf(compiled, attack.world)
  const played = play(compiled, structure, attack.script, { reference })
  const named = statements.filter(({ name }) => name === attack.violates)
  return {
    played,
    structure,
    violation: makeMonitor(mutant.system, named).checkAll(structure),
    ...answer(reference, attack, played),
  }
}

const answer = (
  reference: CompiledSystem,
  { world }: Attack,
  { taken }: Played,
): Pick<Outcome, 'refusal' | 'axiom'> => {
  const structure = structureOf(reference, world)
  const axiom = makeMonitor(reference.system, reference.system.axioms).checkAll(structure)
  const { refused } = play(
    reference,
    structure,
    taken.map(({ step }) => step),
  )
  return { refusal: refused, axiom }
}
