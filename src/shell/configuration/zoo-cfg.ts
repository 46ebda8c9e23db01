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
import { ANY_HOST, parseHost } from '../../service/configuration/host.js'
import { parseWholeNumber } from '../../service/whole-number.js'
import { DYNAMIC_FILE_KEY, misplaced, versionOfName } from './dynamic-file.js'
import type { DynamicFile } from './dynamic-file.js'
import { EFFECTIVE_KEYS, plainKey, whyWithoutEffect } from './keys.js'
import { GREATEST, NUMERIC_KEYS } from './numbers.js'
import { isSecurityKey, refusedKeys } from './security-keys.js'
import type { Values } from './values.js'
import { valuesOf } from './values.js'

export interface Parsed {
  readonly settings: Settings
  readonly warnings: readonly ConfigurationWarning[]
  /** Keys that ZooKeeper knows and that have no effect here, and why. */
  readonly notes: readonly ConfigurationWarning[]
}

/**
 * The settings of a zoo.cfg and what its writer should know about it. `file` is for messages only.
 *
 * @param dynamic the file that `dynamicConfigFile` names; its server lines count as if they stood in zoo.cfg
 */
export const parse = (
  text: string,
  file: string,
  dynamic?: DynamicFile,
): Either<readonly ConfigurationError[], Parsed> => {
  const properties = parseProperties(text, file)
  if (properties._tag === 'Left') return properties
  const servers = dynamic === undefined ? properties : parseProperties(dynamic.text, dynamic.path)
  if (servers._tag === 'Left') return servers
  const errors: ConfigurationError[] =
    dynamic === undefined ? [] : [...misplaced(properties.right, servers.right, file, dynamic.path)]
  const version = dynamic === undefined ? ZERO : versionOfName(dynamic.path)
  const ensemble = match<readonly ConfigurationError[], Configuration, Configuration>(
    (problems) => {
      for (const problem of problems) errors.push(problem)
      return NO_ENSEMBLE
    },
    (configuration) => configuration,
  )(parseEnsemble(servers.right, version, dynamic?.path ?? file))
  for (const refused of refusedKeys(properties.right, file)) errors.push(refused)
  const warnings: ConfigurationWarning[] = []
  const values = valuesOf(properties.right, file, { errors, warnings })
  if (dynamic === undefined) needDynamicFile(properties.right, values)
  const settings = readSettings(values, ensemble)
  if (errors.length === 0) checkTogether(values, settings)
  return errors.length > 0
    ? left(errors.toSorted((first, second) => first.line - second.line))
    : right({
        settings,
        warnings: [...warningsOf(properties.right, settings, file), ...warnings],
        notes: notesOf(properties.right, file),
      })
}

const NO_ENSEMBLE: Configuration = { version: ZERO, members: [], quorums: { kind: 'Majority', voters: [] } }

/** Every key with its default. */
const readSettings = (values: Values, ensemble: Configuration): Settings => {
  const tickTimeMs = values.integer('tickTime')
  const voters = ensemble.members.filter((member) => member.role === 'participant').length
  const standalone = ensemble.members.length === 0 || (voters === 1 && values.boolean('standaloneEnabled', true))
  const dataDir = values.required('dataDir', 'add a line such as dataDir=/var/lib/zookeeper')
  const minSessionTimeoutMs = values.integer('minSessionTimeout')
  const maxSessionTimeoutMs = values.integer('maxSessionTimeout')
  values.integer('electionAlg')
  return {
    ensemble,
    standalone,
    dataDir,
    dataLogDir: values.text('dataLogDir') ?? dataDir,
    clientAddress: readClientAddress(values),
    tickTimeMs,
    initLimit: readLimit(values, 'initLimit', { standalone, tickTimeMs }),
    syncLimit: readLimit(values, 'syncLimit', { standalone, tickTimeMs }),
    minSessionTimeoutMs: minSessionTimeoutMs === -1 ? 2 * tickTimeMs : minSessionTimeoutMs,
    maxSessionTimeoutMs: maxSessionTimeoutMs === -1 ? 20 * tickTimeMs : maxSessionTimeoutMs,
    maxClientCnxns: values.integer('maxClientCnxns'),
    maxCnxns: values.integer('maxCnxns'),
    globalOutstandingLimit: values.integer('globalOutstandingLimit'),
    maxBufferBytes: values.integer('jute.maxbuffer'),
    ephemeralLimitBytes: readEphemeralLimit(values),
    snapCount: values.integer('snapCount'),
    commitLogCount: values.integer('commitLogCount'),
    preAllocSizeKiB: values.integer('preAllocSize'),
    forceSync: values.unless('forceSync', 'no'),
    autopurge: {
      snapRetainCount: values.integer('autopurge.snapRetainCount'),
      purgeIntervalHours: values.integer('autopurge.purgeInterval'),
    },
    quorumListenOnAllIPs: values.boolean('quorumListenOnAllIPs', false),
    reconfigEnabled: values.boolean('reconfigEnabled', false),
    autocreateDatabase: values.boolean('db.autocreate', true),
    membersFromAnywhere: values.choice('membersMayComeFromAnyAddress', 'no', ['yes', 'no']) === 'yes',
    startAlone: values.choice('startAloneThoughOthersMayHaveNewerWrites', 'no', ['yes', 'no']) === 'yes',
    skipAcl: !values.unless('skipACL', 'yes'),
    fourLetterWords: readFourLetterWords(values.text('4lw.commands.whitelist') ?? DEFAULT_FOUR_LETTER_WORDS.join(',')),
  }
}

/** initLimit and syncLimit have no default when there are others to wait for. ZooKeeper starts alone with any number. */
const readLimit = (
  values: Values,
  key: 'initLimit' | 'syncLimit',
  { standalone, tickTimeMs }: Pick<Settings, 'standalone' | 'tickTimeMs'>,
): number => {
  const text = values.text(key)
  const { byDefault } = NUMERIC_KEYS[key]
  if (text === undefined && !standalone) values.missing(key, `add a line such as ${key}=${byDefault}`)
  if (standalone && (parseWholeNumber(text ?? '') ?? 1) < 1) {
    values.warn(key, `${byDefault} is used instead: a server that is alone waits for nobody`)
    return byDefault
  }
  const ticks = values.integer(key)
  const greatest = Math.max(1, Math.floor(GREATEST / tickTimeMs))
  if (ticks > greatest) values.warn(key, `${greatest} is used instead of ${ticks}: no timer runs for longer than that`)
  return Math.min(ticks, greatest)
}

/** −1, the default: what fits the transaction that ends the session. */
const readEphemeralLimit = (values: Values): number | undefined => {
  const limit = values.integer('ephemeralNodes.total.byte.limit')
  return limit < 0 ? undefined : limit
}

const readClientAddress = (values: Values): Address | undefined => {
  const text = values.text('clientPortAddress')
  const host = text === undefined ? undefined : parseHost(text)
  if (text !== undefined && host === undefined)
    values.complain('clientPortAddress', 'it is no host', 'write a name or an address, such as 127.0.0.1 or ::1')
  const port = values.integer('clientPort')
  if (port !== 0) return { host: host ?? ANY_HOST, port }
  if (host !== undefined) values.complain('clientPortAddress', 'it needs a port', 'add a line such as clientPort=2181')
  return undefined
}

const readFourLetterWords = (text: string): 'all' | readonly string[] => {
  const words = text.split(',').map((word) => word.trim())
  return words.includes('*') ? 'all' : words.filter((word) => word !== '')
}

/** Without the lines that are in that file we would start alone. */
const needDynamicFile = (properties: readonly Property[], values: Values): void => {
  if (properties.some(({ key }) => key === DYNAMIC_FILE_KEY))
    values.complain(
      DYNAMIC_FILE_KEY,
      'the file that it names was not read',
      'name a file that can be read, or copy its lines here and remove this one',
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
  const several = ensemble.members.find((member) => member.otherAddresses !== undefined)
  if (several !== undefined && !values.boolean('multiAddress.enabled', false))
    values.conflict(
      `server.${several.id}`,
      'several addresses of one server, which ZooKeeper refuses unless it is told to look for them',
      'write multiAddress.enabled=true on all servers, or one address',
    )
  const observer = ensemble.members.find((member) => member.role === 'observer')
  if (observer === undefined) return
  const key = `server.${observer.id}`
  if (ensemble.members.every((member) => member.role === 'observer'))
    values.conflict(key, 'an ensemble of observers only can decide nothing', 'add participants')
  else if (settings.standalone)
    values.conflict(key, 'an observer beside one participant', 'add standaloneEnabled=false, or more participants')
}

/** Keys without effect here, each with the reason. */
const notesOf = (properties: readonly Property[], file: string): readonly ConfigurationWarning[] =>
  properties.flatMap(({ key, line }) => {
    const why = isEffective(key) || isSecurityKey(key) ? undefined : whyWithoutEffect(key)
    return why === undefined ? [] : [{ file, line, key, reason: `no effect here: ${why}` }]
  })

const isEffective = (key: string): boolean => EFFECTIVE_KEYS.has(plainKey(key)) || isEnsembleKey(key)

const warningsOf = (
  properties: readonly Property[],
  settings: Settings,
  file: string,
): readonly ConfigurationWarning[] => {
  const lineOf = new Map(properties.map(({ key, line }) => [plainKey(key), line]))
  const warn = (key: string, reason: string): ConfigurationWarning => ({
    file,
    line: lineOf.get(key) ?? 0,
    key,
    reason,
  })
  const isKnown = (key: string): boolean =>
    isEffective(key) || isSecurityKey(key) || whyWithoutEffect(key) !== undefined
  return [
    ...properties
      .filter(({ key }) => !isKnown(key))
      .map(({ key, line }) => ({ file, line, key, reason: 'unknown key, ignored' })),
    ...properties
      .filter(({ key, line }) => isEffective(key) && lineOf.get(plainKey(key)) !== line)
      .map(({ key, line }) => ({
        file,
        line,
        key,
        reason: `line ${lineOf.get(plainKey(key)) ?? 0} overrides this one`,
      })),
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
