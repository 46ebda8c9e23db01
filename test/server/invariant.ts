/** What holds of every state of a server, whatever has happened to it. */
import * as S from '../../src/core/sequence.js'
import * as H from '../../src/service/hamt.js'
import { isUnfinished } from '../../src/server/ordered.js'
import type { Server } from '../../src/server/server.js'

/** The invariants that this state breaks, in words; empty when all is well. */
export const broken = (server: Server): readonly string[] => {
  const connections = [...H.entries(server.connections)].map(([, connection]) => connection)
  const waiting = connections.flatMap(({ pending }) => S.toArray(pending))
  const bytesOf = (some: readonly { readonly bytes: number }[]): number =>
    some.reduce((sum, { bytes }) => sum + bytes, 0)
  const claims: readonly (readonly [string, boolean])[] = [
    ['outstanding requests are counted', waiting.length === server.outstandingRequests],
    ['outstanding bytes are counted', bytesOf(waiting) === server.outstandingBytes],
    [
      'the bytes of each queue are counted',
      connections.every(({ pending, pendingBytes }) => bytesOf(S.toArray(pending)) === pendingBytes),
    ],
    [
      'the first pending request of a connection is unfinished and has to be ordered, or the client is awaited',
      connections.every(({ pending, answers }) => {
        const head = S.first(pending)
        return head === undefined || isUnfinished(head) || answers === 'awaiting'
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
      connections.every(({ id, reading }) => reading !== 'busy' || S.toArray(server.paused).includes(id)),
    ],
    [
      'a connection that is paused has something to answer, or nothing would resume it',
      connections.every(({ reading, phase, pending }) => reading === 'on' || phase !== 'open' || !S.isEmpty(pending)),
    ],
  ]
  return claims.filter(([, holds]) => !holds).map(([claim]) => claim)
}
