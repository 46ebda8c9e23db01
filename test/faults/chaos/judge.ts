/** The verdict on a run, from what its clients saw and what its servers left behind. */
import { checkHistory } from '../../../model/consistency/check.js'
import type { Call } from '../../../model/consistency/history.js'
import { isAnswered, isWrite, showCall } from '../../../model/consistency/history.js'
import { commitOf } from '../../../model/world/commits.js'
import type { Entry } from '../../../src/core/message.js'
import * as Z from '../../../src/core/zxid.js'
import type { SessionId } from '../../../src/service/session.js'
import type { Transaction } from '../../../src/service/transaction.js'
import type { Alive, Sight, Sync } from './client.js'
import type { Report } from './committed.js'
import { changesOf, checkWatches } from './watches.js'

export interface Recording {
  readonly calls: readonly Call[]
  readonly syncs: readonly Sync[]
  readonly alive: readonly Alive[]
  readonly sights: readonly (readonly [SessionId, readonly Sight[]])[]
  /** The committed sequence. */
  readonly entries: readonly Entry<Transaction>[]
}

/** Clocks of one machine, read in two processes and kept in whole milliseconds. */
const CLOCK_TOLERANCE_MS = 50

export const judge = ({ calls, sights, alive, entries }: Recording, report: Report): void => {
  const verdict = checkHistory({ calls, commits: entries.flatMap(commitOf) })
  if (verdict.kind === 'Violated') report(verdict.clause, [verdict.what, ...verdict.calls.map(showCall)].join('\n    '))
  if (verdict.kind === 'Unknown') report('UNKNOWN', verdict.why)
  checkExpiry(entries, alive, report)
  const changes = changesOf(entries)
  for (const [session, seen] of sights) {
    const wrong = checkWatches(seen, changes)
    if (wrong !== undefined) report('SESS-6', `session 0x${BigInt.asUintN(64, session).toString(16)}: ${wrong}`)
  }
}

/** SESS-2: no session is expired before its timeout has passed since the leader heard of it last. */
const checkExpiry = (entries: Recording['entries'], alive: readonly Alive[], report: Report): void => {
  const last = new Map(alive.map((each) => [each.session, each]))
  for (const { zxid, transaction } of entries) {
    const { sessionId, cxid, record, timeMs } = transaction
    const known = record.type === 'closeSession' && cxid === 0 ? last.get(sessionId) : undefined
    if (known !== undefined && timeMs + CLOCK_TOLERANCE_MS < known.sinceMs + known.timeoutMs)
      report(
        'SESS-2',
        `${Z.show(zxid)} expires session ${sessionId} ${known.sinceMs + known.timeoutMs - timeMs} ms early`,
      )
  }
}

/**
 * Syncs whose answer did not include all that had been acknowledged when they began. Not a violation: a leader that does
 * not know yet that another one leads answers at once (READ-2 promises no more), but worth a number.
 */
export const staleSyncs = ({ calls, syncs }: Recording): number => {
  const writes = calls.filter(isWrite).filter(isAnswered)
  const returned = writes.map(({ outcome }) => outcome).sort((first, second) => first.returned - second.returned)
  let stale = 0
  let next = 0
  let latest = Z.ZERO
  for (const sync of [...syncs].sort((first, second) => first.invoked - second.invoked)) {
    for (let write = returned[next]; write !== undefined && write.returned < sync.invoked; write = returned[next]) {
      latest = Z.max(latest, write.zxid)
      next += 1
    }
    if (Z.isBefore(sync.zxid, latest)) stale += 1
  }
  return stale
}
