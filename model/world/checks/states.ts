/** The states that servers show to clients: they follow the committed sequence, and equal prefixes give equal ones. SM-5. */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Entry } from '../../../src/core/message.js'
import type { Epoch, Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { Database } from '../../../src/service/database.js'
import type { Transaction } from '../../../src/service/transaction.js'
import { makeTableComparison } from '../tables.js'
import type { ChecksHost } from './host.js'
import type { Sequence } from './sequence.js'
import type { Watch, Watched } from './watched.js'

export interface States {
  /** After a step: the state that clients can see. */
  readonly applied: (server: ServerId, database: Database) => void
  /** How many committed entries the state includes. */
  readonly positionOf: (database: Database) => number
}

/** `initialEnd`: the last zxid of the initial history of an epoch. */
export const makeStates = (
  { digestOf, report }: ChecksHost,
  { committed, commitUpTo }: Sequence,
  of: Watch,
  initialEnd: (epoch: Epoch) => Zxid | undefined,
): States => {
  /** By number of committed entries. */
  const digests = new Map<number, bigint>()
  const compareTables = makeTableComparison(report)

  const applied = (server: ServerId, database: Database): void => {
    const own = of(server)
    if (own.database === database) return
    const before = own.database?.lastProcessed ?? Z.ZERO
    const { lastProcessed } = database
    own.database = database
    wentOn(server, own, before, lastProcessed)
    if (Z.isBefore(lastProcessed, before)) own.position = positionOf(database)
    const isEpochStart = lastProcessed.counter === 0
    commitUpTo(server, isEpochStart ? (initialEnd(lastProcessed.epoch) ?? Z.ZERO) : lastProcessed)
    for (let next = committed[own.position]; next !== undefined; next = committed[own.position]) {
      if (Z.isAfter(next.zxid, lastProcessed)) break
      own.position += 1
    }
    const reached = committed[own.position - 1]
    if (!isEpochStart && (reached === undefined || !Z.equals(reached.zxid, lastProcessed)))
      report(
        'TOTAL-ORDER',
        `server ${server} delivers ${Z.show(lastProcessed)}, which is not in the committed sequence`,
      )
    compareDigest(server, own.position, digestOf(database), reached)
    compareTables(server, own.position, database)
  }

  /** An image older than the own state may come from a leader that has not applied its log yet; nobody sees it. */
  const wentOn = (server: ServerId, own: Watched, before: Zxid, now: Zxid): void => {
    if (own.service.kind === 'NotServing') return
    if (Z.isBefore(now, before))
      report('BCAST-6', `server ${server} serves a state that goes back from ${Z.show(before)} to ${Z.show(now)}`)
    if (Z.isBefore(now, own.served))
      report('SESS-3', `server ${server} serves ${Z.show(now)} after it has served ${Z.show(own.served)}`)
    own.served = now
  }

  /** SM-5: equal prefixes give equal states, and the state that the leader foretold. */
  const compareDigest = (
    server: ServerId,
    position: number,
    digest: bigint,
    last: Entry<Transaction> | undefined,
  ): void => {
    const expected = digests.get(position)
    const foretold = last?.transaction.digest
    if (expected === undefined) digests.set(position, digest)
    else if (expected !== digest) report('SM-5', `server ${server} has another state after ${position} transactions`)
    if (foretold !== undefined && foretold !== digest)
      report('SM-5', `server ${server} has not the state that was foretold for ${Z.show(last?.zxid ?? Z.ZERO)}`)
  }

  const positionOf = ({ lastProcessed }: Database): number => {
    const next = committed.findIndex((entry) => Z.isAfter(entry.zxid, lastProcessed))
    return next < 0 ? committed.length : next
  }

  return { applied, positionOf }
}
