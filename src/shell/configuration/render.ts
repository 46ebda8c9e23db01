/** Settings → the text of a zoo.cfg that parses to them again. */
import { ensembleProperties } from '../../service/configuration/ensemble.js'
import { renderProperty } from '../../service/configuration/properties.js'
import type { Settings } from './server-configuration.js'
import { DEFAULT_FOUR_LETTER_WORDS } from './server-configuration.js'

/** Every key is written, defaults too, so that the file says all that the server does. `comment` comes first. */
export const renderZooCfg = (settings: Settings, comment = ''): string => {
  const { autopurge, clientAddress, ensemble, fourLetterWords } = settings
  const lines: readonly (readonly [string, string | number | boolean])[] = [
    ['tickTime', settings.tickTimeMs],
    ['initLimit', settings.initLimit],
    ['syncLimit', settings.syncLimit],
    ['dataDir', settings.dataDir],
    ...(settings.dataLogDir === settings.dataDir ? [] : [['dataLogDir', settings.dataLogDir] as const]),
    ...(clientAddress === undefined
      ? []
      : ([
          ['clientPort', clientAddress.port],
          ['clientPortAddress', clientAddress.host],
        ] as const)),
    ['minSessionTimeout', settings.minSessionTimeoutMs],
    ['maxSessionTimeout', settings.maxSessionTimeoutMs],
    ['maxClientCnxns', settings.maxClientCnxns],
    ['maxCnxns', settings.maxCnxns],
    ['globalOutstandingLimit', settings.globalOutstandingLimit],
    ['jute.maxbuffer', settings.maxBufferBytes],
    ...(settings.ephemeralLimitBytes === undefined
      ? []
      : [['ephemeralNodes.total.byte.limit', settings.ephemeralLimitBytes] as const]),
    ['snapCount', settings.snapCount],
    ['commitLogCount', settings.commitLogCount],
    ['preAllocSize', settings.preAllocSizeKiB],
    ['forceSync', settings.forceSync ? 'yes' : 'no'],
    ['autopurge.snapRetainCount', autopurge.snapRetainCount],
    ['autopurge.purgeInterval', autopurge.purgeIntervalHours],
    ['quorumListenOnAllIPs', settings.quorumListenOnAllIPs],
    ['reconfigEnabled', settings.reconfigEnabled],
    ['db.autocreate', settings.autocreateDatabase],
    ['startAloneThoughOthersMayHaveNewerWrites', settings.startAlone ? 'yes' : 'no'],
    ['membersMayComeFromAnyAddress', settings.membersFromAnywhere ? 'yes' : 'no'],
    ['skipACL', settings.skipAcl ? 'yes' : 'no'],
    ['4lw.commands.whitelist', fourLetterWords === 'all' ? '*' : fourLetterWords.join(',')],
    ['standaloneEnabled', settings.standalone],
    ...(ensemble.members.some(({ otherAddresses }) => otherAddresses !== undefined)
      ? [['multiAddress.enabled', true] as const]
      : []),
    ...ensembleProperties(ensemble),
  ]
  const head = comment === '' ? [] : comment.split('\n').map((line) => `# ${line}`)
  return [...head, ...lines.map(([key, value]) => renderProperty(key, String(value))), ''].join('\n')
}

/** The settings of a zoo.cfg that sets nothing but the data directory. */
export const defaultSettings = (dataDir: string): Settings => ({
  ensemble: { version: { epoch: 0, counter: 0 }, members: [], quorums: { kind: 'Majority', voters: [] } },
  standalone: true,
  dataDir,
  dataLogDir: dataDir,
  clientAddress: undefined,
  tickTimeMs: 3000,
  initLimit: 10,
  syncLimit: 5,
  minSessionTimeoutMs: 6000,
  maxSessionTimeoutMs: 60_000,
  maxClientCnxns: 60,
  maxCnxns: 0,
  globalOutstandingLimit: 1000,
  maxBufferBytes: 1_048_575,
  ephemeralLimitBytes: undefined,
  snapCount: 100_000,
  commitLogCount: 500,
  preAllocSizeKiB: 65_536,
  forceSync: true,
  autopurge: { snapRetainCount: 3, purgeIntervalHours: 0 },
  quorumListenOnAllIPs: false,
  reconfigEnabled: false,
  autocreateDatabase: true,
  startAlone: false,
  membersFromAnywhere: false,
  skipAcl: false,
  fourLetterWords: DEFAULT_FOUR_LETTER_WORDS,
})
