/** A second opinion: another solver on the same obligations, with the recorded hypotheses where there are some. */
import type { System } from '../../../spec/logic/system.js'
import type { Cores } from '../../../proofs/induction/cores.js'
import { recorded } from '../../../proofs/induction/cores.js'
import type { Obligation } from '../../../proofs/induction/obligations.js'
import { hypothesesOf } from '../../../proofs/induction/obligations.js'
import { questionOf } from '../../../proofs/induction/smt.js'
import type { Engine } from './engine.js'

export interface SecondOpinion {
  readonly engine: string
  readonly confirmed: number
  /** No answer within the limit: no opinion. */
  readonly open: number
  /** Names of obligations that this solver refutes although the first has proved them from the same hypotheses. */
  readonly contradicted: readonly string[]
}

/** `proved`: what the first solver has discharged. Only of these is a `sat` a contradiction. */
export const crossCheck = async (
  engine: Engine,
  system: System,
  proved: readonly Obligation[],
  cores: Cores,
  limits: { readonly seed: number; readonly timeoutMs: number },
  told: () => void,
): Promise<SecondOpinion> => {
  const verdicts = await Promise.all(
    proved.map(async (obligation) => {
      const { text } = questionOf(system, obligation, recorded(cores, obligation) ?? hypothesesOf(obligation))
      const { verdict } = await engine.check({ ...limits, text, assumptions: [] })
      told()
      return { name: obligation.name, verdict }
    }),
  )
  return {
    engine: engine.name,
    confirmed: verdicts.filter(({ verdict }) => verdict === 'unsat').length,
    open: verdicts.filter(({ verdict }) => verdict === 'unknown').length,
    contradicted: verdicts.filter(({ verdict }) => verdict === 'sat').map(({ name }) => name),
  }
}

export const renderOpinion = ({ engine, confirmed, open, contradicted }: SecondOpinion): string =>
  [
    `${engine}: confirms ${confirmed} of ${confirmed + open + contradicted.length}, no answer in time for ${open}`,
    ...contradicted.map((name) => `CONTRADICTED: ${name}`),
  ].join('\n')
