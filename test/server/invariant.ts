/** What holds of every state of a server, whatever has happened to it. */
import * as S from '../../src/core/sequence.js'
import * as H from '../../src/service/hamt.js'
import { isOrdered } from '../../src/server/queue.js'
import type { Server } from '../../src/server/server.js'

/** The invariants that this state breaks, in words; empty when all is well. */
export const broken = (server: Server): readonly string[] => {
  const connections = [...H.entries(server.connections)].map(([, connection]) => connection)
  const waiting = connections.flatMap(({ pending }) => S.toArray(pending)).filter(({ xid }) => xid > 0).length
  const claims: readonly (readonly [string, boolean])[] = [
    ['outstanding requests are counted', waiting === server.outstandingRequests],
    [
      'the first pending request of a connection is unfinished and has to be ordered',
      connections.every(({ pending }) => {
        const head = S.first(pending)
        return head === undefined || (head.outcome === undefined && isOrdered(head.request))
      }),
    ],
    [
      'a session is found at the connection that has it',
      [...H.entries(server.connectionOf)].every(
        ([session, id]) => H.get(server.connections, id)?.sessionId === session,
      ),
    ],
    [
      'a connection with a session is found by it',
      connections.every(
        ({ id, phase, sessionId }) => phase === 'opened' || H.get(server.connectionOf, sessionId) === id,
      ),
    ],
    [
      'leadership is there exactly while leading',
      (server.service.kind === 'Leader') === (server.leadership !== undefined),
    ],
    ['nobody is connected while nobody is served', server.service.kind !== 'NotServing' || connections.length === 0],
    [
      'nothing is pending before a session is settled',
      connections.every((c) => c.phase === 'open' || S.isEmpty(c.pending)),
    ],
    [
      'every paused connection is remembered for resuming',
      connections.every(({ id, paused }) => !paused || S.toArray(server.paused).includes(id)),
    ],
  ]
  return claims.filter(([, holds]) => !holds).map(([claim]) => claim)
}
