/**
 * One ZooKeeper server as one pure function: core, service, and what is owed to clients and learners.
 *
 * The core decides what is ordered; the service what it means; here requests find their way in and answers out.
 */
import type { ClauseId } from '../core/clause.js'
import type { ServerId } from '../core/configuration.js'
import type { DurableState } from '../core/effect.js'
import type { ConnectionSide, Entry } from '../core/message.js'
import * as Core from '../core/peer.js'
import * as S from '../core/sequence.js'
import * as D from '../service/database.js'
import type { Database } from '../service/database.js'
import * as H from '../service/hamt.js'
import { initialSessionId } from '../service/session.js'
import type { Transaction } from '../service/transaction.js'
import * as W from '../service/watch.js'
import type { ServerConfig } from './config.js'
import type { ServerEffect } from './effect.js'
import type { Now, ServerEvent } from './event.js'
import type { Packet } from './packet.js'
import type { Server } from './state.js'
import type { Turn } from './turn.js'
import { clientClosed, clientRequested } from './client.js'
import { ready } from './answering.js'
import { sweepWatches } from './watching.js'
import { clientConnect, clientOpened } from './connect.js'
import { snapshotDueAfter } from './deliver.js'
import { requested, revalidate, revalidated, synced, touched } from './forward.js'
import { expireSessions } from './leader.js'
import { run } from './protocol.js'
import { configured, imageMessage, interpreted, recovered, unreadable } from './reconfiguration.js'
import { dropSyncsOf } from './sync.js'
import { begin, cite, emit } from './turn.js'

export type { ServerConfig } from './config.js'
export type { Server } from './state.js'

export interface ServerStep {
  readonly server: Server
  readonly effects: readonly ServerEffect[]
  /** The clauses that justified this step, in the order of use; a clause may stand twice. */
  readonly clauses: readonly ClauseId[]
}

/** The state before the first event, which has to be Started. */
export const initial = (config: ServerConfig): Server => {
  const database = configured(config, config.core.ensemble, D.empty)
  return {
    peer: Core.initial(config.core),
    service: { kind: 'NotServing' },
    database,
    lastProcessed: database.lastProcessed,
    image: undefined,
    connections: H.empty(),
    connectionOf: H.empty(),
    outstandingRequests: 0,
    outstandingBytes: 0,
    paused: S.empty(),
    watches: W.empty,
    nextSessionId: initialSessionId(config.core.self, config.sessionIdStartMs),
    touchRound: 0,
    touches: S.empty(),
    syncs: S.empty(),
    leadership: undefined,
    deliveredSinceSnapshot: 0,
    snapshotDueAfter: snapshotDueAfter(config.core.self, database, config.snapCount),
    digestMismatches: 0,
  }
}

/**
 * One event in; the next state, what is to be done (in this order), and the clauses that say why.
 * Total: never throws; an event that makes no sense changes nothing, or closes the connection it came from.
 */
export const step = (config: ServerConfig, server: Server, event: ServerEvent, now: Now): ServerStep => {
  const turn = begin(config, server, now)
  handle(turn, event)
  return { server: turn.server, effects: turn.effects, clauses: turn.clauses }
}

const handle = (turn: Turn, event: ServerEvent): void => {
  switch (event.kind) {
    case 'Started':
      started(turn, event.durable, event.database, event.applied)
      break
    case 'Connected':
    case 'Disconnected':
      if (event.side === 'learner') dropSyncsOf(turn, event.from)
      run(turn, event)
      break
    case 'Notified':
    case 'Persisted':
      run(turn, event)
      break
    case 'Received':
      if (event.side === 'leader') receivedFromLeader(turn, event.from, event.packet)
      else receivedFromLearner(turn, event.from, event.packet)
      break
    case 'TimerFired':
      if (event.timer === 'session.expiry') expireSessions(turn)
      else run(turn, { kind: 'TimerFired', timer: event.timer })
      break
    case 'ClientOpened':
      clientOpened(turn, event.connection, event.address)
      break
    case 'ClientConnect':
      clientConnect(turn, event.connection, event.request)
      break
    case 'ClientRequested':
      clientRequested(turn, event.connection, event.request, event.bytes)
      break
    case 'ClientReady':
      ready(turn, event.connection)
      break
    case 'Continued':
      sweepWatches(turn)
      break
    case 'ClientClosed':
      clientClosed(turn, event.connection)
  }
}

const started = (turn: Turn, stored: DurableState<Transaction>, image: Database, applied: number): void => {
  const { server, config } = turn
  const durable = recovered(config, stored, image)
  const database = configured(config, durable.configuration ?? config.core.ensemble, image)
  server.database = database
  server.lastProcessed = durable.base
  server.deliveredSinceSnapshot = applied
  server.snapshotDueAfter = snapshotDueAfter(config.core.self, database, config.snapCount)
  for (const entry of S.toArray(durable.entries)) if (refuse(turn, entry)) return
  run(turn, { kind: 'Started', durable })
}

/** RECFG-3. True: the server stops. */
const refuse = (turn: Turn, entry: Entry<Transaction>): boolean => {
  const reason = unreadable(turn.config, entry)
  if (reason === undefined) return false
  cite(turn, 'RECFG-3')
  emit(turn, { kind: 'Fatal', reason })
  return true
}

/** What of the service comes from a leader is handled here; the rest is the core's, which knows what makes no sense. */
const receivedFromLeader = (turn: Turn, from: ServerId, packet: Packet): void => {
  switch (packet.type) {
    case 'REVALIDATED':
      revalidated(turn, packet.sessionId, packet.valid)
      break
    case 'SYNC':
      synced(turn)
      break
    case 'SNAP':
      turn.server.image = packet.image
      run(turn, {
        kind: 'Received',
        from,
        side: 'leader',
        message: imageMessage(turn.config, packet.zxid, packet.image),
      })
      break
    default:
      receivedByCore(turn, from, 'leader', packet)
  }
}

/** What of the service comes from a learner. */
const receivedFromLearner = (turn: Turn, from: ServerId, packet: Packet): void => {
  switch (packet.type) {
    case 'REQUEST':
      requested(turn, from, packet.request)
      break
    case 'REVALIDATE':
      revalidate(turn, from, packet.sessionId, packet.timeoutMs)
      break
    case 'PING':
      if (packet.touched !== undefined) touched(turn, from, packet.touched)
      receivedByCore(turn, from, 'learner', packet)
      break
    default:
      receivedByCore(turn, from, 'learner', packet)
  }
}

/** Packets of the service that come from the wrong side end here. */
const receivedByCore = (turn: Turn, from: ServerId, side: ConnectionSide, packet: Packet): void => {
  switch (packet.type) {
    case 'REQUEST':
    case 'REVALIDATE':
    case 'REVALIDATED':
    case 'SYNC':
    case 'SNAP':
      break
    case 'PING':
      run(turn, { kind: 'Received', from, side, message: { type: 'PING', zxid: packet.zxid } })
      break
    default:
      if (!('entry' in packet) || !refuse(turn, packet.entry))
        run(turn, { kind: 'Received', from, side, message: interpreted(turn.config, packet) })
  }
}
