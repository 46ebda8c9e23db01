/**
 * The committed sequence, rebuilt from the logs of all servers. H2, H3, H4, SM-5.
 *
 * A log may hold proposals of a leader that fell before a quorum had them. What stands before the first transaction of
 * the next epoch, in any log that has both, tells which. Where no log has both, digests tell: every transaction carries
 * that of the tree after it, and the first ones of an epoch fit one end of the history before it. The servers were level when they were stopped, so all of the last epoch is committed.
 */
import type { Entry } from '../../../src/core/message.js'
import * as Z from '../../../src/core/zxid.js'
import { apply } from '../../../src/service/apply.js'
import type { Database } from '../../../src/service/database.js'
import { digestOf, empty } from '../../../src/service/database.js'
import type { Transaction } from '../../../src/service/transaction.js'

export type Report = (clause: string, what: string) => void

type Entries = readonly Entry<Transaction>[]

/** Proposals that one leader may lose: what its clients have outstanding. */
const MAXIMUM_LOST = 2000

/** Reports zxids that name two transactions or follow two, holes, and digests that fit nothing. */
export const committedSequence = (logs: readonly Entries[], report: Report): Entries => {
  const committed: Entry<Transaction>[] = []
  /** states[n]: after the first n committed transactions. */
  const states: Database[] = [empty]
  const previous = predecessors(logs, report)
  for (const epoch of epochsOf(merge(logs, report))) {
    for (const [index, { zxid }] of epoch.entries())
      if (zxid.counter !== index + 1) {
        report('H3', `no log has what stands before ${Z.show(zxid)}`)
        return committed
      }
    const first = epoch[0]?.zxid ?? Z.ZERO
    const before = previous.get(Z.show(first))
    const kept =
      before === undefined
        ? findEnd(states, epoch)
        : committed.findLastIndex(({ zxid }) => Z.equals(zxid, before)) + 1 || undefined
    if (kept === undefined) {
      report('SM-5', `nothing before ${Z.show(first)} fits its digest and what stands before it`)
      return committed
    }
    committed.length = kept
    states.length = kept + 1
    for (const entry of epoch) {
      const state = apply(states[states.length - 1] ?? empty, entry).database
      if (!fits(entry, state)) report('SM-5', `replaying ${Z.show(entry.zxid)} gives another digest than it carries`)
      committed.push(entry)
      states.push(state)
    }
  }
  return committed
}

/** All records by zxid. */
const merge = (logs: readonly Entries[], report: Report): Entries => {
  const merged = new Map<string, Entry<Transaction>>()
  for (const entry of logs.flat()) {
    const key = Z.show(entry.zxid)
    const other = merged.get(key)
    if (other === undefined) merged.set(key, entry)
    else if (Buffer.compare(other.transaction.bytes, entry.transaction.bytes) !== 0)
      report('H2', `two servers have different transactions at ${key}`)
  }
  return [...merged.values()].sort((first, second) => Z.compare(first.zxid, second.zxid))
}

/** What stands before the first transaction of each epoch, where a log has both. */
const predecessors = (logs: readonly Entries[], report: Report): ReadonlyMap<string, Z.Zxid> => {
  const found = new Map<string, Z.Zxid>()
  for (const log of logs)
    for (const [index, { zxid }] of log.entries()) {
      const before = log[index - 1]?.zxid
      if (zxid.counter !== 1 || before === undefined) continue
      const other = found.get(Z.show(zxid))
      if (other !== undefined && !Z.equals(other, before))
        report('H4', `two servers have ${Z.show(before)} and ${Z.show(other)} before ${Z.show(zxid)}`)
      found.set(Z.show(zxid), before)
    }
  return found
}

const epochsOf = (entries: Entries): readonly Entries[] => {
  const epochs = new Map<Z.Epoch, Entry<Transaction>[]>()
  for (const entry of entries) {
    const epoch = epochs.get(entry.zxid.epoch)
    if (epoch === undefined) epochs.set(entry.zxid.epoch, [entry])
    else epoch.push(entry)
  }
  return [...epochs.values()]
}

/** How many transactions stand before this epoch: as many as possible, so that its first digest fits. */
const findEnd = (states: readonly Database[], epoch: Entries): number | undefined => {
  const length = epoch.findIndex(({ transaction }) => transaction.digest !== undefined) + 1
  const start = epoch.slice(0, length)
  const last = start[start.length - 1]
  if (last === undefined) return states.length - 1
  for (let kept = states.length - 1; kept >= 0 && kept >= states.length - 1 - MAXIMUM_LOST; kept -= 1) {
    let state = states[kept] ?? empty
    for (const entry of start) state = apply(state, entry).database
    if (fits(last, state)) return kept
  }
  return undefined
}

const fits = ({ transaction }: Entry<Transaction>, state: Database): boolean =>
  transaction.digest === undefined || transaction.digest === digestOf(state)
