/** The disk of a test server: what is on it, and what a durable record makes of it. */
import type { Durable, DurableState } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import * as S from '../../src/core/sequence.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'

export { emptyDisk } from '../../model/alone/settings.js'

/** The disk after one record has become durable. */
export const written = <T>(disk: DurableState<T>, durable: Durable<T>): DurableState<T> => {
  switch (durable.kind) {
    case 'AcceptedEpoch':
      return { ...disk, acceptedEpoch: durable.epoch }
    case 'CurrentEpoch':
      return { ...disk, currentEpoch: durable.epoch }
    case 'Append':
      return { ...disk, entries: S.appendAll(durable.entries)(disk.entries) }
    case 'Truncate':
      return { ...disk, entries: S.take(countUpTo(disk.entries, durable.zxid))(disk.entries) }
    case 'Snapshot':
      return { ...disk, base: durable.zxid, entries: S.fromArray(durable.entries), trusted: true }
    case 'Configuration':
      return { ...disk, configuration: durable.configuration }
  }
}

/** How many entries of a log are not after `zxid`. */
export const countUpTo = <T>(entries: S.Sequence<Entry<T>>, zxid: Zxid): number =>
  S.lowerBound(entries, (entry) => Z.isAfter(entry.zxid, zxid))

/** The log record with that zxid. */
export const recordOf = <T>({ entries }: DurableState<T>, zxid: Zxid): Entry<T> | undefined => {
  const entry = S.at(entries, countUpTo(entries, zxid) - 1)
  return entry !== undefined && Z.equals(entry.zxid, zxid) ? entry : undefined
}
