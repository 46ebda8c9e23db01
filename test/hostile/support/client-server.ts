// The whole client side of one server in this process, on real sockets: only the disk is left out. What each step and each
// output took is counted, so that tests need no clock.
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import * as E from 'fp-ts/lib/Either.js'
import { defaultLimits, defaultTiming } from '../../../src/core/config.js'
import { rules } from '../../../src/core/rules.js'
import * as S from '../../../src/core/sequence.js'
import { ZERO } from '../../../src/core/zxid.js'
import { encodeNothing } from '../../../src/server/config.js'
import type { ServerEffect } from '../../../src/server/effect.js'
import type { ServerEvent } from '../../../src/server/event.js'
import { type ServerLimits, serverLimits } from '../../../src/server/limits.js'
import { sizeOf } from '../../../src/server/message-size.js'
import type { Server } from '../../../src/server/server.js'
import * as D from '../../../src/service/database.js'
import type { Request } from '../../../src/service/request.js'
import { makeClientPort } from '../../../src/shell/network/client-port.js'
import { makeEngine } from '../../../src/shell/server/engine.js'
import { makeStatistics } from '../../../src/shell/server/statistics.js'
import { makeTurn } from '../../../src/shell/server/turn.js'
import { encodeClientRequest, encodeConnectRequest } from '../../../src/wire/client.js'
import { Writer } from '../../../src/wire/writer.js'
import { Mailbox } from '../../shell/network/support.js'

export interface Counters {
  /** Answers of one step, and their bytes. */
  mostAnswers: number
  mostBytes: number
  /** Output of all clients that waits, in bytes. */
  mostOutput: number
  mostInput: number
}

export interface ClientServer {
  readonly port: number
  readonly counters: Counters
  readonly warnings: Mailbox<string>
  readonly server: () => Server
  readonly stop: () => void
}

/** A server that leads itself, with a disk that is always done a moment later. */
export const startClientServer = async (limits: Partial<ServerLimits> = {}): Promise<ClientServer> => {
  const counters: Counters = { mostAnswers: 0, mostBytes: 0, mostOutput: 0, mostInput: 0 }
  const warnings = new Mailbox<string>()
  const serving = new Mailbox<string>()
  const log = {
    info: () => undefined,
    warn: (text: string) => warnings.put(text),
    error: (text: string) => warnings.put(text),
  }
  const turn = makeTurn()
  let answers = 0
  let bytes = 0

  const count = (effect: Extract<ServerEffect, { readonly kind: 'ClientSend' }>): void => {
    answers += 1
    bytes += sizeOf(effect.message)
    counters.mostAnswers = Math.max(counters.mostAnswers, answers)
    counters.mostBytes = Math.max(counters.mostBytes, bytes)
  }

  const perform = (effect: ServerEffect): void => {
    switch (effect.kind) {
      case 'ClientSend':
        count(effect)
        clients.send(effect.connection, effect.message)
        counters.mostOutput = Math.max(counters.mostOutput, clients.waiting().outputBytes)
        counters.mostInput = Math.max(counters.mostInput, clients.waiting().inputBytes)
        return
      case 'ClientClose':
        return clients.close(effect.connection)
      case 'ClientPause':
        return clients.pause(effect.connection)
      case 'ClientResume':
        return clients.resume(effect.connection)
      case 'ClientContinue':
        return clients.continue(effect.connection)
      case 'Continue':
        return turn.add({ flush: () => engine.dispatch({ kind: 'Continued' }) })
      case 'Persist':
        setImmediate(() => dispatch({ kind: 'Persisted', token: effect.token }))
        return
      case 'ServiceChanged':
        if (effect.service.kind === 'Leader') serving.put('serving')
        return
      case 'Log':
        if (effect.level === 'warn') warnings.put(effect.text)
        return
      default:
    }
  }

  const engine = makeEngine(
    {
      core: {
        self: 1,
        ensemble: {
          version: ZERO,
          members: [{ id: 1, role: 'participant', host: '127.0.0.1', quorumPort: 1, electionPort: 2 }],
          quorums: { kind: 'Majority', voters: [1] },
        },
        reconfiguration: 'Disabled',
        timing: defaultTiming,
        limits: defaultLimits,
        rules,
      },
      tickTimeMs: 2000,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      globalOutstandingLimit: 1000,
      snapCount: 100_000,
      sessionIdStartMs: 1n,
      skipAcl: false,
      maximumTransactionBytes: 1 << 21,
      ephemeralLimitBytes: 1 << 20,
      configurationText: '',
      encodeTransaction: encodeNothing,
      limits: { ...serverLimits, ...limits },
    },
    turn.now,
    perform,
  )
  const dispatch = (event: ServerEvent): void => {
    answers = 0
    bytes = 0
    engine.dispatch(event)
  }
  const clients = makeClientPort({
    address: { host: '127.0.0.1', port: 0 },
    maxFrameBytes: 1_048_575,
    maxConnectionsPerHost: 0,
    maxConnections: Infinity,
    dispatch,
    answerWord: (word) => word,
    turn,
    statistics: makeStatistics(0),
    log,
  })
  const durable = { acceptedEpoch: 0, currentEpoch: 0, base: ZERO, entries: S.empty<never>(), trusted: true }
  dispatch({ kind: 'Started', durable, database: D.empty, applied: 0 })
  await serving.next()
  const listener = await clients.listen()
  if (E.isLeft(listener)) throw new Error(listener.left.reason)
  const stop = (): void => {
    engine.stop()
    clients.stop()
  }
  return { port: listener.right.port, counters, warnings, server: engine.server, stop }
}

/** A client that writes bytes, and counts frames. */
export class RawClient {
  private readonly writer = new Writer()
  /** Of the frame that is coming: its length once that is known, and what has come of it. */
  private readonly prefix = Buffer.alloc(4)
  private inPrefix = 0
  private left = 0
  private readonly arrived: (() => void)[] = []
  frames = 0
  bytes = 0
  isClosed = false

  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      this.bytes += chunk.length
      this.count(chunk)
      this.tell()
    })
    socket.once('close', () => {
      this.isClosed = true
      this.tell()
    })
  }

  static connect(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port }, () => resolve(new RawClient(socket)))
      socket.once('error', reject)
    })
  }

  /** With a session. */
  static async open(port: number): Promise<RawClient> {
    const client = await RawClient.connect(port)
    encodeConnectRequest(client.writer, {
      protocolVersion: 0,
      lastZxidSeen: ZERO,
      timeoutMs: 30_000,
      sessionId: 0n,
      password: new Uint8Array(16),
      readOnly: false,
    })
    client.flush()
    await client.hears(1)
    client.frames = 0
    return client
  }

  /** All of them in one write. */
  ask(requests: readonly Request[], firstXid = 1): void {
    for (const [index, request] of requests.entries())
      encodeClientRequest(this.writer, { xid: firstXid + index, request })
    this.flush()
  }

  /** Until that many frames have come, or the connection is closed. */
  async hears(frames: number): Promise<void> {
    while (this.frames < frames && !this.isClosed) await this.more()
  }

  async end(): Promise<void> {
    while (!this.isClosed) await this.more()
  }

  /** Frames that the chunk completes. */
  private count(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.inPrefix < 4) {
        this.prefix[this.inPrefix] = chunk[at] ?? 0
        this.inPrefix += 1
        at += 1
        if (this.inPrefix === 4) this.left = this.prefix.readInt32BE(0)
      } else {
        const taken = Math.min(this.left, chunk.length - at)
        this.left -= taken
        at += taken
      }
      if (this.inPrefix < 4 || this.left > 0) continue
      this.inPrefix = 0
      this.frames += 1
    }
  }

  private flush(): void {
    this.socket.write(this.writer.written())
    this.writer.reset()
  }

  private more(): Promise<void> {
    return new Promise((resolve) => this.arrived.push(resolve))
  }

  private tell(): void {
    for (const resolve of this.arrived.splice(0)) resolve()
  }
}
