/** What an operator asks for, as a request: of servers of the world, in either of the two forms. */
import type { ServerId } from '../../src/core/configuration.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import { renderServerLine } from '../../src/service/configuration/server-line.js'
import type { ReconfigRequest } from '../../src/service/request.js'
import type { Reconfiguration } from './command.js'
import { reconfigurableMemberOf } from './options.js'

/** No configuration ever has this version. */
const UNKNOWN_VERSION: Zxid = { epoch: 0x7fffffff, counter: 1 }

const lineOf =
  (role: 'participant' | 'observer') =>
  (id: ServerId): string =>
    `server.${id}=${renderServerLine(reconfigurableMemberOf(id, role))}`

/** `last`: the version of the last configuration that is known to be committed. */
export const requestOfReconfiguration = (command: Reconfiguration, last: Zxid): ReconfigRequest => {
  const { voters, observers, leaving, version } = command
  const members = [...voters.map(lineOf('participant')), ...observers.map(lineOf('observer'))].join(',')
  const fromConfig = version === undefined ? Z.UNTRUSTED : version === 'last' ? last : UNKNOWN_VERSION
  return leaving === undefined
    ? { op: 'reconfig', joining: null, leaving: null, newMembers: members, fromConfig }
    : { op: 'reconfig', joining: members, leaving: leaving.join(','), newMembers: null, fromConfig }
}
