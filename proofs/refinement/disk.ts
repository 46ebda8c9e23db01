/**
 * The log of one server as the judge sees it: what its disk has, and the writes that are on their way, with what they were
 * written for. It is kept from the writes themselves, apart from the abstract state, so that the two can be compared.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Durable } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'

/** A write, the epoch that its server was in, and the leader that a promise goes to. */
export interface PendingWrite {
  readonly durable: Durable<unknown>
  readonly epoch: Epoch
  readonly leader: ServerId
}

/** `log`: zxids on disk, oldest first; the first stands for the image, and all that is in it. */
export interface WatchedDisk {
  readonly acceptedEpoch: Epoch
  readonly currentEpoch: Epoch
  readonly log: readonly Zxid[]
  readonly pending: readonly PendingWrite[]
}

export const emptyDisk: WatchedDisk = { acceptedEpoch: 0, currentEpoch: 0, log: [Z.ZERO], pending: [] }

/**
 * How many of the pending writes show in the log already: appends that nothing but appends precedes. A truncation or an
 * image is not there before it is durable, and nothing behind it is. A configuration is not of the log.
 */
export const visibleCount = ({ pending }: WatchedDisk): number => {
  const blocked = pending.findIndex(({ durable: { kind } }) => kind !== 'Append' && kind !== 'Configuration')
  return blocked < 0 ? pending.length : blocked
}

/** The log as its server goes on from it. */
export const visibleLog = (disk: WatchedDisk): readonly Zxid[] => [
  ...disk.log,
  ...disk.pending.slice(0, visibleCount(disk)).flatMap(({ durable }) => appended(durable)),
]

const appended = (durable: Durable<unknown>): readonly Zxid[] =>
  durable.kind === 'Append' ? durable.entries.map(({ zxid }) => zxid) : []

export const write = (disk: WatchedDisk, pending: PendingWrite): WatchedDisk => ({
  ...disk,
  pending: [...disk.pending, pending],
})

/** The oldest write, or its first entries, has become durable. */
export const complete = (disk: WatchedDisk, durable: Durable<unknown>): WatchedDisk => {
  const pending = withoutOldest(disk.pending, durable)
  switch (durable.kind) {
    case 'AcceptedEpoch':
      return { ...disk, pending, acceptedEpoch: durable.epoch }
    case 'CurrentEpoch':
      return { ...disk, pending, currentEpoch: durable.epoch }
    case 'Append':
      return { ...disk, pending, log: [...disk.log, ...appended(durable)] }
    case 'Truncate':
      return { ...disk, pending, log: keptUpTo(disk.log, durable.zxid) }
    case 'Snapshot':
      return { ...disk, pending, log: [durable.zxid, ...durable.entries.map(({ zxid }) => zxid)] }
    case 'Configuration':
      return { ...disk, pending }
  }
}

/** Never empty: what the log no longer tells, the point itself stands for. */
const keptUpTo = (log: readonly Zxid[], point: Zxid): readonly Zxid[] => {
  const kept = log.filter((zxid) => !Z.isAfter(zxid, point))
  return kept.length === 0 ? [point] : kept
}

const withoutOldest = (pending: readonly PendingWrite[], durable: Durable<unknown>): readonly PendingWrite[] => {
  const [oldest, ...rest] = pending
  if (oldest?.durable.kind !== 'Append' || durable.kind !== 'Append') return rest
  const left: readonly Entry<unknown>[] = oldest.durable.entries.slice(durable.entries.length)
  return left.length === 0 ? rest : [{ ...oldest, durable: { kind: 'Append', entries: left } }, ...rest]
}
