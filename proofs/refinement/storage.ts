/** What stands on a disk, as actions of the abstract system; and the two logs compared. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import * as Symbols from '../../spec/symbols.js'
import type { Reader } from './reader.js'
import type { Stage } from './stage.js'
import type { Universe } from './universe.js'

export interface Storage {
  /** The log becomes that of the epoch up to a point. `show`: by what. */
  readonly synchronize: (server: ServerId, epoch: Epoch, point: Zxid, show: string) => void
  /** acceptedEpoch is durable, for that leader. */
  readonly promise: (server: ServerId, leader: ServerId, epoch: Epoch) => void
  /** currentEpoch is durable. */
  readonly adopt: (server: ServerId, epoch: Epoch) => void
  /** The abstract log is this one: what an image of the first zxid holds, and the others. */
  readonly compareLog: (server: ServerId, log: readonly Zxid[]) => void
  /** RECV-10: what a start finds is what has been promised and adopted. */
  readonly compareEpochs: (server: ServerId, acceptedEpoch: Epoch, currentEpoch: Epoch) => void
}

export const makeStorage = (
  universe: Universe,
  { perform, object, isOver }: Pick<Stage, 'perform' | 'object' | 'isOver'>,
  { nodeOf, epochOf, transactionOf, rowOf, lineageOf, lastOf, imageOf }: Reader,
): Storage => {
  const synchronize = (server: ServerId, epoch: Epoch, point: Zxid, show: string): void => {
    const node = nodeOf(server)
    perform('synchronize', show, {
      server: node,
      epoch: epochOf(epoch),
      point: transactionOf(point),
      former: lineageOf(node),
    })
  }

  const promise = (server: ServerId, leader: ServerId, epoch: Epoch): void => {
    const node = nodeOf(server)
    // Written once more with the same value, before "do not count me": no new promise.
    if (rowOf(Symbols.promised, node).at(-1) === universe.epochOf(epoch)) return
    perform('promise', `server ${server} has acceptedEpoch ${epoch} on its disk, for leader ${leader}`, {
      server: node,
      leader: nodeOf(leader),
      epoch: epochOf(epoch),
    })
  }

  const adopt = (server: ServerId, epoch: Epoch): void => {
    const node = nodeOf(server)
    if (lineageOf(node) !== universe.epochOf(epoch)) {
      const end = universe.zxidOf(lastOf(rowOf(Symbols.log, node)))
      synchronize(server, epoch, end, `server ${server} continues its log in epoch ${epoch}`)
    }
    perform('adopt', `server ${server} has currentEpoch ${epoch} on its disk`, { server: node, epoch: epochOf(epoch) })
  }

  const compareLog = (server: ServerId, [image, ...entries]: readonly Zxid[]): void => {
    if (isOver()) return
    const concrete = [...imageOf(image ?? Z.ZERO), ...entries.map(transactionOf)]
    const abstract = new Set(rowOf(Symbols.log, nodeOf(server)))
    if (isOver() || (concrete.length === abstract.size && concrete.every((id) => abstract.has(id)))) return
    const show = (ids: Iterable<number>): string => [...ids].map((id) => Z.show(universe.zxidOf(id))).join(' ')
    object('log', `server ${server} has the log [${show(concrete)}]; the abstract one is [${show(abstract)}]`, [
      'SYNC-4',
      'BCAST-2',
    ])
  }

  const compareEpochs = (server: ServerId, acceptedEpoch: Epoch, currentEpoch: Epoch): void => {
    const node = nodeOf(server)
    const accepted = rowOf(Symbols.promised, node).at(-1) ?? 0
    const current = rowOf(Symbols.adopted, node).at(-1) ?? 0
    if (accepted === acceptedEpoch && current === currentEpoch) return
    object(
      'epochs',
      `server ${server} starts with acceptedEpoch ${acceptedEpoch} and currentEpoch ${currentEpoch}; it has promised ${accepted} and adopted ${current}`,
      ['RECV-10'],
    )
  }

  return { synchronize, promise, adopt, compareLog, compareEpochs }
}
