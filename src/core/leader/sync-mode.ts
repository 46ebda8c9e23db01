/**
 * How a learner is brought level: DIFF, TRUNC or SNAP. SYNC-4, SYNC-5, SYNC-6.
 *
 * A pure decision from three things: the leader's history, the end of what is committed (or will be, once the leader is
 * established), and the last zxid of the learner.
 */
import type { Entry } from '../message.js'
import type { History } from '../history.js'
import { between, contains, indexAfter } from '../history.js'
import type { Rules } from '../rules.js'
import * as S from '../sequence.js'
import type { Epoch, Zxid } from '../zxid.js'

export type SyncMode = { readonly type: 'DIFF' | 'TRUNC' | 'SNAP'; readonly zxid: Zxid }

export interface SyncPlan<T> {
  readonly mode: SyncMode
  /** Committed entries to send after it, each with its COMMIT (SYNC-5). */
  readonly entries: readonly Entry<T>[]
}

export interface SyncSource<T> {
  readonly history: History<T>
  /** Everything up to here is, or will be, committed. */
  readonly end: Zxid
  /** What has been applied here: the state that SNAP carries. */
  readonly applied: Zxid
  /** The epochs whose initial history this leader is known to contain: the one it last acknowledged, and its own. */
  readonly lineage: readonly Epoch[]
}

/** SYNC-4, in the order of its cases. */
export const chooseSync = <T>({ premises }: Rules, source: SyncSource<T>, learner: Zxid): SyncPlan<T> => {
  const { history, end } = source
  const diff: SyncPlan<T> = { mode: { type: 'DIFF', zxid: end }, entries: between(history, learner, end) }
  const snapshot: SyncPlan<T> = {
    mode: { type: 'SNAP', zxid: source.applied },
    entries: between(history, source.applied, end),
  }
  // 1. Nothing is missing.
  if (premises['SYNC-4.equal'](learner, end)) return { mode: { type: 'DIFF', zxid: end }, entries: [] }
  // SYNC-6: ⟨e, 0⟩ has no record, so membership cannot tell; only a shared epoch proves that its history is a prefix of ours.
  if (premises['SYNC-6.newLeaderZxid'](learner))
    return premises['SYNC-4.reaches'](learner, history.base) &&
      !premises['SYNC-4.ahead'](learner, end) &&
      (premises['SYNC-4.member'](contains(history, learner)) ||
        premises['SYNC-6.lineage'](hasEpoch(source, learner.epoch)))
      ? diff
      : snapshot
  // 2. After all that is committed: its tail was never committed. The end itself is in its history, since an epoch that
  //    has proposed anything was established, and established histories contain each other.
  if (premises['SYNC-4.ahead'](learner, end)) return { mode: { type: 'TRUNC', zxid: end }, entries: [] }
  // 4, 5. Before the window: the log no longer tells.
  if (!premises['SYNC-4.reaches'](learner, history.base)) return snapshot
  // 3. In the window: membership decides, not the range (ZOOKEEPER-1154).
  if (premises['SYNC-4.member'](contains(history, learner))) return diff
  const index = indexAfter(history, learner)
  const following = S.at(history.entries, index)
  const previous = S.at(history.entries, index - 1)?.zxid ?? history.base
  return following !== undefined && premises['SYNC-4.sameEpoch'](learner, following.zxid)
    ? { mode: { type: 'TRUNC', zxid: previous }, entries: between(history, previous, end) }
    : snapshot
}

/** SYNC-6: does this history contain the whole initial history of that epoch? */
const hasEpoch = <T>({ history, lineage }: SyncSource<T>, epoch: Epoch): boolean =>
  lineage.includes(epoch) || S.at(history.entries, indexAfter(history, { epoch, counter: 0 }))?.zxid.epoch === epoch
