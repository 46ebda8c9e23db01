/**
 * What the core is told of configurations: the core orders transactions and never looks inside, so the server says which of
 * them propose one, and what the state says. RECFG-1, RECFG-4, RECFG-9.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Configuration } from '../core/configuration.js'
import type { DurableState } from '../core/effect.js'
import type { Entry, LeaderMessage } from '../core/message.js'
import * as Core from '../core/peer.js'
import * as Reconfiguration from '../core/reconfiguration.js'
import * as S from '../core/sequence.js'
import * as Z from '../core/zxid.js'
import type { Zxid } from '../core/zxid.js'
import { configurationIn, configurationOf } from '../service/configuration/data.js'
import { renderConfigurationText } from '../service/configuration/text.js'
import type { Database } from '../service/database.js'
import { withConfigurationText } from '../service/database.js'
import type { EnsembleView } from '../service/reconfigure.js'
import type { Transaction } from '../service/transaction.js'
import type { ServerConfig } from './config.js'
import type { Packet } from './packet.js'
import type { Server } from './state.js'

const isEnabled = ({ core }: ServerConfig): boolean => Reconfiguration.isEnabled(core)

/** An entry as it comes from a log or a leader, with the configuration that its transaction proposes. */
export const withConfiguration = (config: ServerConfig, entry: Entry<Transaction>): Entry<Transaction> => {
  if (entry.configuration !== undefined || !isEnabled(config)) return entry
  const configuration = configurationOf(entry.transaction)
  return configuration === undefined ? entry : { ...entry, configuration }
}

/**
 * Why this server cannot go on: a reconfiguration that it cannot read, of a release that can do more. Passing over it would
 * be to count by a configuration that is no longer in force (RECFG-3).
 */
export const unreadable = (config: ServerConfig, { zxid, transaction }: Entry<Transaction>): string | undefined =>
  isEnabled(config) && transaction.record.type === 'reconfig' && configurationOf(transaction) === undefined
    ? `the configuration proposed by ${Z.toHex(zxid)} cannot be read; run a server that knows its form`
    : undefined

/** A packet of the leader, likewise: itself, but for a reconfiguration. */
export const interpreted = <P extends Packet>(config: ServerConfig, packet: P): P => {
  if (!('entry' in packet)) return packet
  const entry = withConfiguration(config, packet.entry)
  return entry === packet.entry ? packet : { ...packet, entry }
}

/** SNAP as the core knows it, with the configuration that is in force in the image. RECFG-4. */
export const imageMessage = (config: ServerConfig, zxid: Zxid, image: Database): LeaderMessage<Transaction> => {
  const configuration = isEnabled(config) ? configurationIn(image) : undefined
  return { type: 'SNAP', zxid, ...(configuration === undefined ? {} : { configuration }) }
}

/** RECFG-4: what the disk tells: the log's reconfigurations, and the newer of the snapshot's and the stored configuration. */
export const recovered = (
  config: ServerConfig,
  durable: DurableState<Transaction>,
  image: Database,
): DurableState<Transaction> => {
  if (!isEnabled(config)) return durable
  const entries = S.fromArray(S.toArray(durable.entries).map((entry) => withConfiguration(config, entry)))
  const configuration = Reconfiguration.newest(durable.configuration, configurationIn(image))
  return configuration === undefined ? { ...durable, entries } : { ...durable, entries, configuration }
}

/**
 * The state with the configuration in /zookeeper/config. No transaction writes that of a static file, nor the version that
 * the first epoch gives it (RECFG-9): each server does so itself. Without a configuration text the node is left alone.
 */
export const configured = (config: ServerConfig, committed: Configuration, database: Database): Database => {
  const { configurationText, core } = config
  if (configurationText === '') return database
  if (!isEnabled(config)) return withConfigurationText(database, configurationText, core.ensemble.version)
  const known = configurationIn(database)
  return known !== undefined && !Z.isAfter(committed.version, known.version)
    ? database
    : withConfigurationText(database, renderConfigurationText(committed), committed.version)
}

/** What a request for a reconfiguration is checked against; none where that is disabled. RECFG-1, RECFG-2. */
export const ensembleOf = (
  config: ServerConfig,
  { peer }: Pick<Server, 'peer'>,
): { readonly ensemble?: EnsembleView } =>
  isEnabled(config)
    ? {
        ensemble: {
          committed: peer.configuration.committed,
          check: (proposed) => {
            const leader = Core.canReconfigure(config.core, peer, proposed)
            if (E.isRight(leader)) return 'Possible'
            return leader.left === 'InProgress' ? 'InProgress' : 'NoQuorum'
          },
        },
      }
    : {}
