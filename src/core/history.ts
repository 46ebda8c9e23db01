/**
 * The history of a server: the transactions it has accepted, in zxid order.
 *
 * Only a window is in memory: everything up to `base` is part of the applied state (or of the snapshot), the entries
 * after it follow. The first `delivered` of them are committed and applied; they stay for a while to answer DIFF (SYNC-4).
 */
import type { Entry } from './message.js'
import * as S from './sequence.js'
import type { Sequence } from './sequence.js'
import type { Zxid } from './zxid.js'
import * as Z from './zxid.js'

// --- model

export interface History<T> {
  readonly base: Zxid
  readonly entries: Sequence<Entry<T>>
  readonly delivered: number
}

// --- constructors

/** Nothing but a state image that includes everything up to `base`. */
export const fromBase = <T>(base: Zxid): History<T> => ({ base, entries: S.empty(), delivered: 0 })

// --- reading

/** The zxid of the last element; that of the base when nothing follows it. */
export const lastZxid = <T>(history: History<T>): Zxid => S.last(history.entries)?.zxid ?? history.base

/** The zxid up to which entries have been delivered. */
export const committedZxid = <T>(history: History<T>): Zxid =>
  S.at(history.entries, history.delivered - 1)?.zxid ?? history.base

/** The first entry that has not been delivered. */
export const nextUndelivered = <T>(history: History<T>): Entry<T> | undefined =>
  S.at(history.entries, history.delivered)

/** Index of the first entry after `zxid`. */
export const indexAfter = <T>(history: History<T>, zxid: Zxid): number =>
  S.lowerBound(history.entries, (entry) => Z.isAfter(entry.zxid, zxid))

/** Is `zxid` the base or an entry of the window? False for what lies before the base: that can no longer be told. */
export const contains = <T>(history: History<T>, zxid: Zxid): boolean =>
  Z.equals(zxid, history.base) || hasEntry(history, zxid)

const hasEntry = <T>(history: History<T>, zxid: Zxid): boolean => {
  const last = S.last(history.entries)
  if (last === undefined || Z.isAfter(zxid, last.zxid)) return false
  const entry = S.at(history.entries, indexAfter(history, zxid) - 1)
  return entry !== undefined && Z.equals(entry.zxid, zxid)
}

/** The entries after `after`, up to and including `upTo`. */
export const between = <T>(history: History<T>, after: Zxid, upTo: Zxid): readonly Entry<T>[] =>
  S.slice(history.entries, indexAfter(history, after), indexAfter(history, upTo))

/**
 * May `zxid` stand right after `last`? The next counter of the same epoch, or counter 1 of a later epoch. SYNC-11, BCAST-1.
 */
export const isNext = (last: Zxid, zxid: Zxid): boolean =>
  zxid.epoch === last.epoch ? zxid.counter === last.counter + 1 : zxid.epoch > last.epoch && zxid.counter === 1

/** The entries that have not been delivered, up to and including `upTo`. Mostly it is one. */
export const undeliveredUpTo = <T>(history: History<T>, upTo: Zxid): readonly Entry<T>[] => {
  const next = nextUndelivered(history)
  return next !== undefined && Z.equals(next.zxid, upTo)
    ? [next]
    : S.slice(history.entries, history.delivered, indexAfter(history, upTo))
}

// --- operations

export const append = <T>(history: History<T>, entry: Entry<T>): History<T> => ({
  base: history.base,
  entries: S.append(entry)(history.entries),
  delivered: history.delivered,
})

export const appendAll = <T>(history: History<T>, entries: readonly Entry<T>[]): History<T> =>
  entries.length === 0 ? history : { ...history, entries: S.appendAll(entries)(history.entries) }

/** Without the entries after `zxid`. The caller has checked that `zxid` is in the history and nothing delivered goes. */
export const truncate = <T>(history: History<T>, zxid: Zxid): History<T> => {
  const kept = indexAfter(history, zxid)
  return { ...history, entries: S.take(kept)(history.entries), delivered: Math.min(history.delivered, kept) }
}

/** The next `count` entries are delivered; of the delivered ones the last `window` stay in memory. */
export const deliver = <T>(history: History<T>, count: number, window: number): History<T> => {
  const delivered = history.delivered + count
  const surplus = delivered - window
  return surplus <= 0
    ? { base: history.base, entries: history.entries, delivered }
    : {
        base: S.at(history.entries, surplus - 1)?.zxid ?? history.base,
        entries: S.drop(surplus)(history.entries),
        delivered: window,
      }
}
