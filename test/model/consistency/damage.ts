// Ways to make a good history bad, or maybe bad: one answer, one moment or one call is changed.
import type { Answered, Call, History } from '../../../model/consistency/history.js'
import { isAnswered, isWrite } from '../../../model/consistency/history.js'
import type { Random } from '../../../model/world/random.js'
import * as Z from '../../../src/core/zxid.js'

/** Damages one call that was answered; the history itself if there is none. */
export const damage = (random: Random, history: History): History => {
  const answered = history.calls.filter(isAnswered)
  const victim = answered[random.below(answered.length)]
  const other = answered[random.below(answered.length)]
  if (victim === undefined || other === undefined) return history
  const { outcome } = victim
  switch (random.below(7)) {
    case 0:
      return replaced(history, victim, { ...victim, outcome: { ...outcome, result: other.outcome.result } })
    case 1:
      return replaced(history, victim, { ...victim, outcome: { ...outcome, result: { error: 'NONODE' } } })
    case 2:
      return { ...history, calls: history.calls.filter((call) => call !== victim) }
    case 3: {
      const moved = { ...outcome, returned: outcome.returned + 1000 }
      return replaced(history, victim, { ...victim, invoked: victim.invoked + 1000, outcome: moved })
    }
    case 4:
      return replaced(history, victim, { ...victim, outcome: { kind: 'unknown' } })
    case 5:
      return replaced(history, victim, staler(victim, answered))
    default:
      return replaced(history, victim, { ...victim, outcome: { kind: 'fail', returned: outcome.returned } })
  }
}

/** A read answers what the same question was answered before. */
const staler = (victim: Answered, answered: readonly Answered[]): Call => {
  const isSame = (call: Answered): boolean =>
    !isWrite(call) &&
    call.operation.op === victim.operation.op &&
    'path' in call.operation &&
    'path' in victim.operation &&
    call.operation.path === victim.operation.path &&
    Z.isBefore(call.outcome.zxid, victim.outcome.zxid)
  const older = answered.find(isSame)
  return older === undefined ? victim : { ...victim, outcome: { ...victim.outcome, result: older.outcome.result } }
}

export const replaced = (history: History, call: Call, by: Call): History => ({
  ...history,
  calls: history.calls.map((each) => (each === call ? by : each)),
})
