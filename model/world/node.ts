/** One machine of the world: a process that runs or not, its disk, its timers. Faults are done to it here. */
import type { ServerId } from '../../src/core/configuration.js'
import * as S from '../../src/core/sequence.js'
import type { ServerConfig } from '../../src/server/config.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { Now, ServerEvent, ServerTimer } from '../../src/server/event.js'
import type { Packet } from '../../src/server/packet.js'
import type { Server } from '../../src/server/state.js'
import type { ServerStep } from '../../src/server/server.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Observer } from '../observer.js'
import type { Checks } from './checks.js'
import type { Disk } from './disk.js'
import type { Random } from './random.js'
import { showEvent } from './show.js'

/** The server function; the real one but in tests of the world itself. */
export interface Program {
  readonly initial: (config: ServerConfig) => Server
  readonly step: (config: ServerConfig, server: Server, event: ServerEvent, now: Now) => ServerStep
}

export interface NodeHost {
  readonly program: Program
  readonly nowMs: () => number
  readonly now: () => Now
  readonly schedule: (afterMs: number, run: () => void) => void
  readonly random: Random
  readonly configAt: (nowMs: number) => ServerConfig
  readonly checks: Checks
  /** A judge that follows the run. */
  readonly observer: Observer<Transaction> | undefined
  /** All effects but those on disk and timers. */
  readonly act: (effect: ServerEffect) => void
  /** After a whole step. */
  readonly stepped: (event: ServerEvent, before: Server, step: ServerStep) => void
  /** The process is gone; `reason` of a Fatal effect. */
  readonly stopped: (reason: string | undefined) => void
  readonly failed: (error: unknown) => void
}

export interface MachineNode {
  readonly id: ServerId
  readonly disk: Disk
  readonly isUp: () => boolean
  readonly server: () => Server | undefined
  /** Starts the process if it does not run; takes back a crash that has not come yet. */
  readonly start: () => void
  readonly crash: () => void
  /** The next step with more than `effect` effects ends after that many of them. */
  readonly crashAt: (effect: number) => void
  /** So many times as long as usual a sync takes. */
  readonly diskFactor: () => number
  readonly setDiskFactor: (factor: number) => void
  readonly receive: (event: ServerEvent) => void
}

const MIN_SYNC_MS = 1
const MAX_SYNC_MS = 3

export const makeNode = (id: ServerId, disk: Disk, host: NodeHost): MachineNode => {
  let server: Server | undefined
  let config: ServerConfig | undefined
  let incarnation = 0
  let crashAfter: number | undefined
  let diskFactor = 1
  let isSyncing = false
  let timerCount = 0
  const timers = new Map<ServerTimer, number>()

  /** One sync takes all that was written before it began. */
  const sync = (): void => {
    if (isSyncing || disk.pendingCount() === 0) return
    isSyncing = true
    const started = incarnation
    const count = disk.pendingCount()
    host.schedule(host.random.between(MIN_SYNC_MS, MAX_SYNC_MS) * diskFactor, () => {
      if (incarnation !== started) return
      isSyncing = false
      const token = disk.sync(count)
      host.checks.synced(id)
      sync()
      if (token !== undefined) receive({ kind: 'Persisted', token })
    })
  }

  const setTimer = (timer: ServerTimer, afterMs: number): void => {
    timerCount += 1
    const number = timerCount
    timers.set(timer, number)
    host.schedule(afterMs, () => {
      if (timers.get(timer) !== number) return
      timers.delete(timer)
      receive({ kind: 'TimerFired', timer })
    })
  }

  const perform = (effect: ServerEffect): void => {
    switch (effect.kind) {
      case 'Persist':
        host.checks.persisting(id, effect.durable)
        host.observer?.written(id, effect.durable)
        disk.write({ kind: 'persist', token: effect.token, durable: effect.durable, image: effect.image })
        sync()
        break
      case 'SaveSnapshot':
        disk.write({ kind: 'image', image: { zxid: effect.zxid, database: effect.database } })
        sync()
        break
      case 'SetTimer':
        setTimer(effect.timer, effect.afterMs)
        break
      case 'CancelTimer':
        timers.delete(effect.timer)
        break
      case 'Send':
        host.checks.sending(id, effect.packet)
        if (isOfCore(effect.packet)) host.observer?.sent(id, effect.to, effect.packet)
        break
      case 'ServiceChanged':
        host.checks.serving(id, effect.service)
        break
      default:
    }
    host.act(effect)
  }

  const receive = (event: ServerEvent): void => {
    if (server === undefined || config === undefined) return
    const before = server
    let step: ServerStep
    try {
      step = host.program.step(config, before, event, host.now())
    } catch (error) {
      host.failed(error)
      return
    }
    server = step.server
    host.observer?.stepped(id, before.peer, step.server.peer, () => showEvent(event))
    if (event.kind === 'Received') host.checks.received(id, event.packet)
    const limit = crashAfter !== undefined && step.effects.length > crashAfter ? crashAfter : undefined
    for (const [index, effect] of step.effects.entries()) {
      if (index === limit) {
        stop(undefined)
        return
      }
      perform(effect)
      if (effect.kind === 'Fatal') {
        stop(effect.reason)
        return
      }
    }
    host.checks.applied(id, step.server.database)
    host.stepped(event, before, step)
  }

  const stop = (reason: string | undefined): void => {
    if (server === undefined) return
    server = undefined
    incarnation += 1
    crashAfter = undefined
    isSyncing = false
    timers.clear()
    // As often as not nothing of what was pending has reached the disk.
    disk.crash(Math.max(0, host.random.between(-disk.pendingCount() - 2, disk.pendingCount() + 2)))
    host.observer?.crashed(id)
    host.stopped(reason)
  }

  const start = (): void => {
    crashAfter = undefined
    if (server !== undefined) return
    config = host.configAt(host.nowMs())
    server = host.program.initial(config)
    const { durable, database } = disk.recover()
    host.observer?.started(id, durable)
    host.checks.started(id, [durable.base, ...S.toArray(durable.entries).map((entry) => entry.zxid)], database)
    receive({ kind: 'Started', durable, database })
  }

  return {
    id,
    disk,
    isUp: () => server !== undefined,
    server: () => server,
    start,
    crash: () => {
      stop(undefined)
    },
    crashAt: (effect) => {
      crashAfter = effect
    },
    diskFactor: () => diskFactor,
    setDiskFactor: (factor) => {
      diskFactor = factor
    },
    receive,
  }
}

/** What only servers with clients say is no concern of the core. */
const isOfCore = (
  packet: Packet,
): packet is Exclude<Packet, { readonly type: 'REQUEST' | 'REVALIDATE' | 'REVALIDATED' | 'SYNC' }> => {
  switch (packet.type) {
    case 'REQUEST':
    case 'REVALIDATE':
    case 'REVALIDATED':
    case 'SYNC':
      return false
    default:
      return true
  }
}
