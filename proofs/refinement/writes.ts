/** Writes of a server, handed to its disk and durable, as actions of the abstract system; and the two logs compared. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Durable } from '../../src/core/effect.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import * as Symbols from '../../spec/symbols.js'
import { visibleCount, visibleLog } from './disk.js'
import type { Reader } from './reader.js'
import type { Stage } from './stage.js'
import type { Universe } from './universe.js'
import type { Watched } from './watched.js'

export interface Writes {
  /** Appends from that place in the queue on that nothing but appends precedes: they are in the log now. */
  readonly showAppends: (server: ServerId, from: number) => void
  readonly becameDurable: (server: ServerId, durable: Durable<unknown>, epoch: Epoch, leader: ServerId) => void
  /** The log on the disk, and the appends behind it, are the abstract log. */
  readonly compare: (server: ServerId) => void
}

/** `transactions`: what each zxid was proposed for. */
export const makeWrites = (
  universe: Universe,
  { perform, object, isOver }: Stage,
  { nodeOf, epochOf, transactionOf, rowOf, lineageOf, lastOf, imageOf }: Reader,
  of: (server: ServerId) => Watched,
  transactions: ReadonlyMap<number, unknown>,
  isSame: (first: unknown, second: unknown) => boolean,
): Writes => {
  /** The log is that of the epoch up to a point; then it must be what the disk and the appends behind it hold. */
  const synchronize = (server: ServerId, epoch: Epoch, point: Zxid, show: string): void => {
    const node = nodeOf(server)
    perform('synchronize', show, {
      server: node,
      epoch: epochOf(epoch),
      point: transactionOf(point),
      former: lineageOf(node),
    })
    compare(server)
  }

  const compare = (server: ServerId): void => {
    if (isOver()) return
    const [image, ...entries] = visibleLog(of(server).disk)
    const concrete = [...imageOf(image ?? Z.ZERO), ...entries.map(transactionOf)]
    const abstract = new Set(rowOf(Symbols.log, nodeOf(server)))
    if (isOver() || (concrete.length === abstract.size && concrete.every((id) => abstract.has(id)))) return
    const show = (ids: Iterable<number>): string => [...ids].map((id) => Z.show(universe.zxidOf(id))).join(' ')
    object('log', `server ${server} has the log [${show(concrete)}]; the abstract one is [${show(abstract)}]`, [
      'SYNC-4',
      'BCAST-2',
    ])
  }

  const showAppends = (server: ServerId, before: number): void => {
    const { disk } = of(server)
    for (const { durable, epoch } of disk.pending.slice(before, visibleCount(disk))) append(server, epoch, durable)
  }

  const append = (server: ServerId, epoch: Epoch, durable: Durable<unknown>): void => {
    const last = durable.kind === 'Append' ? durable.entries.at(-1) : undefined
    if (last === undefined) return
    checkTransactions(server, durable)
    synchronize(server, epoch, last.zxid, `server ${server} logs ${Z.show(last.zxid)} in epoch ${epoch}`)
  }

  const checkTransactions = (server: ServerId, durable: Durable<unknown>): void => {
    if (durable.kind !== 'Append' && durable.kind !== 'Snapshot') return
    for (const { zxid, transaction } of durable.entries)
      if (!isSame(transactions.get(transactionOf(zxid)), transaction))
        object('H2', `server ${server} logs another transaction as ${Z.show(zxid)} than was proposed`, ['BCAST-1'])
  }

  const becameDurable = (server: ServerId, durable: Durable<unknown>, epoch: Epoch, leader: ServerId): void => {
    const node = nodeOf(server)
    switch (durable.kind) {
      case 'AcceptedEpoch':
        // Written once more with the same value, before "do not count me": no new promise.
        if (rowOf(Symbols.promised, node).at(-1) === universe.epochOf(durable.epoch)) return
        perform('promise', `server ${server} has acceptedEpoch ${durable.epoch} on its disk, for leader ${leader}`, {
          server: node,
          leader: nodeOf(leader),
          epoch: epochOf(durable.epoch),
        })
        return
      case 'CurrentEpoch':
        if (lineageOf(node) !== universe.epochOf(durable.epoch))
          synchronize(
            server,
            durable.epoch,
            universe.zxidOf(lastOf(rowOf(Symbols.log, node))),
            `server ${server} continues its log in epoch ${durable.epoch}`,
          )
        perform('adopt', `server ${server} has currentEpoch ${durable.epoch} on its disk`, {
          server: node,
          epoch: epochOf(durable.epoch),
        })
        return
      case 'Append':
        perform('flush', `server ${server} has synced its log`, {
          server: node,
          point: transactionOf(durable.entries.at(-1)?.zxid ?? Z.ZERO),
        })
        return
      case 'Truncate':
        synchronize(
          server,
          epoch,
          durable.zxid,
          `server ${server} has truncated its log to ${Z.show(durable.zxid)} in epoch ${epoch}`,
        )
        return
      case 'Snapshot': {
        checkTransactions(server, durable)
        const point = durable.entries.at(-1)?.zxid ?? durable.zxid
        synchronize(
          server,
          epoch,
          point,
          `server ${server} has stored the image of ${Z.show(durable.zxid)} and the log up to ${Z.show(point)} in epoch ${epoch}`,
        )
        perform('flush', `server ${server} has stored an image`, { server: node, point: transactionOf(point) })
      }
    }
  }

  return { showAppends, becameDurable, compare }
}
