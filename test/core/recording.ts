/** Rules that note every verdict of every premise. */
import type { Premises, Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'

type Predicate = (...values: readonly unknown[]) => boolean

export interface Recording {
  readonly rules: Rules
  /** `ELEC-3.better: true` for each verdict seen. */
  readonly seen: ReadonlySet<string>
}

/** The rules of ZAB, each premise wrapped. */
export const recording = (): Recording => {
  const seen = new Set<string>()
  const wrapped = Object.entries(rules.premises).map(([id, premise]) => {
    // A premise is only handed what its caller gave: the wrapper has its very type.
    const original = premise as Predicate
    const noting: Predicate = (...values) => {
      const verdict = original(...values)
      seen.add(`${id}: ${verdict}`)
      return verdict
    }
    return [id, noting] as const
  })
  // The same names with functions of the same types.
  return { rules: { ...rules, premises: Object.fromEntries(wrapped) as unknown as Premises }, seen }
}

/** The verdicts of these premises that were never seen. */
export const unseen = (ids: readonly string[], seen: ReadonlySet<string>): readonly string[] =>
  ids.flatMap((id) => [`${id}: true`, `${id}: false`]).filter((verdict) => !seen.has(verdict))
