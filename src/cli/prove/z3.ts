/** Z3 from npm, inside this process. */
import type { Answer, Check, Verdict } from './engine.js'

/** A context of its own for each check: the answer depends on nothing that was asked before. */
export interface Z3 {
  readonly version: string
  readonly check: (check: Check) => Promise<Answer>
  readonly end: () => Promise<void>
}

/** Z3's three-valued truth; 0 is neither. */
const verdictOf = (answer: number): Verdict => (answer === -1 ? 'unsat' : answer === 1 ? 'sat' : 'unknown')

/** Rejects when the package is missing. */
export const loadZ3 = async (): Promise<Z3> => {
  const { init, killThreads, Z3_error_code } = await import('z3-solver')
  const loaded = await init()
  const { Z3 } = loaded

  const check = async ({ text, assumptions, seed, timeoutMs }: Check): Promise<Answer> => {
    Z3.global_param_set('smt.random_seed', String(seed))
    Z3.global_param_set('sat.random_seed', String(seed))
    Z3.global_param_set('timeout', String(timeoutMs))
    const config = Z3.mk_config()
    const context = Z3.mk_context(config)
    Z3.del_config(config)
    try {
      const solver = Z3.mk_solver(context)
      Z3.solver_inc_ref(context, solver)
      // Not eval_smtlib2_string: it reads the text from a stack that is reused by then, and may prove something else.
      Z3.solver_from_string(context, solver, text)
      const error = Z3.get_error_code(context)
      if (error !== Z3_error_code.Z3_OK) throw new Error(Z3.get_error_msg(context, error))
      const bool = Z3.mk_bool_sort(context)
      const labels = assumptions.map((name) => Z3.mk_const(context, Z3.mk_string_symbol(context, name), bool))
      const begunMs = performance.now()
      const verdict = verdictOf(
        await (labels.length === 0
          ? Z3.solver_check(context, solver)
          : Z3.solver_check_assumptions(context, solver, labels)),
      )
      const ms = performance.now() - begunMs
      const core = verdict === 'unsat' && labels.length > 0 ? Z3.solver_get_unsat_core(context, solver) : undefined
      const needed =
        core === undefined
          ? []
          : Array.from({ length: Z3.ast_vector_size(context, core) }, (_, index) =>
              Z3.ast_to_string(context, Z3.ast_vector_get(context, core, index)),
            )
      return {
        verdict,
        reason: verdict === 'unknown' ? Z3.solver_get_reason_unknown(context, solver) : '',
        core: needed,
        model: verdict === 'sat' ? Z3.model_to_string(context, Z3.solver_get_model(context, solver)) : '',
        ms,
      }
    } finally {
      Z3.del_context(context)
    }
  }
  return { version: Z3.get_full_version(), check, end: () => killThreads(loaded.em).then(() => undefined) }
}
