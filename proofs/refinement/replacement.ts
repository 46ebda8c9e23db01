/**
 * A server that comes back with another disk, as actions of the abstract system, which has none for it.
 *
 * - An observer is another server from then on: one of the many in no quorum, silent until now, which does what the former one
 *   had done when the copy was made. The proof is for any number of servers; nothing is asked of the one that is gone.
 * - A voter without its vote likewise. The member stays where it was, and is silent.
 * - When it has its vote back the member does what it has missed: it promises, synchronizes, stores and adopts. So its new
 *   disk must hold what the old one held, or a guard fails.
 * - A voter that keeps its vote has crashed: what it lacks it has never said to be durable, or the guard of `crash` fails.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Observer } from '../../model/observer.js'
import * as Symbols from '../../spec/symbols.js'
import type { WatchedDisk } from './disk.js'
import type { Reader } from './reader.js'
import type { Stage } from './stage.js'
import type { Storage } from './storage.js'
import type { Universe } from './universe.js'

type By = Parameters<Observer<unknown>['replaced']>[2]

export type Replace = (server: ServerId, disk: WatchedDisk, by: By) => void

export const makeReplacement = (
  universe: Universe,
  { perform }: Pick<Stage, 'perform'>,
  { nodeOf, transactionOf, rowOf, lineageOf, lastOf, imageOf, endOf }: Reader,
  storage: Storage,
): Replace => {
  const zxidOf = (transaction: number): Zxid => universe.zxidOf(transaction)

  /** To itself: no leader counts on it. */
  const promise = (server: ServerId, epoch: Epoch): void => {
    if (epoch > (rowOf(Symbols.promised, nodeOf(server)).at(-1) ?? 0)) storage.promise(server, server, epoch)
  }

  const synchronize = (server: ServerId, epoch: Epoch, point: number): void => {
    promise(server, epoch)
    storage.synchronize(server, epoch, zxidOf(point), `server ${server} has caught up with epoch ${epoch}`)
  }

  /** The initial history, or what the log has beyond it. */
  const adopt = (server: ServerId, epoch: Epoch, log: ReadonlySet<number>): void => {
    const known = rowOf(Symbols.history, epoch).filter((id) => zxidOf(id).epoch < epoch || log.has(id))
    synchronize(server, epoch, lastOf(known))
    perform('flush', `server ${server} has caught up`, { server: nodeOf(server), point: lastOf(known) })
    storage.adopt(server, epoch)
  }

  return (server, { acceptedEpoch, currentEpoch, log }, by) => {
    if (by === 'observer') universe.renew(server)
    else universe.resume(server)
    const node = nodeOf(server)
    const [image, ...entries] = log
    const ids = new Set([...(image === undefined ? [] : imageOf(image)), ...entries.map(transactionOf)])
    if (currentEpoch > (rowOf(Symbols.adopted, node).at(-1) ?? 0)) adopt(server, currentEpoch, ids)
    // A crash may have come between the history of an epoch and its adoption (SYNC-14).
    const isPrefixOf = (epoch: Epoch): boolean => {
      const history = new Set(rowOf(Symbols.history, epoch))
      return [...ids].every((id) => history.has(id))
    }
    const later = Array.from({ length: acceptedEpoch - currentEpoch }, (_, index) => currentEpoch + 1 + index)
    const epoch = isPrefixOf(lineageOf(node)) ? undefined : later.find(isPrefixOf)
    if (epoch !== undefined) synchronize(server, epoch, endOf(log))
    perform('crash', `server ${server} comes back with another disk`, {
      server: node,
      point: endOf(log),
      image: transactionOf(Z.ZERO),
    })
    promise(server, acceptedEpoch)
  }
}
