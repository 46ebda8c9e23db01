/**
 * One server's disk: what a crash leaves, and what has been written but not synced, in order.
 *
 * A sync completes writes in their order. A crash loses the un-synced ones; some of the first may have reached the disk, and
 * half of a record after them, which recovery drops (RECV-11). What recovery cannot read, and must not drop, is damage: the
 * server refuses to start, rather than forget what it may have acknowledged.
 */
import type { Configuration } from '../../src/core/configuration.js'
import type { Durable, DurableState, Token } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import * as S from '../../src/core/sequence.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { apply as applied } from '../../src/service/apply.js'
import type { Database } from '../../src/service/database.js'
import type { Transaction } from '../../src/service/transaction.js'

export interface Image {
  readonly zxid: Zxid
  readonly database: Database
}

/** `image`: a state stored in the background, which no one waits for. */
export type DiskWrite =
  | {
      readonly kind: 'persist'
      readonly token: Token
      readonly durable: Durable<Transaction>
      readonly image: Database | undefined
    }
  | { readonly kind: 'image'; readonly image: Image }

/**
 * What recovery finds of an append of which the first records have reached the disk, and a part of the next one. The same
 * records; with codecs they are read from bytes.
 */
export type Tear = (
  kept: readonly Entry<Transaction>[],
  torn: Entry<Transaction> | undefined,
) => readonly Entry<Transaction>[]

export interface Disk {
  readonly write: (operation: DiskWrite) => void
  readonly pendingCount: () => number
  /** Makes the oldest `count` writes durable; the last token among them. */
  readonly sync: (count: number) => Token | undefined
  /** The kinds of what is pending, oldest first. */
  readonly pending: () => readonly (Durable<Transaction>['kind'] | 'Image')[]
  /** Loses what is pending but for its first `kept` records (an append of n entries has n). */
  readonly crash: (kept: number, tear?: Tear) => void
  /**
   * Loses the first of at least two pending records of the log, while a later one has reached the disk: damage. False, and
   * nothing happens, when fewer are pending: only appends that nothing else separates may pass each other.
   */
  readonly scatter: () => boolean
  /** Becomes a good one that has only the first `count` of the writes that it has stored. Nothing may be pending. */
  readonly revert: (count: number) => void
  /** Loses a synced bit. Of an image: an older one is used, when there is one; else, or of the log, it is damage. */
  readonly flip: (where: 'log' | 'image') => void
  /** Why recovery refuses. */
  readonly damage: () => string | undefined
  readonly recover: () => { readonly durable: DurableState<Transaction>; readonly database: Database }
  /** All that has ever become durable here, in order: what copies of this disk are made from. */
  readonly stored: () => readonly DiskWrite[]
  readonly acceptedEpoch: () => Epoch
  readonly currentEpoch: () => Epoch
  /** True when the entry is durable here, in the log or within a stored image. */
  readonly has: (zxid: Zxid) => boolean
  /** Of the durable history; that of the image when no log record follows it. */
  readonly lastZxid: () => Zxid
}

/**
 * A disk on which these writes are durable, none unless told otherwise. `completed` hears of each one that becomes durable
 * later, in order. With `replayWindow` recovery keeps so many records, and applies those before.
 */
export const makeDisk = (
  emptyDatabase: Database,
  completed: (durable: Durable<Transaction>) => void = () => undefined,
  writes: readonly DiskWrite[] = [],
  replayWindow = Infinity,
): Disk => {
  let acceptedEpoch: Epoch = 0
  let currentEpoch: Epoch = 0
  const noImage: Image = { zxid: Z.ZERO, database: emptyDatabase }
  // Oldest first, never empty.
  let images: readonly Image[] = [noImage]
  let log: Entry<Transaction>[] = []
  let pending: DiskWrite[] = []
  let configuration: Configuration | undefined
  let damage: string | undefined
  let stored: DiskWrite[] = []

  const newestImage = (): Image => images[images.length - 1] ?? noImage

  const store = (durable: Durable<Transaction>, image: Database | undefined): void => {
    switch (durable.kind) {
      case 'AcceptedEpoch':
        acceptedEpoch = durable.epoch
        return
      case 'CurrentEpoch':
        currentEpoch = durable.epoch
        return
      case 'Append':
        for (const entry of durable.entries) log.push(entry)
        return
      case 'Truncate':
        log = log.slice(0, indexAfter(log, durable.zxid))
        images = images.filter((kept) => !Z.isAfter(kept.zxid, durable.zxid))
        return
      case 'Snapshot':
        log = [...durable.entries]
        images = [{ zxid: durable.zxid, database: image ?? emptyDatabase }]
        return
      case 'Configuration':
        configuration = durable.configuration
    }
  }

  const apply = (operation: DiskWrite): void => {
    stored.push(operation)
    if (operation.kind === 'persist') store(operation.durable, operation.image)
    // An image cut away by a later truncation never comes back: writes are completed in order.
    else if (!Z.isBefore(operation.image.zxid, newestImage().zxid)) images = [...images, operation.image]
  }

  const complete = (operation: DiskWrite): void => {
    apply(operation)
    if (operation.kind === 'persist') completed(operation.durable)
  }

  const sync = (count: number): Token | undefined => {
    const done = pending.slice(0, count)
    pending = pending.slice(count)
    done.forEach(complete)
    return done.reduce<Token | undefined>((last, each) => (each.kind === 'persist' ? each.token : last), undefined)
  }

  const crash = (kept: number, tear: Tear = (whole) => whole): void => {
    let left = kept
    for (const operation of pending) {
      if (left <= 0) break
      if (operation.kind === 'persist' && operation.durable.kind === 'Append') {
        const { entries } = operation.durable
        const found = tear(entries.slice(0, left), entries[left])
        if (found.length > 0) complete({ ...operation, durable: { kind: 'Append', entries: found } })
        left -= entries.length
      } else {
        complete(operation)
        left -= 1
      }
    }
    pending = []
  }

  const scatter = (): boolean => {
    const firstBarrier = pending.findIndex((each) => each.kind === 'image' || each.durable.kind !== 'Append')
    const group = firstBarrier < 0 ? pending : pending.slice(0, firstBarrier)
    const records = group.reduce((sum, each) => sum + recordsOf(each), 0)
    if (records < 2) return false
    pending = []
    damage = 'a good record of the log follows a bad one'
    return true
  }

  const revert = (count: number): void => {
    const kept = stored.slice(0, count)
    acceptedEpoch = 0
    currentEpoch = 0
    images = [noImage]
    log = []
    configuration = undefined
    damage = undefined
    stored = []
    kept.forEach(apply)
  }

  const flip = (where: 'log' | 'image'): void => {
    if (where === 'image' && images.length > 1) images = images.slice(0, -1)
    else if (where === 'image' || log.length > 0)
      damage = `the checksum of ${where === 'log' ? 'a record' : 'the image'} does not match`
  }

  const recover = (): { readonly durable: DurableState<Transaction>; readonly database: Database } => {
    const { zxid: base, database } = newestImage()
    const all = log.slice(indexAfter(log, base))
    const epochs = { acceptedEpoch, currentEpoch, trusted: true }
    const known = configuration === undefined ? epochs : { ...epochs, configuration }
    const count = passed(all)
    if (count === 0) return { durable: { ...known, base, entries: S.fromArray(all) }, database }
    const replayed = all.slice(0, count).reduce((state, entry) => applied(state, entry).database, database)
    const durable = { ...known, base: replayed.lastProcessed, entries: S.fromArray(all.slice(count)) }
    return { durable, database: replayed }
  }

  /** How many of the records leave the window: only those of earlier epochs than the last are known to be committed. */
  const passed = (all: readonly Entry<Transaction>[]): number => {
    const epoch = all[all.length - 1]?.zxid.epoch ?? 0
    const known = all.findIndex(({ zxid }) => zxid.epoch >= epoch)
    return Math.max(0, Math.min(known, all.length - replayWindow))
  }

  writes.forEach(apply)
  return {
    write: (operation) => {
      pending.push(operation)
    },
    pendingCount: () => pending.length,
    pending: () => pending.map((each) => (each.kind === 'image' ? 'Image' : each.durable.kind)),
    sync,
    crash,
    scatter,
    revert,
    flip,
    damage: () => damage,
    recover,
    stored: () => stored,
    acceptedEpoch: () => acceptedEpoch,
    currentEpoch: () => currentEpoch,
    has: (zxid) => {
      if (!Z.isAfter(zxid, newestImage().zxid)) return true
      const found = log[indexAfter(log, zxid) - 1]
      return found !== undefined && Z.equals(found.zxid, zxid)
    },
    lastZxid: () => Z.max(newestImage().zxid, log[log.length - 1]?.zxid ?? Z.ZERO),
  }
}

const recordsOf = (operation: DiskWrite): number =>
  operation.kind === 'persist' && operation.durable.kind === 'Append' ? operation.durable.entries.length : 1

/** Index of the first entry after `zxid`. */
const indexAfter = (log: readonly Entry<Transaction>[], zxid: Zxid): number => {
  let low = 0
  let high = log.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = log[middle]
    if (entry !== undefined && !Z.isAfter(entry.zxid, zxid)) low = middle + 1
    else high = middle
  }
  return low
}
