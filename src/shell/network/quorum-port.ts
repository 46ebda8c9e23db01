/**
 * The quorum port: learners that connected to us, and the one leader that we connected to.
 *
 * The port is always open; the server closes what it does not want. Every connection is an object of its own, and
 * only the one that is current for its server is heard: what a replaced or closed connection still brings is dropped.
 */
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { ServerId } from '../../core/configuration.js'
import type { ConnectionSide } from '../../core/message.js'
import { keepsItsPlace } from '../../server/admission.js'
import type { ServerEvent } from '../../server/event.js'
import type { Packet } from '../../server/packet.js'
import type { DecodedPacket } from '../../wire/quorum.js'
import { limits } from '../server/limits.js'
import type { Log } from '../server/log.js'
import type { Turn } from '../server/turn.js'
import { withoutOutdated } from './acknowledgements.js'
import type { Doorkeeper } from './admission.js'
import { type Address, showAddress } from './address.js'
import { dial } from './dial.js'
import { listen, type Listener, type ListenProblem } from './listener.js'
import { makePending } from './pending.js'
import { QuorumConnection } from './quorum-connection.js'

export interface QuorumPortOptions {
  readonly self: ServerId
  readonly address: Address
  readonly addressOf: (server: ServerId) => Address | undefined
  readonly doorkeeper: Pick<Doorkeeper, 'judge'>
  /** An accepted connection that has not said who it is by then is closed. */
  readonly firstPacketTimeoutMs: number
  /** A learner that has been heard within this time is there: who comes in its name is refused. */
  readonly aliveMs: number
  /** Goes into NEWLEADER. */
  readonly configurationText: string
  readonly dispatch: (event: ServerEvent) => void
  readonly turn: Turn
  readonly log: Log
}

export interface QuorumPort {
  readonly listen: () => Promise<E.Either<ListenProblem, Listener>>
  /** Answered by Connected or Disconnected, side `leader`. */
  readonly connect: (to: ServerId) => void
  /** Closes; no Disconnected follows. */
  readonly disconnect: (from: ServerId, side: ConnectionSide) => void
  readonly send: (to: ServerId, side: ConnectionSide, packet: Packet) => void
  /** Connected learners, for the figures. */
  readonly learners: () => readonly LearnerView[]
  readonly stop: () => void
}

export interface LearnerView {
  readonly role: 'participant' | 'observer'
  /** UPTODATE has been sent. */
  readonly synced: boolean
}

export const makeQuorumPort = (options: QuorumPortOptions): QuorumPort => {
  const { self, log, dispatch } = options
  const learners = new Map<ServerId, QuorumConnection>()
  /** Of the learners those that no configuration lists, the oldest first. */
  const strangers = new Set<ServerId>()
  const listeners: Listener[] = []
  let leader: { readonly server: ServerId; readonly connection: QuorumConnection } | undefined
  let nextNamelessServer: ServerId = -1
  let stopped = false

  const connectionTo = (server: ServerId, side: ConnectionSide): QuorumConnection | undefined =>
    side === 'learner' ? learners.get(server) : leader?.server === server ? leader.connection : undefined

  /** No longer current: from here on it is not heard. */
  const remove = (server: ServerId, side: ConnectionSide): void => {
    const connection = connectionTo(server, side)
    if (side === 'learner') learners.delete(server)
    else if (connection !== undefined) leader = undefined
    connection?.socket.destroy()
  }

  /** The connection is over, and the server is to know: nothing happens when it is not current any more. */
  const lose = (connection: QuorumConnection, server: ServerId, side: ConnectionSide, problem?: string): void => {
    if (connectionTo(server, side) !== connection) return
    const line = `${side} ${server} (${connection.remote}) disconnected`
    if (problem === undefined) log.info(line)
    else log.warn(`${line}: ${problem}`)
    remove(server, side)
    dispatch({ kind: 'Disconnected', from: server, side })
  }

  /** Hands on what comes while the connection is current. */
  const receive = (
    connection: QuorumConnection,
    from: ServerId,
    side: ConnectionSide,
    packets: readonly DecodedPacket[],
  ): void => {
    for (const { packet } of withoutOutdated(packets)) {
      if (connectionTo(from, side) !== connection) return
      dispatch({ kind: 'Received', from, side, packet })
    }
  }

  /** Makes a connection the current one, and reads from it from now on. */
  const adopt = (connection: QuorumConnection, server: ServerId, side: ConnectionSide): void => {
    connection.onPackets = (packets) => receive(connection, server, side, packets)
    connection.onEnd = (problem) => lose(connection, server, side, problem)
  }

  // --- learners

  const close = (connection: QuorumConnection, reason: string): void => {
    if (!stopped) log.warn(`quorum connection from ${connection.remote} closed: ${reason}`)
    connection.onEnd = () => undefined
    connection.onPackets = () => undefined
    connection.socket.destroy()
  }

  const pending = makePending(close)

  const accept = (socket: Socket): void => {
    const connection = new QuorumConnection(socket, 'learner', options)
    const { remoteAddress } = socket
    pending.add(connection, remoteAddress)
    const timeout = setTimeout(() => refuse(connection, 'no first packet in time'), options.firstPacketTimeoutMs)
    socket.once('close', () => {
      clearTimeout(timeout)
      pending.delete(connection)
    })
    connection.onEnd = (problem) => refuse(connection, problem ?? 'closed before its first packet')
    connection.onPackets = (packets) => {
      const [first] = packets
      if (first === undefined) return
      clearTimeout(timeout)
      const { packet, learner } = first
      if (packet.type !== 'FOLLOWERINFO') return refuse(connection, `first packet is ${packet.type}`)
      const admission = options.doorkeeper.judge(learner?.id, remoteAddress)
      if (admission.kind === 'Refused') return refuse(connection, admission.reason)
      const server = learner?.id ?? nextNamelessServer--
      if (server === self) return refuse(connection, `it says that it is server ${self}, as this one`)
      const former = learners.get(server)
      if (former !== undefined && keepsItsPlace(former.heardAtMs, performance.now(), options.aliveMs))
        return refuse(connection, `server ${server} is connected from ${former.remote}, and speaks`)
      pending.delete(connection)
      connection.role = packet.role
      if (admission.kind === 'Stranger') makeRoomFor(server)
      if (former !== undefined) lose(former, server, 'learner', 'replaced by a new connection')
      learners.set(server, connection)
      adopt(connection, server, 'learner')
      dispatch({ kind: 'Connected', from: server, side: 'learner' })
      receive(connection, server, 'learner', packets)
    }
  }

  const refuse = (connection: QuorumConnection, reason: string): void => {
    if (pending.delete(connection) || !connection.socket.destroyed) close(connection, reason)
  }

  /** RECFG-10: strangers take each other's places only. Who has become a member meanwhile is none any more. */
  const makeRoomFor = (stranger: ServerId): void => {
    for (const server of strangers)
      if (!learners.has(server) || options.addressOf(server) !== undefined) strangers.delete(server)
    const [oldest] = strangers
    const connection = oldest === undefined ? undefined : learners.get(oldest)
    if (oldest !== undefined && connection !== undefined && strangers.size >= limits.strangerLearners)
      lose(connection, oldest, 'learner', 'it is no member, and another one has come')
    strangers.delete(stranger)
    strangers.add(stranger)
  }

  // --- the leader

  const connect = (to: ServerId): void => {
    if (leader !== undefined) remove(leader.server, 'leader')
    const address = options.addressOf(to)
    if (address === undefined) return dispatch({ kind: 'Disconnected', from: to, side: 'leader' })
    const socket = dial(address)
    const connection = new QuorumConnection(socket, 'leader', options)
    connection.remote = showAddress(address)
    leader = { server: to, connection }
    adopt(connection, to, 'leader')
    const timeout = setTimeout(() => connection.onEnd('timeout'), limits.connectTimeoutMs)
    socket.once('close', () => clearTimeout(timeout))
    socket.once('connect', () => {
      clearTimeout(timeout)
      if (connectionTo(to, 'leader') === connection) dispatch({ kind: 'Connected', from: to, side: 'leader' })
    })
  }

  // --- the whole

  return {
    listen: async () => {
      const opened = await listen(options.address, accept, log)
      if (E.isRight(opened)) listeners.push(opened.right)
      return opened
    },
    connect,
    disconnect: remove,
    send: (to, side, packet) => connectionTo(to, side)?.send(packet),
    learners: () => [...learners.values()].map(({ role, synced }) => ({ role, synced })),
    stop: () => {
      stopped = true
      for (const listener of listeners) listener.close()
      for (const connection of pending.all()) connection.socket.destroy()
      for (const server of [...learners.keys()]) remove(server, 'learner')
      if (leader !== undefined) remove(leader.server, 'leader')
    },
  }
}
