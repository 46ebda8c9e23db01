/**
 * The client port: accepts connections, cuts frames, answers four-letter words, and hands decoded requests to the
 * server one by one, no faster than the server and the client's own reading allow.
 */
import type { Socket } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import type { ConnectionId, ServerEvent } from '../../server/event.js'
import type { ClientMessage } from '../../service/response.js'
import type { ConnectionView } from '../admin/view.js'
import type { Word } from '../admin/four-letter-words.js'
import { limits } from '../server/limits.js'
import type { Log } from '../server/log.js'
import { rarely } from '../server/rarely.js'
import type { StatisticsRecorder } from '../server/statistics.js'
import type { Turn } from '../server/turn.js'
import type { Address } from './address.js'
import { makeBudget } from './budget.js'
import { type ClientBudgets, ClientConnection } from './client-connection.js'
import { listen, type Listener, type ListenProblem, plainIp, remoteOf } from './listener.js'

export interface ClientPortOptions {
  readonly address: Address
  /** Longest frame (`jute.maxbuffer`). */
  readonly maxFrameBytes: number
  /** Connections from one address (`maxClientCnxns`); 0 is no limit. */
  readonly maxConnectionsPerHost: number
  /** Connections of clients in all (`maxCnxns`, and what descriptors allow). */
  readonly maxConnections: number
  readonly dispatch: (event: ServerEvent) => void
  /** The text that answers a four-letter word. */
  readonly answerWord: (word: Word) => string
  readonly turn: Turn
  readonly statistics: StatisticsRecorder
  readonly log: Log
}

export interface ClientPort {
  readonly listen: () => Promise<E.Either<ListenProblem, Listener>>
  readonly send: (connection: ConnectionId, message: ClientMessage) => void
  /** Closes after what has been sent has been written; no ClientClosed follows. */
  readonly close: (connection: ConnectionId) => void
  /** The server has more to answer: ClientReady follows, in a later turn and when the client has taken what there is. */
  readonly continue: (connection: ConnectionId) => void
  readonly pause: (connection: ConnectionId) => void
  readonly resume: (connection: ConnectionId) => void
  /** All open connections, those without a session too. */
  readonly connections: () => readonly ConnectionView[]
  /** Bytes of all clients that wait: requests not handed on, and output not read. */
  readonly waiting: () => { readonly inputBytes: number; readonly outputBytes: number }
  readonly stop: () => void
}

export const makeClientPort = (options: ClientPortOptions): ClientPort => {
  const connections = new Map<ConnectionId, ClientConnection>()
  const perHost = new Map<string, number>()
  const listeners: Listener[] = []
  let nextId: ConnectionId = 1
  let open = 0
  const budgets: ClientBudgets = {
    input: makeBudget(limits.clientsInputBytes, (largest) =>
      largest.refuse('the unfinished requests of all clients are too long, and its are longest'),
    ),
    output: makeBudget(limits.clientsOutputBytes, (largest) =>
      largest.refuse('too much waits to be read by all clients, and most by it'),
    ),
  }
  const turnAway = rarely(options.log.warn, () => options.turn.now().monotonicMs)

  const accept = (socket: Socket): void => {
    socket.on('error', () => undefined)
    const host = plainIp(socket.remoteAddress ?? '')
    const count = perHost.get(host) ?? 0
    if (options.maxConnectionsPerHost > 0 && count >= options.maxConnectionsPerHost) {
      turnAway(`client ${remoteOf(socket)} closed: it has ${count} connections already (maxClientCnxns)`)
      socket.destroy()
      return
    }
    if (open >= options.maxConnections) {
      turnAway(`client ${remoteOf(socket)} closed: ${open} clients are connected already (maxCnxns, descriptors)`)
      socket.destroy()
      return
    }
    open += 1
    perHost.set(host, count + 1)
    const id = nextId++
    const connection = new ClientConnection(id, host, socket, options, budgets)
    connections.set(id, connection)
    socket.once('close', () => {
      open -= 1
      release(host)
      connections.delete(id)
      connection.lost()
    })
  }

  const release = (host: string): void => {
    const left = (perHost.get(host) ?? 0) - 1
    if (left > 0) perHost.set(host, left)
    else perHost.delete(host)
  }

  return {
    listen: async () => {
      const opened = await listen(options.address, accept, options.log)
      if (E.isRight(opened)) listeners.push(opened.right)
      return opened
    },
    send: (id, message) => connections.get(id)?.send(message),
    close: (id) => {
      const connection = connections.get(id)
      connections.delete(id)
      connection?.end()
    },
    continue: (id) => connections.get(id)?.continue(),
    pause: (id) => connections.get(id)?.pause(),
    resume: (id) => connections.get(id)?.resume(),
    connections: () => [...connections.values()].map((connection) => connection.view()),
    waiting: () => ({ inputBytes: budgets.input.total(), outputBytes: budgets.output.total() }),
    stop: () => {
      for (const listener of listeners) listener.close()
      for (const connection of connections.values()) connection.end()
      connections.clear()
    },
  }
}
