/**
 * One turn of the server: a working copy of its state, the effects so far and the clauses that justified them.
 *
 * A turn lives inside one call of `step` and is never seen outside; what it refers to is immutable. One flat copy of
 * the record at the start of a step is cheaper than one for every change in it.
 */
import type { ClauseId } from '../core/clause.js'
import type { Zxid } from '../core/zxid.js'
import type { ClientMessage, ResponseBody } from '../service/response.js'
import type { ErrorCode } from '../service/error.js'
import type { Notification } from '../service/watch.js'
import { UNTRUSTED } from '../core/zxid.js'
import type { ServerConfig } from './config.js'
import type { ServerEffect } from './effect.js'
import type { ConnectionId, Now } from './event.js'
import type { Outcome, Outstanding, Server } from './state.js'

export type Draft = { -readonly [Key in keyof Server]: Server[Key] }

export interface Turn {
  readonly config: ServerConfig
  readonly now: Now
  readonly server: Draft
  readonly effects: ServerEffect[]
  readonly clauses: ClauseId[]
  /** What has been prepared for the transaction that the core is just being given. */
  prepared: Outstanding | undefined
}

export const begin = (config: ServerConfig, server: Server, now: Now): Turn => ({
  config,
  now,
  server: draftOf(server),
  effects: [],
  clauses: [],
  prepared: undefined,
})

export const emit = (turn: Turn, effect: ServerEffect): void => {
  turn.effects.push(effect)
}

export const cite = (turn: Turn, clause: ClauseId): void => {
  turn.clauses.push(clause)
}

export const send = (turn: Turn, connection: ConnectionId, message: ClientMessage): void => {
  turn.effects.push({ kind: 'ClientSend', connection, message })
}

/** Answers a request, from the state as it is now. */
export const reply = (turn: Turn, connection: ConnectionId, xid: number, outcome: Outcome): void =>
  replyAt(turn, connection, xid, turn.server.lastProcessed, outcome.error, outcome.body)

/** Answers with a given zxid: for the few replies that do not carry the last processed one. */
export const replyAt = (
  turn: Turn,
  connection: ConnectionId,
  xid: number,
  zxid: Zxid,
  error: ErrorCode,
  body: ResponseBody | undefined,
): void => {
  turn.effects.push({ kind: 'ClientSend', connection, message: { kind: 'Reply', xid, zxid, error, body } })
}

/** Sends watch events, in order. SESS-6: the caller does this before any reply that shows the change. */
export const notify = (turn: Turn, notifications: readonly Notification[]): void => {
  for (const { connection, type, path } of notifications) {
    send(turn, connection, { kind: 'WatchNotification', type, path, zxid: UNTRUSTED })
  }
}

/** Field by field: this copy is made in every step, and a literal is several times faster than a spread. */
const draftOf = (server: Server): Draft => ({
  peer: server.peer,
  service: server.service,
  database: server.database,
  lastProcessed: server.lastProcessed,
  image: server.image,
  connections: server.connections,
  connectionOf: server.connectionOf,
  outstandingRequests: server.outstandingRequests,
  outstandingBytes: server.outstandingBytes,
  paused: server.paused,
  watches: server.watches,
  nextSessionId: server.nextSessionId,
  touchRound: server.touchRound,
  touches: server.touches,
  syncs: server.syncs,
  leadership: server.leadership,
  deliveredSinceSnapshot: server.deliveredSinceSnapshot,
  snapshotDueAfter: server.snapshotDueAfter,
  digestMismatches: server.digestMismatches,
})
