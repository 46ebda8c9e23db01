/** Equal prefixes give equal states, side tables included (SM-3): what a digest of the tree does not show. */
import type { World } from '../../model/world/world.js'
import * as Z from '../../src/core/zxid.js'
import type { Database } from '../../src/service/database.js'
import { ephemeralsOf, sessionsOf } from '../../src/service/database.js'

/** Reports two servers that have delivered the same and know other sessions, or other ephemeral nodes. */
export const compareReplicas = (world: World): void => {
  const states = world.servers.flatMap((id) => {
    const state = world.stateOf(id)
    return state === undefined || state.service.kind === 'NotServing' ? [] : [{ id, database: state.database }]
  })
  for (const [index, first] of states.entries())
    for (const second of states.slice(index + 1))
      if (
        Z.equals(first.database.lastProcessed, second.database.lastProcessed) &&
        tableOf(first.database) !== tableOf(second.database)
      )
        world.report(
          'SM-3',
          `servers ${first.id} and ${second.id} know other sessions after ${Z.show(first.database.lastProcessed)}: ` +
            `${tableOf(first.database)} and ${tableOf(second.database)}`,
        )
}

const tableOf = (database: Database): string =>
  [...sessionsOf(database)]
    .map(([id, timeoutMs]) => `${id}:${timeoutMs}:${[...ephemeralsOf(database, id)].sort().join(',')}`)
    .sort()
    .join(' ')
