/** One machine of the world: a process that runs or not, its disk, its clock, its timers. Faults are done to it here. */
import type { ServerId } from '../../src/core/configuration.js'
import * as S from '../../src/core/sequence.js'
import type { ServerConfig } from '../../src/server/config.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { Now, ServerEvent } from '../../src/server/event.js'
import type { Packet } from '../../src/server/packet.js'
import type { Server } from '../../src/server/state.js'
import type { ServerStep } from '../../src/server/server.js'
import type { Transaction } from '../../src/service/transaction.js'
import type { Observer } from '../observer.js'
import type { Checks } from './checks.js'
import type { CrashPoint, Loss } from './command.js'
import type { Disk, Tear } from './disk.js'
import { makeDiskQueue } from './disk-queue.js'
import type { MachineClock } from './machine-clock.js'
import { makePausing } from './pausing.js'
import type { Random } from './random.js'
import { showEvent } from './show.js'
import { makeTimers } from './timers.js'

/** The server function; the real one but in tests of the world itself. */
export interface Program {
  readonly initial: (config: ServerConfig) => Server
  readonly step: (config: ServerConfig, server: Server, event: ServerEvent, now: Now) => ServerStep
}

export interface NodeHost {
  readonly program: Program
  readonly nowMs: () => number
  readonly clock: MachineClock
  readonly schedule: (afterMs: number, run: () => void) => void
  readonly random: Random
  /** Of the process that starts now. */
  readonly configAt: (wallMs: number) => ServerConfig
  readonly checks: Checks
  /** A judge that follows the run. */
  readonly observer: Observer<Transaction> | undefined
  /** True while a quorum of the others has a good disk: this one may be lost. */
  readonly mayLoseDisk: () => boolean
  /** The process says what rests on its disk, or counts it. */
  readonly spoke?: () => void
  /** Is that learner a stranger? What it is told is told to nobody. */
  readonly isVisitedBy?: (learner: ServerId) => boolean
  /** With codecs: the log as recovery reads it after a crash. */
  readonly tear?: Tear | undefined
  /** All effects but those on disk and timers. */
  readonly act: (effect: ServerEffect) => void
  /** After a whole step. */
  readonly stepped: (event: ServerEvent, before: Server, step: ServerStep) => void
  /** The process is gone; `reason` of a Fatal effect, or of a disk that failed. */
  readonly stopped: (reason: string | undefined) => void
  readonly failed: (error: unknown) => void
}

export interface MachineNode {
  readonly id: ServerId
  readonly disk: Disk
  readonly isUp: () => boolean
  readonly server: () => Server | undefined
  /** Starts the process if it does not run and its disk can be read; takes back a crash that has not come yet. */
  readonly start: () => void
  readonly crash: (loss?: Loss) => void
  /** The next step with more than `effect` effects ends after that many of them. */
  readonly crashAtEffect: (effect: number, loss?: Loss) => void
  readonly crashAtSync: (point: CrashPoint, loss?: Loss) => void
  readonly pauseFor: (ms: number) => void
  /** Runs it now, or when the pause is over. */
  readonly whenAwake: (run: () => void) => void
  readonly stallTimersFor: (ms: number) => void
  readonly drift: (permille: number) => void
  readonly jump: (ms: number) => void
  readonly failDisk: (error: 'EIO' | 'ENOSPC') => void
  readonly flip: (where: 'log' | 'image') => void
  /** So many times as long as usual a sync takes. */
  readonly diskFactor: () => number
  readonly setDiskFactor: (factor: number) => void
  readonly mend: () => void
  readonly receive: (event: ServerEvent) => void
}

export const makeNode = (id: ServerId, disk: Disk, host: NodeHost): MachineNode => {
  const { clock, random } = host
  let server: Server | undefined
  let config: ServerConfig | undefined
  let crashing: { readonly effect: number; readonly loss: Loss | undefined } | undefined
  const pausing = makePausing()
  const timers = makeTimers({
    nowMs: host.nowMs,
    schedule: host.schedule,
    worldMs: clock.worldMs,
    whenAwake: pausing.whenAwakeFirst,
    fired: (timer) => {
      receive({ kind: 'TimerFired', timer })
    },
  })
  const queue = makeDiskQueue(disk, {
    schedule: host.schedule,
    random,
    isRunning: () => server !== undefined,
    synced: () => {
      host.checks.synced(id)
    },
    persisted: (token) => {
      pausing.whenAwake(() => {
        receive({ kind: 'Persisted', token })
      })
    },
    stop: (reason, loss) => {
      stop(reason, loss)
    },
  })

  const perform = (effect: ServerEffect): void => {
    switch (effect.kind) {
      case 'Persist':
        host.checks.persisting(id, effect.durable)
        host.observer?.written(id, effect.durable)
        queue.write({ kind: 'persist', token: effect.token, durable: effect.durable, image: effect.image })
        break
      case 'SaveSnapshot':
        queue.write({ kind: 'image', image: { zxid: effect.zxid, database: effect.database } })
        break
      case 'SetTimer':
        timers.set(effect.timer, effect.afterMs)
        break
      case 'CancelTimer':
        timers.cancel(effect.timer)
        break
      case 'Send':
        host.checks.sending(id, effect.packet)
        if (effect.packet.type === 'ACK' || effect.packet.type === 'ACKEPOCH') host.spoke?.()
        if (isOfCore(effect.packet) && !(effect.side === 'learner' && host.isVisitedBy?.(effect.to) === true))
          host.observer?.sent(id, effect.to, effect.packet)
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
      step = host.program.step(config, before, event, clock.now())
    } catch (error) {
      host.failed(error)
      return
    }
    server = step.server
    host.observer?.stepped(id, before.peer, step.server.peer, () => showEvent(event))
    if (event.kind === 'Received') host.checks.received(id, event.packet)
    // BCAST-4: a leader counts its own disk.
    if (event.kind === 'Persisted' && before.peer.role.kind === 'Leading') host.spoke?.()
    const crash = crashing !== undefined && step.effects.length > crashing.effect ? crashing : undefined
    for (const [index, effect] of step.effects.entries()) {
      if (index === crash?.effect) {
        stop(undefined, crash.loss)
        return
      }
      perform(effect)
      if (effect.kind === 'Fatal') {
        stop(effect.reason)
        return
      }
    }
    host.checks.applied(id, step.server.database)
    host.checks.configured(id, step.server.peer.configuration)
    host.checks.numbered(id, step.server.peer)
    host.stepped(event, before, step)
  }

  const stop = (reason: string | undefined, loss?: Loss): void => {
    if (server === undefined) return
    server = undefined
    crashing = undefined
    timers.clear()
    pausing.forget()
    queue.stop()
    lose(loss)
    host.observer?.crashed(id)
    host.stopped(reason)
  }

  const lose = (loss: Loss | undefined): void => {
    if (loss === 'all') disk.crash(0, host.tear)
    else if (loss === 'none') disk.crash(Infinity, host.tear)
    else if (loss === 'scattered' && host.mayLoseDisk() && disk.scatter()) return
    // As often as not nothing of what was pending has reached the disk.
    else disk.crash(Math.max(0, random.between(-disk.pendingCount() - 2, disk.pendingCount() + 2)), host.tear)
  }

  const start = (): void => {
    crashing = undefined
    queue.forgetCrash()
    if (server !== undefined || disk.damage() !== undefined) return
    config = host.configAt(clock.startMs())
    server = host.program.initial(config)
    const { durable, database } = disk.recover()
    host.observer?.started(id, durable)
    host.checks.started(id, [durable.base, ...S.toArray(durable.entries).map((entry) => entry.zxid)], database)
    // The world's disk applies nothing by itself that would count towards a snapshot.
    receive({ kind: 'Started', durable, database, applied: 0 })
  }

  return {
    id,
    disk,
    isUp: () => server !== undefined,
    server: () => server,
    start,
    crash: (loss) => {
      stop(undefined, loss)
    },
    crashAtEffect: (effect, loss) => {
      crashing = { effect, loss }
    },
    crashAtSync: queue.crashAt,
    pauseFor: (ms) => {
      if (server === undefined) return
      pausing.pause()
      host.schedule(ms, pausing.resume)
    },
    whenAwake: pausing.whenAwake,
    stallTimersFor: timers.stallFor,
    drift: clock.drift,
    jump: clock.jump,
    failDisk: queue.fail,
    flip: (where) => {
      if (host.mayLoseDisk()) disk.flip(where)
    },
    diskFactor: queue.factor,
    setDiskFactor: queue.setFactor,
    mend: () => {
      clock.drift(1000)
      timers.stallFor(0)
      queue.mend()
      pausing.resume()
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
