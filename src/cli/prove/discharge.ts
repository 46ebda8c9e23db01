/**
 * Discharging obligations: first from the recorded hypotheses, then from all of them, each with a few seeds. Only `unsat`
 * discharges. `sat` refutes only when all hypotheses were there: a part of them may be too little.
 */
import type { Statement, System } from '../../../spec/logic/system.js'
import type { Cores } from '../../../proofs/induction/cores.js'
import { recorded } from '../../../proofs/induction/cores.js'
import type { Obligation } from '../../../proofs/induction/obligations.js'
import { hypothesesOf } from '../../../proofs/induction/obligations.js'
import type { Result } from '../../../proofs/induction/report.js'
import { questionOf } from '../../../proofs/induction/smt.js'
import type { Answer, Engine } from './engine.js'

export interface Attempts {
  readonly seed: number
  /** For each attempt. */
  readonly timeoutMs: number
  /** Seeds to try one after the other, with the recorded and then with all hypotheses. */
  readonly seeds: number
}

interface Attempt {
  readonly hypotheses: readonly Statement[]
  readonly seed: number
  readonly isByRecord: boolean
}

/** Results in the order in which they come; `told` hears each. */
export const dischargeAll = (
  engine: Engine,
  system: System,
  obligations: readonly Obligation[],
  cores: Cores,
  attempts: Attempts,
  told: (result: Result) => void,
): Promise<readonly Result[]> =>
  Promise.all(
    obligations.map(async (obligation) => {
      const result = await discharge(engine, system, obligation, cores, attempts)
      told(result)
      return result
    }),
  )

export const discharge = async (
  engine: Engine,
  system: System,
  obligation: Obligation,
  cores: Cores,
  { seed, timeoutMs, seeds }: Attempts,
): Promise<Result> => {
  let ms = 0
  let remark = ''
  let tried = 0
  for (const attempt of attemptsOf(obligation, cores, seed, seeds)) {
    const { text } = questionOf(system, obligation, attempt.hypotheses)
    const answer: Answer = await engine.check({ text, assumptions: [], seed: attempt.seed, timeoutMs })
    tried += 1
    ms += answer.ms
    if (answer.verdict === 'unsat')
      return { obligation, verdict: 'discharged', ms, attempts: tried, isByRecord: attempt.isByRecord, remark: '' }
    if (answer.verdict === 'sat' && !attempt.isByRecord)
      return { obligation, verdict: 'refuted', ms, attempts: tried, isByRecord: false, remark: answer.model }
    remark = answer.verdict === 'sat' ? 'the recorded hypotheses are too few' : answer.reason
  }
  return { obligation, verdict: 'unknown', ms, attempts: tried, isByRecord: false, remark }
}

const attemptsOf = (obligation: Obligation, cores: Cores, seed: number, seeds: number): readonly Attempt[] => {
  const few = recorded(cores, obligation)
  const each = (hypotheses: readonly Statement[], isByRecord: boolean): readonly Attempt[] =>
    Array.from({ length: seeds }, (_, index) => ({ hypotheses, seed: seed + index, isByRecord }))
  return [...(few === undefined ? [] : each(few, true)), ...each(hypothesesOf(obligation), false)]
}
