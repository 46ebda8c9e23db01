/**
 * What must hold after every step of every server: incremental, each finding with the id of its clause or property.
 * zab-protocol §3 (H1–H4, E1, E2, Q1, Q2) and the RECV table of §2.5.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Service } from '../../src/core/effect.js'
import type { Entry } from '../../src/core/message.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Packet } from '../../src/server/packet.js'
import type { Database } from '../../src/service/database.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Activation } from './checks/activation.js'
import { makeActivation } from './checks/activation.js'
import type { Durability } from './checks/durability.js'
import { makeDurability } from './checks/durability.js'
import type { ChecksHost } from './checks/host.js'
import { makeElectorate } from './checks/host.js'
import { makeSequence } from './checks/sequence.js'
import type { States } from './checks/states.js'
import type { Numbers } from './checks/numbers.js'
import { makeNumbers } from './checks/numbers.js'
import { makeStates } from './checks/states.js'
import { makeWatch } from './checks/watched.js'
import type { Persisting } from './checks/writes.js'
import { makeWrites } from './checks/writes.js'

export interface Checks
  extends Pick<Durability, 'synced' | 'sending'>,
    Pick<States, 'applied'>,
    Pick<Activation, 'configured'>,
    Numbers {
  /** A process starts with that history. What it showed to clients in a former life binds the next one no more. */
  readonly started: (server: ServerId, history: readonly Zxid[], database: Database) => void
  readonly persisting: Persisting
  readonly received: (server: ServerId, packet: Packet) => void
  readonly serving: (server: ServerId, service: Service) => void
  /** The committed sequence so far. */
  readonly committed: () => readonly Entry<Transaction>[]
}

export const makeChecks = (host: ChecksHost): Checks => {
  const { report } = host
  const of = makeWatch()
  const electorate = makeElectorate(host)
  const sequence = makeSequence(electorate, report)
  const durability = makeDurability(host, electorate, sequence, of)
  const { applied, positionOf } = makeStates(host, sequence, of, durability.initialEnd)

  const activation =
    host.ensemble === undefined ? undefined : makeActivation(host, electorate.configurations, sequence, of)

  const started = (server: ServerId, history: readonly Zxid[], database: Database): void => {
    const own = of(server)
    const disk = host.disk(server)
    if (disk.acceptedEpoch() > own.acceptedEpoch || disk.currentEpoch() > own.currentEpoch)
      report('E2', `the disk of server ${server} has an epoch that was never written`)
    own.written = [...history]
    own.acceptedEpoch = disk.acceptedEpoch()
    own.currentEpoch = disk.currentEpoch()
    own.durableEpoch = Math.min(own.durableEpoch, disk.currentEpoch())
    own.offered = 0
    own.service = { kind: 'NotServing' }
    own.database = database
    own.position = positionOf(database)
    own.served = Z.ZERO
    activation?.started(server, database)
  }

  return {
    started,
    persisting: makeWrites(sequence, electorate, of, report, (server, configuration) => {
      activation?.storing(server, configuration)
    }),
    synced: durability.synced,
    sending: durability.sending,
    received: (server, packet) => {
      if (packet.type === 'LEADERINFO') of(server).offered = packet.epoch
    },
    serving: (server, service) => {
      of(server).service = service
      if (service.kind === 'Leader') durability.leads(server, service.epoch)
    },
    applied,
    ...makeNumbers(report),
    configured: (server, known) => {
      activation?.configured(server, known)
    },
    committed: () => sequence.committed,
  }
}
