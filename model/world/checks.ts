/**
 * What must hold after every step of every server: incremental, each finding with the id of its clause or property.
 *
 * The ghost state is global and only grows: which transaction a zxid names and what stood before it, the one committed
 * sequence, who led which epoch. zab-protocol §3 (H1–H4, E1, E2, Q1, Q2) and the RECV table of §2.5.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Durable, Service } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import type { Epoch, Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Packet } from '../../src/server/packet.js'
import type { Database } from '../../src/service/database.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Disk } from './disk.js'
import { isSameTransaction } from './same.js'
import { makeTableComparison } from './tables.js'

export type Report = (clause: string, what: string) => void

export interface ChecksHost {
  readonly voters: readonly ServerId[]
  readonly disk: (server: ServerId) => Disk
  readonly digestOf: (database: Database) => bigint
  readonly report: Report
}

export interface Checks {
  readonly started: (server: ServerId, history: readonly Zxid[], database: Database) => void
  /** A write is handed to the disk. */
  readonly persisting: (server: ServerId, durable: Durable<Transaction>) => void
  /** Writes have become durable. */
  readonly synced: (server: ServerId) => void
  readonly sending: (server: ServerId, packet: Packet) => void
  readonly received: (server: ServerId, packet: Packet) => void
  readonly serving: (server: ServerId, service: Service) => void
  /** After a step: the state that clients can see. */
  readonly applied: (server: ServerId, database: Database) => void
  /** The committed sequence so far. */
  readonly committed: () => readonly Entry<Transaction>[]
}

interface Ghost {
  readonly entry: Entry<Transaction>
  readonly previous: Zxid
}

interface Watched {
  /** Zxids handed to the disk, oldest first; the first is that of the base. */
  written: Zxid[]
  acceptedEpoch: Epoch
  currentEpoch: Epoch
  /** The currentEpoch that was last seen on the disk. */
  durableEpoch: Epoch
  /** The last epoch that a leader has offered to this server. */
  offered: Epoch
  service: Service
  database: Database | undefined
  /** How many of the committed entries its state includes. */
  position: number
  /** The latest state that this process has shown to clients. */
  served: Zxid
}

const keyOf = (zxid: Zxid): number => zxid.epoch * 0x100000000 + zxid.counter

export const makeChecks = (host: ChecksHost): Checks => {
  const { report } = host
  const ghosts = new Map<number, Ghost>()
  const committed: Entry<Transaction>[] = []
  const isCommitted = new Set<number>()
  /** By number of committed entries. */
  const digests = new Map<number, bigint>()
  const compareTables = makeTableComparison(report)
  const leaders = new Map<Epoch, ServerId>()
  /** The last zxid of the initial history of an epoch. */
  const initialEnds = new Map<Epoch, Zxid>()
  const watched = new Map<ServerId, Watched>()

  const of = (server: ServerId): Watched => {
    const known = watched.get(server)
    if (known !== undefined) return known
    const fresh: Watched = {
      written: [Z.ZERO],
      acceptedEpoch: 0,
      currentEpoch: 0,
      durableEpoch: 0,
      offered: 0,
      service: { kind: 'NotServing' },
      database: undefined,
      position: 0,
      served: Z.ZERO,
    }
    watched.set(server, fresh)
    return fresh
  }

  /** H1–H4 for one entry that a server appends after `previous`. */
  const appended = (server: ServerId, entry: Entry<Transaction>, previous: Zxid): void => {
    const { zxid } = entry
    const isFirst = zxid.epoch !== previous.epoch
    if (!Z.isAfter(zxid, previous)) report('H1', `server ${server} appends ${Z.show(zxid)} after ${Z.show(previous)}`)
    else if (zxid.counter !== (isFirst ? 1 : previous.counter + 1))
      report('H3', `server ${server} leaves a hole between ${Z.show(previous)} and ${Z.show(zxid)}`)
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

  /**
   * A server gives up what it has after `point`. It may do so with committed entries only while a quorum keeps them without
   * it: a leader truncates a learner to what it has committed itself so far (SYNC-4), and a leader that has not applied its
   * log yet sends an older image (SYNC-8); in both cases the rest follows at once, but a crash may come first.
   */
  const discarded = (server: ServerId, point: Zxid): void => {
    const own = of(server)
    const lost = own.written.findLast((zxid) => Z.isAfter(zxid, point) && isCommitted.has(keyOf(zxid)))
    if (lost === undefined) return
    const holders = host.voters.filter((voter) => voter !== server && host.disk(voter).has(lost))
    if (2 * holders.length <= host.voters.length)
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

  const persisting = (server: ServerId, durable: Durable<Transaction>): void => {
    switch (durable.kind) {
      case 'AcceptedEpoch':
        epochWritten(server, 'acceptedEpoch', durable.epoch)
        return
      case 'CurrentEpoch':
        epochWritten(server, 'currentEpoch', durable.epoch)
        return
      case 'Append': {
        const { written } = of(server)
        for (const entry of durable.entries) {
          appended(server, entry, written[written.length - 1] ?? Z.ZERO)
          written.push(entry.zxid)
        }
        return
      }
      case 'Truncate':
        discarded(server, durable.zxid)
        of(server).written = keptUpTo(of(server).written, durable.zxid)
        return
      case 'Snapshot':
        discarded(server, durable.zxid)
        of(server).written = [durable.zxid]
        for (const entry of durable.entries) {
          const { written } = of(server)
          appended(server, entry, written[written.length - 1] ?? Z.ZERO)
          written.push(entry.zxid)
        }
    }
  }

  /** E1; and RECV-3: the epoch reaches the disk only after the history that it stands for. */
  const synced = (server: ServerId): void => {
    const own = of(server)
    const disk = host.disk(server)
    const epoch = disk.currentEpoch()
    if (epoch > disk.acceptedEpoch())
      report('E1', `server ${server}: currentEpoch ${epoch} > acceptedEpoch ${disk.acceptedEpoch()}`)
    if (epoch === own.durableEpoch) return
    own.durableEpoch = epoch
    const end = initialEnds.get(epoch)
    if (end !== undefined && host.voters.includes(server) && !disk.has(end))
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
  }

  /** RECV-3 and RECV-4, or RECV-5 for the leader itself. */
  const adopted = (server: ServerId, epoch: Epoch, clause: string): void => {
    const disk = host.disk(server)
    const end = initialEnds.get(epoch) ?? Z.ZERO
    if (disk.currentEpoch() < epoch)
      report(clause, `server ${server} acknowledges epoch ${epoch}; its disk has currentEpoch ${disk.currentEpoch()}`)
    else if (!disk.has(end))
      report(
        clause,
        `server ${server} acknowledges epoch ${epoch} without ${Z.show(end)} of its initial history on disk`,
      )
  }

  const sending = (server: ServerId, packet: Packet): void => {
    const disk = host.disk(server)
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
          if (host.voters.includes(server)) adopted(server, packet.zxid.epoch, 'RECV-4')
        } else if (!disk.has(packet.zxid))
          report('RECV-6', `server ${server} acknowledges ${Z.show(packet.zxid)}, which is not on its disk`)
        return
      case 'COMMIT':
        if (of(server).service.kind === 'Leader') commitUpTo(server, packet.zxid)
        return
      case 'INFORM':
        if (of(server).service.kind === 'Leader') commitUpTo(server, packet.entry.zxid)
        return
      default:
    }
  }

  /** Q2: at the moment of its commit an entry is in the durable history of a quorum. The sequence grows without a gap. */
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
      const holders = host.voters.filter((voter) => host.disk(voter).has(entry.zxid))
      if (2 * holders.length <= host.voters.length)
        report(
          'Q2',
          `${Z.show(entry.zxid)} is committed at server ${server}, but durable only at [${holders.join(', ')}]`,
        )
      committed.push(entry)
      isCommitted.add(keyOf(entry.zxid))
    }
  }

  const serving = (server: ServerId, service: Service): void => {
    of(server).service = service
    if (service.kind !== 'Leader') return
    const { epoch } = service
    const former = leaders.get(epoch)
    if (former !== undefined) report('LEADERSHIP', `servers ${former} and ${server} both lead epoch ${epoch}`)
    leaders.set(epoch, server)
    fixInitial(server, epoch)
    adopted(server, epoch, 'RECV-5')
    const promised = host.voters.filter((voter) => host.disk(voter).currentEpoch() >= epoch)
    if (2 * promised.length <= host.voters.length)
      report('Q1', `server ${server} leads epoch ${epoch}, adopted durably only by [${promised.join(', ')}]`)
  }

  const applied = (server: ServerId, database: Database): void => {
    const own = of(server)
    if (own.database === database) return
    const before = own.database?.lastProcessed ?? Z.ZERO
    const { lastProcessed } = database
    own.database = database
    if (Z.isBefore(lastProcessed, before)) {
      // An image older than the own state may come from a leader that has not applied its log yet; nobody sees it.
      if (own.service.kind !== 'NotServing')
        report(
          'BCAST-6',
          `server ${server} serves a state that goes back from ${Z.show(before)} to ${Z.show(lastProcessed)}`,
        )
      own.position = positionOf(database)
    }
    if (own.service.kind !== 'NotServing') {
      if (Z.isBefore(lastProcessed, own.served))
        report('SESS-3', `server ${server} serves ${Z.show(lastProcessed)} after it has served ${Z.show(own.served)}`)
      own.served = lastProcessed
    }
    const isEpochStart = lastProcessed.counter === 0
    commitUpTo(server, isEpochStart ? (initialEnds.get(lastProcessed.epoch) ?? Z.ZERO) : lastProcessed)
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
    compareDigest(server, own.position, host.digestOf(database), reached)
    compareTables(server, own.position, database)
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

  /** How many committed entries the state includes. */
  const positionOf = ({ lastProcessed }: Database): number => {
    const next = committed.findIndex((entry) => Z.isAfter(entry.zxid, lastProcessed))
    return next < 0 ? committed.length : next
  }

  const started = (server: ServerId, history: readonly Zxid[], database: Database): void => {
    const own = of(server)
    const disk = host.disk(server)
    if (disk.acceptedEpoch() > own.acceptedEpoch || disk.currentEpoch() > own.currentEpoch)
      report('E2', `the disk of server ${server} has an epoch that was never written`)
    own.written = [...history]
    own.acceptedEpoch = disk.acceptedEpoch()
    own.currentEpoch = disk.currentEpoch()
    own.offered = 0
    own.service = { kind: 'NotServing' }
    own.database = database
    own.position = positionOf(database)
    own.served = Z.ZERO
  }

  return {
    started,
    persisting,
    synced,
    sending,
    received: (server, packet) => {
      if (packet.type === 'LEADERINFO') of(server).offered = packet.epoch
    },
    serving,
    applied,
    committed: () => committed,
  }
}

/** Never empty: what the log no longer tells, the point itself stands for. */
const keptUpTo = (written: readonly Zxid[], point: Zxid): Zxid[] => {
  const kept = written.filter((zxid) => !Z.isAfter(zxid, point))
  return kept.length === 0 ? [point] : kept
}
