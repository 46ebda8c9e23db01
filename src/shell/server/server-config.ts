/** From zoo.cfg to what the pure server is started with. */
import { defaultLimits, defaultTiming } from '../../core/config.js'
import { rules } from '../../core/rules.js'
import type { ServerConfig } from '../../server/server.js'
import { serverLimits } from '../../server/limits.js'
import { encodeTransaction } from '../../wire/transaction.js'
import { ephemeralLimitBytes, maximumTransactionBytes } from './limits.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'
import { renderConfigurationText } from '../../service/configuration/text.js'

/** @param startedAtMs the wall clock: session ids of this process grow from it */
export const serverConfigOf = (configuration: ServerConfiguration, startedAtMs: number): ServerConfig => ({
  core: {
    self: configuration.self,
    ensemble: configuration.ensemble,
    timing: {
      ...defaultTiming,
      tickTimeMs: configuration.tickTimeMs,
      initLimit: configuration.initLimit,
      syncLimit: configuration.syncLimit,
    },
    reconfiguration: configuration.reconfigEnabled && !configuration.standalone ? 'Enabled' : 'Disabled',
    limits: { ...defaultLimits, committedWindow: configuration.commitLogCount },
    rules,
  },
  tickTimeMs: configuration.tickTimeMs,
  minSessionTimeoutMs: configuration.minSessionTimeoutMs,
  maxSessionTimeoutMs: configuration.maxSessionTimeoutMs,
  globalOutstandingLimit: configuration.globalOutstandingLimit,
  snapCount: configuration.snapCount,
  sessionIdStartMs: BigInt(startedAtMs),
  skipAcl: configuration.skipAcl,
  configurationText: textOf(configuration),
  encodeTransaction,
  limits: serverLimits,
  maximumTransactionBytes: maximumTransactionBytes(configuration.maxBufferBytes),
  ephemeralLimitBytes: ephemeralLimitBytes(configuration.maxBufferBytes, configuration.ephemeralLimitBytes),
})

/** The configuration text of an ensemble; a standalone server has none. */
export const textOf = ({ standalone, ensemble }: ServerConfiguration): string =>
  standalone ? '' : renderConfigurationText(ensemble)
