/** A tiny network of cores for tests: FIFO channels, disks that sync when told, crashes, and a clock that only tests move. */
import { emptyDisk, ensembleOf } from '../../model/alone/settings.js'
import type { Observer } from '../../model/observer.js'
import { refinement } from '../../proofs/refinement.js'
import type { CoreConfig } from '../../src/core/config.js'
import { defaultLimits, defaultTiming } from '../../src/core/config.js'
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Durable, DurableState, Effect } from '../../src/core/effect.js'
import type { Event } from '../../src/core/event.js'
import type { ConnectionSide, Entry, Notification, QuorumMessage } from '../../src/core/message.js'
import type { Peer } from '../../src/core/peer.js'
import { initial, step } from '../../src/core/peer.js'
import type { Rules } from '../../src/core/rules.js'
import { rules as productionRules } from '../../src/core/rules.js'
import * as S from '../../src/core/sequence.js'
import type { TimerName } from '../../src/core/timer.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Link, Packet } from './channels.js'
import { Channels } from './channels.js'
import { countUpTo, written } from './disk.js'

/** The transactions of these tests. */
export type Transaction = string

export interface Node {
  readonly config: CoreConfig
  peer: Peer<Transaction>
  isUp: boolean
  disk: DurableState<Transaction>
  /** Persist effects not yet synced. */
  readonly unsynced: { readonly token: number; readonly durable: Durable<Transaction> }[]
  readonly timers: Map<TimerName, number>
  delivered: Entry<Transaction>[]
  fatal: string | undefined
  readonly sent: Effect<Transaction>[]
}

export { ensembleOf }

export class Network {
  readonly nodes = new Map<ServerId, Node>()
  readonly channels = new Channels<Transaction>()
  readonly links: Link[] = []
  readonly cut = new Set<string>()
  readonly clauses = new Set<string>()
  autoSync = true
  /** Everything that any server has delivered, once. */
  readonly ledger: Entry<Transaction>[] = []
  /** A judge that follows the run beside whoever else does: each step of the unmodified core is an abstract step. */
  observer: Observer<Transaction> | undefined
  /** What a server does with an event: the core, or one with a planted fault. */
  step: typeof step<Transaction> = step
  /** Called with every effect before it is carried out. */
  observe: (id: ServerId, node: Node, effect: Effect<Transaction>) => void = () => undefined

  constructor(
    readonly ensemble: Configuration,
    options: {
      readonly rules?: Rules
      readonly committedWindow?: number
      readonly reconfiguration?: CoreConfig['reconfiguration']
      /** Servers that are no members yet, each with what its own static file says. */
      readonly joiners?: ReadonlyMap<ServerId, Configuration>
    } = {},
  ) {
    const views = [...ensemble.members.map(({ id }) => [id, ensemble] as const), ...(options.joiners ?? [])]
    for (const [id, view] of views) {
      const config: CoreConfig = {
        self: id,
        ensemble: view,
        reconfiguration: options.reconfiguration ?? 'Disabled',
        timing: defaultTiming,
        limits: { ...defaultLimits, committedWindow: options.committedWindow ?? defaultLimits.committedWindow },
        rules: options.rules ?? productionRules,
      }
      this.nodes.set(id, {
        config,
        peer: initial(config),
        isUp: false,
        disk: emptyDisk,
        unsynced: [],
        timers: new Map(),
        delivered: [],
        fatal: undefined,
        sent: [],
      })
    }
    if (options.rules === undefined && options.reconfiguration !== 'Enabled')
      this.observer = refinement()({
        voters: ensemble.members.filter(({ role }) => role === 'participant').map(({ id }) => id),
        observers: ensemble.members.filter(({ role }) => role === 'observer').map(({ id }) => id),
        report: (_, what) => {
          throw new Error(what)
        },
      })
  }

  node(id: ServerId): Node {
    const node = this.nodes.get(id)
    if (node === undefined) throw new Error(`no server ${id}`)
    return node
  }

  start(...ids: readonly ServerId[]): this {
    for (const id of ids) {
      const node = this.node(id)
      node.peer = initial(node.config)
      node.isUp = true
      node.delivered = this.stateUpTo(node.disk.base)
      this.observer?.started(id, node.disk)
      this.dispatch(id, { kind: 'Started', durable: node.disk })
    }
    return this
  }

  /** Process and un-synced writes are gone; the others see their connections break. */
  crash(id: ServerId): this {
    const node = this.node(id)
    node.isUp = false
    node.unsynced.length = 0
    node.timers.clear()
    this.observer?.crashed(id)
    for (const link of this.links.filter((l) => l.dialler === id || l.acceptor === id)) this.breakLink(link, id)
    return this
  }

  /** No packet passes between the two until `heal`. */
  partition(first: ServerId, second: ServerId): this {
    this.cut.add(key(first, second))
    for (const link of this.links.filter((l) => key(l.dialler, l.acceptor) === key(first, second))) {
      this.breakLink(link, link.dialler)
      this.dispatch(link.dialler, { kind: 'Disconnected', from: link.acceptor, side: 'leader' })
    }
    return this
  }

  isolate(id: ServerId): this {
    for (const other of this.nodes.keys()) if (other !== id) this.partition(id, other)
    return this
  }

  heal(): this {
    this.cut.clear()
    return this
  }

  submit(id: ServerId, transaction: Transaction): this {
    this.dispatch(id, { kind: 'Submitted', transaction })
    return this
  }

  reconfigure(id: ServerId, configuration: Configuration, transaction: Transaction = 'reconfig'): this {
    this.dispatch(id, { kind: 'Submitted', transaction, configuration })
    return this
  }

  /** A stranger says so on a connection of its own, in that server's name, unless that server has one: then it is kept out. */
  claim(id: ServerId, claimed: ServerId, ...messages: readonly QuorumMessage<Transaction>[]): this {
    if (!this.node(id).isUp || this.links.some((link) => link.dialler === claimed && link.acceptor === id)) return this
    this.dispatch(id, { kind: 'Connected', from: claimed, side: 'learner' })
    for (const message of messages) this.dispatch(id, { kind: 'Received', from: claimed, side: 'learner', message })
    return this
  }

  /** It is gone again, but for a server that has connected meanwhile. */
  unclaim(id: ServerId, claimed: ServerId): this {
    if (!this.links.some((link) => link.dialler === claimed && link.acceptor === id))
      this.dispatch(id, { kind: 'Disconnected', from: claimed, side: 'learner' })
    return this
  }

  /** A stranger says so on the election port, in that server's name. */
  rumour(id: ServerId, claimed: ServerId, notification: Notification): this {
    if (this.node(id).isUp) this.dispatch(id, { kind: 'Notified', from: claimed, notification })
    return this
  }

  fire(id: ServerId, timer: TimerName): this {
    this.node(id).timers.delete(timer)
    this.dispatch(id, { kind: 'TimerFired', timer })
    return this
  }

  /** Make what has been written durable: all of it, or the first `count` records. */
  sync(id: ServerId, count = Number.MAX_SAFE_INTEGER): boolean {
    const node = this.node(id)
    const synced = node.unsynced.splice(0, node.isUp ? count : 0)
    const last = synced[synced.length - 1]
    if (last === undefined) return false
    for (const { durable } of synced) {
      node.disk = written(node.disk, durable)
      if (durable.kind === 'Snapshot') node.disk = this.withImage(node.disk, durable.zxid)
      this.observer?.synced(id, durable)
    }
    this.dispatch(id, { kind: 'Persisted', token: last.token })
    return true
  }

  /** The log up to what has been delivered gives way to an image of it, as far as it is durable. */
  compact(id: ServerId): this {
    const node = this.node(id)
    const point = node.delivered.at(-1)?.zxid ?? Z.ZERO
    const kept = countUpTo(node.disk.entries, point)
    const base = S.at(node.disk.entries, kept - 1)?.zxid
    if (base !== undefined)
      node.disk = this.withImage({ ...node.disk, base, entries: S.drop(kept)(node.disk.entries) }, base)
    return this
  }

  /** An image holds the configuration that was in force at its point. RECFG-4. */
  private withImage(disk: DurableState<Transaction>, base: Zxid): DurableState<Transaction> {
    const configuration = this.stateUpTo(base).findLast((entry) => entry.configuration !== undefined)?.configuration
    return configuration === undefined || Z.isAfter(disk.configuration?.version ?? Z.ZERO, configuration.version)
      ? disk
      : { ...disk, configuration }
  }

  /** Deliver one packet: the first one of a channel that `choose` picks. Channels are FIFO, among them any order may be. */
  deliver(choose: (count: number) => number): boolean {
    const packet = this.channels.take(choose)
    if (packet === undefined) return false
    this.arrive(packet)
    return true
  }

  /** Deliver packets (and sync disks) until nothing moves. */
  settle(limit = 10_000): this {
    for (let count = 0; count < limit; count++) {
      const packet = this.channels.takeOldest()
      if (packet !== undefined) this.arrive(packet)
      else if (!this.autoSync || ![...this.nodes.keys()].map((id) => this.sync(id)).some(Boolean)) return this
    }
    throw new Error('the network does not come to rest')
  }

  /** Settle, and let the election timers fire until somebody leads and everyone who is up has joined. */
  elect(rounds = 20): this {
    this.settle()
    for (let round = 0; round < rounds && !this.isServing(); round++) {
      for (const timer of ['election.finalize', 'learner.reconnect', 'election.resend', 'leader.ping'] as const)
        for (const [id, node] of this.nodes)
          if (node.isUp && node.timers.has(timer)) {
            this.fire(id, timer)
            this.settle()
          }
    }
    return this
  }

  isServing(): boolean {
    return [...this.nodes.values()].every((node) => !node.isUp || node.peer.service.kind !== 'NotServing')
  }

  leader(): ServerId | undefined {
    return [...this.nodes].find(([, node]) => node.isUp && node.peer.service.kind === 'Leader')?.[0]
  }

  deliveredBy(id: ServerId): readonly string[] {
    return this.node(id).delivered.map((entry) => entry.transaction)
  }

  logOf(id: ServerId): readonly string[] {
    return S.toArray(this.node(id).disk.entries).map((entry) => `${Z.show(entry.zxid)}=${entry.transaction}`)
  }

  private arrive({ to, link, event }: Packet<Transaction>): void {
    // A stranger's: it hears and says what it likes.
    if (this.nodes.get(to)?.isUp !== true) return
    if (link !== undefined && !this.links.includes(link)) return
    this.dispatch(to, event)
  }

  dispatch(id: ServerId, event: Event<Transaction>): void {
    const node = this.node(id)
    if (!node.isUp) return
    const { state, effects, clauses } = this.step(node.config, node.peer, event)
    this.observer?.stepped(id, node.peer, state, () => showEvent(event))
    node.peer = state
    for (const clause of clauses) this.clauses.add(clause)
    for (const effect of effects) this.execute(id, node, effect)
  }

  private execute(id: ServerId, node: Node, effect: Effect<Transaction>): void {
    this.observe(id, node, effect)
    switch (effect.kind) {
      case 'Notify':
        if (!this.cut.has(key(id, effect.to)))
          this.channels.push({
            to: effect.to,
            link: undefined,
            event: { kind: 'Notified', from: id, notification: effect.notification },
          })
        return
      case 'Connect':
        this.connect(id, effect.to)
        return
      case 'Disconnect':
        this.disconnect(id, effect.from, effect.side)
        return
      case 'Send':
        node.sent.push(effect)
        this.observer?.sent(id, effect.to, effect.message)
        this.send(id, effect)
        return
      case 'Persist':
        this.observer?.written(id, effect.durable)
        node.unsynced.push({ token: effect.token, durable: effect.durable })
        return
      case 'SetTimer':
        node.timers.set(effect.timer, effect.afterMs)
        return
      case 'CancelTimer':
        node.timers.delete(effect.timer)
        return
      case 'Deliver':
        if (node.delivered.length === this.ledger.length) this.ledger.push(effect.entry)
        node.delivered.push(effect.entry)
        return
      case 'InstallSnapshot':
        node.delivered = this.stateUpTo(effect.zxid)
        return
      case 'Fatal':
        node.fatal = effect.reason
        return
      case 'ServiceChanged':
      case 'Doubted':
      case 'Proposed':
      case 'Refused':
        return
    }
  }

  /** A state image is the list of what was delivered up to there. */
  private stateUpTo(zxid: Zxid): Entry<Transaction>[] {
    return this.ledger.filter((entry) => !Z.isAfter(entry.zxid, zxid))
  }

  private connect(id: ServerId, to: ServerId): void {
    if (!this.nodes.has(to)) {
      this.channels.push({ to: id, link: undefined, event: { kind: 'Disconnected', from: to, side: 'leader' } })
      return
    }
    const { role } = this.node(to).peer
    if (this.cut.has(key(id, to)) || !this.node(to).isUp || role.kind === 'Stopped') {
      this.channels.push({ to: id, link: undefined, event: { kind: 'Disconnected', from: to, side: 'leader' } })
      return
    }
    const link = { dialler: id, acceptor: to }
    this.links.push(link)
    this.channels.push({ to, link, event: { kind: 'Connected', from: id, side: 'learner' } })
    this.channels.push({ to: id, link, event: { kind: 'Connected', from: to, side: 'leader' } })
  }

  private disconnect(id: ServerId, from: ServerId, side: ConnectionSide): void {
    const link = this.linkOf(id, from, side)
    if (link !== undefined) this.breakLink(link, id)
  }

  private breakLink(link: Link, by: ServerId): void {
    this.links.splice(this.links.indexOf(link), 1)
    this.channels.lose(link)
    const other = link.dialler === by ? link.acceptor : link.dialler
    this.channels.push({
      to: other,
      link: undefined,
      event: { kind: 'Disconnected', from: by, side: link.dialler === by ? 'learner' : 'leader' },
    })
  }

  private send(id: ServerId, effect: Extract<Effect<Transaction>, { readonly kind: 'Send' }>): void {
    const link = this.linkOf(id, effect.to, effect.side)
    if (link === undefined) return
    this.channels.push({
      to: effect.to,
      link,
      event: {
        kind: 'Received',
        from: id,
        side: effect.side === 'leader' ? 'learner' : 'leader',
        message: effect.message,
      },
    })
  }

  private linkOf(id: ServerId, other: ServerId, side: ConnectionSide): Link | undefined {
    return this.links.find((link) =>
      side === 'leader'
        ? link.dialler === id && link.acceptor === other
        : link.dialler === other && link.acceptor === id,
    )
  }
}

const key = (first: ServerId, second: ServerId): string =>
  first < second ? `${first}-${second}` : `${second}-${first}`

const showEvent = (event: Event<Transaction>): string => {
  switch (event.kind) {
    case 'Received':
      return `receives ${JSON.stringify(event.message)} from ${event.from}`
    case 'Connected':
    case 'Disconnected':
    case 'Notified':
      return `${event.kind} ${event.from}`
    case 'TimerFired':
      return `timer ${event.timer}`
    default:
      return event.kind
  }
}
