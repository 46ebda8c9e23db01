/** What an engine is asked and what it answers. Between processes both travel as JSON. */

/** One satisfiability check. */
export interface Check {
  /** SMT-LIB 2 declarations and assertions. */
  readonly text: string
  /** Boolean constants to assume; an unsatisfiable core is a part of them. */
  readonly assumptions: readonly string[]
  readonly seed: number
  readonly timeoutMs: number
}

export type Verdict = 'unsat' | 'sat' | 'unknown'

export interface Answer {
  readonly verdict: Verdict
  /** When unknown: why, in the words of the solver. */
  readonly reason: string
  /** When unsat: the assumptions that were needed. */
  readonly core: readonly string[]
  /** When sat, where the engine shows it: the structure that the solver found. */
  readonly model: string
  readonly ms: number
}

export interface Engine {
  /** Name and version. */
  readonly name: string
  /** Any number may be under way; the engine decides how many run at once. Without an answer it is `unknown`. */
  readonly check: (check: Check) => Promise<Answer>
  /** Ends all of its processes. What is under way may never be answered. */
  readonly close: () => void
}

/** Solvers look at the clock now and then; after this they will not any more. */
export const GRACE_MS = 10_000
