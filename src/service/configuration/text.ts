/**
 * The configuration text: one line a member, groups and weights if there are any, then `version=<hex>` without a line
 * end. It travels in notifications and NEWLEADER, and is the content of /zookeeper/config.
 *
 * It may come from anyone who can reach a port, so reading it is total, bounded, and linear in its length.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { chain, isRight, left, mapLeft } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Configuration } from '../../core/configuration.js'
import { fromBigInt, toBigInt } from '../../core/zxid.js'
import { ensembleProperties, isEnsembleKey, parseEnsemble } from './ensemble.js'
import { showError } from './error.js'
import type { ConfigurationError } from './error.js'
import type { Property } from './properties.js'
import { parseProperties } from './properties.js'

/** In UTF-16 units: 1 Mi, as much as a node may hold. */
export const MAXIMUM_TEXT_LENGTH = 1 << 20
/**
 * Of a configuration that is agreed on, as UTF-8: it must fit into a notification of the election, whose frame all servers
 * bound. A reconfiguration to a longer one is refused (BADARGUMENTS).
 */
export const MAXIMUM_PROPOSED_TEXT_BYTES = 500_000
/** In one configuration text. No ensemble comes near. */
export const MAXIMUM_MEMBERS = 1000

/** A client address is written only for a member whose server line named one. */
export const renderConfigurationText = (configuration: Configuration): string =>
  [
    ...ensembleProperties(configuration).map(([key, value]) => `${key}=${value}`),
    `version=${toBigInt(configuration.version).toString(16)}`,
  ].join('\n')

/**
 * Inverse of renderConfigurationText. Any other key is an error; a text without `version` has version 0, one without a
 * server line has no members. Left: the first thing that is wrong, in one line.
 */
export const parseConfigurationText = (text: string): Either<string, Configuration> =>
  text.length > MAXIMUM_TEXT_LENGTH
    ? left(`${SOURCE}: more than ${MAXIMUM_TEXT_LENGTH} characters`)
    : pipe(
        parseProperties(text, SOURCE),
        chain(parseOnly),
        mapLeft(([first]) => (first === undefined ? SOURCE : showError(first))),
      )

/** For texts that others send beside something else: undefined when one cannot be read or names no member. */
export const configurationFrom = (text: string): Configuration | undefined => {
  const parsed = parseConfigurationText(text)
  return isRight(parsed) && parsed.right.members.length > 0 ? parsed.right : undefined
}

const SOURCE = 'configuration text'

/** Members, groups, weights and a version, and nothing else. */
const parseOnly = (properties: readonly Property[]): Either<readonly ConfigurationError[], Configuration> => {
  const stranger = properties.find(({ key }) => key !== 'version' && !isEnsembleKey(key))
  if (stranger !== undefined) return refuse(stranger, 'not a key of a configuration')
  const excess = excessOf(properties)
  if (excess !== undefined) return refuse(excess, `more than ${MAXIMUM_MEMBERS} servers`)
  const version = properties.findLast(({ key }) => key === 'version')
  return version !== undefined && !/^[0-9a-fA-F]{1,16}$/.test(version.value)
    ? refuse(version, `"${version.value}" is no hexadecimal number of at most 64 bits`)
    : parseEnsemble(properties, fromBigInt(BigInt(`0x${version?.value ?? '0'}`)), SOURCE)
}

/** The property that names one server too many. Server lines, groups and weights are at most one a server, and a version. */
const excessOf = (properties: readonly Property[]): Property | undefined =>
  properties[3 * MAXIMUM_MEMBERS + 1] ??
  properties.filter(({ key }) => key.startsWith('server.'))[MAXIMUM_MEMBERS] ??
  properties.find(({ value }) => value.split(':', MAXIMUM_MEMBERS + 1).length > MAXIMUM_MEMBERS)

const refuse = ({ key, line }: Property, reason: string): Either<readonly ConfigurationError[], never> =>
  left([
    {
      kind: 'Invalid',
      file: SOURCE,
      line,
      key,
      reason,
      remedy: 'only server.N, group.N, weight.N and version may be there',
    },
  ])
