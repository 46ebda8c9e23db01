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
import type { Zxid } from '../../src/core/zxid.js'
import * as Z from '../../src/core/zxid.js'
import type { Call, Commit, History } from '../consistency/history.js'
import { showCall } from '../consistency/history.js'
import type { Result } from '../service.js'
import { makeBallots } from './ballots.js'
import type { Checks } from './checks.js'
import { makeChecks } from './checks.js'
import { makeConfigurations } from './checks/configurations.js'
import type { Client } from './client.js'
import { makeClient } from './client.js'
import { makeClock } from './clock.js'
import { makeCodec } from './codec.js'
import type { Command } from './command.js'
import { showCommand } from './command.js'
import { commitsOf } from './commits.js'
import { makeDisk } from './disk.js'
import { makeFingerprint } from './fingerprint.js'
import type { JournalItem } from './journal.js'
import { makeJournal } from './journal.js'
import { makeMachineClock } from './machine-clock.js'
import { makeNetwork } from './network.js'
import type { MachineNode, Program } from './node.js'
import { makeNode } from './node.js'
import { makeOperator } from './operator.js'
import type { WorldOptions } from './options.js'
import { WALL_START_MS, worldTiming, configOf, ensembleOf, isReconfigurable, serversOf, votersOf } from './options.js'
import type { Random } from './random.js'
import { makeRandom } from './random.js'
import { makeReplacement } from './replacement.js'
import { admits, makeStrangers } from './strangers.js'
import { makeTear } from './torn-log.js'
import { showDurable, showPacket, showRole, showService, weightOf } from './show.js'

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
  readonly door: Door
}

/** How clients of another making than the world's own come to its servers, and how they let time pass. */
export interface Door {
  readonly random: Random
  readonly schedule: (afterMs: number, run: () => void) => void
  /** Does the next thing that is due until then; false, with time at `untilMs`, when none is. */
  readonly runNext: (untilMs: number) => boolean
  /** A fresh connection to the server; `guest` is told within its steps. */
  readonly open: (server: ServerId, guest: Guest) => ConnectionId
  readonly receive: (server: ServerId, event: ServerEvent) => void
  readonly note: (text: string) => void
}

export type Guest = Pick<Client, 'deliver' | 'setPaused'>

/** Events that one `advance` may cause; more is a livelock. */
const MAX_STEPS_AN_ADVANCE = 200_000

/** Longest that a client takes before its server may answer more. */
const MAX_READING_MS = 4

/** A world at time 0 in which all servers have just started. */
export const makeWorld = (options: WorldOptions, program: Program = server): World => {
  const random = makeRandom(options.seed)
  const clock = makeClock()
  const journal = makeJournal(options.isRecorded === true)
  const fingerprint = makeFingerprint()
  const servers = serversOf(options)
  const nodes = new Map<ServerId, MachineNode>()
  const owners = new Map<ConnectionId, { readonly client: Guest; readonly server: ServerId }>()
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

  const whenAwake = (id: ServerId, run: () => void): void => {
    nodeOf(id)?.whenAwake(run)
  }
  const tear = options.codecs === true ? makeTear(random, report) : undefined
  const common = { nowMs: clock.nowMs, schedule: clock.schedule, random, isUp, receive, report, whenAwake }
  const network = makeNetwork({
    ...common,
    admits: (id, claimed) => admits(options, nodeOf(id), claimed),
    aliveMs: worldTiming.tickTimeMs,
    codec: options.codecs === true ? makeCodec(report) : undefined,
  })
  const voters = votersOf(options)
  const ensemble = isReconfigurable(options) ? ensembleOf(options) : undefined
  const observer = options.observe?.({
    voters,
    observers: servers.filter((id) => !voters.includes(id)),
    report,
    ...(ensemble === undefined ? {} : { configuration: ensemble }),
  })
  const disks = new Map(
    servers.map((id) => [
      id,
      makeDisk(
        D.empty,
        (durable) => {
          observer?.synced(id, durable)
        },
        [],
        options.replayWindow,
      ),
    ]),
  )
  const diskOf = (id: ServerId) => disks.get(id) ?? makeDisk(D.empty)
  const configurations = makeConfigurations(voters, ensemble !== undefined, report)
  const everVoters = ensemble === undefined ? undefined : configurations.everVoters
  const ballots = makeBallots({ voters, disk: diskOf, everVoters, isReckless: options.isReckless })
  const isLeading = (id: ServerId): boolean => nodeOf(id)?.server()?.peer.role.kind === 'Leading'
  const checks: Checks = makeChecks({
    ...{ voters, disk: diskOf, ballots, ensemble, configurations, isLeading },
    digestOf: D.digestOf,
    report,
  })

  const act = (id: ServerId, effect: ServerEffect): void => {
    switch (effect.kind) {
      case 'Notify':
        network.notify(id, effect.to, replacement.heard(id, effect.notification))
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
      case 'ClientContinue': {
        // The client takes its time to read what it was sent.
        const { connection } = effect
        clock.schedule(random.between(0, MAX_READING_MS), () => {
          whenAwake(id, () => {
            receive(id, { kind: 'ClientReady', connection })
          })
        })
        return
      }
      case 'Continue':
        clock.schedule(0, () => {
          whenAwake(id, () => {
            receive(id, { kind: 'Continued' })
          })
        })
        return
      case 'ServiceChanged':
        note('essential', id, showService(effect.service))
        return
      case 'Persist':
        if (journal.isKept) note(weightOf(effect.durable), id, showDurable(effect.durable))
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

  const replacement = makeReplacement({
    ballots,
    disk: diskOf,
    nodeOf,
    observer,
    tell: (id, what) => {
      note('essential', id, what)
    },
  })

  for (const id of servers) {
    const host = {
      ...common,
      program,
      checks,
      observer,
      clock: makeMachineClock(clock.nowMs, WALL_START_MS),
      configAt: (wallMs: number) => configOf(options, id, wallMs - WALL_START_MS, replacement.hasVoteAtStart(id)),
      mayLoseDisk: () => ballots.mayLoseDisk(id),
      spoke: () => {
        ballots.spoke(id)
      },
      isVisitedBy: (learner: ServerId) => network.isVisited(id, learner),
      tear,
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

  const open = (id: ServerId, client: Guest): ConnectionId => {
    connectionCount += 1
    owners.set(connectionCount, { client, server: id })
    return connectionCount
  }
  const receiveAwake = (id: ServerId, event: ServerEvent): void => {
    whenAwake(id, () => {
      receive(id, event)
    })
  }

  const clients = Array.from({ length: options.clients }, (_, index): Client => {
    const host = {
      ...common,
      servers,
      codecs: options.codecs === true,
      receive: receiveAwake,
      stamp: () => (stampCount += 1),
      open: (id: ServerId): ConnectionId => open(id, client),
      answered: (call: Call) => {
        if (journal.isKept) note('helpful', undefined, `client ${index}: ${showCall(call)}`)
      },
      reconfigured: ({ error }: Result) => {
        note('essential', undefined, `client ${index}: the reconfiguration is answered with ${error}`)
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

  const lastVersion = (): Zxid => configurations.version()
  const strangers = makeStrangers(options, { ...common, network, nodeOf, receive: receiveAwake })
  const operator = makeOperator({ strangers, servers, nodeOf, network, clients, replacement, advance, lastVersion })
  const commits = (): readonly Commit[] =>
    commitsOf(
      checks.committed(),
      clients.flatMap((client) => client.reconfigurations()),
    )

  for (const node of nodes.values()) node.start()
  return {
    run: (command) => {
      if (violation !== undefined) return
      if (journal.isKept && operator.changes(command))
        note(
          command.kind === 'request' || command.kind === 'move' ? 'helpful' : 'essential',
          undefined,
          showCommand(command),
        )
      operator.perform(command)
    },
    violation: () => violation,
    report,
    nowMs: clock.nowMs,
    steps: () => steps,
    fingerprint: fingerprint.value,
    history: () => ({
      calls: clients.flatMap((client) => client.calls()),
      events: clients.flatMap((client) => client.sightings().events),
      reconnections: clients.flatMap((client) => client.sightings().reconnections),
      commits: commits(),
    }),
    commits,
    clausesReached: () => reached,
    journal: journal.items,
    servers,
    isUp,
    stateOf: (id) => nodeOf(id)?.server(),
    fatals: () => fatals,
    door: {
      random,
      schedule: clock.schedule,
      runNext: (untilMs) => violation === undefined && clock.runNext(untilMs),
      open,
      receive: receiveAwake,
      note: (text) => {
        note('helpful', undefined, text)
      },
    },
  }
}
