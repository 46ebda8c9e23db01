// Ways to make a good history bad, or maybe bad: one answer, one moment or one call is changed.
import type { Answered, Call, Commit, History, WatchEvent } from '../../../model/consistency/history.js'
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
  switch (random.below(12)) {
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
    case 6:
      return replaced(history, victim, { ...victim, outcome: { kind: 'fail', returned: outcome.returned } })
    case 7:
      return replaced(history, victim, { ...victim, outcome: { ...outcome, zxid: other.outcome.zxid } })
    case 8: {
      const { epoch, counter } = outcome.zxid
      const zxid = Z.zxid(epoch, Math.max(1, counter + random.between(-2, 2)))
      return replaced(history, victim, { ...victim, outcome: { ...outcome, zxid } })
    }
    case 9: {
      const returned = Math.max(victim.invoked, outcome.returned + random.between(-8, 8))
      return replaced(history, victim, { ...victim, outcome: { ...outcome, returned } })
    }
    case 10: {
      const invoked = Math.min(outcome.returned, victim.invoked + random.between(-12, 12))
      return replaced(history, victim, { ...victim, invoked })
    }
    default:
      return { ...history, commits: damagedCommits(random, history.commits ?? []) }
  }
}

/** One is left out, is another request, or is one that nobody made. */
const damagedCommits = (random: Random, commits: readonly Commit[]): readonly Commit[] => {
  const victim = commits[random.below(commits.length)]
  const other = commits[random.below(commits.length)]
  if (victim === undefined || other === undefined) return commits
  const by = (commit: Commit | undefined): readonly Commit[] =>
    commits.flatMap((each) => (each === victim ? (commit === undefined ? [] : [commit]) : [each]))
  switch (random.below(3)) {
    case 0:
      return by(undefined)
    case 1:
      return by({ ...other, zxid: victim.zxid })
    default:
      return by({ ...victim, xid: victim.xid + 1 })
  }
}

/** One event is left out, comes twice, changes its place with another, comes at another time, or tells something else. */
export const damageEvents = (random: Random, history: History): History => {
  const { events = [] } = history
  const victim = events[random.below(events.length)]
  const other = events[random.below(events.length)]
  if (victim === undefined || other === undefined) return history
  const by = (...replacement: readonly WatchEvent[]): History => ({
    ...history,
    events: events.flatMap((event) => (event === victim ? replacement : [event])),
  })
  switch (random.below(6)) {
    case 0:
      return by()
    case 1:
      return by(victim, { ...victim, heard: victim.heard + random.between(0, 9) + 0.37 })
    case 2:
      return by({ ...other, heard: victim.heard })
    case 3:
      return by({ ...victim, heard: victim.heard + random.between(-20, 20) + 0.37 })
    case 4:
      return by({ ...victim, type: EVENTS[random.below(EVENTS.length)] ?? victim.type })
    default:
      return by({ ...victim, session: other.session })
  }
}

const EVENTS = ['NodeCreated', 'NodeDeleted', 'NodeDataChanged', 'NodeChildrenChanged'] as const

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
