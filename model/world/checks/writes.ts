/** What servers hand to their disks: histories grow in order, and epochs; nothing committed is given up. H1–H4, E2. */
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import type { Durable } from '../../../src/core/effect.js'
import type { Entry } from '../../../src/core/message.js'
import type { Epoch, Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { Transaction } from '../../../src/service/transaction.js'
import type { Voters } from './configurations.js'
import type { Electorate, Report } from './host.js'
import type { Sequence } from './sequence.js'
import type { Watch } from './watched.js'

/** A write is handed to the disk. */
export type Persisting = (server: ServerId, durable: Durable<Transaction>) => void

export const makeWrites = (
  { appended, isCommitted }: Sequence,
  { configurations, counts, behind, isQuorum }: Electorate,
  of: Watch,
  report: Report,
  activated: (server: ServerId, configuration: Configuration) => void = () => undefined,
): Persisting => {
  /**
   * A server gives up what it has after `point`. It may do so with committed entries only while a quorum keeps them without
   * it: a leader truncates a learner to what it has committed itself so far (SYNC-4), and a leader that has not applied its
   * log yet sends an older image (SYNC-8); in both cases the rest follows at once, but a crash may come first.
   * Of a reconfiguration a quorum of those who decided before must keep it too: or they could go on without it (RECFG-3).
   */
  const discarded = (server: ServerId, point: Zxid): void => {
    const lost = of(server).written.filter((zxid) => Z.isAfter(zxid, point) && isCommitted(zxid))
    const last = lost[lost.length - 1]
    if (last !== undefined) mustBeKept(server, point, last, configurations.current())
    for (const zxid of lost) mustBeKept(server, point, zxid, configurations.before(zxid) ?? [])
  }

  const mustBeKept = (server: ServerId, point: Zxid, lost: Zxid, by: Voters): void => {
    if (by.length === 0) return
    const holders = behind((disk) => disk.has(lost)).filter((voter) => voter !== server || !counts(server))
    if (!isQuorum(holders, [by]))
      report(
        'COMMITTED-DURABLE',
        `server ${server} goes back to ${Z.show(point)}; now only [${holders.join(', ')}] have ${Z.show(lost)}, which is committed`,
      )
  }

  const epochWritten = (server: ServerId, what: 'acceptedEpoch' | 'currentEpoch', epoch: Epoch): void => {
    const own = of(server)
    if (epoch < own[what]) report('E2', `${what} of server ${server} goes back from ${own[what]} to ${epoch}`)
    own[what] = epoch
  }

  const append = (server: ServerId, entries: readonly Entry<Transaction>[]): void => {
    const { written } = of(server)
    for (const entry of entries) {
      appended(server, entry, written[written.length - 1] ?? Z.ZERO)
      written.push(entry.zxid)
    }
  }

  return (server, durable) => {
    switch (durable.kind) {
      case 'AcceptedEpoch':
        epochWritten(server, 'acceptedEpoch', durable.epoch)
        return
      case 'CurrentEpoch':
        epochWritten(server, 'currentEpoch', durable.epoch)
        return
      case 'Append':
        append(server, durable.entries)
        return
      case 'Truncate':
        discarded(server, durable.zxid)
        of(server).written = keptUpTo(of(server).written, durable.zxid)
        return
      case 'Snapshot':
        discarded(server, durable.zxid)
        of(server).written = [durable.zxid]
        append(server, durable.entries)
        return
      case 'Configuration':
        activated(server, durable.configuration)
    }
  }
}

/** Never empty: what the log no longer tells, the point itself stands for. */
const keptUpTo = (written: readonly Zxid[], point: Zxid): Zxid[] => {
  const kept = written.filter((zxid) => !Z.isAfter(zxid, point))
  return kept.length === 0 ? [point] : kept
}
