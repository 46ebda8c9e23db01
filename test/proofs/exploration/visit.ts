/** Every state of a small ensemble, for tests that look at each. */
import type { Ensemble } from '../../../proofs/exploration/ensemble.js'

/** All states, each once. */
export const visitAll = (ensemble: Ensemble, look: (state: Int32Array) => void): void => {
  const fingerprint = new Int32Array(2)
  const representative = new Int32Array(ensemble.width)
  const seen = new Set<string>()
  const queue: Int32Array[] = []
  const visit = (next: Int32Array): void => {
    ensemble.represent(next, representative, fingerprint)
    const key = `${fingerprint.join()} ${ensemble.budgetOf(representative)}`
    if (seen.has(key)) return
    seen.add(key)
    queue.push(representative.slice())
  }
  visit(ensemble.initial)
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    look(state)
    ensemble.successors(state, visit)
  }
}
