/**
 * The servers of a fake ensemble: the real server function on simulated machines, every step checked, and a door for clients.
 * What stands here is only how the parts of model/world are put together.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { ConnectionId, ServerEvent } from '../../src/server/event.js'
import * as server from '../../src/server/server.js'
import * as D from '../../src/service/database.js'
import type { ClientMessage } from '../../src/service/response.js'
import type { Commit } from '../consistency/history.js'
import { makeChecks } from '../world/checks.js'
import { makeClock } from '../world/clock.js'
import { makeCodec } from '../world/codec.js'
import { showCommand } from '../world/command.js'
import { commitOf } from '../world/commits.js'
import { makeDisk } from '../world/disk.js'
import { makeFingerprint } from '../world/fingerprint.js'
import type { JournalItem } from '../world/journal.js'
import { makeJournal } from '../world/journal.js'
import { makeMachineClock } from '../world/machine-clock.js'
import { makeNetwork } from '../world/network.js'
import type { MachineNode, Program } from '../world/node.js'
import { makeNode } from '../world/node.js'
import { makeOperator } from '../world/operator.js'
import type { WorldOptions } from '../world/options.js'
import { WALL_START_MS, configOf, serversOf, votersOf } from '../world/options.js'
import type { Random } from '../world/random.js'
import { makeRandom } from '../world/random.js'
import { showService } from '../world/show.js'
import type { Violation } from '../world/world.js'
import type { MachineFault } from './fault.js'

/** What a connection tells its client. A pause is for what has not been read yet: the client may go on writing. */
export type Line = ClientMessage | 'closed' | 'paused' | 'resumed'

export interface Machines {
  readonly servers: readonly ServerId[]
  readonly random: Random
  readonly nowMs: () => number
  readonly schedule: (afterMs: number, run: () => void) => void
  /** Does the next thing that is due until then; false, with time at `untilMs`, when none is. */
  readonly runNext: (untilMs: number) => boolean
  readonly inject: (fault: MachineFault) => void
  readonly isUp: (server: ServerId) => boolean
  /** The server that leads with a quorum behind it. */
  readonly leader: () => ServerId | undefined
  /** A fresh connection to the server; `hear` is called within its steps. */
  readonly open: (server: ServerId, hear: (line: Line) => void) => ConnectionId
  readonly receive: (server: ServerId, event: ServerEvent) => void
  readonly note: (text: string) => void
  readonly journal: () => readonly JournalItem[]
  /** The first finding in the servers themselves; everything stands still from then on. */
  readonly violation: () => Violation | undefined
  readonly report: (clause: string, what: string) => void
  readonly commits: () => readonly Commit[]
  readonly fingerprint: () => number
}

/** Machines at time 0, all just started. */
export const makeMachines = (options: WorldOptions, program: Program = server): Machines => {
  const random = makeRandom(options.seed)
  const clock = makeClock()
  const journal = makeJournal(options.isRecorded === true)
  const fingerprint = makeFingerprint()
  const servers = serversOf(options)
  const voters = votersOf(options)
  const nodes = new Map<ServerId, MachineNode>()
  const owners = new Map<ConnectionId, { readonly server: ServerId; readonly hear: (line: Line) => void }>()
  let connectionCount = 0
  let violation: Violation | undefined

  const isUp = (id: ServerId): boolean => nodes.get(id)?.isUp() === true
  const note = (text: string, id?: ServerId): void => {
    // What the rest of the step does is no part of the story.
    if (violation !== undefined) return
    const atMs = clock.nowMs()
    const what = { kind: 'note', atMs, weight: id === undefined ? 'helpful' : 'essential', text } as const
    journal.add(id === undefined ? what : { ...what, server: id })
  }
  const report = (clause: string, what: string): void => {
    if (violation !== undefined) return
    note(`VIOLATED ${clause}: ${what}`)
    violation = { clause, what, atMs: clock.nowMs() }
  }
  const receive = (id: ServerId, event: ServerEvent): void => {
    if (violation === undefined) nodes.get(id)?.receive(event)
  }
  const whenAwake = (id: ServerId, run: () => void): void => nodes.get(id)?.whenAwake(run)

  const common = { nowMs: clock.nowMs, schedule: clock.schedule, random, isUp, receive, report, whenAwake }
  const network = makeNetwork({ ...common, codec: options.codecs === true ? makeCodec(report) : undefined })
  const disks = new Map(servers.map((id) => [id, makeDisk(D.empty)]))
  const diskOf = (id: ServerId) => disks.get(id) ?? makeDisk(D.empty)
  /** Of the voters a minority may lose its disk; observers are in no quorum. */
  const mayLoseDisk = (id: ServerId): boolean => {
    const lost = voters.filter((voter) => voter === id || diskOf(voter).damage() !== undefined)
    return !voters.includes(id) || 2 * lost.length < voters.length
  }
  const checks = makeChecks({ voters, disk: diskOf, digestOf: D.digestOf, report })

  const hang = (connection: ConnectionId): void => {
    const owner = owners.get(connection)
    owners.delete(connection)
    owner?.hear('closed')
  }

  const act = (id: ServerId, effect: ServerEffect): void => {
    switch (effect.kind) {
      case 'Notify':
        network.notify(id, effect.to, effect.notification)
        return
      case 'Connect':
        network.dial(id, effect.to)
        return
      case 'Disconnect':
        network.close(id, effect.from, effect.side)
        return
      case 'Send':
        network.send(id, effect.to, effect.side, effect.packet)
        return
      case 'ClientSend':
        owners.get(effect.connection)?.hear(effect.message)
        return
      case 'ClientClose':
        hang(effect.connection)
        return
      case 'ClientPause':
      case 'ClientResume':
        owners.get(effect.connection)?.hear(effect.kind === 'ClientPause' ? 'paused' : 'resumed')
        return
      case 'ServiceChanged':
        note(showService(effect.service), id)
        return
      default:
    }
  }

  const stopped = (id: ServerId, reason: string | undefined): void => {
    note(reason === undefined ? 'crashes' : `stops: ${reason}`, id)
    network.lose(id)
    for (const [connection, owner] of owners) if (owner.server === id) hang(connection)
  }

  for (const id of servers) {
    const machineClock = makeMachineClock(clock.nowMs, WALL_START_MS)
    const host = {
      ...common,
      program,
      clock: machineClock,
      checks,
      observer: undefined,
      mayLoseDisk: () => mayLoseDisk(id),
      configAt: (wallMs: number) => configOf(options, id, wallMs - WALL_START_MS),
      act: (effect: ServerEffect) => act(id, effect),
      stepped: (event: ServerEvent, _: unknown, step: { readonly effects: readonly ServerEffect[] }) =>
        fingerprint.add(clock.nowMs(), id, event, step.effects),
      stopped: (reason: string | undefined) => stopped(id, reason),
      failed: (error: unknown) =>
        report('TOTAL', `server ${id} threw: ${error instanceof Error ? error.message : String(error)}`),
    }
    nodes.set(id, makeNode(id, diskOf(id), host))
  }

  const operator = makeOperator({
    servers,
    nodeOf: (id) => nodes.get(id),
    network,
    clients: [],
    advance: () => undefined,
  })
  const inject = (fault: MachineFault): void => {
    // A crash at once is told by the server that stops.
    const isTold = fault.kind === 'crash' && fault.effect === undefined && fault.at === undefined
    if (!isTold && operator.changes(fault)) note(showCommand(fault))
    operator.perform(fault)
  }

  for (const node of nodes.values()) node.start()
  return {
    servers,
    random,
    nowMs: clock.nowMs,
    schedule: clock.schedule,
    runNext: (untilMs) => violation === undefined && clock.runNext(untilMs),
    inject,
    isUp,
    // A server that has been cut off may still think that it leads: the latest epoch is meant.
    leader: () => {
      const leading = servers.flatMap((id) => {
        const service = nodes.get(id)?.server()?.service
        return service?.kind === 'Leader' ? [{ id, epoch: service.epoch }] : []
      })
      return leading.toSorted((first, second) => second.epoch - first.epoch)[0]?.id
    },
    open: (id, hear) => {
      connectionCount += 1
      owners.set(connectionCount, { server: id, hear })
      return connectionCount
    },
    receive: (id, event) => whenAwake(id, () => receive(id, event)),
    note,
    journal: journal.items,
    violation: () => violation,
    report,
    commits: () => checks.committed().flatMap(commitOf),
    fingerprint: fingerprint.value,
  }
}
