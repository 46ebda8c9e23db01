/**
 * `dynamicConfigFile`: a file beside zoo.cfg that holds the server lines, groups and weights, as ZooKeeper writes it when an
 * ensemble is reconfigured. Its name ends with the version of what is in it, in hexadecimal; one that does not is version 0.
 *
 * Reading and rewriting are pure; the files are read in read.ts and written in dynamic-file-writer.ts.
 */
import type { Configuration, ServerId } from '../../core/configuration.js'
import type { Zxid } from '../../core/zxid.js'
import { fromBigInt, toBigInt, ZERO } from '../../core/zxid.js'
import { ensembleProperties, isEnsembleKey } from '../../service/configuration/ensemble.js'
import type { ConfigurationError } from '../../service/configuration/error.js'
import { parseProperties, renderProperty } from '../../service/configuration/properties.js'
import type { Property } from '../../service/configuration/properties.js'

/** The file that the key names, as it was read. */
export interface DynamicFile {
  readonly path: string
  readonly text: string
}

export const DYNAMIC_FILE_KEY = 'dynamicConfigFile'

/** What zoo.cfg says; undefined when it does not have the key. Empty when it has it without a value. */
export const dynamicFileIn = (zooCfg: string): string | undefined => {
  const properties = parseProperties(zooCfg, '')
  return properties._tag === 'Left'
    ? undefined
    : properties.right.findLast(({ key }) => key === DYNAMIC_FILE_KEY)?.value
}

/** The hexadecimal number behind the last dot. */
export const versionOfName = (path: string): Zxid => {
  const suffix = path.slice(path.lastIndexOf('.') + 1)
  return path.includes('.') && /^[0-9a-fA-F]{1,16}$/.test(suffix) ? fromBigInt(BigInt(`0x${suffix}`)) : ZERO
}

/** What must not stand in either of the two files. ZooKeeper stops at each of these, too. */
export const misplaced = (
  zooCfg: readonly Property[],
  dynamic: readonly Property[],
  file: string,
  path: string,
): readonly ConfigurationError[] => [
  ...zooCfg
    .filter(({ key }) => isEnsembleKey(key))
    .map(({ key, line }): ConfigurationError => {
      const reason = `servers, groups and weights stand in ${path}, as ${DYNAMIC_FILE_KEY} says`
      return { kind: 'Conflict', file, line, key, reason, remedy: `remove this line, or ${DYNAMIC_FILE_KEY}` }
    }),
  ...dynamic
    .filter(({ key }) => !isEnsembleKey(key))
    .map(({ key, line }): ConfigurationError => {
      const reason = key === 'version' ? 'the name of this file ends with its version' : 'it belongs into zoo.cfg'
      return { kind: 'Conflict', file: path, line, key, reason, remedy: 'remove the line' }
    }),
]

/** `zoo.cfg.dynamic.100000003`: beside zoo.cfg, as ZooKeeper names it. */
export const dynamicFileName = (zooCfgName: string, { version }: Configuration): string =>
  `${zooCfgName}.dynamic.${toBigInt(version).toString(16)}`

/** One line a server, group and weight, without a version. */
export const renderDynamicFile = (configuration: Configuration): string =>
  ensembleProperties(configuration)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')

/**
 * The text of zoo.cfg that points to another dynamic file: all other keys stay, comments do not, as with ZooKeeper. The
 * client port goes when this server's line names one, since the two may not contradict each other. Undefined when the text
 * cannot be read.
 */
export const repoint = (
  zooCfg: string,
  path: string,
  { members }: Configuration,
  self: ServerId,
): string | undefined => {
  const properties = parseProperties(zooCfg, '')
  if (properties._tag === 'Left') return undefined
  const hasClientAddress = members.find(({ id }) => id === self)?.clientAddress !== undefined
  const dropped = new Set([
    DYNAMIC_FILE_KEY,
    'peerType',
    ...(hasClientAddress ? ['clientPort', 'clientPortAddress'] : []),
  ])
  const kept = properties.right.filter(({ key }) => !dropped.has(key) && !isEnsembleKey(key))
  return [...kept, { key: DYNAMIC_FILE_KEY, value: path }]
    .map(({ key, value }) => `${renderProperty(key, value)}\n`)
    .join('')
}
