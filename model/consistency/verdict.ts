/** Three-valued verdicts of the checkers: held, violated, unknown. */
import type { Call } from './history.js'

/** `clause`: the id of the clause or property that is broken; `calls`: the operations that show it. */
export interface Violated {
  readonly kind: 'Violated'
  readonly clause: string
  readonly what: string
  readonly calls: readonly Call[]
}

export type Verdict = { readonly kind: 'Held' } | Violated | { readonly kind: 'Unknown'; readonly why: string }

export const held: Verdict = { kind: 'Held' }

export const violated = (clause: string, what: string, ...calls: readonly Call[]): Violated => ({
  kind: 'Violated',
  clause,
  what,
  calls,
})

export const unknown = (why: string): Verdict => ({ kind: 'Unknown', why })

/** The first violation; else the first unknown; else held. */
export const all = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.find((verdict) => verdict.kind === 'Violated') ??
  verdicts.find((verdict) => verdict.kind === 'Unknown') ??
  held
