/** What is said is on the disk: the RECV table of zab-protocol §2.5, and E1, Q1. */
import type { ServerId } from '../../../src/core/configuration.js'
import type { Epoch, Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import type { Packet } from '../../../src/server/packet.js'
import type { Voters } from './configurations.js'
import type { ChecksHost, Electorate } from './host.js'
import type { Sequence } from './sequence.js'
import type { Watch } from './watched.js'

export interface Durability {
  /** Writes have become durable. */
  readonly synced: (server: ServerId) => void
  readonly sending: (server: ServerId, packet: Packet) => void
  /** The server is established as the leader of the epoch. */
  readonly leads: (server: ServerId, epoch: Epoch) => void
  /** The last zxid of the initial history of an epoch, once it is known. */
  readonly initialEnd: (epoch: Epoch) => Zxid | undefined
}

export const makeDurability = (
  { disk: diskOf, report }: ChecksHost,
  { configurations, counts, behind, isQuorum }: Electorate,
  { commitUpTo, isCommitted }: Sequence,
  of: Watch,
): Durability => {
  const leaders = new Map<Epoch, ServerId>()
  const initialEnds = new Map<Epoch, Zxid>()
  /** Who must adopt an epoch, by what was committed and seen when its initial history was fixed. RECFG-6. */
  const askedFor = new Map<Epoch, readonly Voters[]>()

  /** E1; and RECV-3: the epoch reaches the disk only after the history that it stands for. */
  const synced = (server: ServerId): void => {
    const own = of(server)
    const disk = diskOf(server)
    const epoch = disk.currentEpoch()
    if (epoch > disk.acceptedEpoch())
      report('E1', `server ${server}: currentEpoch ${epoch} > acceptedEpoch ${disk.acceptedEpoch()}`)
    if (epoch === own.durableEpoch) return
    own.durableEpoch = epoch
    const end = initialEnds.get(epoch)
    if (end !== undefined && counts(server) && !disk.has(end))
      report(
        'RECV-3',
        `server ${server} has currentEpoch ${epoch} on disk without ${Z.show(end)} of its initial history`,
      )
  }

  /** The initial history of an epoch ends where its leader's history ends before it proposes. */
  const fixInitial = (server: ServerId, epoch: Epoch): void => {
    if (initialEnds.has(epoch)) return
    const before = of(server).written.filter((zxid) => zxid.epoch < epoch || zxid.counter === 0)
    initialEnds.set(epoch, before[before.length - 1] ?? Z.ZERO)
    askedFor.set(epoch, configurations.askedForLeader(before))
  }

  /** RECV-3 and RECV-4, or RECV-5 for the leader itself. */
  const adopted = (server: ServerId, epoch: Epoch, clause: string): void => {
    const disk = diskOf(server)
    const end = initialEnds.get(epoch) ?? Z.ZERO
    if (disk.currentEpoch() < epoch)
      report(clause, `server ${server} acknowledges epoch ${epoch}; its disk has currentEpoch ${disk.currentEpoch()}`)
    else if (!disk.has(end))
      report(
        clause,
        `server ${server} acknowledges epoch ${epoch} without ${Z.show(end)} of its initial history on disk`,
      )
  }

  /** RECFG-5: whom the last committed configuration has left without a vote leads nobody any more. */
  const announced = (server: ServerId, zxid: Zxid): void => {
    if (of(server).service.kind !== 'Leader') return
    if (!isCommitted(zxid) && !configurations.askedFor({ zxid }).some((voters) => voters.includes(server)))
      report('RECFG-5', `server ${server} commits ${Z.show(zxid)}, and has no vote`)
    commitUpTo(server, zxid)
  }

  const sending = (server: ServerId, packet: Packet): void => {
    const disk = diskOf(server)
    switch (packet.type) {
      case 'LEADERINFO':
        if (disk.acceptedEpoch() < packet.epoch)
          report(
            'RECV-1',
            `server ${server} offers epoch ${packet.epoch}; its disk has acceptedEpoch ${disk.acceptedEpoch()}`,
          )
        return
      case 'ACKEPOCH':
        if (disk.acceptedEpoch() < of(server).offered)
          report('RECV-2', `server ${server} accepts epoch ${of(server).offered}; its disk has ${disk.acceptedEpoch()}`)
        return
      case 'NEWLEADER':
        fixInitial(server, packet.epoch)
        return
      case 'ACK':
        if (packet.zxid.counter === 0) {
          if (counts(server)) adopted(server, packet.zxid.epoch, 'RECV-4')
        } else if (!disk.has(packet.zxid))
          report('RECV-6', `server ${server} acknowledges ${Z.show(packet.zxid)}, which is not on its disk`)
        return
      case 'COMMIT':
      case 'COMMITANDACTIVATE':
        announced(server, packet.zxid)
        return
      case 'INFORM':
      case 'INFORMANDACTIVATE':
        announced(server, packet.entry.zxid)
        return
      default:
    }
  }

  const leads = (server: ServerId, epoch: Epoch): void => {
    const former = leaders.get(epoch)
    if (former !== undefined) report('LEADERSHIP', `servers ${former} and ${server} both lead epoch ${epoch}`)
    leaders.set(epoch, server)
    fixInitial(server, epoch)
    adopted(server, epoch, 'RECV-5')
    const promised = behind((disk) => disk.currentEpoch() >= epoch)
    if (!isQuorum(promised, askedFor.get(epoch) ?? [configurations.current()]))
      report('Q1', `server ${server} leads epoch ${epoch}, adopted durably only by [${promised.join(', ')}]`)
  }

  return { synced, sending, leads, initialEnd: (epoch) => initialEnds.get(epoch) }
}
