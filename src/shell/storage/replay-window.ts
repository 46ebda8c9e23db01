/**
 * The records after the newest snapshot, while a server starts: the last ones are kept, older ones are applied to the state as
 * far as they are known to be committed. So a log of any length is loaded in the memory of the tree, a window, and what came
 * after the last note of what is committed. RECV-10.
 *
 * A record is known to be committed when one of a later epoch follows it in the log: only an established leader proposes, its
 * whole history is committed then (SYNC-12), and the record is a part of it (SYNC-11). So nothing changes but where the window
 * of this server begins: no sane leader asks to cut off what has been applied (SYNC-9), an image of this server holds committed
 * transactions only (SYNC-4, SYNC-8), and a reconfiguration that has been applied is in force (RECFG-4). The end of the history,
 * by which servers are compared (ELEC-1, DISC-5), is the same.
 *
 * So is one that this server has noted as delivered (committed-zxid.ts), and everything in the log of a server that decides
 * alone. Other records of the last epoch are not applied before they are delivered: an image of them could reach a learner
 * before they are committed, and if they never are, that learner could not cut them off.
 */
import type { Entry } from '../../core/message.js'
import type { Zxid } from '../../core/zxid.js'
import * as Z from '../../core/zxid.js'
import { apply } from '../../service/apply.js'
import type { Database } from '../../service/database.js'
import type { Transaction } from '../../service/transaction.js'

/** What is known to be committed stays while neither is exceeded, to answer DIFF. */
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

/** @param committed everything up to it is known to be committed */
export const makeReplayWindow = (
  image: Database,
  imageZxid: Zxid,
  limits: WindowLimits = REPLAY_WINDOW,
  committed: Zxid = Z.ZERO,
): ReplayWindow => {
  let database = image
  let base = imageZxid
  let applied = 0
  let held: Entry<Transaction>[] = []
  /** Those of `held` before it have been applied. */
  let first = 0
  let bytes = 0
  /** Of those before `first`, which are in memory as well. */
  let passedBytes = 0
  let largest = 0

  const pass = (entry: Entry<Transaction>): void => {
    database = apply(database, entry).database
    base = entry.zxid
    applied += 1
    bytes -= entry.transaction.bytes.length
    first += 1
    // What has been applied is let go of now and then, not one by one.
    passedBytes += entry.transaction.bytes.length
    if (first < limits.records && passedBytes < limits.bytes && first < held.length) return
    passedBytes = 0
    held = held.slice(first)
    first = 0
  }

  return {
    add: (entry) => {
      held.push(entry)
      bytes += entry.transaction.bytes.length
      largest = Math.max(largest, held.length)
      for (let oldest = held[first]; oldest !== undefined; oldest = held[first]) {
        const length = held.length - first
        const isOver = length > limits.records || bytes > limits.bytes
        const isCommitted = oldest.zxid.epoch < entry.zxid.epoch || !Z.isAfter(oldest.zxid, committed)
        if (!isOver || !isCommitted) break
        pass(oldest)
      }
    },
    end: () => ({ database, base, applied, entries: held.slice(first), largest }),
  }
}
