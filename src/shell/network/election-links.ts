/**
 * The links of the election port: at most one TCP connection to each other server, over which notifications go.
 *
 * The larger server id dials. A smaller one that wants to talk connects, says who it is, and closes: the larger one
 * then dials back. Links stay up for the life of the servers; a send that finds none asks for one.
 *
 * A link carries the newest thing to say: a message that has not been handed to the socket is replaced by the next
 * one. When a link comes up and nothing waits, the last message is sent again, since the old link may have lost it.
 */
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { ServerId } from '../../core/configuration.js'
import { decodeHandshake, encodeHandshake, MAXIMUM_NOTIFICATION_LENGTH } from '../../wire/election.js'
import { showWireError } from '../../wire/error.js'
import { FrameCutter } from '../../wire/frame.js'
import { limits } from '../server/limits.js'
import type { Log } from '../server/log.js'
import type { Doorkeeper } from './admission.js'
import { type Address, isWildcard, parseAddress, showAddress } from './address.js'
import { dial as dialSocket } from './dial.js'
import { endPolitely, listen, type Listener, type ListenProblem, remoteOf } from './listener.js'
import { makePending } from './pending.js'
import { problemOf } from './problem.js'
import { makeToldAddresses } from './told-addresses.js'

export interface ElectionOptions {
  readonly self: ServerId
  /** What this server says of itself in a handshake. Its port is the one to listen on. */
  readonly address: Address
  readonly listenHost: string
  /** Where a member of the present configuration listens; undefined for a server that is no member. */
  readonly addressOf: (server: ServerId) => Address | undefined
  /** Of servers that are no members so many addresses are kept, as they tell them. */
  readonly toldAddresses: number
  /** An accepted connection whose handshake has not come by then is closed. */
  readonly handshakeTimeoutMs: number
  /** The payload of a frame that came from that server; its memory may be used again after the call. */
  readonly received: (from: ServerId, payload: Uint8Array) => void
  readonly doorkeeper: Pick<Doorkeeper, 'judge'>
  readonly log: Log
}

export interface ElectionLinks {
  readonly listen: () => Promise<E.Either<ListenProblem, Listener>>
  /** Sends a whole frame, now or when there is a link; it replaces one that has not been sent. */
  readonly send: (to: ServerId, frame: Uint8Array) => void
  /** Servers with a link. */
  readonly linked: () => readonly ServerId[]
  readonly close: () => void
}

const NO_BYTES = new Uint8Array(0)

interface Link {
  readonly server: ServerId
  readonly socket: Socket
}

export const makeElectionLinks = (options: ElectionOptions): ElectionLinks => {
  const { self, log } = options
  const links = new Map<ServerId, Link>()
  /** Connection attempts in progress: one a target. */
  const dialling = new Map<ServerId, Socket>()
  /** The message that waits for a link, a server; at most one. */
  const waiting = new Map<ServerId, Uint8Array>()
  /** The message last handed to a socket, a server. */
  const lastSent = new Map<ServerId, Uint8Array>()
  /** Of the servers with a link those that no configuration lists, the oldest first. */
  const strangers = new Set<ServerId>()
  /** When links of a server were dropped for a newcomer in its name. */
  const replacements = new Map<ServerId, readonly number[]>()
  /** Servers whose last attempt failed: one line for the first failure in a row. */
  const unreachable = new Set<ServerId>()
  /** Of servers that are no members. */
  const told = makeToldAddresses(options.toldAddresses)
  let closed = false

  // --- sending

  const flush = (link: Link): void => {
    // One message at a time is with the socket; until it is written a newer one may take the place of the next.
    if (links.get(link.server) !== link || link.socket.writableLength > 0) return
    const frame = waiting.get(link.server)
    if (frame === undefined) return
    waiting.delete(link.server)
    lastSent.set(link.server, frame)
    link.socket.write(frame, () => flush(link))
  }

  const send = (to: ServerId, frame: Uint8Array): void => {
    waiting.set(to, frame)
    const link = links.get(to)
    if (link !== undefined) flush(link)
    else dial(to, options.addressOf(to) ?? told.of(to))
  }

  // --- links

  const dropLink = (server: ServerId): void => {
    const link = links.get(server)
    if (link === undefined) return
    links.delete(server)
    link.socket.destroy()
  }

  /** Makes the connection the link to `server`, in place of any other. `rest` came after the handshake. */
  const attach = (server: ServerId, socket: Socket, rest: Uint8Array): void => {
    dropLink(server)
    const link: Link = { server, socket }
    links.set(server, link)
    unreachable.delete(server)
    const cutter = new FrameCutter(MAXIMUM_NOTIFICATION_LENGTH)
    const fail = (reason: string): void => {
      log.warn(`election link to server ${server} (${remoteOf(socket)}) closed: ${reason}`)
      dropLink(server)
    }
    const feed = (bytes: Uint8Array): void => {
      const cut = cutter.cut(bytes)
      if (E.isLeft(cut)) return fail(showWireError(cut.left))
      for (const payload of cut.right) {
        if (links.get(server) !== link) return
        if (payload.length === 0) return fail('empty frame')
        options.received(server, payload)
      }
    }
    socket.on('data', feed)
    socket.once('close', () => {
      if (links.get(server) !== link) return
      links.delete(server)
      if (options.addressOf(server) === undefined) forget(server)
      if (!closed) log.info(`election link to server ${server} ended`)
    })
    const last = lastSent.get(server)
    if (!waiting.has(server) && last !== undefined) waiting.set(server, last)
    if (rest.length > 0) feed(rest)
    flush(link)
  }

  /** What is kept for a server outside the configuration ends with its link. */
  const forget = (server: ServerId): void => {
    waiting.delete(server)
    lastSent.delete(server)
  }

  // --- dialling

  const dial = (server: ServerId, address: Address | undefined): void => {
    if (closed || server === self || dialling.has(server) || links.has(server)) return
    if (address === undefined) return forget(server)
    const socket = dialSocket(address)
    dialling.set(server, socket)
    const failed = (reason: string): void => {
      if (dialling.get(server) !== socket) return
      dialling.delete(server)
      told.forget(server)
      socket.destroy()
      if (closed || unreachable.has(server)) return
      unreachable.add(server)
      log.info(`server ${server} cannot be reached at ${showAddress(address)} for elections: ${reason}`)
    }
    const timeout = setTimeout(() => failed('timeout'), limits.connectTimeoutMs)
    socket.on('error', (error) => failed(problemOf(error)))
    socket.once('close', () => {
      clearTimeout(timeout)
      failed('closed')
    })
    socket.once('connect', () => {
      clearTimeout(timeout)
      if (dialling.get(server) !== socket) return
      dialling.delete(server)
      socket.write(encodeHandshake({ id: self, addresses: [showAddress(options.address)] }))
      if (server > self) endPolitely(socket)
      else attach(server, socket, NO_BYTES)
    })
  }

  // --- accepting

  const refuse = (socket: Socket, reason: string): void => {
    if (!closed) log.warn(`election connection from ${remoteOf(socket)} closed: ${reason}`)
    socket.destroy()
  }

  /** Accepted connections whose handshake is not complete. */
  const pending = makePending(refuse)

  const accept = (socket: Socket): void => {
    // What the socket has to say after its end is of no interest; 'close' follows.
    socket.on('error', () => undefined)
    const { remoteAddress } = socket
    pending.add(socket, remoteAddress)
    const timeout = setTimeout(() => settle('no handshake in time'), options.handshakeTimeoutMs)
    let bytes: Uint8Array = NO_BYTES
    const settle = (problem: string | undefined): void => {
      clearTimeout(timeout)
      if (!pending.delete(socket)) return
      socket.removeListener('data', read)
      socket.removeListener('close', closedEarly)
      if (problem !== undefined) refuse(socket, problem)
    }
    const closedEarly = (): void => settle('closed before the end of its handshake')
    const read = (chunk: Uint8Array): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk])
      const decoded = decodeHandshake(bytes)
      if (E.isLeft(decoded)) return settle(showWireError(decoded.left))
      if (decoded.right.kind === 'NeedMore') return
      settle(undefined)
      const { handshake, length } = decoded.right
      const admission = options.doorkeeper.judge(handshake.id, remoteAddress)
      if (admission.kind === 'Refused') return refuse(socket, admission.reason)
      if (handshake.id === self) return refuse(socket, `it says that it is server ${self}, as this one`)
      admit(socket, handshake.id, handshake.addresses, bytes.subarray(length))
    }
    socket.on('data', read)
    socket.once('close', closedEarly)
  }

  const admit = (socket: Socket, server: ServerId, addresses: readonly string[], rest: Uint8Array): void => {
    const said = addresses.map(parseAddress).find((address) => address !== undefined && !isWildcard(address))
    if (said !== undefined && options.addressOf(server) === undefined) told.tell(server, said)
    if (links.has(server) && !mayReplace(server))
      return refuse(socket, `server ${server} has a link, which was replaced ${limits.linkReplacements} times just now`)
    if (options.addressOf(server) === undefined) makeRoomFor(server)
    if (server > self) return attach(server, socket, rest)
    // The smaller server asked to be called. Its old link is dead, or it would not ask.
    dropLink(server)
    socket.destroy()
    // A member is called where it is known to be, whatever it says.
    dial(server, options.addressOf(server) ?? said)
  }

  /** Anybody can come in the name of a server: its link is not dropped for that at any rate. */
  const mayReplace = (server: ServerId): boolean => {
    const nowMs = performance.now()
    const recent = (replacements.get(server) ?? []).filter((atMs) => nowMs - atMs < limits.linkReplacementsWithinMs)
    const may = recent.length < limits.linkReplacements
    replacements.set(server, may ? [...recent, nowMs] : recent)
    return may
  }

  /** RECFG-10: strangers take each other's places only. */
  const makeRoomFor = (stranger: ServerId): void => {
    for (const server of strangers)
      if (!links.has(server) || options.addressOf(server) !== undefined) strangers.delete(server)
    const [oldest] = strangers
    if (oldest !== undefined && strangers.size >= limits.strangerLinks) {
      dropLink(oldest)
      forget(oldest)
      strangers.delete(oldest)
      replacements.delete(oldest)
    }
    strangers.delete(stranger)
    strangers.add(stranger)
  }

  // --- the whole

  const listeners: Listener[] = []
  return {
    listen: async () => {
      const opened = await listen({ host: options.listenHost, port: options.address.port }, accept, log)
      if (E.isRight(opened)) listeners.push(opened.right)
      return opened
    },
    send,
    linked: () => [...links.keys()],
    close: () => {
      closed = true
      for (const listener of listeners) listener.close()
      for (const socket of [...pending.all(), ...dialling.values()]) socket.destroy()
      for (const server of [...links.keys()]) dropLink(server)
    },
  }
}
