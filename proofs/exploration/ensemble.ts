/**
 * The explored system: servers with their disks, channels between them, the abstract state, and what is left of the budget;
 * and all that may happen to it.
 */
import type { Event } from '../../src/core/event.js'
import type { Rules } from '../../src/core/rules.js'
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Objection } from './abstraction.js'
import { makeAbstraction } from './abstraction.js'
import type { Bounds } from './bounds.js'
import { isReconfigured, membersOf, serversOf, votersOf } from './bounds.js'
import type { Spending } from './budget.js'
import { unitOf, used } from './budget.js'
import type { Item } from './channels.js'
import { EMPTY, NO_ITEM, makeChannels } from './channels.js'
import { candidatesOf, configurationWith, groupsOf, transactionFor, votersFor } from './configurations.js'
import type { Happened, Happening } from './happening.js'
import { happeningOf } from './happening.js'
import { remembered } from './hash.js'
import type { MakeInterner } from './intern.js'
import { makeInterner, textOf } from './intern.js'
import { layoutOf } from './layout.js'
import type { LocalEvent } from './local.js'
import type { Menu } from './menu.js'
import { isLeader, readMenu } from './menu.js'
import { makeNetwork } from './network.js'
import { makeElection } from './election.js'
import { fast } from './fast.js'
import { named, oracle, toldOf } from './oracle.js'
import { makePairs } from './pairs.js'
import type { CoreProgram } from './program.js'
import type { Reductions } from './reductions.js'
import { withElections } from './reductions.js'
import type { Site, Transaction } from './site.js'
import { siteText, wholeSiteText } from './site.js'
import { makeSteps } from './steps.js'
import { renamed, renamedItem, renamedWithConfigurations } from './renaming.js'
import type { Names, Representation } from './symmetry.js'
import { makeHash, representAlike, representItself } from './symmetry.js'

// --- model

export interface Setting {
  readonly bounds: Bounds
  readonly rules: Rules
  readonly reductions: Reductions
  /** Instead of the step of the core. */
  readonly program?: CoreProgram
  /** Where what numbers stand for is kept. */
  readonly make?: MakeInterner
}

export interface Ensemble extends Representation {
  /** Numbers in a state. */
  readonly width: number
  readonly initial: Int32Array
  /** Calls `visit` for each thing that may happen in the state, always in the same order. */
  readonly successors: (state: Int32Array, visit: Visit) => void
  /** The things that may happen in the state, in that order, each with what follows from it at once. */
  readonly happenings: (state: Int32Array) => readonly (readonly Happening[])[]
  readonly budgetOf: (state: Int32Array) => number
  readonly siteOf: (state: Int32Array, server: ServerId) => Site
  readonly counts: () => Readonly<Record<'servers' | 'abstract' | 'channels', number>>
}

/** `next` is the state after it, until the visit ends; it means nothing if there is an objection. */
type Visit = (next: Int32Array, objection: Objection | undefined) => void

// --- operations

export const makeEnsemble = ({
  bounds,
  rules,
  reductions: wanted,
  program,
  make = makeInterner,
}: Setting): Ensemble => {
  const ofCore = bounds.elections === undefined ? oracle : fast
  const grain = program === undefined ? ofCore : { ...ofCore, step: program }
  const { hasElections } = grain
  const reductions = hasElections ? withElections(wanted) : wanted
  const abstraction = makeAbstraction(bounds, reductions.forgets, make)
  const servers = serversOf(bounds)
  const voters = votersOf(bounds)
  const isChanging = isReconfigured(bounds)
  const reconfiguration = isChanging ? 'Enabled' : 'Disabled'
  const members = membersOf(bounds)
  const configs = servers.map((self) =>
    grain.configurationOf(rules, self, members, voters, bounds.window, reconfiguration),
  )
  const candidates = isChanging ? candidatesOf(bounds) : []
  const layout = layoutOf(servers, hasElections)
  const { width, abstract: ABSTRACT, budget: BUDGET, toLeader, toLearner } = layout
  const textOfSite = isChanging ? wholeSiteText : siteText
  const sites = make<Site>('servers', textOfSite)
  const channels = makeChannels(make)
  const steps = makeSteps(configs, sites, channels, layout, grain, textOfSite)
  const menus: Menu[] = []

  const menuOf = (site: number): Menu => {
    const known = menus[site]
    if (known !== undefined) return known
    const value = sites.valueOf(site)
    const config = isChanging ? configs[value.peer.self - 1] : undefined
    const fresh = readMenu(rules, value, reductions, config && { config, candidates })
    menus[site] = fresh
    return fresh
  }
  const network = makeNetwork(servers, channels, layout, menuOf, hasElections)

  const initial = new Int32Array(width)
  initial[ABSTRACT] = abstraction.initial
  for (const server of servers) {
    const { site, sent, cost } = steps.start(server)
    initial[server - 1] = site
    initial[BUDGET] = (initial[BUDGET] ?? 0) + cost
    for (const one of sent) network.send(initial, one)
  }

  // --- the abstract system beside it

  const abstractSteps = makePairs()
  const objections: Objection[] = []

  /** Number of the abstract state after the steps; −1 − n for the objection n. */
  const abstractAfter = (state: number, list: number): number => {
    if (list === 0) return state
    const known = abstractSteps.get(state, list)
    if (known !== -1) return known < -1 ? known + 1 : known
    const fresh = abstraction.after(state, steps.listOf(list))
    const number = typeof fresh === 'number' ? fresh : -objections.push(fresh)
    abstractSteps.set(state, list, number < 0 ? number - 1 : number)
    return number
  }

  // --- events, by number

  const core = (event: Event<Transaction>): number => steps.eventNumber({ kind: 'Core', event, isLinked: true })
  const reconnect = core({ kind: 'TimerFired', timer: 'learner.reconnect' })
  const phaseLimit = core({ kind: 'TimerFired', timer: 'phase.limit' })
  const finalize = core({ kind: 'TimerFired', timer: 'election.finalize' })
  const resend = core({ kind: 'TimerFired', timer: 'election.resend' })
  const leaderPing = core({ kind: 'TimerFired', timer: 'leader.ping' })
  const nameds = remembered((code) => core(named(code % SERVERS, Math.floor(code / SERVERS))))
  const submits = remembered((transaction) => core({ kind: 'Submitted', transaction }))
  const lostLearners = remembered((from) => core({ kind: 'Disconnected', from, side: 'learner' }))
  const syncs = remembered((count) => steps.eventNumber({ kind: 'Sync', count }))
  const crashes = remembered((kept) => steps.eventNumber({ kind: 'Crash', kept }))
  /** Of the item, from the server, on its side of the connection. */
  const arrivals = remembered((code) => {
    const from = Math.floor(code / 2) % SERVERS
    const item = channels.itemOf(Math.floor(code / (2 * SERVERS)))
    return steps.eventNumber(arrival(item, from, code % 2 === 0 ? 'leader' : 'learner'))
  })
  const arrivalOf = (item: number, from: ServerId, isFromLearner: boolean): number =>
    arrivals(2 * (SERVERS * item + from) + (isFromLearner ? 1 : 0))
  const CLOSED = channels.itemNumber({ kind: 'Closed' })
  const reconfigures = remembered((transaction) =>
    core({ kind: 'Submitted', transaction, configuration: configurationWith(votersFor(transaction) ?? []) }),
  )
  /** Those that servers hear of. */
  const configurations = makeInterner<Configuration>('configurations', textOf)
  const tellings = remembered((code) =>
    core(toldOf(code % SERVERS, configurations.valueOf(Math.floor(code / SERVERS)))),
  )

  // --- what may happen

  const next = new Int32Array(width)
  const happened: Happened = { kind: 'Lead', server: 0, other: 0, item: 0 }

  /** What has happened, if somebody wants to know. */
  const recorded: Happened[] = []
  let isRecording = false

  const note = (kind: Happened['kind'], server: ServerId, other: number, item: number): void => {
    happened.kind = kind
    happened.server = server
    happened.other = other
    happened.item = item
  }

  /** The event at the server, in `next`. */
  const take = (server: ServerId, event: number): Objection | undefined => {
    const known = steps.take(next[server - 1] ?? 0, event)
    if (known.objection !== undefined) return known.objection
    const after = abstractAfter(next[ABSTRACT] ?? 0, known.steps)
    if (after < 0) return objections[-1 - after]
    next[server - 1] = known.site
    next[ABSTRACT] = after
    next[BUDGET] = (next[BUDGET] ?? 0) + known.cost
    for (const one of known.sent) network.send(next, one)
    return undefined
  }

  /** The event at the server, in `next` as prepared, and what follows from it at once. */
  const happen = (server: ServerId, event: number, visit: Visit): void => {
    recorded.length = 0
    if (isRecording) recorded.push({ ...happened })
    const objection = take(server, event) ?? settle()
    if (objection === undefined && bounds.elections !== undefined) {
      const begun = used(next[BUDGET] ?? 0, 'elections')
      if (begun > bounds.elections) return
      if (reductions.deadNotifications && begun === bounds.elections) election.forget(next)
    }
    visit(next, objection)
  }

  /** Something that a server does of itself. `unit`: what it costs. */
  const act = (state: Int32Array, server: ServerId, event: number, unit: number, visit: Visit): void => {
    next.set(state)
    next[BUDGET] = (state[BUDGET] ?? 0) + unit
    happen(server, event, visit)
  }

  const isLeft = (state: Int32Array, what: Exclude<Spending, 'elections'>): boolean =>
    used(state[BUDGET] ?? 0, what) < (bounds[what] ?? 0)

  /** A server that follows refuses the connection, and nobody is the wiser. One that looks lets it wait until it leads. */
  const isDialled = (state: Int32Array, leader: ServerId): boolean => {
    const { role } = menuOf(state[leader - 1] ?? 0)
    return isLeader(role) || (role === 'Looking' && !reductions.dialLeadersOnly)
  }

  /**
   * Where configurations change, a server may be named that has no vote where it is named, or where it names itself: others may know
   * better (RECFG-7), and of what elections name safety must not depend (ELEC-12).
   */
  const look = (state: Int32Array, server: ServerId, { known }: Menu, visit: Visit): void => {
    const nameable = isChanging ? servers : voters
    const nameOf = (leader: ServerId): number => {
      const through = known === undefined || known.voters.includes(leader) ? leader : (known.voters[0] ?? leader)
      return nameds(SERVERS * through + leader)
    }
    if (nameable.includes(server) && isLeft(state, 'leaderships')) {
      note('Lead', server, 0, 0)
      act(state, server, nameOf(server), unitOf.leaderships, visit)
    }
    for (const leader of nameable) {
      if (leader === server || !isDialled(state, leader)) continue
      note('Follow', server, leader, 0)
      act(state, server, nameOf(leader), 0, visit)
    }
    if (known !== undefined)
      for (const other of servers) if (other !== server) hear(state, server, other, known.committed, visit)
  }

  /**
   * RECFG-7: what any other server has committed, which the core takes from any notification of it. It costs nothing: versions
   * grow, so it happens a few times at most. Notifications that name a leader too do no more than this and that after it.
   */
  const hear = (state: Int32Array, server: ServerId, from: ServerId, committed: Zxid, visit: Visit): void => {
    for (const configuration of menuOf(state[from - 1] ?? 0).known?.told ?? []) {
      if (!Z.isAfter(configuration.version, committed)) continue
      const number = configurations.numberOf(configuration)
      note('Told', server, from, number)
      act(state, server, tellings(SERVERS * number + from), 0, visit)
    }
  }

  const connect = (state: Int32Array, server: ServerId, leader: ServerId, visit: Visit): void => {
    if (isDialled(state, leader)) {
      note(hasElections ? 'Dial' : 'Redial', server, leader, 0)
      act(state, server, reconnect, 0, visit)
    }
    // Attempts at connecting run out.
    note('GiveUp', server, 0, 0)
    act(state, server, phaseLimit, 0, visit)
  }

  const follow = (state: Int32Array, server: ServerId, visit: Visit): void => {
    if (!isLeft(state, 'timeouts')) return
    note('GiveUp', server, 0, 0)
    act(state, server, phaseLimit, unitOf.timeouts, visit)
  }

  const lead = (state: Int32Array, server: ServerId, menu: Menu, visit: Visit): void => {
    const { role, hasQuorum, learners, known } = menu
    const mayTimeOut = isLeft(state, 'timeouts')
    if (role === 'Preparing' && mayTimeOut) {
      note('GiveUp', server, 0, 0)
      act(state, server, phaseLimit, unitOf.timeouts, visit)
    }
    if (role === 'Broadcasting' && !hasQuorum) {
      // Its followers have gone, which has been paid for.
      note('GiveUp', server, 0, 0)
      act(state, server, leaderPing, 0, visit)
    }
    if (role === 'Broadcasting' && isLeft(state, 'transactions')) {
      const transaction = 1 + used(state[BUDGET] ?? 0, 'transactions')
      note('Submit', server, transaction, 0)
      act(state, server, submits(transaction), unitOf.transactions, visit)
    }
    if (known !== undefined && isLeft(state, 'reconfigurations'))
      for (const wanted of known.proposable) {
        const transaction = transactionFor(wanted)
        note('Reconfigure', server, transaction, 0)
        act(state, server, reconfigures(transaction), unitOf.reconfigurations, visit)
      }
    if (!mayTimeOut) return
    for (const learner of learners) {
      note('Drop', server, learner, 0)
      next.set(state)
      next[BUDGET] = (state[BUDGET] ?? 0) + unitOf.timeouts
      network.leaderCloses(next, learner, server)
      happen(server, lostLearners(learner), visit)
    }
  }

  const sync = (state: Int32Array, server: ServerId, { syncs: counts }: Menu, visit: Visit): void => {
    for (const count of counts) {
      note('Sync', server, count, 0)
      act(state, server, syncs(count), 0, visit)
    }
  }

  const crash = (state: Int32Array, server: ServerId, { writes }: Menu, visit: Visit): void => {
    if (!isLeft(state, 'restarts')) return
    for (let kept = 0; kept <= writes; kept += 1) {
      note('Crash', server, kept, 0)
      next.set(state)
      next[BUDGET] = (state[BUDGET] ?? 0) + unitOf.restarts
      network.closeAll(next, server)
      happen(server, crashes(kept), visit)
    }
  }

  /** The first in the channel; or the end of the connection, with everything before it lost. */
  const receive = (state: Int32Array, server: ServerId, from: ServerId, isFromLearner: boolean, visit: Visit): void => {
    const place = isFromLearner ? toLeader(from, server) : toLearner(server, from)
    const channel = state[place] ?? EMPTY
    const item = channels.head(channel)
    if (item === NO_ITEM) return
    note('Arrive', server, from, item)
    next.set(state)
    next[place] = channels.rest(channel)
    happen(server, arrivalOf(item, from, isFromLearner), visit)
    if (item === CLOSED || !channels.isClosed(channel)) return
    note('Lost', server, from, 0)
    next.set(state)
    next[place] = channels.afterClosed(channel)
    happen(server, arrivalOf(CLOSED, from, isFromLearner), visit)
  }

  const election = makeElection<Visit>(servers, layout, channels, menuOf, {
    finalize: (state, server, visit) => {
      note('Finalize', server, 0, 0)
      act(state, server, finalize, 0, visit)
    },
    resend: (state, server, visit) => {
      note('Resend', server, 0, 0)
      act(state, server, resend, 0, visit)
    },
    arrive: (state, server, from, place, visit) => {
      const channel = state[place] ?? EMPTY
      const item = channels.head(channel)
      note('Arrive', server, from, item)
      next.set(state)
      next[place] = channels.rest(channel)
      happen(server, arrivalOf(item, from, false), visit)
    },
  })

  // --- what follows at once

  /** All of `reductions` that happens first, in `next`, until there is no more of it. */
  const settle = (): Objection | undefined => {
    if (!reductions.quietArrivalsFirst && !reductions.syncsAtOnce) return undefined
    for (let hasMoved = true; hasMoved; ) {
      hasMoved = false
      for (const server of servers) {
        if (reductions.syncsAtOnce && !isLeft(next, 'restarts')) {
          const count = promptWrites(server)
          if (count > 0) {
            record('Sync', server, count, 0)
            const objection = take(server, syncs(count))
            if (objection !== undefined) return objection
            hasMoved = true
          }
        }
        if (!reductions.quietArrivalsFirst) continue
        for (const from of servers)
          if (from !== server && (receiveQuietly(server, from, false) || receiveQuietly(server, from, true)))
            hasMoved = true
      }
    }
    return undefined
  }

  /**
   * With no restart left nobody can tell when a server that does not lead has synced, but by what it says then; and what is
   * said early may still be long on its way, or be lost with the connection. What others count is what has reached them, so
   * a step that should not have been taken shows as well when the servers that did not cause it are slow.
   */
  const promptWrites = (server: ServerId): number => {
    const site = next[server - 1] ?? 0
    let { writes } = menuOf(site)
    while (writes > 0 && !steps.take(site, syncs(writes)).isPrompt) writes -= 1
    return writes
  }

  const record = (kind: Happened['kind'], server: ServerId, other: number, item: number): void => {
    if (isRecording) recorded.push({ kind, server, other, item })
  }

  /**
   * A message that changes nothing but what its receiver forgets with its role: receiving it commutes with all else that may
   * happen, and nobody can tell whether it was received or lost. So it is received before all else.
   */
  const receiveQuietly = (server: ServerId, from: ServerId, isFromLearner: boolean): boolean => {
    const place = isFromLearner ? toLeader(from, server) : toLearner(server, from)
    const channel = next[place] ?? EMPTY
    const item = channels.head(channel)
    if (item === NO_ITEM || item === CLOSED) return false
    const known = steps.take(next[server - 1] ?? 0, arrivalOf(item, from, isFromLearner))
    if (!known.isQuiet) return false
    next[place] = channels.rest(channel)
    next[server - 1] = known.site
    record('Arrive', server, from, item)
    return true
  }

  const firstOf = (state: Int32Array): ServerId =>
    hasElections && reductions.oneHearsFirst && reductions.dialLeadersOnly && !isLeft(state, 'restarts')
      ? election.first(state)
      : 0

  const successors = (state: Int32Array, visit: Visit): void => {
    const first = firstOf(state)
    for (const server of servers) {
      if (first !== 0 && server !== first) continue
      const menu = menuOf(state[server - 1] ?? 0)
      if (menu.role === 'Looking' && hasElections) election.look(state, server, menu, visit)
      else if (menu.role === 'Looking') look(state, server, menu, visit)
      else if (menu.role === 'Connecting') connect(state, server, menu.leader, visit)
      else if (menu.role === 'Following') follow(state, server, visit)
      else if (isLeader(menu.role)) lead(state, server, menu, visit)
      sync(state, server, menu, visit)
      crash(state, server, menu, visit)
      for (const other of servers) {
        if (other === server) continue
        receive(state, server, other, true, visit)
        receive(state, server, other, false, visit)
        if (hasElections) election.hear(state, server, other, visit)
      }
    }
  }

  const hash = makeHash(layout, sites, channels, abstraction)
  const names: Names = isChanging
    ? {
        site: renamedWithConfigurations,
        channel: (channel, images) => channels.map(channel, (item) => renamedItem(item, images)),
      }
    : { site: renamed, channel: undefined }
  const representation = reductions.serversAlike
    ? representAlike(groupsOf(bounds), layout, sites, abstraction, hash, names)
    : representItself(servers, hash)

  return {
    ...representation,
    width,
    initial,
    successors,
    happenings: (state) => {
      const found: (readonly Happening[])[] = []
      isRecording = true
      successors(state, () =>
        found.push(recorded.map((one) => happeningOf(one, channels.itemOf, configurations.valueOf))),
      )
      isRecording = false
      return found
    },
    budgetOf: (state) => state[BUDGET] ?? 0,
    siteOf: (state, server) => sites.valueOf(state[server - 1] ?? 0),
    counts: () => ({ servers: sites.size(), abstract: abstraction.size(), channels: channels.contents.size() }),
  }
}

// --- how

/** More than there are servers. */
const SERVERS = 16

const arrival = (item: Item, from: ServerId, side: 'leader' | 'learner'): LocalEvent => {
  switch (item.kind) {
    case 'Open':
      return { kind: 'Core', event: { kind: 'Connected', from, side }, isLinked: true }
    case 'Closed':
      return { kind: 'Core', event: { kind: 'Disconnected', from, side }, isLinked: side === 'learner' }
    case 'Message':
      return { kind: 'Core', event: { kind: 'Received', from, side, message: item.message }, isLinked: true }
    case 'Notification':
      return { kind: 'Core', event: { kind: 'Notified', from, notification: item.notification }, isLinked: true }
  }
}
