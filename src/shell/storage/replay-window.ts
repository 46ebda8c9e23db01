/**
 * The records after the newest snapshot, while a server starts: the last ones are kept, older ones are applied to the state.
 * So a log of any length is loaded in the memory of the tree and a window. RECV-10.
 *
 * What is applied need not be committed. All that this takes away is the chance to cut it off in memory: a learner that is
 * told to do so cuts its log on disk, and starts again (SYNC-9). The summary of the history (DISC-5) is that of its last
 * record, which is the same. A leader answers with an image where the window no longer reaches (SYNC-4).
 *
 * A reconfiguration is different, because what the state holds counts as committed: one that is not known to be so stays in
 * the window, with all behind it (RECFG-4). It is known when its configuration has been stored, and when a record of a later
 * epoch follows: only an established leader proposes, and what was its history is committed.
 */
import type { Entry } from '../../core/message.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import { apply } from '../../service/apply.js'
import { configurationOf } from '../../service/configuration/data.js'
import type { Database } from '../../service/database.js'
import type { Transaction } from '../../service/transaction.js'

/** The window ends where either is exceeded, but holds one record at least. */
export interface WindowLimits {
  readonly records: number
  readonly bytes: number
}

export const REPLAY_WINDOW: WindowLimits = { records: 10_000, bytes: 32 * 1024 * 1024 }

export interface ReplayWindow {
  readonly add: (entry: Entry<Transaction>) => void
  readonly end: () => Replayed
}

export interface Replayed {
  /** The state at `base`, and how many records were applied to reach it. */
  readonly database: Database
  readonly base: Zxid
  readonly applied: number
  readonly entries: readonly Entry<Transaction>[]
  /** The most records that were held at once. */
  readonly largest: number
}

/** @param committed the version of the newest configuration that is known to be committed */
export const makeReplayWindow = (
  image: Database,
  imageZxid: Zxid,
  committed: Zxid | undefined,
  limits: WindowLimits = REPLAY_WINDOW,
): ReplayWindow => {
  let database = image
  let base = imageZxid
  let applied = 0
  let held: Entry<Transaction>[] = []
  /** Those of `held` before it have been applied. */
  let first = 0
  let bytes = 0
  let largest = 0

  const mayPass = (entry: Entry<Transaction>, last: Zxid): boolean => {
    const { zxid, transaction } = entry
    if (transaction.record.type !== 'reconfig') return true
    if (configurationOf(transaction) === undefined) return false
    return last.epoch > zxid.epoch || (committed !== undefined && !Z.isAfter(zxid, committed))
  }

  const pass = (entry: Entry<Transaction>): void => {
    database = apply(database, entry).database
    base = entry.zxid
    applied += 1
    bytes -= entry.transaction.bytes.length
    first += 1
    // What has been applied is let go of now and then, not one by one.
    if (first < limits.records && first < held.length) return
    held = held.slice(first)
    first = 0
  }

  return {
    add: (entry) => {
      held.push(entry)
      bytes += entry.transaction.bytes.length
      largest = Math.max(largest, held.length - first)
      for (let oldest = held[first]; oldest !== undefined; oldest = held[first]) {
        const length = held.length - first
        const isOver = length > limits.records || bytes > limits.bytes
        if (length === 1 || !isOver || !mayPass(oldest, entry.zxid)) break
        pass(oldest)
      }
    },
    end: () => ({ database, base, applied, entries: held.slice(first), largest }),
  }
}
