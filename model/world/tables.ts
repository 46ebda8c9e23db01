/** Equal prefixes give equal sessions and ephemeral nodes (SM-3): what the digest of the tree does not show. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Database } from '../../src/service/database.js'
import { ephemeralsOf, sessionsOf } from '../../src/service/database.js'

/** Compares what a server knows after so many transactions with what others knew after as many. */
export const makeTableComparison = (
  report: (clause: string, what: string) => void,
): ((server: ServerId, position: number, database: Database) => void) => {
  const tables = new Map<number, string>()
  /** What each server was last seen with: most transactions leave both tables as they are. */
  const last = new Map<ServerId, { readonly database: Database; readonly table: string }>()

  const tableOf = (server: ServerId, database: Database): string => {
    const seen = last.get(server)
    const isSame =
      seen !== undefined &&
      seen.database.sessions === database.sessions &&
      seen.database.ephemerals === database.ephemerals
    const table = isSame ? seen.table : show(database)
    last.set(server, { database, table })
    return table
  }

  return (server, position, database) => {
    const table = tableOf(server, database)
    const expected = tables.get(position)
    if (expected === undefined) tables.set(position, table)
    else if (expected !== table)
      report(
        'SM-3',
        `server ${server} knows other sessions or ephemeral nodes after ${position} transactions: [${table}], others [${expected}]`,
      )
  }
}

const show = (database: Database): string =>
  [...sessionsOf(database)]
    .map(([id, timeoutMs]) => `0x${id.toString(16)} ${timeoutMs} ${[...ephemeralsOf(database, id)].sort().join(',')}`)
    .sort()
    .join('; ')
