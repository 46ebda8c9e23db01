/**
 * Finding the hypotheses that each proof needs: an unsatisfiable core, then leaving out what can be spared, in large pieces
 * and then one by one. Less is not always quicker: what is left must be proved about as fast as before.
 */
import type { Statement, System } from '../../../spec/logic/system.js'
import type { Cores } from '../../../proofs/induction/cores.js'
import type { Obligation } from '../../../proofs/induction/obligations.js'
import { hypothesesOf } from '../../../proofs/induction/obligations.js'
import { labelledQuestionOf, questionOf } from '../../../proofs/induction/smt.js'
import type { Engine } from './engine.js'

const CORE_MS = 10_000
const SEEDS = [0, 1, 2]
/** A proof without a hypothesis may take this much longer than the one with it, and these at least and at most. */
const SLOWER = 1.5
const LEAST_MS = 150
const MOST_MS = 2_000

interface Enough {
  readonly hypotheses: readonly Statement[]
  readonly ms: number
}

/** The names of the hypotheses, or undefined when no proof was found. */
export const findCore = async (
  engine: Engine,
  system: System,
  obligation: Obligation,
  known: Cores,
): Promise<readonly string[] | undefined> => {
  // What is left of a former record, where statements have changed since, is still the best guess.
  const names = known[obligation.name]
  const former = names && hypothesesOf(obligation).filter(({ name }) => names.includes(name))
  const enough =
    (former === undefined ? undefined : await proof(engine, system, obligation, former)) ??
    (await coreOf(engine, system, obligation)) ??
    (await proof(engine, system, obligation, hypothesesOf(obligation)))
  if (enough === undefined) return undefined
  const { hypotheses } = await shrunk(engine, system, obligation, enough)
  return hypotheses.map(({ name }) => name)
}

const limitOf = ({ ms }: Enough): number => Math.round(Math.min(MOST_MS, Math.max(LEAST_MS, ms * SLOWER)))

/** With the slowest of the seeds; undefined when one of them fails. */
const proof = async (
  engine: Engine,
  system: System,
  obligation: Obligation,
  hypotheses: readonly Statement[],
  timeoutMs = CORE_MS,
  seeds = SEEDS,
): Promise<Enough | undefined> => {
  const { text } = questionOf(system, obligation, hypotheses)
  let slowestMs = 0
  for (const seed of seeds) {
    const { verdict, ms } = await engine.check({ text, assumptions: [], seed, timeoutMs })
    if (verdict !== 'unsat') return undefined
    slowestMs = Math.max(slowestMs, ms)
  }
  return { hypotheses, ms: slowestMs }
}

const coreOf = async (engine: Engine, system: System, obligation: Obligation): Promise<Enough | undefined> => {
  const { text, labels } = labelledQuestionOf(system, obligation, hypothesesOf(obligation))
  for (const seed of SEEDS) {
    const answer = await engine.check({ text, assumptions: [...labels.keys()], seed, timeoutMs: CORE_MS })
    if (answer.verdict === 'sat') return undefined
    if (answer.verdict !== 'unsat') continue
    const core = new Set(answer.core)
    const hypotheses = [...labels].flatMap(([label, hypothesis]) => (core.has(label) ? [hypothesis] : []))
    const enough = await proof(engine, system, obligation, hypotheses)
    if (enough !== undefined) return enough
  }
  return undefined
}

const shrunk = async (engine: Engine, system: System, obligation: Obligation, from: Enough): Promise<Enough> => {
  let enough = from
  for (let size = Math.ceil(from.hypotheses.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < enough.hypotheses.length; ) {
      const fewer = enough.hypotheses.filter((_, index) => index < at || index >= at + size)
      const found = await proof(engine, system, obligation, fewer, limitOf(enough), size === 1 ? SEEDS : [0])
      if (found === undefined) at += size
      else enough = found
    }
  }
  return enough
}
