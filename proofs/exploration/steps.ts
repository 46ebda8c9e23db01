/**
 * Steps of servers, each computed once however often it is taken: by the numbers of the server and of the event.
 */
import type { CoreConfig } from '../../src/core/config.js'
import type { ServerId } from '../../src/core/server-id.js'
import type { Objection } from './abstraction.js'
import type { Channels } from './channels.js'
import { unitOf } from './budget.js'
import type { Grain } from './grain.js'
import type { Interner } from './intern.js'
import { makeInterner } from './intern.js'
import type { Layout } from './layout.js'
import type { LocalEvent, LocalStep, Output } from './local.js'
import { startSite, takeStep } from './local.js'
import type { Sent } from './network.js'
import { makePairs } from './pairs.js'
import type { Site } from './site.js'

/** What a step does to a state. */
export interface KnownStep {
  readonly site: number
  readonly sent: readonly Sent[]
  /** What it uses of the budget, whatever it was caused by. */
  readonly cost: number
  /** Number of the list of abstract steps: 0 for none. */
  readonly steps: number
  readonly objection: Objection | undefined
  /** Nothing but the memory of the server is changed, and only what it forgets with its role. */
  readonly isQuiet: boolean
  /** Writes become durable, and it makes no difference when, but for what is said then. */
  readonly isPrompt: boolean
}

export interface Steps {
  /** Of a server that has never run. */
  readonly start: (server: ServerId) => KnownStep
  readonly take: (site: number, event: number) => KnownStep
  readonly eventNumber: (event: LocalEvent) => number
  readonly listOf: (number: number) => LocalStep['steps']
}

export const makeSteps = (
  configurations: readonly CoreConfig[],
  sites: Interner<Site>,
  channels: Channels,
  layout: Layout,
  grain: Grain,
  textOfSite: (site: Site) => string,
): Steps => {
  const events = makeInterner<LocalEvent>('events', (event) => JSON.stringify(event))
  const lists = makeInterner<LocalStep['steps']>('steps', (list) => JSON.stringify(list))
  const knowns: KnownStep[] = []
  const numbers = makePairs()
  lists.numberOf([])

  const configOf = (server: ServerId): CoreConfig => {
    const config = configurations[server - 1]
    if (config === undefined) throw new RangeError(`there is no server ${server}`)
    return config
  }
  const known = (server: ServerId, result: LocalStep): KnownStep => ({
    site: sites.numberOf(result.site),
    sent: result.outputs.map((output) => sentOf(channels, layout, server, output)),
    cost: grain.hasElections && result.isElection ? unitOf.elections : 0,
    steps: lists.numberOf(result.steps),
    objection: result.fatal === undefined ? result.objection : stopped(server, result.fatal),
    isQuiet: false,
    isPrompt: false,
  })

  const compute = (site: number, event: number): KnownStep => {
    const value = sites.valueOf(site)
    const { self } = value.peer
    const cause = events.valueOf(event)
    const result = takeStep(configOf(self), value, cause, grain)
    const step = known(self, result)
    return {
      ...step,
      isQuiet: isQuiet(cause, value, result, step.site === site),
      isPrompt: cause.kind === 'Sync' && isPrompt(value, cause, result, configOf(self), grain, textOfSite),
    }
  }

  return {
    start: (server) => known(server, startSite(configOf(server), grain)),
    take: (site, event) => {
      const number = numbers.get(site, event)
      const found = knowns[number]
      if (found !== undefined) return found
      const fresh = compute(site, event)
      numbers.set(site, event, knowns.length)
      knowns.push(fresh)
      return fresh
    },
    eventNumber: events.numberOf,
    listOf: lists.valueOf,
  }
}

// --- how

const stopped = (server: ServerId, reason: string): Objection => ({
  id: 'fatal',
  what: `server ${server} stops for good: ${reason}`,
  clauses: ['SYNC-9', 'RECV-10'],
})

const sentOf = (channels: Channels, layout: Layout, self: ServerId, output: Output): Sent => {
  const { to } = output
  if (output.kind === 'Notify') {
    const place = layout.toVoter(self, to)
    const item = channels.itemNumber({ kind: 'Notification', notification: output.notification })
    return { outgoing: place, incoming: place, kind: 'Notify', item }
  }
  const { toLeader, toLearner } = layout
  const isLearner = output.kind === 'Open' || output.side === 'leader'
  const places = isLearner
    ? { outgoing: toLeader(self, to), incoming: toLearner(self, to) }
    : { outgoing: toLearner(to, self), incoming: toLeader(to, self) }
  switch (output.kind) {
    case 'Open':
      return { ...places, kind: 'Open', item: 0 }
    case 'Send': {
      const item = channels.itemNumber({ kind: 'Message', message: output.message })
      return { ...places, kind: isLearner ? 'FromLearner' : 'FromLeader', item }
    }
    case 'Close':
      return { ...places, kind: isLearner ? 'LearnerCloses' : 'LeaderCloses', item: 0 }
  }
}

const GIVE_UP: LocalEvent = { kind: 'Core', event: { kind: 'TimerFired', timer: 'phase.limit' }, isLinked: true }

/**
 * When a server that does not lead has synced: nothing but a message follows, no other write; and if its role had ended
 * first, the same would stand on its disk and in its memory. A plan of several writes is not like that: a role that ends
 * after the first of them leaves the others undone (SYNC-14).
 */
const isPrompt = (
  site: Site,
  sync: Extract<LocalEvent, { readonly kind: 'Sync' }>,
  result: LocalStep,
  config: CoreConfig,
  grain: Grain,
  textOfSite: (site: Site) => string,
): boolean => {
  if (result.site.writes.length !== site.writes.length - sync.count) return false
  switch (site.peer.role.kind) {
    case 'Leading':
      return false
    case 'Looking':
    case 'Stopped':
      return result.outputs.length === 0
    case 'Following':
    case 'Observing': {
      const late = takeStep(config, takeStep(config, site, GIVE_UP, grain).site, sync, grain)
      const early = takeStep(config, result.site, GIVE_UP, grain)
      return textOfSite(late.site) === textOfSite(early.site)
    }
  }
}

/**
 * A learner that only puts something into its batch, or begins one: its disk has nothing for it to wait for then, and
 * whatever ends its role ends the batch. A leader that accepts a connection, of which nothing is known before FOLLOWERINFO;
 * or that is told once more what it knows (SYNC-12).
 */
const isQuiet = (
  event: LocalEvent,
  { peer, writes }: Site,
  { site, outputs, steps, fatal }: LocalStep,
  isSame: boolean,
): boolean => {
  if (outputs.length > 0 || steps.length > 0 || fatal !== undefined || site.writes.length !== writes.length)
    return false
  const before = peer.role
  const after = site.peer.role
  if (before.kind === 'Following' && after.kind === 'Following')
    return (
      (before.phase.kind === 'AwaitingSync' || before.phase.kind === 'Receiving') && after.phase.kind === 'Receiving'
    )
  if (before.kind !== 'Leading' || after.kind !== 'Leading') return false
  const isConnected = event.kind === 'Core' && event.event.kind === 'Connected'
  return isConnected || (before.phase.kind === 'Broadcasting' && isSame)
}
