/** Between learner and leader: requests on their way to be ordered, syncs, sessions. FWD-1, READ-2, SESS-4. */
import type { ServerId } from '../core/configuration.js'
import { isListed } from '../core/membership.js'
import * as S from '../core/sequence.js'
import * as H from '../service/hamt.js'
import { SUPER } from '../service/acl.js'
import type { Id } from '../service/acl.js'
import type { Request, WriteRequest } from '../service/request.js'
import type { SessionId } from '../service/session.js'
import type { ForwardedRequest, Packet, SessionTouch } from './packet.js'
import type { ConnectionId } from './event.js'
import type { Turn } from './turn.js'
import { NO_SESSION, ofSession } from './connections.js'
import { setSessions, submit } from './leader.js'
import { isOrdered } from './ordered.js'
import { completeSync } from './queue.js'
import { accept, reject } from './settle.js'
import { hold } from './sync.js'
import { cite, emit } from './turn.js'
import * as tracker from './tracker.js'

const NO_IDS: readonly Id[] = []

// --- from the accepting server

/** Has a write ordered: by this server if it leads, else by its leader. */
export const order = (
  turn: Turn,
  sessionId: SessionId,
  cxid: number,
  request: WriteRequest,
  ids: readonly Id[],
): void => {
  const { server, config } = turn
  cite(turn, 'FWD-1')
  if (server.leadership !== undefined) submit(turn, { sessionId, cxid, request, ids, through: config.core.self })
  else sendToLeader(turn, { type: 'REQUEST', request: { sessionId, cxid, request, ids } })
}

/** SESS-1: asks for a session with an id of this server's choice. */
export const createSession = (turn: Turn, sessionId: SessionId, timeoutMs: number): void =>
  order(turn, sessionId, 0, { op: 'createSession', timeoutMs }, NO_IDS)

/** READ-2: the sync is already in its connection's queue. */
export const sync = (
  turn: Turn,
  connection: ConnectionId,
  sessionId: SessionId,
  cxid: number,
  request: Extract<Request, { readonly op: 'sync' }>,
): void => {
  const { server } = turn
  if (server.leadership !== undefined) {
    hold(turn, { kind: 'Client', connection })
    return
  }
  server.syncs = S.append(connection)(server.syncs)
  sendToLeader(turn, { type: 'REQUEST', request: { sessionId, cxid, request, ids: NO_IDS } })
}

/** SESS-4: is this session alive? Its owner becomes this server if so. */
export const askLeader = (turn: Turn, sessionId: SessionId, timeoutMs: number): void =>
  sendToLeader(turn, { type: 'REVALIDATE', sessionId, timeoutMs })

const sendToLeader = (turn: Turn, packet: Packet): void => {
  const { service } = turn.server
  if (service.kind !== 'Follower' && service.kind !== 'Observer') return
  emit(turn, { kind: 'Send', to: service.leader, side: 'leader', packet })
}

// --- at the leader

/**
 * FWD-5: may that learner speak for this session? A member for any, since sessions move; one that no configuration lists for
 * those that it has opened itself, and for one that nobody knows.
 */
const maySpeakFor = ({ server, config }: Turn, learner: ServerId, sessionId: SessionId, isOpening = false): boolean => {
  const { leadership, peer } = server
  if (leadership === undefined || isListed(peer, config.core.ensemble, learner)) return true
  const session = H.get(leadership.sessions, sessionId)
  return session === undefined ? isOpening : session.owner === learner
}

/**
 * FWD-5. No server proves who it is, so nobody is believed to have authenticated a superuser; of the identities that a
 * stranger names none is.
 */
const believedIds = ({ server, config }: Turn, learner: ServerId, ids: readonly Id[]): readonly Id[] =>
  isListed(server.peer, config.core.ensemble, learner) ? ids.filter(({ scheme }) => scheme !== SUPER.scheme) : NO_IDS

/** A request of a client of that learner. What no leader orders comes back as an error transaction. */
export const requested = (turn: Turn, learner: ServerId, forwarded: ForwardedRequest): void => {
  if (turn.server.leadership === undefined) return
  const { sessionId, cxid, request, ids } = forwarded
  if (request.op === 'sync') {
    hold(turn, { kind: 'Learner', learner })
    return
  }
  cite(turn, 'FWD-5')
  if (!maySpeakFor(turn, learner, sessionId, request.op === 'createSession')) return
  const write = isOrdered(request) ? request : MALFORMED
  const believed = believedIds(turn, learner, ids)
  // The leader checks the access lists, so it is the leader's setting that waives them.
  const waived = turn.config.skipAcl ? [...believed, SUPER] : believed
  submit(turn, { sessionId, cxid, request: write, ids: waived, through: learner })
}

const MALFORMED = { op: 'malformed' } as const

/** SESS-4: the client is with that learner now, if its session is alive. */
export const revalidate = (turn: Turn, learner: ServerId, sessionId: SessionId, timeoutMs: number): void => {
  const valid = maySpeakFor(turn, learner, sessionId) && reattach(turn, sessionId, timeoutMs, learner)
  emit(turn, { kind: 'Send', to: learner, side: 'learner', packet: { type: 'REVALIDATED', sessionId, valid } })
}

/** At the leader: true, and the session speaks through `owner` from now on, when it is known and not closing. */
export const reattach = (turn: Turn, sessionId: SessionId, timeoutMs: number, owner: ServerId): boolean => {
  const { server, config, now } = turn
  const { leadership } = server
  if (leadership === undefined || sessionId === NO_SESSION) return false
  const isAlive = tracker.standingOf(H.get(leadership.sessions, sessionId), owner) !== 'expired'
  cite(turn, 'SESS-4')
  if (isAlive) {
    const nowMs = now.monotonicMs
    const sessions = tracker.reattach(leadership.sessions, sessionId, timeoutMs, owner, nowMs, config.tickTimeMs)
    setSessions(turn, leadership, sessions)
  }
  return isAlive
}

/** SESS-2: signs of life that came with a learner's PING. */
export const touched = (turn: Turn, learner: ServerId, touches: readonly SessionTouch[]): void => {
  const { leadership } = turn.server
  if (leadership === undefined || touches.length === 0) return
  const nowMs = turn.now.monotonicMs
  const { tickTimeMs } = turn.config
  let { sessions } = leadership
  for (const { id } of touches)
    if (maySpeakFor(turn, learner, id)) sessions = tracker.touch(sessions, id, nowMs, tickTimeMs)
  cite(turn, 'SESS-2')
  setSessions(turn, leadership, sessions)
}

// --- back at the accepting server

export const revalidated = (turn: Turn, sessionId: SessionId, valid: boolean): void => {
  const connection = ofSession(turn, sessionId)
  if (connection?.phase !== 'validating') return
  cite(turn, 'SESS-4')
  if (valid) accept(turn, connection)
  else reject(turn, connection)
}

/** READ-2: SYNCs come back in the order of the requests; all COMMITs before this one have been applied. */
export const synced = (turn: Turn): void => {
  const { server } = turn
  const connection = S.first(server.syncs)
  if (connection === undefined) return
  server.syncs = S.drop(1)(server.syncs)
  completeSync(turn, connection)
}
