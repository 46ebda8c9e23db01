/**
 * Which configurations servers take as committed, and as seen, against what is committed and what their logs say.
 * RECFG-4, RECFG-5, RECFG-9.
 */
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import type { Configurations as Known } from '../../../src/core/state.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import { configurationIn } from '../../../src/service/configuration/data.js'
import { renderConfigurationText } from '../../../src/service/configuration/text.js'
import type { Database } from '../../../src/service/database.js'
import type { Configurations } from './configurations.js'
import type { ChecksHost } from './host.js'
import type { Sequence } from './sequence.js'
import type { Watch } from './watched.js'

export interface Activation {
  /** A process starts with what its disk has. */
  readonly started: (server: ServerId, database: Database) => void
  /** A server stores a configuration as the committed one. */
  readonly storing: (server: ServerId, configuration: Configuration) => void
  /** After a step. */
  readonly configured: (server: ServerId, known: Known) => void
}

interface Last {
  /** What this process has taken as committed, or its disk had when it started. */
  readonly committed: Zxid
  readonly known: Known | undefined
}

export const makeActivation = (
  { ensemble, disk, isLeading, report }: ChecksHost,
  configurations: Configurations,
  { commitUpTo, isCommitted }: Sequence,
  of: Watch,
): Activation => {
  const lasts = new Map<ServerId, Last>()
  /** Versions that leaders have given to the first configuration. RECFG-9. */
  const firstVersions = new Set<string>()

  /** RECFG-4: C and S survive a crash. */
  const started = (server: ServerId, database: Database): void => {
    const stored = disk(server).recover().durable.configuration?.version ?? Z.ZERO
    lasts.set(server, { committed: Z.max(stored, configurationIn(database)?.version ?? Z.ZERO), known: undefined })
  }

  /** A leader that stores it commits all that stands before it; and may give the first one its version. */
  const storing = (server: ServerId, configuration: Configuration): void => {
    const { version } = configuration
    if (isLeading?.(server) === true) {
      if (version.counter !== 0) commitUpTo(server, version)
      else if (Z.equals(configurations.version(), Z.ZERO)) firstVersions.add(Z.show(version))
    }
    mustBeCommitted(server, configuration)
  }

  /** RECFG-5, RECFG-9. What a static file says has no version, and commits nobody to anything. */
  const mustBeCommitted = (server: ServerId, configuration: Configuration): void => {
    const { version } = configuration
    if (Z.equals(version, Z.ZERO)) return
    const isFirst = version.counter === 0
    if (isFirst ? !firstVersions.has(Z.show(version)) : !isCommitted(version))
      report('RECFG-5', `server ${server} activates configuration ${Z.show(version)}, which is not committed`)
    const meant = isFirst ? ensemble : configurations.proposedAt(version)
    if (
      meant !== undefined &&
      renderConfigurationText(configuration) !== renderConfigurationText({ ...meant, version })
    )
      report(isFirst ? 'RECFG-9' : 'RECFG-5', `server ${server} activates another configuration ${Z.show(version)}`)
  }

  const configured = (server: ServerId, known: Known): void => {
    const last = lasts.get(server) ?? { committed: Z.ZERO, known: undefined }
    if (last.known === known) return
    const { committed, lastSeen } = known
    if (Z.isBefore(committed.version, last.committed))
      report(
        'RECFG-4',
        `server ${server} goes back from configuration ${Z.show(last.committed)} to ${Z.show(committed.version)}`,
      )
    const logged = configurations.lastIn(of(server).written)?.version ?? Z.ZERO
    if (Z.isBefore(lastSeen.version, Z.max(committed.version, logged)))
      report('RECFG-4', `server ${server} has not seen configuration ${Z.show(Z.max(committed.version, logged))}`)
    if (last.known?.committed !== committed) mustBeCommitted(server, committed)
    lasts.set(server, { committed: committed.version, known })
  }

  return { started, storing, configured }
}
