/**
 * What happens at one server: the shipped `step` on one event, and what the world around it makes of the effects.
 *
 * A step depends on nothing but the server and the event, so each is computed once however many states of the ensemble it
 * is taken in.
 */
import type { CoreConfig } from '../../src/core/config.js'
import type { ConnectionSide, Notification, QuorumMessage } from '../../src/core/message.js'
import type { Effect } from '../../src/core/effect.js'
import type { Event } from '../../src/core/event.js'
import { initial } from '../../src/core/peer.js'
import { isEnabled } from '../../src/core/reconfiguration.js'
import type { Configuration, ServerId } from '../../src/core/configuration.js'
import { NO_SERVER } from '../../src/core/server-id.js'
import * as S from '../../src/core/sequence.js'
import * as Z from '../../src/core/zxid.js'
import { visibleCount, visibleLog } from '../refinement/disk.js'
import { contextOf } from '../refinement/context.js'
import { actionsOf } from '../refinement/steps.js'
import type { AbstractStep, Objection } from './abstraction.js'
import type { Grain } from './grain.js'
import { oracle } from './oracle.js'
import type { Site, Transaction, Write } from './site.js'
import { emptyDisk, isLinked, watched, write } from './site.js'

// --- model

export type LocalEvent =
  /** An event of the core. `isLinked`: the connection to the leader is still open while it is handled. */
  | { readonly kind: 'Core'; readonly event: Event<Transaction>; readonly isLinked: boolean }
  /** So many of the oldest writes become durable. */
  | { readonly kind: 'Sync'; readonly count: number }
  /** So many of the oldest writes have become durable, the others never will; the server starts again. */
  | { readonly kind: 'Crash'; readonly kept: number }

export type Output =
  | {
      readonly kind: 'Send'
      readonly to: ServerId
      readonly side: ConnectionSide
      readonly message: QuorumMessage<Transaction>
    }
  | { readonly kind: 'Open'; readonly to: ServerId }
  | { readonly kind: 'Close'; readonly to: ServerId; readonly side: ConnectionSide }
  | { readonly kind: 'Notify'; readonly to: ServerId; readonly notification: Notification }

export interface LocalStep {
  readonly site: Site
  /** In their order. */
  readonly outputs: readonly Output[]
  /** What it is in the abstract system, in its order. */
  readonly steps: readonly AbstractStep[]
  /** The core stops for good. */
  readonly fatal?: string
  /** The server begins to look for a leader. */
  readonly isElection: boolean
  readonly objection?: Objection
}

// --- operations

/** A server that has never run, started. */
export const startSite = (config: CoreConfig, grain: Grain): LocalStep => {
  const work = begin({ peer: initial<Transaction>(config), disk: emptyDisk, writes: [] }, grain)
  start(config, work)
  return end(work)
}

export const takeStep = (config: CoreConfig, site: Site, event: LocalEvent, grain: Grain = oracle): LocalStep => {
  const work = begin(site, grain)
  switch (event.kind) {
    case 'Core':
      work.isLinked &&= event.isLinked
      run(config, work, event.event)
      break
    case 'Sync':
      sync(work, event.count)
      run(config, work, { kind: 'Persisted', token: event.count })
      break
    case 'Crash':
      sync(work, event.kept)
      restart(config, work)
      break
  }
  return end(work)
}

// --- how

/** The step on its way. */
interface Work {
  readonly grain: Grain
  peer: Site['peer']
  disk: Site['disk']
  writes: readonly Write[]
  isLinked: boolean
  readonly outputs: Output[]
  readonly steps: AbstractStep[]
  fatal: string | undefined
  isElection: boolean
  objection: Objection | undefined
}

const begin = (site: Site, grain: Grain): Work => ({
  ...site,
  grain,
  outputs: [],
  steps: [],
  isLinked: isLinked(site.peer),
  fatal: undefined,
  isElection: false,
  objection: undefined,
})

const end = ({ grain, peer, disk, writes, outputs, steps, fatal, isElection, objection }: Work): LocalStep => ({
  site: { peer: grain.canonical(peer), disk, writes },
  outputs,
  steps,
  isElection,
  ...(fatal === undefined ? {} : { fatal }),
  ...(objection === undefined ? {} : { objection }),
})

const run = (config: CoreConfig, work: Work, event: Event<Transaction>): void => {
  const before = work.peer
  const { state, effects, clauses } = work.grain.step(config, before, event)
  work.peer = state
  work.isElection ||= clauses.includes('ELEC-1')
  work.objection ??= work.grain.objectTo(before, event, state)
  const server = state.self
  const quorums = isEnabled(config) ? 'Changing' : 'Fixed'
  for (const action of actionsOf(before, state, quorums)) work.steps.push({ kind: 'Memory', server, action })
  const { committed } = state.configuration
  if (committed !== before.configuration.committed)
    work.steps.push({ kind: 'Activate', server, configuration: committed })
  // What a step has written before it gave up its role belongs to that role.
  const after = contextOf(state)
  const context = after.epoch === 0 ? contextOf(before) : after
  // Whom the oracle names is there. Whom an election names is dialled until it is, when the explorer says so.
  const isAnswered = !work.grain.hasElections || isRedial(event)
  const dialled = effects.filter(
    (effect) => (effect.kind !== 'Connect' || isAnswered) && execute(work, effect, context),
  )
  // The port of a leader answers at once: nothing that a server does between dialling and the answer makes a difference.
  for (const effect of dialled)
    if (effect.kind === 'Connect') run(config, work, { kind: 'Connected', from: effect.to, side: 'leader' })
  if (before.role.kind === 'Leading' && state.role.kind !== 'Leading') work.steps.push({ kind: 'Gone', server })
}

const isRedial = (event: Event<Transaction>): boolean =>
  event.kind === 'TimerFired' && event.timer === 'learner.reconnect'

/** Tells whether the server has dialled. */
const execute = (
  work: Work,
  effect: Effect<Transaction>,
  context: { readonly epoch: Z.Epoch; readonly leader: ServerId },
): boolean => {
  const server = work.peer.self
  switch (effect.kind) {
    case 'Send': {
      const message = withoutName(server, effect.message)
      work.steps.push({ kind: 'Say', server, to: effect.to, epoch: context.epoch, message })
      work.outputs.push({ kind: 'Send', to: effect.to, side: effect.side, message })
      return false
    }
    case 'Persist': {
      const shown = visibleCount(watched(work))
      const image = effect.durable.kind === 'Snapshot' ? inImage(work.peer) : undefined
      work.writes = [...work.writes, { durable: effect.durable, ...context, ...(image === undefined ? {} : { image }) }]
      if (effect.durable.kind === 'Append') showAppends(work, shown)
      return false
    }
    case 'Disconnect':
      if (effect.side === 'learner' || work.isLinked)
        work.outputs.push({ kind: 'Close', to: effect.from, side: effect.side })
      if (effect.side === 'leader') work.isLinked = false
      return false
    case 'Connect':
      work.isLinked = true
      work.outputs.push({ kind: 'Open', to: effect.to })
      return true
    case 'Fatal':
      work.fatal = effect.reason
      return false
    case 'Notify':
      if (work.grain.hasElections)
        work.outputs.push({ kind: 'Notify', to: effect.to, notification: effect.notification })
      return false
    // Timers are the explorer's; deliveries are read off the state.
    case 'SetTimer':
    case 'CancelTimer':
    case 'Deliver':
    case 'InstallSnapshot':
    case 'ServiceChanged':
    case 'Doubted':
    case 'Proposed':
    case 'Refused':
      return false
  }
}

/**
 * RECFG-5: to its followers a leader names itself or somebody else. They go to the one it names; here they look for a leader
 * then, whom the oracle may name at once, that one or any other. Of several that it might name it takes the one that came
 * first, which makes no difference either.
 */
const withoutName = (server: ServerId, message: QuorumMessage<Transaction>): QuorumMessage<Transaction> =>
  (message.type === 'COMMITANDACTIVATE' || message.type === 'INFORMANDACTIVATE') && message.leader !== server
    ? { ...message, leader: NO_SERVER }
    : message

/** RECFG-4: what an image says of the configuration is there after a start as well. */
const inImage = ({ role }: Site['peer']): Configuration | undefined =>
  role.kind === 'Following' && 'batch' in role.phase ? role.phase.batch.imageConfiguration : undefined

/** Appends that nothing else precedes any more are in the log from now on. */
const showAppends = (work: Work, before: number): void => {
  const server = work.peer.self
  const disk = watched(work)
  work.writes.slice(before, visibleCount(disk)).forEach(({ durable, epoch }, index) => {
    const last = durable.kind === 'Append' ? durable.entries.at(-1) : undefined
    if (durable.kind !== 'Append' || last === undefined) return
    const shown = { ...disk, pending: disk.pending.slice(0, before + index + 1) }
    work.steps.push({ kind: 'Contents', server, entries: durable.entries })
    work.steps.push({ kind: 'Synchronize', server, epoch, point: last.zxid, log: visibleLog(shown) })
  })
}

const sync = (work: Work, count: number): void => {
  const server = work.peer.self
  for (const one of work.writes.slice(0, count)) {
    const { durable, epoch, leader } = one
    const shown = visibleCount(watched(work))
    work.disk = write(work.disk, one)
    work.writes = work.writes.slice(1)
    const log = visibleLog(watched({ disk: work.disk, writes: [] }))
    switch (durable.kind) {
      case 'AcceptedEpoch':
        work.steps.push({ kind: 'Promise', server, leader, epoch: durable.epoch })
        break
      case 'CurrentEpoch':
        work.steps.push({ kind: 'Adopt', server, epoch: durable.epoch })
        break
      case 'Append':
        work.steps.push({ kind: 'Flush', server, point: durable.entries.at(-1)?.zxid ?? Z.ZERO })
        break
      case 'Truncate':
        work.steps.push({ kind: 'Synchronize', server, epoch, point: durable.zxid, log })
        break
      case 'Snapshot': {
        const point = durable.entries.at(-1)?.zxid ?? durable.zxid
        work.steps.push({ kind: 'Contents', server, entries: durable.entries })
        work.steps.push({ kind: 'Synchronize', server, epoch, point, log })
        work.steps.push({ kind: 'Flush', server, point })
        break
      }
      // What a server goes by is judged when it does so. What it finds after a crash it has gone by.
      case 'Configuration':
        break
    }
    if (durable.kind !== 'Append') showAppends(work, Math.max(0, shown - 1))
  }
}

const restart = (config: CoreConfig, work: Work): void => {
  const server = work.peer.self
  const { acceptedEpoch, currentEpoch, base } = work.disk
  work.writes = []
  work.isLinked = false
  work.steps.push({ kind: 'Crash', server })
  if (work.peer.role.kind === 'Leading') work.steps.push({ kind: 'Gone', server })
  const log = visibleLog(watched(work))
  work.steps.push({ kind: 'Start', server, acceptedEpoch, currentEpoch, log, image: base })
  start(config, work)
}

const start = (config: CoreConfig, work: Work): void => {
  const { state, effects } = work.grain.step(config, initial<Transaction>(config), {
    kind: 'Started',
    durable: work.disk,
  })
  work.peer = state
  work.isElection = true
  for (const effect of effects) execute(work, effect, contextOf(state))
}

/** Writes that wait, by what waits for them. */
export const waitingWrites = ({ peer }: Site): readonly boolean[] =>
  S.toArray(peer.pending).map(({ kind }) => kind !== 'Nothing')
