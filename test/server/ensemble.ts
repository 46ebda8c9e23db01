/**
 * A tiny deterministic ensemble for tests: real servers, FIFO channels, disks that answer at once (or when told to),
 * clocks that move when told to. No codecs: packets and replies travel as values.
 */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import { defaultLimits, defaultTiming } from '../../src/core/config.js'
import type { DurableState } from '../../src/core/effect.js'
import type { ConnectionSide } from '../../src/core/message.js'
import { rules } from '../../src/core/rules.js'
import * as S from '../../src/core/sequence.js'
import { ZERO } from '../../src/core/zxid.js'
import type { Zxid } from '../../src/core/zxid.js'
import { renderConfigurationText } from '../../src/service/configuration/text.js'
import * as D from '../../src/service/database.js'
import type { ConnectResponse } from '../../src/service/response.js'
import type { Transaction } from '../../src/service/transaction.js'
import { encodeNothing } from '../../src/server/config.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { ConnectionId, ServerEvent, ServerTimer } from '../../src/server/event.js'
import type { Packet } from '../../src/server/packet.js'
import { serverLimits, type ServerLimits } from '../../src/server/limits.js'
import { initial, step } from '../../src/server/server.js'
import type { Server, ServerConfig } from '../../src/server/server.js'
import { encodeTransaction } from '../../src/wire/transaction.js'
import { Client } from './client.js'

/** A run that needs more steps than this does not come to rest. */
const MAXIMUM_STEPS = 200_000

export interface EnsembleOptions {
  readonly participants: number
  readonly observers?: number
  readonly globalOutstandingLimit?: number
  readonly snapCount?: number
  readonly limits?: Partial<ServerLimits>
  /** With this, transactions have their bytes. */
  readonly maximumTransactionBytes?: number
  readonly ephemeralLimitBytes?: number
  /** Servers beside the ensemble, which it does not know; with them it may be reconfigured, by anybody. */
  readonly joiners?: number
}

interface Node {
  readonly config: ServerConfig
  server: Server
  isUp: boolean
  readonly timers: Map<ServerTimer, number>
  readonly effects: ServerEffect[]
  readonly heldTokens: number[]
  readonly heldAnswers: ServerEvent[]
  /** Effects of each step. */
  readonly steps: (readonly ServerEffect[])[]
}

export class Ensemble {
  nowMs = 1_000_000
  /** While true, Persist effects stay unanswered. */
  holdsPersisted = false
  /** As a shell does: what a paused client sends is not handed on. */
  honoursPauses = false
  /** While true, no client reads what it is sent: ClientContinue stays unanswered. */
  holdsAnswers = false
  private readonly nodes = new Map<ServerId, Node>()
  private readonly queue: { readonly to: ServerId; readonly event: ServerEvent; readonly isValid: () => boolean }[] = []
  /** Open quorum connections: `learner>leader` → a number that no other connection has. */
  private readonly links = new Map<string, number>()
  private readonly clients = new Map<string, Client>()
  private nextLink = 1
  private nextConnection = 1

  constructor(options: EnsembleOptions) {
    const { participants, observers = 0, joiners = 0 } = options
    const ids = Array.from({ length: participants + observers }, (_, index) => index + 1)
    const all = Array.from({ length: ids.length + joiners }, (_, index) => index + 1)
    const ensemble: Configuration = {
      version: ZERO,
      members: ids.map((id) => ({
        id,
        role: id <= participants ? 'participant' : 'observer',
        host: '127.0.0.1',
        quorumPort: 2888 + id,
        electionPort: 3888 + id,
      })),
      quorums: { kind: 'Majority', voters: ids.slice(0, participants) },
    }
    for (const id of all) {
      const config: ServerConfig = {
        core: {
          self: id,
          ensemble,
          reconfiguration: joiners > 0 ? 'Enabled' : 'Disabled',
          timing: defaultTiming,
          limits: defaultLimits,
          rules,
        },
        tickTimeMs: 2000,
        minSessionTimeoutMs: 4000,
        maxSessionTimeoutMs: 40_000,
        globalOutstandingLimit: options.globalOutstandingLimit ?? 1000,
        snapCount: options.snapCount ?? 100_000,
        sessionIdStartMs: 1n,
        skipAcl: joiners > 0,
        configurationText: joiners > 0 ? renderConfigurationText(ensemble) : '',
        limits: { ...serverLimits, ...options.limits },
        encodeTransaction: options.maximumTransactionBytes === undefined ? encodeNothing : encodeTransaction,
        maximumTransactionBytes: options.maximumTransactionBytes ?? 1 << 21,
        ephemeralLimitBytes: options.ephemeralLimitBytes ?? 1 << 20,
      }
      this.nodes.set(id, {
        config,
        server: initial(config),
        isUp: true,
        timers: new Map(),
        effects: [],
        heldTokens: [],
        heldAnswers: [],
        steps: [],
      })
    }
  }

  /** Starts every server with an empty disk and lets an election and a synchronization happen. */
  static started(options: EnsembleOptions): Ensemble {
    const ensemble = new Ensemble(options)
    for (const id of ensemble.nodes.keys()) ensemble.post(id, startedEmpty)
    ensemble.run()
    ensemble.advance(5000)
    return ensemble
  }

  /** A server that is down comes back with an empty disk. */
  startEmpty(id: ServerId): void {
    const node = this.node(id)
    node.server = initial(node.config)
    node.isUp = true
    node.heldTokens.length = 0
    this.post(id, startedEmpty)
    this.run()
  }

  configuration(id: ServerId): ServerConfig {
    return this.node(id).config
  }

  server(id: ServerId): Server {
    return this.node(id).server
  }

  /** Puts a server into another state, as nothing that happens here would within reasonable time. */
  alter(id: ServerId, change: (server: Server) => Server): void {
    const node = this.node(id)
    node.server = change(node.server)
  }

  /** All effects of a server so far. */
  effects(id: ServerId): readonly ServerEffect[] {
    return this.node(id).effects
  }

  /** The same, step by step. */
  steps(id: ServerId): readonly (readonly ServerEffect[])[] {
    return this.node(id).steps
  }

  /** Has that server been sent a packet of this type? */
  received(id: ServerId, type: Packet['type']): boolean {
    return [...this.nodes.values()].some(({ effects }) =>
      effects.some((effect) => effect.kind === 'Send' && effect.to === id && effect.packet.type === type),
    )
  }

  get leader(): ServerId {
    for (const [id, { server, isUp }] of this.nodes) if (isUp && server.service.kind === 'Leader') return id
    throw new Error('nobody leads')
  }

  /** Servers that follow, in the order of their ids. */
  get followers(): readonly ServerId[] {
    return [...this.nodes].filter(([, { server }]) => server.service.kind === 'Follower').map(([id]) => id)
  }

  /** Opens a client connection, asks for a session (a new one by default) and comes to rest. */
  connect(
    serverId: ServerId,
    options: { readonly former?: ConnectResponse; readonly lastZxidSeen?: Zxid; readonly timeoutMs?: number } = {},
  ): Client {
    const { former, lastZxidSeen = ZERO, timeoutMs = 10_000 } = options
    const connection = this.nextConnection++
    const client = new Client(this, serverId, connection)
    this.clients.set(`${serverId}/${connection}`, client)
    this.post(serverId, { kind: 'ClientOpened', connection, address: '127.0.0.1' })
    const request = {
      protocolVersion: 0,
      lastZxidSeen,
      timeoutMs,
      sessionId: former?.sessionId ?? 0n,
      password: former?.password ?? new Uint8Array(16),
      readOnly: false,
    }
    this.post(serverId, { kind: 'ClientConnect', connection, request })
    this.run()
    return client
  }

  /** Puts an event at the end of what is to happen. */
  post(to: ServerId, event: ServerEvent, isValid: () => boolean = () => true): void {
    this.queue.push({ to, event, isValid })
  }

  /** Lets everything happen that happens without time passing. */
  run(): void {
    if (!this.runSome(MAXIMUM_STEPS)) throw new Error('the ensemble does not come to rest')
  }

  /** Lets this much happen. True: nothing is left to happen. */
  runSome(steps: number): boolean {
    for (let done = 0; done < steps; done += 1) {
      const next = this.queue.shift()
      if (next === undefined) return true
      const node = this.node(next.to)
      if (node.isUp && next.isValid() && !this.isHeld(next.to, next.event)) this.step(next.to, node, next.event)
    }
    return this.queue.length === 0
  }

  /** Moves the clock, firing timers in their order. */
  advance(byMs: number): void {
    const endMs = this.nowMs + byMs
    for (let fired = 0; fired < MAXIMUM_STEPS; fired += 1) {
      const due = this.nextTimer()
      if (due === undefined || due.atMs > endMs) {
        this.nowMs = endMs
        return
      }
      this.nowMs = Math.max(this.nowMs, due.atMs)
      this.node(due.id).timers.delete(due.timer)
      this.post(due.id, { kind: 'TimerFired', timer: due.timer })
      this.run()
    }
    throw new Error('timers do not come to rest')
  }

  /** Everything that waited for a disk is durable now. */
  releasePersisted(): void {
    this.holdsPersisted = false
    for (const [id, node] of this.nodes) {
      for (const token of node.heldTokens.splice(0)) this.post(id, { kind: 'Persisted', token })
    }
    this.run()
  }

  /** The clients have read all that they were sent, and go on reading. */
  releaseAnswers(): void {
    this.holdsAnswers = false
    for (const [id, { heldAnswers }] of this.nodes) for (const event of heldAnswers.splice(0)) this.post(id, event)
    this.run()
  }

  /** The server's process ends; its peers see their connections close. */
  crash(id: ServerId): void {
    const node = this.node(id)
    node.isUp = false
    node.timers.clear()
    for (const link of [...this.links.keys()]) {
      const [learner, leader] = ends(link)
      if (learner === id) this.cut(link, leader, learner, 'learner')
      if (leader === id) this.cut(link, learner, leader, 'leader')
    }
    this.run()
  }

  private isHeld(to: ServerId, event: ServerEvent): boolean {
    if (!this.honoursPauses || event.kind !== 'ClientRequested') return false
    const client = this.client(to, event.connection)
    if (client?.isPaused !== true && client?.held.length === 0) return false
    client?.held.push(event)
    return true
  }

  /** What was held comes before anything that is sent later. */
  private handOn(to: ServerId, client: Client): void {
    const held = client.held.splice(0)
    this.queue.unshift(...held.map((event) => ({ to, event, isValid: () => true })))
  }

  private cut(link: string, told: ServerId, from: ServerId, side: ConnectionSide): void {
    this.links.delete(link)
    this.post(told, { kind: 'Disconnected', from, side })
  }

  private step(id: ServerId, node: Node, event: ServerEvent): void {
    const { server, effects } = step(node.config, node.server, event, { wallMs: this.nowMs, monotonicMs: this.nowMs })
    node.server = server
    node.steps.push(effects)
    for (const effect of effects) {
      node.effects.push(effect)
      this.perform(id, node, effect)
    }
  }

  private perform(id: ServerId, node: Node, effect: ServerEffect): void {
    switch (effect.kind) {
      case 'Notify':
        this.post(effect.to, { kind: 'Notified', from: id, notification: effect.notification })
        break
      case 'Connect':
        this.dial(id, effect.to)
        break
      case 'Disconnect': {
        const link = linkOf(id, effect.from, effect.side)
        if (this.links.has(link)) this.cut(link, effect.from, id, opposite(effect.side))
        break
      }
      case 'Send': {
        const link = linkOf(id, effect.to, effect.side)
        const number = this.links.get(link)
        if (number === undefined) return
        const { to, packet } = effect
        const event: ServerEvent = { kind: 'Received', from: id, side: opposite(effect.side), packet }
        this.post(to, event, () => this.links.get(link) === number)
        break
      }
      case 'Persist':
        if (this.holdsPersisted) node.heldTokens.push(effect.token)
        else this.post(id, { kind: 'Persisted', token: effect.token })
        break
      case 'SetTimer':
        node.timers.set(effect.timer, this.nowMs + effect.afterMs)
        break
      case 'CancelTimer':
        node.timers.delete(effect.timer)
        break
      case 'ClientSend':
        this.client(id, effect.connection)?.received.push(effect.message)
        break
      case 'ClientContinue': {
        const ready: ServerEvent = { kind: 'ClientReady', connection: effect.connection }
        if (this.holdsAnswers) node.heldAnswers.push(ready)
        else this.post(id, ready)
        break
      }
      case 'Continue':
        this.post(id, { kind: 'Continued' })
        break
      case 'ClientClose':
      case 'ClientPause':
      case 'ClientResume': {
        const client = this.client(id, effect.connection)
        if (client === undefined) return
        if (effect.kind === 'ClientClose') client.isClosed = true
        else client.isPaused = effect.kind === 'ClientPause'
        if (effect.kind === 'ClientResume') this.handOn(id, client)
        break
      }
      case 'Fatal':
        throw new Error(`server ${id} must stop: ${effect.reason}`)
      case 'SaveSnapshot':
      case 'ServiceChanged':
      case 'Log':
    }
  }

  private dial(from: ServerId, to: ServerId): void {
    if (!this.node(to).isUp) {
      this.post(from, { kind: 'Disconnected', from: to, side: 'leader' })
      return
    }
    const link = linkOf(from, to, 'leader')
    const number = this.nextLink++
    const isValid = (): boolean => this.links.get(link) === number
    this.links.set(link, number)
    this.post(to, { kind: 'Connected', from, side: 'learner' }, isValid)
    this.post(from, { kind: 'Connected', from: to, side: 'leader' }, isValid)
  }

  private nextTimer(): { readonly id: ServerId; readonly timer: ServerTimer; readonly atMs: number } | undefined {
    const all = [...this.nodes].flatMap(([id, { timers, isUp }]) =>
      isUp ? [...timers].map(([timer, atMs]) => ({ id, timer, atMs })) : [],
    )
    return all.reduce<(typeof all)[number] | undefined>(
      (first, next) => (first === undefined || next.atMs < first.atMs ? next : first),
      undefined,
    )
  }

  private client(id: ServerId, connection: ConnectionId): Client | undefined {
    return this.clients.get(`${id}/${connection}`)
  }

  private node(id: ServerId): Node {
    const node = this.nodes.get(id)
    if (node === undefined) throw new Error(`no server ${id}`)
    return node
  }
}

const opposite = (side: ConnectionSide): ConnectionSide => (side === 'leader' ? 'learner' : 'leader')

/** The connection between `self` and `other`, named from the learner's end. */
const linkOf = (self: ServerId, other: ServerId, side: ConnectionSide): string =>
  side === 'leader' ? `${self}>${other}` : `${other}>${self}`

const ends = (link: string): readonly [learner: ServerId, leader: ServerId] => {
  const [learner = '', leader = ''] = link.split('>')
  return [Number(learner), Number(leader)]
}

const emptyDisk: DurableState<Transaction> = {
  acceptedEpoch: 0,
  currentEpoch: 0,
  base: ZERO,
  entries: S.empty(),
  trusted: true,
}

const startedEmpty: ServerEvent = { kind: 'Started', durable: emptyDisk, database: D.empty, applied: 0 }
