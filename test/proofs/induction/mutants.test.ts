/**
 * Every guard is needed: without it some execution violates a property or the invariant. The few that are not are named,
 * with what they are for. A mutant with neither fails here.
 */
import { describe, expect, it } from 'vitest'
import { attacks } from '../../../proofs/induction/attacks.js'
import { carryOut } from '../../../proofs/induction/carry-out.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { bindingGuards, mutantsOf, realisticGuards, singleGuardMutants } from '../../../proofs/induction/mutants.js'
import { executions } from '../../../proofs/induction/executions.js'
import { play } from '../../../proofs/induction/script.js'
import { structureOf } from '../../../proofs/induction/small-world.js'
import { isRight } from 'fp-ts/lib/Either.js'
import { showChange } from '../../../spec/logic/difference.js'
import type { CompiledSystem } from '../../../spec/logic/perform.js'
import { compileSystem } from '../../../spec/logic/perform.js'
import type { Structure } from '../../../spec/logic/structure.js'
import { copy, forEachTuple, placeIn } from '../../../spec/logic/structure.js'
import type { System } from '../../../spec/logic/system.js'
import { properties } from '../../../spec/properties.js'
import { zab } from '../../../spec/zab.js'

const mutants = mutantsOf(zab)
const statements = [...properties, ...invariant]
const guardNames = singleGuardMutants(zab).map(({ name }) => name)

/** For these we know no execution in which a property is violated, only the invariant. */
const ONLY_THE_INVARIANT = [
  'promise / a real epoch',
  'promise / no later promise',
  'synchronize / the point is in the history',
  'acknowledge / a proposal',
]

/**
 * Steps of the mutant by the action that change what no step of the system by it changes. The states are those in which an
 * execution is about to do the action.
 */
const newSteps = (mutant: System, action: string): readonly string[] => {
  const [compiled, reference] = [compileSystem(mutant), compileSystem(zab)]
  return executions.flatMap(({ world, script }) => {
    const structure = structureOf(reference, world)
    return script.flatMap((step) => {
      const before = copy(structure)
      play(reference, structure, [step])
      if (step.action !== action) return []
      const known = effectsOf(reference, before, action)
      return [...effectsOf(compiled, before, action)].filter((effect) => !known.has(effect))
    })
  })
}

const effectsOf = (
  { system, failing, perform }: CompiledSystem,
  structure: Structure,
  name: string,
): ReadonlySet<string> => {
  const parameters = system.actions.find((action) => action.name === name)?.parameters ?? []
  const effects = new Set<string>()
  const sorts = parameters.map(({ sort }) => placeIn(structure.vocabulary.sorts, sort))
  forEachTuple(structure, sorts, (ids) => {
    if (failing(structure, name, ids).length > 0) return
    const outcome = perform(copy(structure), name, ids)
    if (isRight(outcome)) effects.add(outcome.right.map((change) => showChange(structure, change)).join(', '))
  })
  return effects
}

describe('mutants', () => {
  it('have names of their own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
    expect(guardNames).toHaveLength(zab.actions.flatMap(({ guards }) => guards).length)
  })

  it('each have an attack, or the guard is named as one that is not needed, and not both', () => {
    const answered = [
      ...attacks.map(({ mutant }) => mutant),
      ...Object.keys(bindingGuards),
      ...Object.keys(realisticGuards),
    ]
    expect(answered.sort()).toEqual(mutants.map(({ name }) => name).sort())
  })

  it('by far the most are seen by a property', () => {
    const byProperty = attacks.filter(({ violates }) => properties.some(({ name }) => name === violates))
    expect(attacks.filter((attack) => !byProperty.includes(attack)).map(({ mutant }) => mutant)).toEqual(
      ONLY_THE_INVARIANT,
    )
    expect(byProperty.filter(({ mutant }) => guardNames.includes(mutant)).length).toBeGreaterThanOrEqual(12)
  })
})

describe('guards that only bind', () => {
  for (const name of Object.keys(bindingGuards))
    it(name, () => {
      const { system } = mutants.find((mutant) => mutant.name === name) ?? { system: zab }
      expect(newSteps(system, name.slice(0, name.indexOf(' / ')))).toEqual([])
    })

  it('would be found out if they did more', () => {
    for (const name of ['crash / loses nothing durable', 'synchronize / keeps what it shares with the history']) {
      const { system } = mutants.find((mutant) => mutant.name === name) ?? { system: zab }
      expect(newSteps(system, name.slice(0, name.indexOf(' / ')))).not.toEqual([])
    }
  })
})

describe('attacks', () => {
  for (const attack of attacks)
    it(attack.mutant, () => {
      const mutant = mutants.find(({ name }) => name === attack.mutant)
      if (mutant === undefined) return expect.fail(`no mutant ${attack.mutant}`)
      const { played, violation, refusal, axiom } = carryOut(zab, mutant, attack, statements)
      expect(played.refused).toBeUndefined()
      expect(violation?.statement.name).toBe(attack.violates)
      const refusals =
        axiom !== undefined
          ? [axiom.statement.name]
          : refusal === undefined
            ? []
            : refusal.guards.map(({ name }) => `${refusal.step.action} / ${name}`)
      expect(refusals).toEqual([attack.refusedBy ?? attack.mutant])
    })

  it('do nothing to the system without the mistake', () => {
    for (const attack of attacks.filter(({ refusedBy }) => refusedBy !== 'quorums intersect')) {
      const { played, violation } = carryOut(zab, { name: 'none', system: zab }, attack, statements)
      expect(played.refused).toBeDefined()
      expect(violation).toBeUndefined()
    }
  })
})
