/** What the log says of configurations: one that is committed, and one in the data directory that does not count. */
import type { Configuration, Member } from '../../core/configuration.js'
import { toHex } from '../../core/zxid.js'
import { ensembleProperties } from '../../service/configuration/ensemble.js'
import type { ServerConfiguration } from '../configuration/server-configuration.js'

/** Version and members, as in `0x100000000: servers 1, 2, 3 (observer)`. */
export const showConfiguration = ({ members, version }: Configuration): string =>
  `${toHex(version)}: servers ${members.map(showMember).join(', ')}`

const showMember = ({ id, role }: Member): string => (role === 'observer' ? `${id} (observer)` : String(id))

/**
 * RECFG-4. A warning when the ensemble once agreed on other members than zoo.cfg lists and reconfiguration has been
 * switched off since: zoo.cfg counts then, and servers whose lists differ do not share their quorums.
 */
export const overruled = (
  { ensemble, reconfigEnabled }: ServerConfiguration,
  stored: Configuration | undefined,
): string | undefined =>
  stored === undefined || reconfigEnabled || linesOf(stored) === linesOf(ensemble)
    ? undefined
    : `the ensemble had agreed on configuration ${showConfiguration(stored)}; with reconfigEnabled=false the lines of ` +
      'zoo.cfg count instead: they must be the same on all servers, or write reconfigEnabled=true'

/** Members and quorums, without what only clients need. */
const linesOf = (configuration: Configuration): string =>
  ensembleProperties(configuration)
    .map(([key, value]) => `${key}=${value.split(';')[0] ?? ''}`)
    .join('\n')
