/**
 * One session of a client, carried by one connection after another: pipelined requests, pings, a search for a server when
 * the connection is lost. FWD-4, SESS-1, SESS-3, SESS-4, SESS-5.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { ServerEvent } from '../../src/server/event.js'
import { errorCode } from '../../src/service/error.js'
import type { ErrorName } from '../../src/service/error.js'
import type { Request } from '../../src/service/request.js'
import type { ConnectResponse, Reply } from '../../src/service/response.js'
import type { SessionId } from '../../src/service/session.js'
import type { ClientLink } from '../world/client-link.js'
import { makeClientLink } from '../world/client-link.js'
import { makeClientWire, requestOf } from '../world/client-wire.js'
import type { Sightings } from '../world/sightings.js'
import type { Line, Machines } from './machines.js'
import type { WatchEvent } from './watches.js'

/** `connecting`: the session may live or not. `expired` and `closed` are final. */
export type ClientState = 'connecting' | 'connected' | 'expired' | 'closed'

/** How a request ends, and when it is sent. */
export interface Asked {
  readonly request: Request
  readonly sent: (session: SessionId, xid: number) => void
  readonly answered: (reply: Reply) => void
  readonly failed: (code: ErrorName) => void
}

export interface SessionHost {
  readonly machines: Machines
  readonly timeoutMs: number
  readonly firstServer: ServerId
  /** Bytes travel instead of values. */
  readonly codecs: boolean
  readonly changed: (state: ClientState) => void
  readonly notified: (event: WatchEvent) => void
  /** What puts the watches back on a new connection. */
  readonly restore: (lastZxidSeen: Zxid) => Request | undefined
  /** Written down for the checkers. */
  readonly sightings: Sightings
}

export interface Session {
  readonly id: () => SessionId
  readonly state: () => ClientState
  /** Sends now, or as soon as there is a connection. */
  readonly ask: (asked: Asked) => void
  /** Without a connection nobody is told: the session will expire. */
  readonly close: (asked: Asked) => void
  readonly drop: () => void
  readonly cut: () => void
  readonly heal: () => void
}

interface Link {
  readonly line: ClientLink
  isEstablished: boolean
  heardAtMs: number
  readonly inFlight: { readonly xid: number; readonly asked: Asked }[]
  /** Of those in flight, those whose answer has not arrived; what a cut holds back has. */
  readonly unread: Request['op'][]
}

const HANDSHAKE_TIMEOUT_MS = 3000
const PING_XID = -2
const SET_WATCHES_XID = -8
const NO_PASSWORD = new Uint8Array(16)

export const makeSession = (host: SessionHost): Session => {
  const { machines } = host
  const { random, schedule, nowMs } = machines
  const waiting: Asked[] = []
  const stalled: (() => void)[] = []
  let isCut = false
  let isClosing = false
  let state: ClientState = 'connecting'
  let link: Link | undefined
  let nextServer = host.firstServer
  let id: SessionId = 0n
  let password: Uint8Array = NO_PASSWORD
  let timeoutMs = host.timeoutMs
  let xid = 0
  let lastZxidSeen: Zxid = Z.ZERO

  const become = (next: ClientState): void => {
    if (state === next) return
    state = next
    host.changed(next)
  }
  const hasEnded = (): boolean => state === 'expired' || state === 'closed'

  /** What a cut has held back comes first, one thing at a time. */
  const through = (run: () => void): void => {
    if (isCut || stalled.length > 0) stalled.push(run)
    else run()
  }
  const goOn = (): void => {
    if (isCut) return
    stalled.shift()?.()
    if (stalled.length > 0) schedule(0, goOn)
  }
  const lineHost = {
    nowMs,
    schedule,
    random,
    receive: (to: ServerId, event: ServerEvent) => through(() => machines.receive(to, event)),
  }

  const request = (to: Link, number: number, asked: Request): void =>
    to.line.say(requestOf(to.line.connection, number, asked))

  const hear = (from: Link, said: Line): void => {
    if (said === 'paused' || said === 'resumed') from.line.setPaused(said === 'paused')
    else
      from.line.deliver(
        said,
        () => from.unread[0] ?? 'ping',
        (message) => {
          if (message !== 'closed' && message.kind === 'Reply' && message.xid > 0) from.unread.shift()
          // Each in a moment of its own: the program goes on between any two.
          schedule(0, () => through(() => receive(from, message)))
        },
      )
  }

  const connect = (): void => {
    if (link !== undefined || hasEnded()) return
    if (isCut || !machines.isUp(nextServer)) {
      retry()
      return
    }
    const server = nextServer
    const connection = machines.open(server, (said) => hear(fresh, said))
    const wire = host.codecs ? makeClientWire(connection, machines.report) : undefined
    const line = makeClientLink(lineHost, connection, server, wire)
    const fresh: Link = { line, isEstablished: false, heardAtMs: nowMs(), inFlight: [], unread: [] }
    link = fresh
    line.open()
    line.say({
      kind: 'ClientConnect',
      connection,
      request: { protocolVersion: 0, lastZxidSeen, timeoutMs, sessionId: id, password, readOnly: false },
    })
    schedule(HANDSHAKE_TIMEOUT_MS, () => {
      if (link === fresh && !fresh.isEstablished) hangUp()
    })
  }

  const retry = (): void => {
    const { servers } = machines
    nextServer = servers[(servers.indexOf(nextServer) + 1) % servers.length] ?? nextServer
    schedule(random.between(20, 100), connect)
  }

  /** FWD-4: what is in flight was done once or not at all. Who was closing does not come back. */
  const lose = (): void => {
    const lost = link?.inFlight ?? []
    link = undefined
    host.sightings.lost()
    if (!isClosing) become('connecting')
    for (const { asked } of lost) asked.failed('CONNECTIONLOSS')
    if (isClosing) end('closed')
    else retry()
  }

  const hangUp = (): void => {
    link?.line.close()
    if (link !== undefined) lose()
  }

  const end = (final: 'expired' | 'closed'): void => {
    become(final)
    link?.line.close()
    const left = [...(link?.inFlight.map(({ asked }) => asked) ?? []), ...waiting]
    link = undefined
    waiting.length = 0
    for (const asked of left) asked.failed('SESSIONEXPIRED')
  }

  /** As in ZooKeeper's clients: a ping each third of the timeout; after two thirds of silence the connection counts as lost. */
  const keepAlive = (to: Link): void => {
    schedule(Math.floor(timeoutMs / 3), () => {
      if (link !== to) return
      request(to, PING_XID, { op: 'ping' })
      keepAlive(to)
    })
  }
  const listen = (to: Link): void => {
    const silentAtMs = to.heardAtMs + Math.floor((2 * timeoutMs) / 3)
    schedule(Math.max(1, silentAtMs - nowMs()), () => {
      if (link !== to) return
      if (nowMs() - to.heardAtMs >= Math.floor((2 * timeoutMs) / 3)) hangUp()
      else listen(to)
    })
  }

  const established = (to: Link, response: ConnectResponse): void => {
    if (response.timeoutMs === 0) {
      end('expired')
      return
    }
    to.isEstablished = true
    id = response.sessionId
    password = response.password
    timeoutMs = response.timeoutMs
    keepAlive(to)
    listen(to)
    const watches = host.restore(lastZxidSeen)
    host.sightings.connected(id, watches === undefined ? undefined : lastZxidSeen)
    if (watches !== undefined) request(to, SET_WATCHES_XID, watches)
    become('connected')
    for (const asked of waiting.splice(0)) send(to, asked)
  }

  const send = (to: Link, asked: Asked): void => {
    xid += 1
    to.inFlight.push({ xid, asked })
    to.unread.push(asked.request.op)
    asked.sent(id, xid)
    request(to, xid, asked.request)
  }

  const replied = (from: Link, reply: Reply): void => {
    if (Z.isAfter(reply.zxid, lastZxidSeen)) lastZxidSeen = reply.zxid
    if (reply.xid === SET_WATCHES_XID) host.sightings.restored(reply.zxid)
    if (reply.xid <= 0) return
    const oldest = from.inFlight.shift()
    if (oldest?.xid !== reply.xid) {
      machines.report('FWD-2', `reply ${reply.xid} came, but the oldest request is ${oldest?.xid ?? 'none'}`)
      return
    }
    oldest.asked.answered(reply)
    if (oldest.asked.request.op === 'closeSession') end('closed')
    else if (reply.error === errorCode.SESSIONEXPIRED) end('expired')
  }

  const receive = (from: Link, said: Exclude<Line, 'paused' | 'resumed'>): void => {
    if (link !== from) return
    from.heardAtMs = nowMs()
    if (said === 'closed') lose()
    else if (said.kind === 'ConnectResponse') established(from, said)
    else if (said.kind === 'Reply') replied(from, said)
    else {
      host.sightings.heard(id, said)
      host.notified({ type: said.type, path: said.path })
    }
  }

  const ask = (asked: Asked): void => {
    if (hasEnded()) asked.failed('SESSIONEXPIRED')
    else if (link?.isEstablished === true) send(link, asked)
    else waiting.push(asked)
  }

  schedule(0, connect)
  return {
    id: () => id,
    state: () => state,
    ask,
    close: (asked) => {
      isClosing = true
      waiting.push(asked)
      if (link?.isEstablished !== true) end('closed')
      else for (const each of waiting.splice(0)) send(link, each)
    },
    drop: () => {
      link?.line.breakOff()
      if (link !== undefined) lose()
    },
    cut: () => {
      isCut = true
    },
    heal: () => {
      if (isCut) schedule(0, goOn)
      isCut = false
    },
  }
}
