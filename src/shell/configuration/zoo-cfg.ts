/**
 * zoo.cfg: text → settings. Pure and total. All that is wrong is reported at once, each with its place and a remedy;
 * a key that we do not know is a warning, because another server may know it.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, match, right } from 'fp-ts/lib/Either.js'
import type { Configuration } from '../../core/configuration.js'
import { ZERO } from '../../core/zxid.js'
import { isEnsembleKey, parseEnsemble } from '../../service/configuration/ensemble.js'
import type { ConfigurationError, ConfigurationWarning } from '../../service/configuration/error.js'
import { parseProperties } from '../../service/configuration/properties.js'
import type { Property } from '../../service/configuration/properties.js'
import type { Address, Settings } from './server-configuration.js'
import { DEFAULT_FOUR_LETTER_WORDS } from './server-configuration.js'
import { LARGEST_MAX_BUFFER_BYTES } from '../server/limits.js'
import { ANY_HOST, isPort } from '../../service/configuration/server-line.js'
import type { Values } from './values.js'
import { valuesOf } from './values.js'

export interface Parsed {
  readonly settings: Settings
  readonly warnings: readonly ConfigurationWarning[]
}

/** Keys of zoo.cfg that have a meaning here, besides server.N, group.N and weight.N. */
const KEYS: ReadonlySet<string> = new Set([
  'tickTime',
  'initLimit',
  'syncLimit',
  'dataDir',
  'dataLogDir',
  'clientPort',
  'clientPortAddress',
  'peerType',
  'snapCount',
  'minSessionTimeout',
  'maxSessionTimeout',
  'globalOutstandingLimit',
  'jute.maxbuffer',
  'ephemeralNodes.total.byte.limit',
  'preAllocSize',
  'autopurge.snapRetainCount',
  'autopurge.purgeInterval',
  'maxClientCnxns',
  'maxCnxns',
  '4lw.commands.whitelist',
  'commitLogCount',
  'electionAlg',
  'quorumListenOnAllIPs',
  'standaloneEnabled',
  'forceSync',
  'reconfigEnabled',
  'skipACL',
  'dynamicConfigFile',
  'db.autocreate',
  'zookeeper.db.autocreate',
  'startAloneThoughOthersMayHaveNewerWrites',
])

/** The settings of a zoo.cfg and what its writer should know about it. `file` is for messages only. */
export const parse = (text: string, file: string): Either<readonly ConfigurationError[], Parsed> => {
  const properties = parseProperties(text, file)
  if (properties._tag === 'Left') return properties
  const errors: ConfigurationError[] = []
  const ensemble = match<readonly ConfigurationError[], Configuration, Configuration>(
    (problems) => {
      for (const problem of problems) errors.push(problem)
      return NO_ENSEMBLE
    },
    (configuration) => configuration,
  )(parseEnsemble(properties.right, ZERO, file))
  const values = valuesOf(properties.right, file, errors)
  const settings = readSettings(values, ensemble)
  if (errors.length === 0) checkTogether(values, settings)
  return errors.length > 0
    ? left(errors.toSorted((first, second) => first.line - second.line))
    : right({ settings, warnings: warningsOf(properties.right, settings, file) })
}

const NO_ENSEMBLE: Configuration = { version: ZERO, members: [], quorums: { kind: 'Majority', voters: [] } }

/** Every key with its default. */
const readSettings = (values: Values, ensemble: Configuration): Settings => {
  const tickTimeMs = values.integer('tickTime', 3000, 1)
  const voters = ensemble.members.filter((member) => member.role === 'participant').length
  const standalone = ensemble.members.length === 0 || (voters === 1 && values.boolean('standaloneEnabled', true))
  const dataDir = values.required('dataDir', 'add a line such as dataDir=/var/lib/zookeeper')
  const minSessionTimeoutMs = values.integer('minSessionTimeout', -1, -1)
  const maxSessionTimeoutMs = values.integer('maxSessionTimeout', -1, -1)
  if (values.integer('electionAlg', 3, 0) !== 3)
    values.complain('electionAlg', 'only algorithm 3, fast leader election, exists', 'remove the line')
  refuseDynamicFile(values)
  return {
    ensemble,
    standalone,
    dataDir,
    dataLogDir: values.text('dataLogDir') ?? dataDir,
    clientAddress: readClientAddress(values),
    tickTimeMs,
    initLimit: readLimit(values, 'initLimit', 10, standalone),
    syncLimit: readLimit(values, 'syncLimit', 5, standalone),
    minSessionTimeoutMs: minSessionTimeoutMs === -1 ? 2 * tickTimeMs : minSessionTimeoutMs,
    maxSessionTimeoutMs: maxSessionTimeoutMs === -1 ? 20 * tickTimeMs : maxSessionTimeoutMs,
    maxClientCnxns: values.integer('maxClientCnxns', 60, 0),
    maxCnxns: values.integer('maxCnxns', 0, 0),
    globalOutstandingLimit: values.integer('globalOutstandingLimit', 1000, 1),
    maxBufferBytes: values.integer('jute.maxbuffer', 1_048_575, 1),
    ephemeralLimitBytes:
      values.text('ephemeralNodes.total.byte.limit') === undefined
        ? undefined
        : values.integer('ephemeralNodes.total.byte.limit', 0, 1),
    snapCount: values.integer('snapCount', 100_000, 2),
    commitLogCount: values.integer('commitLogCount', 500, 1),
    preAllocSizeKiB: values.integer('preAllocSize', 65_536, 0),
    forceSync: values.choice('forceSync', 'yes', ['yes', 'no']) === 'yes',
    autopurge: {
      snapRetainCount: Math.max(3, values.integer('autopurge.snapRetainCount', 3, 0)),
      purgeIntervalHours: values.integer('autopurge.purgeInterval', 0, 0),
    },
    quorumListenOnAllIPs: values.boolean('quorumListenOnAllIPs', false),
    reconfigEnabled: values.boolean('reconfigEnabled', false),
    // ZooKeeper's property is zookeeper.db.autocreate, and zoo.cfg has it without the prefix; a guard works in either form.
    autocreateDatabase: values.boolean('db.autocreate', true) && values.boolean('zookeeper.db.autocreate', true),
    startAlone: values.choice('startAloneThoughOthersMayHaveNewerWrites', 'no', ['yes', 'no']) === 'yes',
    skipAcl: values.choice('skipACL', 'no', ['yes', 'no']) === 'yes',
    fourLetterWords: readFourLetterWords(values.text('4lw.commands.whitelist') ?? DEFAULT_FOUR_LETTER_WORDS.join(',')),
  }
}

/** initLimit and syncLimit have no default when there are others to wait for. */
const readLimit = (values: Values, key: string, usual: number, standalone: boolean): number => {
  if (!standalone && values.text(key) === undefined) values.missing(key, `add a line such as ${key}=${usual}`)
  return values.integer(key, usual, 1)
}

const readClientAddress = (values: Values): Address | undefined => {
  const host = values.text('clientPortAddress')
  const port = values.text('clientPort') === undefined ? 0 : values.integer('clientPort', 0, 0)
  if (port !== 0 && !isPort(port)) values.complain('clientPort', `${port} is no port`, 'write 1 to 65535')
  if (port !== 0) return { host: host ?? ANY_HOST, port }
  if (host !== undefined) values.complain('clientPortAddress', 'it needs a port', 'add a line such as clientPort=2181')
  return undefined
}

const readFourLetterWords = (text: string): 'all' | readonly string[] => {
  const words = text.split(',').map((word) => word.trim())
  return words.includes('*') ? 'all' : words.filter((word) => word !== '')
}

/** ZooKeeper rewrites zoo.cfg so when it is told of a change. Without the lines that are there we would start alone. */
const refuseDynamicFile = (values: Values): void => {
  const file = values.text('dynamicConfigFile')
  if (file !== undefined)
    values.complain(
      'dynamicConfigFile',
      'the servers must be named in this file',
      `copy the lines of ${file} here and remove this one; what is agreed on later is kept in dataDir`,
    )
}

/** What is wrong only in company. */
const checkTogether = (values: Values, settings: Settings): void => {
  const { ensemble, maxSessionTimeoutMs, minSessionTimeoutMs } = settings
  values.choice('peerType', 'participant', ['participant', 'observer'])
  if (minSessionTimeoutMs > maxSessionTimeoutMs)
    values.conflict(
      'minSessionTimeout',
      `${minSessionTimeoutMs} ms is more than maxSessionTimeout, ${maxSessionTimeoutMs} ms`,
      'raise maxSessionTimeout (20 ticks unless set) or lower minSessionTimeout',
    )
  const observer = ensemble.members.find((member) => member.role === 'observer')
  if (observer === undefined) return
  const key = `server.${observer.id}`
  if (ensemble.members.every((member) => member.role === 'observer'))
    values.conflict(key, 'an ensemble of observers only can decide nothing', 'add participants')
  else if (settings.standalone)
    values.conflict(key, 'an observer beside one participant', 'add standaloneEnabled=false, or more participants')
}

const warningsOf = (
  properties: readonly Property[],
  settings: Settings,
  file: string,
): readonly ConfigurationWarning[] => {
  const lineOf = new Map(properties.map(({ key, line }) => [key, line]))
  const warn = (key: string, reason: string): ConfigurationWarning => ({
    file,
    line: lineOf.get(key) ?? 0,
    key,
    reason,
  })
  const known = (key: string): boolean => KEYS.has(key) || isEnsembleKey(key)
  return [
    ...properties
      .filter(({ key }) => !known(key))
      .map(({ key, line }) => ({ file, line, key, reason: 'unknown key, ignored' })),
    ...properties
      .filter(({ key, line }) => known(key) && lineOf.get(key) !== line)
      .map(({ key, line }) => ({ file, line, key, reason: `line ${lineOf.get(key) ?? 0} overrides this one` })),
    ...(settings.maxBufferBytes <= LARGEST_MAX_BUFFER_BYTES
      ? []
      : [warn('jute.maxbuffer', `more than ${LARGEST_MAX_BUFFER_BYTES} bytes; that much counts`)]),
    ...(settings.forceSync ? [] : [warn('forceSync', 'a power cut may lose acknowledged writes')]),
    ...(settings.startAlone
      ? [
          warn(
            'startAloneThoughOthersMayHaveNewerWrites',
            'writes that the other servers have acknowledged may be lost; remove the line when this server has started',
          ),
        ]
      : []),
    ...(settings.skipAcl ? [warn('skipACL', 'every client may do everything')] : []),
    ...(settings.reconfigEnabled && settings.standalone
      ? [
          warn(
            'reconfigEnabled',
            'no effect on a standalone server; with standaloneEnabled=false it is an ensemble of one',
          ),
        ]
      : []),
  ]
}
