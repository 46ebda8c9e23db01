/**
 * Steps of servers, each computed once however often it is taken: by the numbers of the server and of the event.
 */
import type { CoreConfig } from '../../src/core/config.js'
import type { ServerId } from '../../src/core/server-id.js'
import type { Objection } from './abstraction.js'
import type { Channels } from './channels.js'
import type { Interner } from './intern.js'
import { makeInterner } from './intern.js'
import type { Layout } from './layout.js'
import type { LocalEvent, LocalStep, Output } from './local.js'
import { takeStep } from './local.js'
import type { Sent } from './network.js'
import { makePairs } from './pairs.js'
import type { Site } from './site.js'

/** What a step does to a state. */
export interface KnownStep {
  readonly site: number
  readonly sent: readonly Sent[]
  /** Number of the list of abstract steps: 0 for none. */
  readonly steps: number
  readonly objection: Objection | undefined
  /** Nothing but the memory of the server is changed, and only what it forgets with its role. */
  readonly isQuiet: boolean
}

export interface Steps {
  readonly take: (site: number, event: number) => KnownStep
  readonly eventNumber: (event: LocalEvent) => number
  readonly listOf: (number: number) => LocalStep['steps']
}

export const makeSteps = (
  configurations: readonly CoreConfig[],
  sites: Interner<Site>,
  channels: Channels,
  layout: Layout,
): Steps => {
  const events = makeInterner<LocalEvent>('events', (event) => JSON.stringify(event))
  const lists = makeInterner<LocalStep['steps']>('steps', (list) => JSON.stringify(list))
  const known: KnownStep[] = []
  const numbers = makePairs()
  lists.numberOf([])

  const compute = (site: number, event: number): KnownStep => {
    const value = sites.valueOf(site)
    const { self } = value.peer
    const config = configurations[self - 1]
    if (config === undefined) throw new RangeError(`there is no server ${self}`)
    const cause = events.valueOf(event)
    const result = takeStep(config, value, cause)
    const after = sites.numberOf(result.site)
    return {
      site: after,
      sent: result.outputs.map((output) => sentOf(channels, layout, self, output)),
      steps: lists.numberOf(result.steps),
      objection: result.fatal === undefined ? undefined : stopped(self, result.fatal),
      isQuiet: isQuiet(cause, value, result, after === site),
    }
  }

  return {
    take: (site, event) => {
      const number = numbers.get(site, event)
      const found = known[number]
      if (found !== undefined) return found
      const fresh = compute(site, event)
      numbers.set(site, event, known.length)
      known.push(fresh)
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

const sentOf = (channels: Channels, { toLeader, toLearner }: Layout, self: ServerId, output: Output): Sent => {
  const { to } = output
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
