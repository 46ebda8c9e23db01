/** Writes of a server, handed to its disk and durable, as actions of the abstract system; and the two logs compared. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Durable } from '../../src/core/effect.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import * as Symbols from '../../spec/symbols.js'
import { visibleCount, visibleLog } from './disk.js'
import type { Reader } from './reader.js'
import type { Stage } from './stage.js'
import type { Storage } from './storage.js'
import type { Watched } from './watched.js'

export interface Writes {
  /** Appends from that place in the queue on that nothing but appends precedes: they are in the log now. */
  readonly showAppends: (server: ServerId, from: number) => void
  readonly becameDurable: (server: ServerId, durable: Durable<unknown>, epoch: Epoch, leader: ServerId) => void
  /**
   * The log is durable as far as the disk has it. Told when the server says so and not before: what nobody has been told of
   * may be lost with the disk.
   */
  readonly vouch: (server: ServerId) => void
  /** The log on the disk, and the appends behind it, are the abstract log. */
  readonly compare: (server: ServerId) => void
}

/** `transactions`: what each zxid was proposed for. */
export const makeWrites = (
  storage: Storage,
  { perform, object }: Stage,
  { nodeOf, transactionOf, endOf, rowOf, lastOf }: Reader,
  of: (server: ServerId) => Watched,
  transactions: ReadonlyMap<number, unknown>,
  isSame: (first: unknown, second: unknown) => boolean,
): Writes => {
  const compare = (server: ServerId): void => storage.compareLog(server, visibleLog(of(server).disk))

  /** Then the log must be what the disk and the appends behind it hold. */
  const synchronize = (server: ServerId, epoch: Epoch, point: Zxid, show: string): void => {
    storage.synchronize(server, epoch, point, show)
    compare(server)
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

  const vouch = (server: ServerId): void => {
    const node = nodeOf(server)
    const point = endOf(of(server).disk.log)
    if (lastOf(rowOf(Symbols.durable, node)) !== point)
      perform('flush', `server ${server} has synced its log`, { server: node, point })
  }

  const becameDurable = (server: ServerId, durable: Durable<unknown>, epoch: Epoch, leader: ServerId): void => {
    switch (durable.kind) {
      case 'AcceptedEpoch':
        storage.promise(server, leader, durable.epoch)
        return
      case 'CurrentEpoch':
        vouch(server)
        storage.adopt(server, durable.epoch)
        return
      case 'Append':
      case 'Configuration':
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
      }
    }
  }

  return { showAppends, becameDurable, vouch, compare }
}
