/** Configurations as they stand in the replicated state: the data of /zookeeper/config, and of what writes it. */
import type { Configuration } from '../../core/configuration.js'
import type { Database } from '../database.js'
import { CONFIGURATION_PATH } from '../path.js'
import type { Transaction } from '../transaction.js'
import { find } from '../tree.js'
import { configurationFrom, MAXIMUM_TEXT_LENGTH, renderConfigurationText } from './text.js'

export const encodeConfiguration = (configuration: Configuration): Uint8Array =>
  new TextEncoder().encode(renderConfigurationText(configuration))

/** Undefined for bytes that are no configuration text, or one without members. */
export const decodeConfiguration = (data: Uint8Array | null): Configuration | undefined =>
  data === null || data.length === 0 || data.length > MAXIMUM_TEXT_LENGTH
    ? undefined
    : configurationFrom(new TextDecoder().decode(data))

/** What a transaction proposes, if it is a reconfiguration whose text can be read. Its version is the text's. RECFG-1. */
export const configurationOf = ({ record }: Transaction): Configuration | undefined =>
  record.type === 'reconfig' ? decodeConfiguration(record.data) : undefined

/** What /zookeeper/config says; undefined when it is empty, as in a new database, or cannot be read. */
export const configurationIn = (database: Database): Configuration | undefined =>
  decodeConfiguration(find(database.tree, CONFIGURATION_PATH)?.data ?? null)
