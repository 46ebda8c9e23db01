/**
 * The configuration text: one line a member, groups and weights if there are any, then `version=<hex>` without a line
 * end. It travels in notifications and NEWLEADER and is the content of /zookeeper/config.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { chain, left } from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Configuration } from '../../core/configuration.js'
import { fromBigInt, toBigInt } from '../../core/zxid.js'
import { ensembleProperties, isEnsembleKey, parseEnsemble } from './ensemble.js'
import type { ConfigurationError } from './error.js'
import type { Property } from './properties.js'
import { parseProperties } from './properties.js'

/** A client address is written only for a member whose server line named one. */
export const configurationText = (configuration: Configuration): string =>
  [
    ...ensembleProperties(configuration).map(([key, value]) => `${key}=${value}`),
    `version=${toBigInt(configuration.version).toString(16)}`,
  ].join('\n')

/** Inverse of configurationText. Any other key is an error; a text without `version` has version 0. */
export const parseConfigurationText = (
  text: string,
  source = 'configuration text',
): Either<readonly ConfigurationError[], Configuration> =>
  pipe(
    parseProperties(text, source),
    chain((properties) => {
      const stranger = properties.find(({ key }) => key !== 'version' && !isEnsembleKey(key))
      if (stranger !== undefined) return refuse(source, stranger, 'not a key of a configuration')
      const version = properties.findLast(({ key }) => key === 'version')
      return version !== undefined && !/^[0-9a-fA-F]{1,16}$/.test(version.value)
        ? refuse(source, version, `"${version.value}" is no hexadecimal number of at most 64 bits`)
        : parseEnsemble(properties, fromBigInt(BigInt(`0x${version?.value ?? '0'}`)), source)
    }),
  )

const refuse = (file: string, { key, line }: Property, reason: string): Either<readonly ConfigurationError[], never> =>
  left([
    { kind: 'Invalid', file, line, key, reason, remedy: 'only server.N, group.N, weight.N and version may be there' },
  ])
