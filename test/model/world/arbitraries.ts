// Command lists for the world as fast-check values: they shrink to fewer commands, shorter times, lower numbers.
import fc from 'fast-check'
import type { ClientAction, Command } from '../../../model/world/command.js'

const path = fc.constantFrom('/a', '/b', '/a/c', '/b/c')
const value = fc.nat({ max: 999 })

const action: fc.Arbitrary<ClientAction> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('create' as const), path, value }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('setData' as const), path, value }) },
  { weight: 4, arbitrary: fc.record({ op: fc.constantFrom('getData' as const, 'exists', 'getChildren'), path }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constantFrom('createEphemeral' as const, 'createSequential', 'multi'), path, value }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('delete' as const), path }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant('setDataIf' as const), path, value, version: fc.nat({ max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('sync' as const, 'closeSession') }) },
)

/** Commands for servers 1 … `servers` and clients 0 … `clients` − 1. */
export const command = (servers: number, clients: number): fc.Arbitrary<Command> => {
  const server = fc.integer({ min: 1, max: servers })
  const client = fc.nat({ max: clients - 1 })
  return fc.oneof(
    { weight: 16, arbitrary: fc.record({ kind: fc.constant('request' as const), client, action }) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('advance' as const),
        ms: fc.constantFrom(1, 3, 10, 30, 100, 300, 1000, 3000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), server }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), server, effect: fc.nat({ max: 5 }) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const), server }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), from: server, to: server }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('isolate' as const), server }) },
    { weight: 2, arbitrary: fc.constant<Command>({ kind: 'heal' }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reset' as const), first: server, second: server }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('slowDisk' as const), server, factor: fc.constantFrom(1, 10, 100) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), client, server }) },
  )
}

/** A run to be: its seed and its commands. */
export const schedule = (
  servers: number,
  clients: number,
): fc.Arbitrary<{ readonly seed: number; readonly commands: readonly Command[] }> =>
  fc.record({
    seed: fc.noShrink(fc.nat({ max: 0x7fffffff })),
    commands: fc.array(command(servers, clients), { maxLength: 60, size: 'max' }),
  })
