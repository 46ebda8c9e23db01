/** Which obligations are meant, and which engine discharges them. */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Obligation } from '../../../proofs/induction/obligations.js'
import type { Engine } from './engine.js'
import { nativeZ3 } from './native-engine.js'
import { startNpmEngine } from './npm-engine.js'

export const ENGINES = ['npm', 'native'] as const
export type EngineName = (typeof ENGINES)[number]

/** Undefined selects all. Left: what is wrong and what there is. */
export const select = (
  obligations: readonly Obligation[],
  step: string | undefined,
  conjunct: string | undefined,
): Either<string, readonly Obligation[]> => {
  const ofStep = obligations.filter((obligation) => step === undefined || obligation.step === step)
  if (ofStep.length === 0) return left(`no step "${step ?? ''}"; there are ${listOf(obligations, (o) => o.step)}`)
  const chosen = ofStep.filter(({ goal }) => conjunct === undefined || goal.name === conjunct)
  if (chosen.length === 0)
    return left(`no obligation about "${conjunct ?? ''}"; there are ${listOf(ofStep, (o) => o.goal.name)}`)
  return right(chosen)
}

const listOf = (obligations: readonly Obligation[], nameOf: (obligation: Obligation) => string): string =>
  [...new Set(obligations.map(nameOf))].join(', ')

/** Z3 on PATH if there is one, else the one from npm, unless told. Rejects with what to install. */
export const startZ3 = async (wanted: EngineName | undefined, processes: number): Promise<Engine> => {
  const native = wanted === 'npm' ? undefined : nativeZ3(processes)
  if (native !== undefined) return native
  if (wanted === 'native')
    throw new Error('there is no z3 on PATH: install it (Debian: apt-get install z3), or omit --engine')
  try {
    return await startNpmEngine(processes)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `Z3 from npm does not start (${reason}): run npm ci --ignore-scripts in the checkout, or put a z3 on PATH`,
    )
  }
}
