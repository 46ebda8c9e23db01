/** Schedules: lists of commands, drawn from chance, and what a run of one shows. */
import type { ServerId } from '../../src/core/configuration.js'
import { checkHistory } from '../consistency/check.js'
import { showCall } from '../consistency/history.js'
import type { ClientAction, Command } from './command.js'
import { atlas } from './atlas.js'
import type { Random } from './random.js'
import { pick } from './random.js'
import type { Swarm } from './swarm.js'
import { drawFault, drawSwarm } from './swarm.js'
import type { Violation, World } from './world.js'
import { makeWorld } from './world.js'
import type { WorldOptions } from './options.js'
import { isReconfigurable, serversOf } from './options.js'
import type { Program } from './node.js'

/** After the last fault, within this time a write commits. LIVE-1…4. */
export const LIVENESS_MS = 60_000

const PATHS = ['/a', '/b', '/a/c', '/b/c'] as const

export const randomAction = (random: Random): ClientAction => {
  const path = pick(random, PATHS)
  const value = random.below(1000)
  switch (random.below(16)) {
    case 0:
    case 1:
      return { op: 'create', path, value }
    case 2:
      return { op: 'createEphemeral', path, value }
    case 3:
      return { op: 'createSequential', path, value }
    case 4:
    case 5:
      return { op: 'setData', path, value }
    case 6:
      return { op: 'setDataIf', path, value, version: random.below(3) }
    case 7:
      return { op: 'multi', path, value }
    case 8:
      return { op: 'delete', path }
    case 9:
      return { op: 'getChildren', path: pick(random, ['/', ...PATHS]) }
    case 10:
      return { op: 'exists', path }
    case 11:
      return { op: 'sync' }
    case 12:
      return random.below(4) === 0 ? { op: 'closeSession' } : { op: 'getData', path }
    default:
      return { op: 'getData', path }
  }
}

/** Some reads leave a watch. */
const watching = (random: Random, action: ClientAction): ClientAction => {
  switch (action.op) {
    case 'exists':
    case 'getData':
    case 'getChildren':
      return random.below(3) === 0 ? { ...action, watch: true } : action
    default:
      return action
  }
}

const DURATIONS_MS = [1, 3, 10, 30, 100, 300, 1000, 3000] as const

/** Mostly requests and time; a fault of the swarm now and then. What is broken is mended about as often. */
export const randomCommand = (random: Random, servers: readonly ServerId[], clients: number, swarm: Swarm): Command => {
  if (random.below(100) < swarm.percent) {
    const fault = drawFault(random, swarm)
    if (fault !== undefined) return atlas[fault].draw({ random, servers, clients })
  }
  const server = (): ServerId => servers[random.below(servers.length)] ?? 1
  const kind = random.below(32)
  if (kind < 16)
    return { kind: 'request', client: random.below(clients), action: watching(random, randomAction(random)) }
  if (kind < 26) return { kind: 'advance', ms: swarm.pace * pick(random, DURATIONS_MS) }
  if (kind < 29) return { kind: 'restart', server: server() }
  return kind < 31 ? { kind: 'heal' } : { kind: 'mend', server: server() }
}

/** Ends all faults; then a write must commit in time. */
const settle = (world: World): void => {
  world.run({ kind: 'heal' })
  for (const server of world.servers) {
    world.run({ kind: 'mend', server })
    world.run({ kind: 'restart', server })
  }
  // What has been committed meanwhile came before the question.
  const before = world.history().calls.reduce((latest, call) => Math.max(latest, call.invoked), 0)
  for (let waitedMs = 0; waitedMs < LIVENESS_MS; waitedMs += SETTLE_STEP_MS) {
    for (const server of world.servers) if (!world.isUp(server)) world.run({ kind: 'restart', server })
    // Again and again: a session may have expired meanwhile.
    world.run({ kind: 'request', client: 0, action: { op: 'createSequential', path: '/settled', value: 0 } })
    world.run({ kind: 'advance', ms: SETTLE_STEP_MS })
    if (world.violation() !== undefined || hasCommitted(world, before)) return
  }
  world.report(
    'LIVENESS',
    `no write commits within ${LIVENESS_MS} ms after the last fault; ${world.fatals().join('; ')}`,
  )
}

const SETTLE_STEP_MS = 2_000

const hasCommitted = (world: World, after: number): boolean =>
  world
    .history()
    .calls.some(
      (call) =>
        call.invoked > after &&
        call.operation.op === 'create' &&
        call.outcome.kind === 'ok' &&
        call.outcome.result.error === 'OK',
    )

export interface Run {
  readonly options: WorldOptions
  readonly commands: readonly Command[]
  readonly world: World
  readonly violation: Violation | undefined
}

/** Runs the commands, ends the faults, asks for progress, and judges what the clients saw. */
export const runSchedule = (options: WorldOptions, commands: readonly Command[], program?: Program): Run => {
  const world = makeWorld(options, program)
  for (const command of commands) world.run(command)
  if (world.violation() === undefined) settle(world)
  if (world.violation() === undefined) judge(world)
  return { options, commands, world, violation: world.violation() }
}

const judge = (world: World): void => {
  const verdict = checkHistory(world.history())
  if (verdict.kind === 'Violated')
    world.report(verdict.clause, [verdict.what, ...verdict.calls.map(showCall)].join('; '))
  if (verdict.kind === 'Unknown') world.report('UNKNOWN', verdict.why)
}

/** A schedule of `length` commands from a seed, with the faults of one swarm. */
export const randomCommands = (random: Random, options: WorldOptions, length: number): readonly Command[] => {
  const swarm = drawSwarm(random, options.faults, isReconfigurable(options))
  return Array.from({ length }, () => randomCommand(random, serversOf(options), options.clients, swarm))
}
