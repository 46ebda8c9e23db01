/**
 * The explored system: servers with their disks, channels between them, the abstract state, and what is left of the budget.
 * A state is a short row of numbers; what they stand for is kept once (intern.ts).
 */
import type { CoreConfig } from '../../src/core/config.js'
import type { Event } from '../../src/core/event.js'
import type { Rules } from '../../src/core/rules.js'
import type { ServerId } from '../../src/core/server-id.js'
import type { Abstraction, Objection } from './abstraction.js'
import type { Bounds } from './bounds.js'
import { serversOf } from './bounds.js'
import type { Channels, Item } from './channels.js'
import { EMPTY, NO_ITEM, makeChannels } from './channels.js'
import { makeInterner } from './intern.js'
import type { LocalEvent, LocalStep, Output } from './local.js'
import { startSite, takeStep } from './local.js'
import type { Happening } from './happening.js'
import type { Menu } from './menu.js'
import { isLeader, readMenu } from './menu.js'
import type { Reductions } from './reductions.js'
import { configurationOf, named } from './oracle.js'
import type { Site, Transaction } from './site.js'
import { renamed, siteText } from './site.js'
import { hashes } from './seen.js'
import type { Renaming } from './symmetry.js'
import { leastHashes, permutationsOf } from './symmetry.js'

// --- model

export interface Setting {
  readonly bounds: Bounds
  readonly rules: Rules
  readonly abstraction: Abstraction
  readonly reductions: Reductions
}

export interface Ensemble {
  /** Numbers in a state. */
  readonly width: number
  readonly initial: Int32Array
  /**
   * Calls `visit` for each thing that may happen in the state, always in the same order. `next` holds the state after it
   * until the visit ends, unless there is an objection.
   */
  readonly successors: (state: Int32Array, visit: (next: Int32Array, objection: Objection | undefined) => void) => void
  /** Equal for states that count as one. */
  readonly fingerprint: (state: Int32Array, into: Int32Array) => void
  /** The things that may happen in the state, in that order. */
  readonly happenings: (state: Int32Array) => readonly Happening[]
  readonly siteOf: (state: Int32Array, server: ServerId) => Site
  readonly counts: () => Readonly<Record<'servers' | 'abstract', number>>
}

/** With the message by number. */
type KnownOutput =
  | Exclude<Output, { readonly kind: 'Send' }>
  | (Extract<Output, { readonly kind: 'Send' }> & { readonly item: number })

/** A step that was computed before. */
interface KnownStep {
  readonly site: number
  readonly outputs: readonly KnownOutput[]
  readonly steps: LocalStep['steps']
  /** Number of the list of abstract steps: 0 for none. */
  readonly stepsNumber: number
  readonly fatal: string | undefined
  /** Nothing but the memory of the server is changed, and only what it forgets with its role. */
  readonly isQuiet: boolean
}

// --- operations

export const makeEnsemble = ({ bounds, rules, abstraction, reductions }: Setting): Ensemble => {
  const servers = serversOf(bounds)
  const count = servers.length
  const configurations = servers.map((self) => configurationOf(rules, self, servers))
  const sites = makeInterner<Site>(siteText)
  const channels: Channels = makeChannels()
  const menus: (Menu | undefined)[] = []

  // A state: sites, channels to leaders, channels to learners, the abstract state, what is used of the budget.
  const ABSTRACT = count + 2 * count * count
  const BUDGET = ABSTRACT + 1
  const width = BUDGET + 1
  const toLeader = (learner: ServerId, leader: ServerId): number => count + (learner - 1) * count + leader - 1
  const toLearner = (learner: ServerId, leader: ServerId): number => toLeader(learner, leader) + count * count
  const next = new Int32Array(width)

  const initial = new Int32Array(width)
  servers.forEach((_, index) => {
    const config = configurations[index]
    if (config !== undefined) initial[index] = sites.numberOf(startSite(config))
  })
  initial[ABSTRACT] = abstraction.initial

  const menuOf = (site: number): Menu => {
    const known = menus[site]
    if (known !== undefined) return known
    const fresh = readMenu(rules, sites.valueOf(site), reductions)
    menus[site] = fresh
    return fresh
  }

  // --- steps of servers, remembered

  const events = makeInterner<LocalEvent>((event) => JSON.stringify(event))
  const steps = new Map<number, KnownStep>()
  const stepLists = makeInterner<LocalStep['steps']>((list) => JSON.stringify(list))
  stepLists.numberOf([])
  const abstractSteps = new Map<number, number | Objection>()

  const numbered = (out: Output): KnownOutput =>
    out.kind === 'Send' ? { ...out, item: channels.itemNumber({ kind: 'Message', message: out.message }) } : out

  /** Numbers of events that are made of two small numbers. */
  const eventTable = (
    make: (first: number, second: number) => LocalEvent,
  ): ((first: number, second: number) => number) => {
    const numbers: number[] = []
    return (first, second) => {
      const place = first * PEERS + second
      return (numbers[place] ??= events.numberOf(make(first, second)))
    }
  }

  const localStep = (site: number, event: number): KnownStep => {
    const key = site * EVENTS + event
    const known = steps.get(key)
    if (known !== undefined) return known
    const value = sites.valueOf(site)
    const config: CoreConfig | undefined = configurations[value.peer.self - 1]
    if (config === undefined) throw new RangeError(`there is no server ${value.peer.self}`)
    const result = takeStep(config, value, events.valueOf(event))
    const after = sites.numberOf(result.site)
    const fresh: KnownStep = {
      site: after,
      outputs: result.outputs.map(numbered),
      steps: result.steps,
      stepsNumber: stepLists.numberOf(result.steps),
      fatal: result.fatal,
      isQuiet: isQuiet(value, result, after === site),
    }
    steps.set(key, fresh)
    return fresh
  }

  const abstractAfter = (state: number, { steps: list, stepsNumber }: KnownStep): number | Objection => {
    if (stepsNumber === 0) return state
    const key = state * STEP_LISTS + stepsNumber
    const known = abstractSteps.get(key)
    if (known !== undefined) return known
    const fresh = abstraction.after(state, list)
    abstractSteps.set(key, fresh)
    return fresh
  }

  // --- the network

  const OPEN = channels.itemNumber({ kind: 'Open' })
  const CLOSED = channels.itemNumber({ kind: 'Closed' })

  const send = (channel: number, item: number): void => {
    next[channel] = channels.append(next[channel] ?? EMPTY, item)
  }

  const output = (from: ServerId, out: KnownOutput): void => {
    switch (out.kind) {
      case 'Open':
        return send(toLeader(from, out.to), OPEN)
      case 'Send':
        return out.side === 'leader' ? sendToLeader(from, out.to, out.item) : sendToLearner(out.to, from, out.item)
      case 'Close':
        return out.side === 'leader' ? closeAtLearner(from, out.to) : closeAtLeader(out.to, from)
    }
  }

  /** Unless the leader has closed: what is sent then goes nowhere. */
  const sendToLeader = (learner: ServerId, leader: ServerId, item: number): void => {
    if (!channels.isClosed(next[toLearner(learner, leader)] ?? EMPTY)) send(toLeader(learner, leader), item)
  }

  /** Unless the learner has closed the connection that the leader knows. */
  const sendToLearner = (learner: ServerId, leader: ServerId, item: number): void => {
    if (!channels.isOutdated(next[toLeader(learner, leader)] ?? EMPTY)) send(toLearner(learner, leader), item)
  }

  const closeAtLearner = (learner: ServerId, leader: ServerId): void => {
    const incoming = toLearner(learner, leader)
    if (!channels.isClosed(next[incoming] ?? EMPTY)) send(toLeader(learner, leader), CLOSED)
    next[incoming] = EMPTY
  }

  const closeAtLeader = (learner: ServerId, leader: ServerId): void => {
    const incoming = toLeader(learner, leader)
    const channel = next[incoming] ?? EMPTY
    if (!channels.isClosed(channel)) send(toLearner(learner, leader), CLOSED)
    next[incoming] = channels.afterClosed(channel)
  }

  /** Of a server that crashes. What it has sent may still arrive. */
  const closeAll = (server: ServerId): void => {
    for (const other of servers) {
      if (other === server) continue
      const own = menuOf(next[server - 1] ?? 0)
      if (own.isLinked && own.leader === other) closeAtLearner(server, other)
      const theirs = menuOf(next[other - 1] ?? 0)
      const outgoing = toLearner(other, server)
      if (theirs.isLinked && theirs.leader === server && !channels.isClosed(next[outgoing] ?? EMPTY))
        send(outgoing, CLOSED)
      next[toLeader(other, server)] = EMPTY
    }
  }

  // --- what may happen

  const coreEvent = (event: Event<Transaction>): LocalEvent => ({ kind: 'Core', event, isLinked: true })
  const reconnect = events.numberOf(coreEvent(RECONNECT))
  const phaseLimit = events.numberOf(coreEvent(PHASE_LIMIT))
  const leaderPing = events.numberOf(coreEvent(LEADER_PING))
  const nameds = eventTable((leader) => coreEvent(named(leader)))
  const submits = eventTable((transaction) => coreEvent({ kind: 'Submitted', transaction }))
  const lostLearners = eventTable((from) => coreEvent({ kind: 'Disconnected', from, side: 'learner' }))
  const syncs = eventTable((synced) => ({ kind: 'Sync', count: synced }))
  const crashes = eventTable((kept) => ({ kind: 'Crash', kept }))
  const arrivalsFromLearner = eventTable((item, from) => arrival(channels.itemOf(item), from, 'learner'))
  const arrivalsFromLeader = eventTable((item, from) => arrival(channels.itemOf(item), from, 'leader'))

  type Visit = (objection: Objection | undefined, happening: () => Happening) => void

  /** The event at the server, in `next` as prepared. */
  const happen = (server: ServerId, event: number, happening: () => Happening, visit: Visit): void => {
    const known = localStep(next[server - 1] ?? 0, event)
    if (known.fatal !== undefined) {
      visit(
        { id: 'fatal', what: `server ${server} stops for good: ${known.fatal}`, clauses: ['SYNC-9', 'RECV-10'] },
        happening,
      )
      return
    }
    const after = abstractAfter(next[ABSTRACT] ?? 0, known)
    if (typeof after !== 'number') return visit(after, happening)
    next[server - 1] = known.site
    next[ABSTRACT] = after
    for (const out of known.outputs) output(server, out)
    visit(undefined, happening)
  }

  const enumerate = (state: Int32Array, visit: Visit): void => {
    const budget = state[BUDGET] ?? 0
    const spend = (unit: number): void => {
      next[BUDGET] = budget + unit
    }
    if (reductions.quietArrivalsFirst && quietArrival(state, visit)) return
    const left = (unit: number, bound: number): boolean => Math.floor(budget / unit) % UNIT < bound
    const mayTimeOut = left(TIMEOUT, bounds.timeouts)
    for (const server of servers) {
      const menu = menuOf(state[server - 1] ?? 0)
      const core = (event: number, happening: () => Happening, unit = 0): void => {
        next.set(state)
        spend(unit)
        happen(server, event, happening, visit)
      }
      if (menu.role === 'Looking') {
        if (left(LEADERSHIP, bounds.leaderships)) core(nameds(server, 0), () => ({ kind: 'Lead', server }), LEADERSHIP)
        for (const leader of servers) {
          if (leader === server) continue
          const { role } = menuOf(state[leader - 1] ?? 0)
          // A server that follows refuses the connection, and nobody is the wiser. One that looks lets it wait until it
          // leads, as if it had been dialled then.
          if (isLeader(role) || (role === 'Looking' && !reductions.dialLeadersOnly))
            core(nameds(leader, 0), () => ({ kind: 'Follow', server, leader }))
        }
      }
      if (menu.role === 'Connecting') {
        const { leader } = menu
        const { role } = menuOf(state[leader - 1] ?? 0)
        if (isLeader(role) || (role === 'Looking' && !reductions.dialLeadersOnly))
          core(reconnect, () => ({ kind: 'Redial', server, leader }))
        // Attempts at connecting run out.
        core(phaseLimit, () => ({ kind: 'GiveUp', server }))
      }
      if (menu.role === 'Following' && mayTimeOut) core(phaseLimit, () => ({ kind: 'GiveUp', server }), TIMEOUT)
      if (isLeader(menu.role)) {
        if (menu.role === 'Preparing' && mayTimeOut) core(phaseLimit, () => ({ kind: 'GiveUp', server }), TIMEOUT)
        // Its followers have gone, which has been paid for.
        if (menu.role === 'Broadcasting' && !menu.hasQuorum) core(leaderPing, () => ({ kind: 'GiveUp', server }))
        if (menu.role === 'Broadcasting' && left(TRANSACTION, bounds.transactions)) {
          const transaction = 1 + (Math.floor(budget / TRANSACTION) % UNIT)
          core(submits(transaction, 0), () => ({ kind: 'Submit', server, transaction }), TRANSACTION)
        }
        if (mayTimeOut)
          for (const learner of menu.learners) {
            next.set(state)
            spend(TIMEOUT)
            closeAtLeader(learner, server)
            happen(server, lostLearners(learner, 0), () => ({ kind: 'Drop', server, learner }), visit)
          }
      }
      for (const synced of menu.syncs) {
        next.set(state)
        happen(server, syncs(synced, 0), () => ({ kind: 'Sync', server, count: synced }), visit)
      }
      if (left(RESTART, bounds.restarts))
        for (let kept = 0; kept <= menu.writes; kept += 1) {
          next.set(state)
          spend(RESTART)
          closeAll(server)
          happen(server, crashes(kept, 0), () => ({ kind: 'Crash', server, kept }), visit)
        }
      for (const other of servers) {
        if (other === server) continue
        receive(state, server, other, 'learner', toLeader(other, server), visit)
        receive(state, server, other, 'leader', toLearner(server, other), visit)
      }
    }
  }

  /**
   * If there is a message that changes nothing but what its receiver forgets with its role, then receiving it commutes with
   * all else that may happen, and nobody can tell whether it was received or lost. So it is received first. It cannot go on
   * for ever, since each takes a message away.
   */
  const quietArrival = (state: Int32Array, visit: Visit): boolean => {
    for (const server of servers) {
      const site = state[server - 1] ?? 0
      for (const from of servers) {
        if (from === server) continue
        for (const position of [toLearner(server, from), toLeader(from, server)]) {
          const channel = state[position] ?? EMPTY
          const item = channels.head(channel)
          if (item === NO_ITEM || item === OPEN || item === CLOSED) continue
          const event =
            position === toLeader(from, server) ? arrivalsFromLearner(item, from) : arrivalsFromLeader(item, from)
          if (!localStep(site, event).isQuiet) continue
          next.set(state)
          next[position] = channels.rest(channel)
          happen(server, event, () => ({ kind: 'Arrive', server, from, item: channels.itemOf(item) }), visit)
          return true
        }
      }
    }
    return false
  }

  const receive = (
    state: Int32Array,
    server: ServerId,
    from: ServerId,
    side: 'leader' | 'learner',
    position: number,
    visit: Visit,
  ): void => {
    const channel = state[position] ?? EMPTY
    const item = channels.head(channel)
    if (item === NO_ITEM) return
    const arrivals = side === 'learner' ? arrivalsFromLearner : arrivalsFromLeader
    next.set(state)
    next[position] = channels.rest(channel)
    happen(server, arrivals(item, from), () => ({ kind: 'Arrive', server, from, item: channels.itemOf(item) }), visit)
    if (item === CLOSED || !channels.isClosed(channel)) return
    next.set(state)
    next[position] = channels.afterClosed(channel)
    happen(server, arrivals(CLOSED, from), () => ({ kind: 'Lost', server, from }), visit)
  }

  // --- names of servers

  const renamings = permutationsOf(servers).map((images): Renaming => {
    const known: number[] = []
    let hashed = new Int32Array(2 ** 12)
    let hashedCount = 0
    const pair = new Int32Array(2)
    const sources = Int32Array.from({ length: width }, (_, place) => place)
    servers.forEach((server) => {
      const image = images[server - 1] ?? server
      sources[image - 1] = server - 1
      servers.forEach((other) => {
        const otherImage = images[other - 1] ?? other
        sources[toLeader(image, otherImage)] = toLeader(server, other)
        sources[toLearner(image, otherImage)] = toLearner(server, other)
      })
    })
    const isIdentity = images.every((image, index) => image === index + 1)
    return {
      sources,
      siteAfter: (site) => (isIdentity ? site : (known[site] ??= sites.numberOf(renamed(sites.valueOf(site), images)))),
      abstractAfter: (state, into, place) => {
        // Abstract states are numbered as they come up, so those without hashes are at the end.
        for (; hashedCount <= state; hashedCount += 1) {
          if (2 * hashedCount === hashed.length) hashed = doubled(hashed)
          abstraction.hashesOf(hashedCount, images, pair)
          hashed.set(pair, 2 * hashedCount)
        }
        into[place] = hashed[2 * state] ?? 0
        into[place + 2] = hashed[2 * state + 1] ?? 0
      },
    }
  })

  return {
    width,
    initial,
    fingerprint: reductions.serversAlike ? leastHashes(renamings, count, ABSTRACT) : hashes,
    successors: (state, visit) => enumerate(state, (objection) => visit(next, objection)),
    happenings: (state) => {
      const found: Happening[] = []
      enumerate(state, (_, happening) => found.push(happening()))
      return found
    },
    siteOf: (state, server) => sites.valueOf(state[server - 1] ?? 0),
    counts: () => ({ servers: sites.size(), abstract: abstraction.size() }),
  }
}

// --- how

/** More than there are different events, and lists of abstract steps. */
const EVENTS = 2 ** 20
const STEP_LISTS = 2 ** 22

/** The budget in one number. */
const UNIT = 16
const TIMEOUT = 1
const RESTART = UNIT
const TRANSACTION = UNIT ** 2
const LEADERSHIP = UNIT ** 3

/** More than there are servers, or writes on their way to one disk. */
const PEERS = 64

const RECONNECT: Event<Transaction> = { kind: 'TimerFired', timer: 'learner.reconnect' }
const PHASE_LIMIT: Event<Transaction> = { kind: 'TimerFired', timer: 'phase.limit' }
const LEADER_PING: Event<Transaction> = { kind: 'TimerFired', timer: 'leader.ping' }

const arrival = (item: Item, from: ServerId, side: 'leader' | 'learner'): LocalEvent => {
  switch (item.kind) {
    case 'Open':
      return { kind: 'Core', event: { kind: 'Connected', from, side }, isLinked: true }
    case 'Closed':
      return { kind: 'Core', event: { kind: 'Disconnected', from, side }, isLinked: side === 'learner' }
    case 'Message':
      return { kind: 'Core', event: { kind: 'Received', from, side, message: item.message }, isLinked: true }
  }
}

/**
 * A learner that only puts something into its batch, or begins one; a leader that is told once more what it knows (SYNC-12).
 * Its disk has nothing for it to wait for then, and whatever ends its role ends the batch.
 */
const isQuiet = ({ peer, writes }: Site, { site, outputs, steps, fatal }: LocalStep, isSame: boolean): boolean => {
  if (outputs.length > 0 || steps.length > 0 || fatal !== undefined || site.writes.length !== writes.length)
    return false
  const before = peer.role
  const after = site.peer.role
  if (before.kind === 'Following' && after.kind === 'Following')
    return (
      (before.phase.kind === 'AwaitingSync' || before.phase.kind === 'Receiving') && after.phase.kind === 'Receiving'
    )
  return before.kind === 'Leading' && before.phase.kind === 'Broadcasting' && isSame
}

const doubled = (numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  const twice = new Int32Array(2 * numbers.length)
  twice.set(numbers)
  return twice
}
