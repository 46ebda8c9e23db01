/**
 * A simulated client: one session at a time, requests in a pipeline, a connection that is made again elsewhere when it
 * is lost. It writes down what it asked, when, and what it was told, and keeps an eye on its watches. FWD-4, SESS-3…6.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { ConnectionId, ServerEvent } from '../../src/server/event.js'
import type { Request } from '../../src/service/request.js'
import type { ClientMessage, Reply } from '../../src/service/response.js'
import type { SessionId } from '../../src/service/session.js'
import type { Call, History, Outcome } from '../consistency/history.js'
import { requestKey } from '../consistency/history.js'
import type { Operation, Result } from '../service.js'
import type { ClientLink } from './client-link.js'
import { makeClientLink } from './client-link.js'
import { makeClientWire, requestOf } from './client-wire.js'
import type { Random } from './random.js'
import { resultOf } from './result.js'
import { makeSightings } from './sightings.js'
import { makeWatches } from './watches.js'

export interface ClientHost {
  readonly nowMs: () => number
  readonly schedule: (afterMs: number, run: () => void) => void
  readonly random: Random
  /** Grows at every use: the one clock of the history. */
  readonly stamp: () => number
  readonly servers: readonly ServerId[]
  readonly isUp: (server: ServerId) => boolean
  readonly receive: (server: ServerId, event: ServerEvent) => void
  /** Registers a fresh connection of this client. */
  readonly open: (server: ServerId) => ConnectionId
  readonly report: (clause: string, what: string) => void
  readonly answered: (call: Call) => void
  /** The answer to a reconfiguration, which is no part of the history. */
  readonly reconfigured: (result: Result) => void
  /** Real bytes between client and server. */
  readonly codecs: boolean
}

export interface Client {
  readonly request: (request: Request) => void
  /** Abruptly: the former connection stays open, with nobody there. */
  readonly moveTo: (server: ServerId, isAbrupt: boolean) => void
  /** The connection breaks; what is under way may be cut anywhere. */
  readonly drop: () => void
  /** From the server, in the order in which it was sent. */
  readonly deliver: (connection: ConnectionId, message: ClientMessage | 'closed') => void
  readonly setPaused: (connection: ConnectionId, isPaused: boolean) => void
  readonly calls: () => readonly Call[]
  /** The keys of the reconfigurations that it has asked for. */
  readonly reconfigurations: () => readonly string[]
  /** Watch events and new connections. */
  readonly sightings: () => Required<Pick<History, 'events' | 'reconnections'>>
}

interface OpenCall {
  readonly session: SessionId
  readonly xid: number
  readonly request: Request
  readonly invoked: number
  outcome: Outcome
}

interface Link {
  readonly line: ClientLink
  isEstablished: boolean
  readonly inFlight: OpenCall[]
}

const SESSION_TIMEOUT_MS = 4000
const PING_INTERVAL_MS = 1300
const HANDSHAKE_TIMEOUT_MS = 3000
const PING_XID = -2
const SET_WATCHES_XID = -8
const NO_PASSWORD = new Uint8Array(16)

export const makeClient = (host: ClientHost, firstServer: ServerId): Client => {
  const made: OpenCall[] = []
  const waiting: Request[] = []
  let link: Link | undefined
  let nextServer = firstServer
  let sessionId: SessionId = 0n
  let password: Uint8Array = NO_PASSWORD
  let xid = 0
  let lastZxidSeen: Zxid = Z.ZERO
  const watches = makeWatches()
  const sightings = makeSightings(host.stamp)

  const connect = (): void => {
    if (link !== undefined) return
    const server = nextServer
    if (!host.isUp(server)) {
      retry()
      return
    }
    const connection = host.open(server)
    const wire = host.codecs ? makeClientWire(connection, host.report) : undefined
    const line = makeClientLink(host, connection, server, wire)
    const fresh: Link = { line, isEstablished: false, inFlight: [] }
    link = fresh
    const request = {
      protocolVersion: 0,
      lastZxidSeen,
      timeoutMs: SESSION_TIMEOUT_MS,
      sessionId,
      password,
      readOnly: false,
    }
    line.open()
    line.say({ kind: 'ClientConnect', connection, request })
    host.schedule(HANDSHAKE_TIMEOUT_MS, () => {
      if (link === fresh && !fresh.isEstablished) hangUp()
    })
  }

  const retry = (): void => {
    nextServer = host.servers[(host.servers.indexOf(nextServer) + 1) % host.servers.length] ?? nextServer
    host.schedule(host.random.between(20, 100), connect)
  }

  /** What is in flight has an unknown outcome from now on. */
  const leave = (): void => {
    link?.line.abandon()
    link = undefined
    sightings.lost()
    retry()
  }

  const hangUp = (): void => {
    if (link === undefined) return
    link.line.close()
    leave()
  }

  const say = (to: Link, number: number, request: Request): void => {
    const { connection } = to.line
    to.line.say(requestOf(connection, number, request))
  }

  const send = (to: Link, request: Request): void => {
    xid += 1
    const call: OpenCall = { session: sessionId, xid, request, invoked: host.stamp(), outcome: { kind: 'unknown' } }
    made.push(call)
    to.inFlight.push(call)
    say(to, xid, request)
  }

  const ping = (to: Link): void => {
    host.schedule(PING_INTERVAL_MS, () => {
      if (link !== to) return
      say(to, PING_XID, { op: 'ping' })
      ping(to)
    })
  }

  const established = (to: Link, message: Extract<ClientMessage, { readonly kind: 'ConnectResponse' }>): void => {
    if (message.timeoutMs === 0) {
      forgetSession()
      leave()
      return
    }
    to.isEstablished = true
    sessionId = message.sessionId
    password = message.password
    ping(to)
    const restored = watches.restored(lastZxidSeen)
    sightings.connected(sessionId, restored === undefined ? undefined : lastZxidSeen)
    if (restored !== undefined) say(to, SET_WATCHES_XID, restored)
    while (waiting.length > 0 && link === to) {
      const request = waiting.shift()
      if (request !== undefined) send(to, request)
    }
  }

  const forgetSession = (): void => {
    sessionId = 0n
    password = NO_PASSWORD
    xid = 0
    watches.clear()
  }

  const replied = (from: Link, reply: Reply): void => {
    if (Z.isAfter(reply.zxid, lastZxidSeen)) lastZxidSeen = reply.zxid
    if (reply.xid === SET_WATCHES_XID) sightings.restored(reply.zxid)
    if (reply.xid <= 0) return
    const call = from.inFlight.shift()
    if (call?.xid !== reply.xid) {
      host.report('FWD-2', `reply ${reply.xid} came, but the oldest unanswered request is ${call?.xid ?? 'none'}`)
      return
    }
    call.outcome = { kind: 'ok', returned: host.stamp(), zxid: reply.zxid, result: resultOf(reply) }
    if (call.request.op === 'reconfig') host.reconfigured(call.outcome.result)
    else host.answered(callOf(call))
    mind(watches.answered(call.request, call.outcome.result))
    if (call.request.op === 'closeSession' || call.outcome.result.error === 'SESSIONEXPIRED') {
      forgetSession()
      leave()
    }
  }

  const mind = (fault: string | undefined): void => {
    if (fault !== undefined) host.report('SESS-6', fault)
  }

  const receive = (from: Link, message: ClientMessage | 'closed'): void => {
    if (link !== from) return
    if (message === 'closed') leave()
    else if (message.kind === 'ConnectResponse') established(from, message)
    else if (message.kind === 'Reply') replied(from, message)
    else {
      sightings.heard(sessionId, message)
      mind(watches.notified(message))
    }
  }

  host.schedule(0, connect)
  return {
    request: (request) => {
      if (link?.isEstablished === true) send(link, request)
      else waiting.push(request)
    },
    moveTo: (server, isAbrupt) => {
      if (!isAbrupt) hangUp()
      else if (link !== undefined) leave()
      nextServer = server
    },
    drop: () => {
      if (link === undefined) return
      link.line.breakOff()
      leave()
    },
    deliver: (connection, message) => {
      const from = link
      if (from?.line.connection !== connection) return
      const oldest = (): Request['op'] => from.inFlight[0]?.request.op ?? 'ping'
      from.line.deliver(message, oldest, (heard) => {
        receive(from, heard)
      })
    },
    setPaused: (connection, isPaused) => {
      if (link?.line.connection === connection) link.line.setPaused(isPaused)
    },
    calls: () => made.filter(({ request }) => request.op !== 'sync' && request.op !== 'reconfig').map(callOf),
    reconfigurations: () =>
      made.flatMap(({ request, session, xid: number }) =>
        request.op === 'reconfig' ? [requestKey(session, number)] : [],
      ),
    sightings: sightings.so,
  }
}

const callOf = (call: OpenCall): Call => ({
  session: call.session,
  xid: call.xid,
  operation: operationOf(call.request),
  invoked: call.invoked,
  outcome: call.outcome,
})

/** The world's clients ask for nothing else; a sync changes and shows nothing, so any read of nothing stands for it. */
const operationOf = (request: Request): Operation => {
  switch (request.op) {
    case 'sync':
    case 'ping':
    case 'setWatches':
    case 'auth':
    case 'malformed':
    case 'unimplemented':
    case 'reconfig':
      return { op: 'exists', path: '', watch: false }
    default:
      return request
  }
}
