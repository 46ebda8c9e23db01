/**
 * The ghost state, which is global and only grows: which transaction a zxid names and what stood before it, and the one
 * committed sequence. H1–H4, Q2.
 */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Entry } from '../../../src/core/message.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { Transaction } from '../../../src/service/transaction.js'
import { isSameTransaction } from '../same.js'
import type { Electorate, Report } from './host.js'

export interface Sequence {
  /** A server appends the entry after `previous`. */
  readonly appended: (server: ServerId, entry: Entry<Transaction>, previous: Zxid) => void
  /** A server takes everything up to there as committed. */
  readonly commitUpTo: (server: ServerId, zxid: Zxid) => void
  readonly isCommitted: (zxid: Zxid) => boolean
  /** The committed sequence so far. */
  readonly committed: readonly Entry<Transaction>[]
}

interface Ghost {
  readonly entry: Entry<Transaction>
  readonly previous: Zxid
}

const keyOf = (zxid: Zxid): number => zxid.epoch * 0x100000000 + zxid.counter

export const makeSequence = ({ configurations, behind, isQuorum }: Electorate, report: Report): Sequence => {
  const ghosts = new Map<number, Ghost>()
  const committed: Entry<Transaction>[] = []
  const isCommitted = new Set<number>()

  /** H1–H4. */
  const appended = (server: ServerId, entry: Entry<Transaction>, previous: Zxid): void => {
    const { zxid } = entry
    const isFirst = zxid.epoch !== previous.epoch
    if (!Z.isAfter(zxid, previous)) report('H1', `server ${server} appends ${Z.show(zxid)} after ${Z.show(previous)}`)
    else if (zxid.counter !== (isFirst ? 1 : previous.counter + 1))
      report('H3', `server ${server} leaves a hole between ${Z.show(previous)} and ${Z.show(zxid)}`)
    configurations.logged(server, entry)
    const ghost = ghosts.get(keyOf(zxid))
    // ⟨e, 0⟩ is the base of an image taken at the start of an epoch; what stood before it is not told by it.
    if (ghost === undefined) ghosts.set(keyOf(zxid), { entry, previous })
    else if (
      ghost.entry.transaction !== entry.transaction &&
      !isSameTransaction(ghost.entry.transaction, entry.transaction)
    )
      report('H2', `server ${server} has another transaction at ${Z.show(zxid)}`)
    else if (!Z.equals(ghost.previous, previous) && previous.counter !== 0)
      report('H4', `server ${server} has ${Z.show(previous)} before ${Z.show(zxid)}, others ${Z.show(ghost.previous)}`)
  }

  /** Q2, RECFG-3: when it is committed an entry is in the durable history of a quorum. The sequence grows without a gap. */
  const commitUpTo = (server: ServerId, zxid: Zxid): void => {
    const end = committed[committed.length - 1]?.zxid ?? Z.ZERO
    const fresh: Entry<Transaction>[] = []
    let at = zxid
    while (Z.isAfter(at, end)) {
      const ghost = ghosts.get(keyOf(at))
      if (ghost === undefined) {
        report('INTEGRITY', `server ${server} commits ${Z.show(at)}, which nobody has logged`)
        return
      }
      fresh.push(ghost.entry)
      at = ghost.previous
    }
    if (fresh.length > 0 && !Z.equals(at, end)) {
      report(
        'TOTAL-ORDER',
        `server ${server} commits ${Z.show(zxid)} after ${Z.show(at)}; committed was ${Z.show(end)}`,
      )
      return
    }
    for (const entry of fresh.reverse()) {
      const holders = behind((disk) => disk.has(entry.zxid))
      if (!isQuorum(holders, configurations.askedFor(entry)))
        report(
          'Q2',
          `${Z.show(entry.zxid)} is committed at server ${server}, but durable only at [${holders.join(', ')}]`,
        )
      committed.push(entry)
      configurations.committed(entry)
      isCommitted.add(keyOf(entry.zxid))
    }
  }

  return { appended, commitUpTo, isCommitted: (zxid) => isCommitted.has(keyOf(zxid)), committed }
}
