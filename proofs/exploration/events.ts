/** The events of servers, by number: each is made once. */
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import type { Event } from '../../src/core/event.js'
import type { Channels, Item } from './channels.js'
import { configurationWith, votersFor } from './configurations.js'
import { remembered } from './hash.js'
import { makeInterner, textOf } from './intern.js'
import type { LocalEvent } from './local.js'
import { named, toldOf } from './oracle.js'
import type { Transaction } from './site.js'
import type { Steps } from './steps.js'

export interface Events {
  readonly reconnect: number
  readonly phaseLimit: number
  readonly finalize: number
  readonly resend: number
  readonly leaderPing: number
  /** By what `through` says, `leader` leads. */
  readonly named: (through: ServerId, leader: ServerId) => number
  readonly submitted: (transaction: Transaction) => number
  readonly reconfigured: (transaction: Transaction) => number
  readonly lostLearner: (from: ServerId) => number
  readonly synced: (count: number) => number
  readonly crashed: (kept: number) => number
  /** Of the item, from the server, on its side of the connection. */
  readonly arrived: (item: number, from: ServerId, isFromLearner: boolean) => number
  readonly told: (configuration: number, from: ServerId) => number
  /** Configurations that servers hear of. */
  readonly numberOf: (configuration: Configuration) => number
  readonly configurationOf: (number: number) => Configuration
}

/** More than there are servers. */
const SERVERS = 16

export const makeEvents = (steps: Pick<Steps, 'eventNumber'>, channels: Pick<Channels, 'itemOf'>): Events => {
  const core = (event: Event<Transaction>): number => steps.eventNumber({ kind: 'Core', event, isLinked: true })
  const nameds = remembered((code) => core(named(code % SERVERS, Math.floor(code / SERVERS))))
  const arrivals = remembered((code) => {
    const from = Math.floor(code / 2) % SERVERS
    const item = channels.itemOf(Math.floor(code / (2 * SERVERS)))
    return steps.eventNumber(arrival(item, from, code % 2 === 0 ? 'leader' : 'learner'))
  })
  const configurations = makeInterner<Configuration>('configurations', textOf)
  const tellings = remembered((code) =>
    core(toldOf(code % SERVERS, configurations.valueOf(Math.floor(code / SERVERS)))),
  )
  return {
    reconnect: core({ kind: 'TimerFired', timer: 'learner.reconnect' }),
    phaseLimit: core({ kind: 'TimerFired', timer: 'phase.limit' }),
    finalize: core({ kind: 'TimerFired', timer: 'election.finalize' }),
    resend: core({ kind: 'TimerFired', timer: 'election.resend' }),
    leaderPing: core({ kind: 'TimerFired', timer: 'leader.ping' }),
    named: (through, leader) => nameds(SERVERS * through + leader),
    submitted: remembered((transaction) => core({ kind: 'Submitted', transaction })),
    reconfigured: remembered((transaction) =>
      core({ kind: 'Submitted', transaction, configuration: configurationWith(votersFor(transaction) ?? []) }),
    ),
    lostLearner: remembered((from) => core({ kind: 'Disconnected', from, side: 'learner' })),
    synced: remembered((count) => steps.eventNumber({ kind: 'Sync', count })),
    crashed: remembered((kept) => steps.eventNumber({ kind: 'Crash', kept })),
    arrived: (item, from, isFromLearner) => arrivals(2 * (SERVERS * item + from) + (isFromLearner ? 1 : 0)),
    told: (configuration, from) => tellings(SERVERS * configuration + from),
    numberOf: configurations.numberOf,
    configurationOf: configurations.valueOf,
  }
}

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
