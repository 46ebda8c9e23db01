/**
 * The world: servers, disks, channels, clocks and clients in one thread, from one seed. Run twice with the same options
 * and commands it does the same, bit for bit. Checked at every step; the first finding stops it.
 */
import type { ServerId } from '../../src/core/configuration.js'
import type { ServerEffect } from '../../src/server/effect.js'
import type { ConnectionId, ServerEvent } from '../../src/server/event.js'
import * as server from '../../src/server/server.js'
import type { ServerStep } from '../../src/server/server.js'
import type { Server } from '../../src/server/state.js'
import * as D from '../../src/service/database.js'
import * as Z from '../../src/core/zxid.js'
import type { Call, Commit, History } from '../consistency/history.js'
import { showCall } from '../consistency/history.js'
import type { Checks } from './checks.js'
import { makeChecks } from './checks.js'
import type { Client } from './client.js'
import { makeClient } from './client.js'
import { makeClock } from './clock.js'
import type { Command } from './command.js'
import { requestOf, showCommand } from './command.js'
import { commitOf } from './commits.js'
import { makeDisk } from './disk.js'
import { makeFingerprint } from './fingerprint.js'
import type { JournalItem } from './journal.js'
import { makeJournal } from './journal.js'
import { makeNetwork } from './network.js'
import type { MachineNode, Program } from './node.js'
import { makeNode } from './node.js'
import type { WorldOptions } from './options.js'
import { WALL_START_MS, configOf, serversOf, votersOf } from './options.js'
import { makeRandom } from './random.js'
import { showDurable, showPacket, showRole, showService } from './show.js'

export interface Violation {
  /** Id of the clause or property. */
  readonly clause: string
  readonly what: string
  readonly atMs: number
}

export interface World {
  readonly run: (command: Command) => void
  /** The first finding; the world stands still from then on. */
  readonly violation: () => Violation | undefined
  readonly report: (clause: string, what: string) => void
  readonly nowMs: () => number
  /** Events that servers have handled. */
  readonly steps: () => number
  /** Equal for equal runs. */
  readonly fingerprint: () => number
  readonly history: () => History
  readonly commits: () => readonly Commit[]
  readonly clausesReached: () => ReadonlySet<string>
  readonly journal: () => readonly JournalItem[]
  readonly servers: readonly ServerId[]
  readonly isUp: (server: ServerId) => boolean
  readonly stateOf: (server: ServerId) => Server | undefined
  /** Reasons of servers that stopped by themselves. */
  readonly fatals: () => readonly string[]
}

/** Events that one `advance` may cause; more is a livelock. */
const MAX_STEPS_AN_ADVANCE = 200_000

/** A world at time 0 in which all servers have just started. */
export const makeWorld = (options: WorldOptions, program: Program = server): World => {
  const random = makeRandom(options.seed)
  const clock = makeClock()
  const journal = makeJournal(options.isRecorded === true)
  const fingerprint = makeFingerprint()
  const servers = serversOf(options)
  const nodes = new Map<ServerId, MachineNode>()
  const owners = new Map<ConnectionId, { readonly client: Client; readonly server: ServerId }>()
  const reached = new Set<string>()
  const fatals: string[] = []
  let violation: Violation | undefined
  let stampCount = 0
  let connectionCount = 0
  let steps = 0

  const nodeOf = (id: ServerId): MachineNode | undefined => nodes.get(id)
  const isUp = (id: ServerId): boolean => nodeOf(id)?.isUp() === true
  const receive = (id: ServerId, event: ServerEvent): void => {
    if (violation !== undefined) return
    if (journal.isKept && event.kind === 'Received' && event.packet.type !== 'PING' && isUp(id))
      journal.add({ kind: 'message', atMs: clock.nowMs(), from: event.from, to: id, text: showPacket(event.packet) })
    nodeOf(id)?.receive(event)
  }

  const report = (clause: string, what: string): void => {
    if (violation !== undefined) return
    note('essential', undefined, `VIOLATED ${clause}: ${what}`)
    violation = { clause, what, atMs: clock.nowMs() }
  }

  const note = (weight: 'essential' | 'helpful' | 'detail', id: ServerId | undefined, text: string): void => {
    // What the rest of the step does is no part of the story.
    if (violation !== undefined) return
    const atMs = clock.nowMs()
    journal.add(
      id === undefined ? { kind: 'note', atMs, weight, text } : { kind: 'note', atMs, weight, server: id, text },
    )
  }

  const common = { nowMs: clock.nowMs, schedule: clock.schedule, random, isUp, receive, report }
  const network = makeNetwork(common)
  const voters = votersOf(options)
  const observer = options.observe?.({ voters, observers: servers.filter((id) => !voters.includes(id)), report })
  const disks = new Map(
    servers.map((id) => [
      id,
      makeDisk(D.empty, (durable) => {
        observer?.synced(id, durable)
      }),
    ]),
  )
  const diskOf = (id: ServerId) => disks.get(id) ?? makeDisk(D.empty)
  const checks: Checks = makeChecks({ voters, disk: diskOf, digestOf: D.digestOf, report })

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
        owners.get(effect.connection)?.client.deliver(effect.connection, effect.message)
        return
      case 'ClientClose':
        owners.get(effect.connection)?.client.deliver(effect.connection, 'closed')
        return
      case 'ClientPause':
      case 'ClientResume':
        owners.get(effect.connection)?.client.setPaused(effect.connection, effect.kind === 'ClientPause')
        return
      case 'ServiceChanged':
        note('essential', id, showService(effect.service))
        return
      case 'Persist':
        if (journal.isKept)
          note(effect.durable.kind === 'Append' ? 'detail' : 'helpful', id, showDurable(effect.durable))
        return
      default:
    }
  }

  const stepped = (id: ServerId, event: ServerEvent, before: Server, step: ServerStep): void => {
    steps += 1
    for (const clause of step.clauses) reached.add(clause)
    fingerprint.add(clock.nowMs(), id, event, step.effects)
    if (!journal.isKept) return
    const role = showRole(step.server)
    if (role !== showRole(before)) note('helpful', id, role)
    const { lastProcessed } = step.server.database
    if (!Z.equals(lastProcessed, before.database.lastProcessed))
      note('detail', id, `has applied up to ${Z.show(lastProcessed)}`)
  }

  const stopped = (id: ServerId, reason: string | undefined): void => {
    if (reason !== undefined) fatals.push(`server ${id}: ${reason}`)
    note('essential', id, reason === undefined ? 'crashes' : `stops: ${reason}`)
    network.lose(id)
    for (const [connection, owner] of owners) {
      if (owner.server !== id) continue
      owner.client.deliver(connection, 'closed')
      owners.delete(connection)
    }
  }

  for (const id of servers) {
    const host = {
      ...common,
      program,
      checks,
      observer,
      now: () => ({ wallMs: WALL_START_MS + clock.nowMs(), monotonicMs: clock.nowMs() }),
      configAt: (nowMs: number) => configOf(options, id, nowMs),
      act: (effect: ServerEffect) => {
        act(id, effect)
      },
      stepped: (event: ServerEvent, before: Server, step: ServerStep) => {
        stepped(id, event, before, step)
      },
      stopped: (reason: string | undefined) => {
        stopped(id, reason)
      },
      failed: (error: unknown) => {
        report(
          'TOTAL',
          `server ${id} threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
      },
    }
    nodes.set(id, makeNode(id, diskOf(id), host))
  }

  const clients = Array.from({ length: options.clients }, (_, index): Client => {
    const host = {
      ...common,
      servers,
      stamp: () => (stampCount += 1),
      open: (id: ServerId): ConnectionId => {
        connectionCount += 1
        owners.set(connectionCount, { client, server: id })
        return connectionCount
      },
      answered: (call: Call) => {
        if (journal.isKept) note('helpful', undefined, `client ${index}: ${showCall(call)}`)
      },
    }
    const client: Client = makeClient(host, servers[index % servers.length] ?? 1)
    return client
  })

  const advance = (ms: number): void => {
    const untilMs = clock.nowMs() + ms
    const allowed = steps + MAX_STEPS_AN_ADVANCE
    while (violation === undefined && clock.runNext(untilMs))
      if (steps > allowed) report('LIVELOCK', `more than ${MAX_STEPS_AN_ADVANCE} steps in ${ms} ms`)
  }

  const isolate = (id: ServerId): void => {
    for (const other of servers) {
      if (other === id) continue
      network.cut(id, other)
      network.cut(other, id)
    }
  }

  const perform = (command: Command): void => {
    switch (command.kind) {
      case 'advance':
        advance(command.ms)
        return
      case 'request':
        clients[command.client % Math.max(1, clients.length)]?.request(requestOf(command.action))
        return
      case 'move':
        clients[command.client % Math.max(1, clients.length)]?.moveTo(command.server)
        return
      case 'crash':
        if (command.effect === undefined) nodeOf(command.server)?.crash()
        else nodeOf(command.server)?.crashAt(command.effect)
        return
      case 'restart':
        nodeOf(command.server)?.start()
        return
      case 'cut':
        network.cut(command.from, command.to)
        return
      case 'isolate':
        isolate(command.server)
        return
      case 'heal':
        network.healAll()
        return
      case 'reset':
        network.reset(command.first, command.second)
        return
      case 'slowDisk':
        nodeOf(command.server)?.setDiskFactor(command.factor)
    }
  }

  /** A command that does something: the story shows only what changed. */
  const changes = (command: Command): boolean => {
    switch (command.kind) {
      case 'advance':
        return false
      case 'restart':
        return !isUp(command.server)
      case 'crash':
        return isUp(command.server)
      case 'cut':
        return command.from !== command.to
      case 'reset':
        return command.first !== command.second
      case 'slowDisk':
        return nodeOf(command.server)?.diskFactor() !== command.factor
      case 'heal':
        return network.isCutAnywhere()
      case 'request':
      case 'move':
      case 'isolate':
        return true
    }
  }

  const commits = (): readonly Commit[] => checks.committed().flatMap(commitOf)

  for (const node of nodes.values()) node.start()
  return {
    run: (command) => {
      if (violation !== undefined) return
      if (journal.isKept && changes(command))
        note(
          command.kind === 'request' || command.kind === 'move' ? 'helpful' : 'essential',
          undefined,
          showCommand(command),
        )
      perform(command)
    },
    violation: () => violation,
    report,
    nowMs: clock.nowMs,
    steps: () => steps,
    fingerprint: fingerprint.value,
    history: () => ({ calls: clients.flatMap((client) => client.calls()), commits: commits() }),
    commits,
    clausesReached: () => reached,
    journal: journal.items,
    servers,
    isUp,
    stateOf: (id) => nodeOf(id)?.server(),
    fatals: () => fatals,
  }
}
