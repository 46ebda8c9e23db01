/**
 * Arbitraries of fast-check: faults for a fake ensemble; and worlds, commands and schedules for the simulated world itself.
 * They shrink to fewer commands, shorter times, lower numbers. The caller brings fast-check, so this library needs none.
 */
import type * as FastCheck from 'fast-check'
import type { ServerId } from '../../src/core/configuration.js'
import type { ClientAction, Command } from '../world/command.js'
import type { WorldOptions } from '../world/options.js'
import type { World } from '../world/world.js'
import type { Fault } from './fault.js'
import type { WorldModel } from './commands.js'
import { worldCommand } from './commands.js'

/** Numbers of servers and clients that commands may name. */
export interface Shape {
  /** Voters and observers: 1 … servers. */
  readonly servers: number
  /** 0 … clients − 1. */
  readonly clients: number
}

/** A world to be, and what is done to it. */
export interface Schedule {
  readonly options: WorldOptions
  readonly commands: readonly Command[]
}

export interface Arbitraries {
  /** For `Ensemble.inject`. Disks and clocks stay whole: a program may rely on them. */
  readonly fault: (shape?: Partial<Shape>) => FastCheck.Arbitrary<Fault>
  readonly action: () => FastCheck.Arbitrary<ClientAction>
  /** Mostly requests and time; a fault now and then. */
  readonly command: (shape?: Partial<Shape>) => FastCheck.Arbitrary<Command>
  /** Seeds do not shrink: another seed is another run. */
  readonly worldOptions: (fixed?: Partial<WorldOptions>) => FastCheck.Arbitrary<WorldOptions>
  /** For `assertWorld`. */
  readonly schedule: (fixed?: Partial<WorldOptions>, maxLength?: number) => FastCheck.Arbitrary<Schedule>
  /** For `fc.modelRun` with `worldSetup`: after each command the world agrees with a model of which servers run. */
  readonly worldCommands: (
    shape?: Partial<Shape>,
    maxCommands?: number,
  ) => FastCheck.Arbitrary<Iterable<FastCheck.Command<WorldModel, World>>>
}

const PATHS = ['/a', '/b', '/a/c', '/b/c'] as const
const MAX_LENGTH = 60
const MAX_SEED = 0x7fffffff

/** `fc`: the caller's `import fc from 'fast-check'`, version 4. */
export const arbitraries = (fc: typeof FastCheck.default): Arbitraries => {
  const path = fc.constantFrom(...PATHS)
  const value = fc.nat({ max: 999 })
  const wait = fc.constantFrom(1, 3, 10, 30, 100, 300, 1000, 3000)
  const kind = <K extends string>(name: K) => fc.constant(name)

  const action: FastCheck.Arbitrary<ClientAction> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ op: kind('create'), path, value }) },
    { weight: 2, arbitrary: fc.record({ op: kind('setData'), path, value }) },
    { weight: 4, arbitrary: fc.record({ op: fc.constantFrom('getData', 'exists', 'getChildren'), path }) },
    {
      weight: 2,
      arbitrary: fc.record({ op: fc.constantFrom('createEphemeral', 'createSequential', 'multi'), path, value }),
    },
    { weight: 1, arbitrary: fc.record({ op: kind('delete'), path }) },
    {
      weight: 1,
      arbitrary: fc.record({ op: kind('setDataIf'), path, value, version: fc.nat({ max: 2 }) }),
    },
    { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('sync', 'closeSession') }) },
  )

  /** What both the world and a fake ensemble know. */
  const machineFault = (server: FastCheck.Arbitrary<ServerId>, servers: number) =>
    fc.oneof(
      { weight: 2, arbitrary: fc.record({ kind: kind('crash'), server }) },
      { weight: 2, arbitrary: fc.record({ kind: kind('crash'), server, effect: fc.nat({ max: 5 }) }) },
      { weight: 3, arbitrary: fc.record({ kind: kind('restart'), server }) },
      { weight: 1, arbitrary: fc.record({ kind: kind('pause'), server, ms: wait }) },
      { weight: 2, arbitrary: fc.record({ kind: kind('isolate'), server }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: kind('partition'),
          group: fc.subarray(
            Array.from({ length: servers }, (_, index) => index + 1),
            { minLength: 1 },
          ),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: kind('reset'), first: server, second: server }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: kind('slowDisk'), server, factor: fc.constantFrom(1, 10, 100) }),
      },
      { weight: 3, arbitrary: fc.record({ kind: kind('heal') }) },
    )

  const shaped = ({ servers = 3, clients = 2 }: Partial<Shape> = {}) => ({
    servers,
    server: fc.integer({ min: 1, max: servers }),
    client: fc.nat({ max: Math.max(0, clients - 1) }),
  })

  const fault = (shape?: Partial<Shape>): FastCheck.Arbitrary<Fault> => {
    const { servers, server, client } = shaped(shape)
    return fc.oneof(
      { weight: 3, arbitrary: machineFault(server, servers) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cutClient', 'dropClient'), client }) },
    )
  }

  const command = (shape?: Partial<Shape>): FastCheck.Arbitrary<Command> => {
    const { servers, server, client } = shaped(shape)
    return fc.oneof(
      { weight: 16, arbitrary: fc.record({ kind: kind('request'), client, action }) },
      { weight: 10, arbitrary: fc.record({ kind: kind('advance'), ms: wait }) },
      { weight: 14, arbitrary: machineFault(server, servers) },
      { weight: 2, arbitrary: fc.record({ kind: kind('move'), client, server }) },
    )
  }

  const worldOptions = (fixed: Partial<WorldOptions> = {}): FastCheck.Arbitrary<WorldOptions> =>
    fc
      .record({
        seed: fc.noShrink(fc.nat({ max: MAX_SEED })),
        voters: fc.constantFrom(3, 1, 2, 5),
        observers: fc.nat({ max: 1 }),
        clients: fc.integer({ min: 1, max: 3 }),
      })
      .map((drawn) => ({ ...drawn, ...fixed }))

  return {
    fault,
    action: () => action,
    command,
    worldOptions,
    schedule: (fixed, maxLength = MAX_LENGTH) =>
      worldOptions(fixed).chain((options) => {
        const shape = { servers: options.voters + options.observers, clients: options.clients }
        return fc.array(command(shape), { maxLength, size: 'max' }).map((commands): Schedule => ({ options, commands }))
      }),
    worldCommands: (shape, maxCommands = MAX_LENGTH) =>
      fc.commands([command(shape).map(worldCommand)], { maxCommands, size: 'max' }),
  }
}
