/**
 * The explored system: servers with their disks, channels between them, the abstract state, and what is left of the budget;
 * and all that may happen to it.
 */
import type { Rules } from '../../src/core/rules.js'
import type { ServerId } from '../../src/core/configuration.js'
import type { Objection } from './abstraction.js'
import { makeAbstraction } from './abstraction.js'
import type { Bounds } from './bounds.js'
import { isReconfigured, membersOf, serversOf, votersOf } from './bounds.js'
import type { Spending } from './budget.js'
import { used } from './budget.js'
import { EMPTY, makeChannels } from './channels.js'
import { candidatesOf, groupsOf } from './configurations.js'
import { makeEvents } from './events.js'
import type { Happened, Happening } from './happening.js'
import { happeningOf } from './happening.js'
import type { MakeInterner } from './intern.js'
import { makeInterner } from './intern.js'
import { layoutOf } from './layout.js'
import type { Menu } from './menu.js'
import { isLeader, readMenu } from './menu.js'
import type { Doing, Surroundings, Visit } from './moves.js'
import { makeMoves } from './moves.js'
import { makeNetwork } from './network.js'
import { makeElection } from './election.js'
import { fast } from './fast.js'
import { oracle } from './oracle.js'
import { makePairs } from './pairs.js'
import type { CoreProgram } from './program.js'
import type { Reductions } from './reductions.js'
import { withElections } from './reductions.js'
import type { Site } from './site.js'
import { siteText, wholeSiteText } from './site.js'
import { makeSettling } from './settling.js'
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
  const { width, abstract: ABSTRACT, budget: BUDGET } = layout
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

  const events = makeEvents(steps, channels)
  const surroundings: Surroundings = {
    servers,
    // Where configurations change, also who has no vote where it is named: others may know better (RECFG-7).
    nameable: isChanging ? servers : voters,
    hasElections,
    reductions,
    layout,
    channels,
    network,
    events,
    menuOf,
  }

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

  const doing: Doing = { next, note, happen, act, isLeft }
  const { look, connect, follow, lead, sync, crash, receive } = makeMoves(surroundings, doing)

  const election = makeElection<Visit>(servers, layout, channels, menuOf, {
    finalize: (state, server, visit) => {
      note('Finalize', server, 0, 0)
      act(state, server, events.finalize, 0, visit)
    },
    resend: (state, server, visit) => {
      note('Resend', server, 0, 0)
      act(state, server, events.resend, 0, visit)
    },
    arrive: (state, server, from, place, visit) => {
      const channel = state[place] ?? EMPTY
      const item = channels.head(channel)
      note('Arrive', server, from, item)
      next.set(state)
      next[place] = channels.rest(channel)
      happen(server, events.arrived(item, from, false), visit)
    },
  })

  const record = (kind: Happened['kind'], server: ServerId, other: number, item: number): void => {
    if (isRecording) recorded.push({ kind, server, other, item })
  }
  const settle = makeSettling(surroundings, steps, { next, isLeft, take, record })

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
        found.push(recorded.map((one) => happeningOf(one, channels.itemOf, events.configurationOf))),
      )
      isRecording = false
      return found
    },
    budgetOf: (state) => state[BUDGET] ?? 0,
    siteOf: (state, server) => sites.valueOf(state[server - 1] ?? 0),
    counts: () => ({ servers: sites.size(), abstract: abstraction.size(), channels: channels.contents.size() }),
  }
}
