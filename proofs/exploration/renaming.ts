/** The same server, message or channel with other names for the servers. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Durable } from '../../src/core/effect.js'
import type { Entry, QuorumMessage } from '../../src/core/message.js'
import * as S from '../../src/core/sequence.js'
import type { Batch, Role } from '../../src/core/state.js'
import type { Item } from './channels.js'
import { renamedConfiguration, renamedTransaction } from './configurations.js'
import type { Site, Transaction } from './site.js'
import { canonical, voteFor } from './site.js'

type Image = (server: ServerId) => ServerId

// --- servers

/** The same site with other names for the servers: `images[n - 1]` for n. */
export const renamed = ({ peer, disk, writes }: Site, images: readonly ServerId[]): Site => {
  const image = (server: ServerId): ServerId => images[server - 1] ?? server
  const role = renamedRole(peer.role, image)
  const { service } = peer
  return {
    peer: canonical({
      ...peer,
      self: image(peer.self),
      role,
      service: 'leader' in service ? { ...service, leader: image(service.leader) } : service,
    }),
    disk,
    writes: writes.map((write) => ({ ...write, leader: image(write.leader) })),
  }
}

/** Where configurations change, they and the entries that propose them name servers as well. */
export const renamedWithConfigurations = (site: Site, images: readonly ServerId[]): Site => {
  const image = (server: ServerId): ServerId => images[server - 1] ?? server
  const { peer, disk, writes } = renamed(site, images)
  const { committed, lastSeen } = peer.configuration
  return {
    peer: {
      ...peer,
      configuration: {
        committed: renamedConfiguration(committed, image),
        lastSeen: renamedConfiguration(lastSeen, image),
      },
      history: { ...peer.history, entries: renamedEntries(peer.history.entries, image) },
      role: withRenamedPhase(peer.role, image),
    },
    disk: {
      ...disk,
      entries: renamedEntries(disk.entries, image),
      ...(disk.configuration === undefined ? {} : { configuration: renamedConfiguration(disk.configuration, image) }),
    },
    writes: writes.map((one) => ({
      ...one,
      durable: renamedDurable(one.durable, image),
      ...(one.image === undefined ? {} : { image: renamedConfiguration(one.image, image) }),
    })),
  }
}

export const renamedEntry = (entry: Entry<Transaction>, image: Image): Entry<Transaction> =>
  entry.configuration === undefined
    ? entry
    : {
        ...entry,
        transaction: renamedTransaction(entry.transaction, image),
        configuration: renamedConfiguration(entry.configuration, image),
      }

const renamedEntries = (entries: S.Sequence<Entry<Transaction>>, image: Image): S.Sequence<Entry<Transaction>> =>
  S.fromArray(S.toArray(entries).map((entry) => renamedEntry(entry, image)))

const withRenamedPhase = (role: Role<Transaction>, image: Image): Role<Transaction> => {
  if (role.kind !== 'Following' && role.kind !== 'Observing') return role
  const { phase } = role
  const offered =
    'configuration' in phase && phase.configuration !== undefined
      ? { configuration: renamedConfiguration(phase.configuration, image) }
      : {}
  switch (phase.kind) {
    case 'Receiving':
      return { ...role, phase: { ...phase, batch: renamedBatch(phase.batch, image) } }
    case 'Acknowledging':
      return {
        ...role,
        phase: {
          ...phase,
          ...offered,
          batch: renamedBatch(phase.batch, image),
          committed: phase.committed.map((entry) => renamedEntry(entry, image)),
        },
      }
    case 'AwaitingUptodate':
      return { ...role, phase: { ...phase, ...offered } }
    default:
      return role
  }
}

const renamedBatch = (batch: Batch<Transaction>, image: Image): Batch<Transaction> => ({
  ...batch,
  ...(batch.imageConfiguration === undefined
    ? {}
    : { imageConfiguration: renamedConfiguration(batch.imageConfiguration, image) }),
  entries: renamedEntries(batch.entries, image),
})

const renamedDurable = (durable: Durable<Transaction>, image: Image): Durable<Transaction> => {
  switch (durable.kind) {
    case 'AcceptedEpoch':
    case 'CurrentEpoch':
    case 'Truncate':
      return durable
    case 'Append':
    case 'Snapshot':
      return { ...durable, entries: durable.entries.map((entry) => renamedEntry(entry, image)) }
    case 'Configuration':
      return { ...durable, configuration: renamedConfiguration(durable.configuration, image) }
  }
}

const renamedRole = (role: Role<Transaction>, image: Image): Role<Transaction> => {
  switch (role.kind) {
    case 'Stopped':
      return role
    case 'Looking':
      return { ...role, waiting: new Map([...role.waiting].map(([id, info]) => [image(id), info])) }
    case 'Following':
    case 'Observing':
      return { ...role, leader: image(role.leader) }
    case 'Leading': {
      const { finalVote, learners } = role
      return {
        ...role,
        finalVote: voteFor(image(finalVote.vote.leader)),
        learners: learners.map((learner) => ({ ...learner, id: image(learner.id) })),
      }
    }
  }
}

// --- messages

/** Only where configurations change do messages name servers. */
export const renamedItem = (item: Item, images: readonly ServerId[]): Item => {
  const image = (server: ServerId): ServerId => images[server - 1] ?? server
  return item.kind === 'Message' ? { ...item, message: renamedMessage(item.message, image) } : item
}

const renamedMessage = (message: QuorumMessage<Transaction>, image: Image): QuorumMessage<Transaction> => {
  switch (message.type) {
    case 'PROPOSAL':
    case 'INFORM':
      return { ...message, entry: renamedEntry(message.entry, image) }
    case 'COMMITANDACTIVATE':
      return { ...message, leader: image(message.leader) }
    case 'INFORMANDACTIVATE':
      return { ...message, entry: renamedEntry(message.entry, image), leader: image(message.leader) }
    case 'SNAP':
    case 'NEWLEADER':
      return message.configuration === undefined
        ? message
        : { ...message, configuration: renamedConfiguration(message.configuration, image) }
    default:
      return message
  }
}
