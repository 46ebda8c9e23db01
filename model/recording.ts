/** Rules that note every verdict of every premise. */
import type { Premises, Rules } from '../src/core/rules.js'
import { rules } from '../src/core/rules.js'

/** How often a premise was true, how often false. */
export interface Verdicts {
  readonly true: number
  readonly false: number
}

export interface Recording {
  /** To be handed to the cores that are observed. */
  readonly rules: Rules
  /** So far, by name of the premise. */
  readonly verdicts: () => ReadonlyMap<string, Verdicts>
}

type Predicate = (...values: readonly unknown[]) => boolean

/** The rules of ZAB, or those of a mutant, each premise wrapped. */
export const recording = (recorded: Rules = rules): Recording => {
  const counts = new Map<string, { true: number; false: number }>()
  const wrapped = Object.entries(recorded.premises).map(([name, premise]) => {
    // A premise is only handed what its caller gave: the wrapper has its very type.
    const original = premise as Predicate
    const count = { true: 0, false: 0 }
    counts.set(name, count)
    const noting: Predicate = (...values) => {
      const verdict = original(...values)
      count[verdict ? 'true' : 'false'] += 1
      return verdict
    }
    return [name, noting] as const
  })
  return {
    // The same names with functions of the same types.
    rules: { ...recorded, premises: Object.fromEntries(wrapped) as unknown as Premises },
    verdicts: () => new Map([...counts].map(([name, count]) => [name, { ...count }])),
  }
}

const NEVER: Verdicts = { true: 0, false: 0 }

/** The verdicts of these premises that were never seen, each as `ELEC-3.better: true`. */
export const unseen = (names: readonly string[], verdicts: ReadonlyMap<string, Verdicts>): readonly string[] =>
  names.flatMap((name) => {
    const seen = verdicts.get(name) ?? NEVER
    return [...(seen.true === 0 ? [`${name}: true`] : []), ...(seen.false === 0 ? [`${name}: false`] : [])]
  })
