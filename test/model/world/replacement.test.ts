// Servers that come back with an older disk or an empty one: what ZAB survives, and that more than that breaks it.
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../model/world/command.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import { explain } from '../../../model/world/report.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import type { World } from '../../../model/world/world.js'
import { makeWorld } from '../../../model/world/world.js'
import { refinement } from '../../../proofs/refinement.js'

const options: WorldOptions = { seed: 5, voters: 3, observers: 1, clients: 1, isRecorded: true }
const OBSERVER = 4
const wait = (ms: number): Command => ({ kind: 'advance', ms })
const write: Command = { kind: 'request', client: 0, action: { op: 'createSequential', path: '/a', value: 1 } }

const after = (...commands: readonly Command[]): World => {
  const world = makeWorld({ ...options, observe: refinement() })
  for (const command of [wait(3000), write, wait(500), ...commands]) world.run(command)
  return world
}
const serviceOf = (world: World, id: number): string | undefined => world.stateOf(id)?.service.kind
const leaderOf = (world: World): number => world.servers.find((id) => serviceOf(world, id) === 'Leader') ?? 0
const followerOf = (world: World): number => world.servers.find((id) => serviceOf(world, id) === 'Follower') ?? 0
const tellsOf = (world: World, text: string): boolean =>
  world.journal().some((item) => item.kind === 'note' && item.text.includes(text))

describe('within the promise', () => {
  it.each([undefined, 1, 3])('an observer comes back without its last %s writes, and is in step again', (lost) => {
    const world = after({ kind: 'replaceDisk', server: OBSERVER, ...(lost === undefined ? {} : { lost }) }, wait(3000))
    expect(serviceOf(world, OBSERVER)).toBe('Observer')
    const known = [1, OBSERVER].map((id) => world.stateOf(id)?.database.lastProcessed)
    expect(known[1]).toEqual(known[0])
    expect(world.violation()).toBeUndefined()
  })

  it('a voter comes back empty as an observer, and votes again when a later epoch has made it whole', () => {
    const world = after()
    const follower = followerOf(world)
    world.run({ kind: 'replaceDisk', server: follower })
    world.run(wait(5000))
    expect(serviceOf(world, follower)).toBe('Observer')
    // In step, but in the epoch that it had promised: it stays an observer.
    world.run({ kind: 'crash', server: follower })
    world.run({ kind: 'restart', server: follower })
    world.run(wait(5000))
    expect(serviceOf(world, follower)).toBe('Observer')
    const leader = leaderOf(world)
    for (const kind of ['crash', 'restart'] as const) world.run({ kind, server: leader })
    world.run(wait(10_000))
    for (const kind of ['crash', 'restart'] as const) world.run({ kind, server: follower })
    world.run(wait(10_000))
    expect(['Follower', 'Leader']).toContain(serviceOf(world, follower))
    expect(tellsOf(world, 'votes again')).toBe(true)
    expect(world.violation()).toBeUndefined()
  })

  it('a voter of whose last record nobody has heard keeps its vote', () => {
    const world = after()
    const follower = followerOf(world)
    for (const command of [{ kind: 'crash', server: follower, at: 'synced' } as const, write, wait(100)])
      world.run(command)
    expect(world.isUp(follower)).toBe(false)
    world.run({ kind: 'replaceDisk', server: follower, lost: 1 })
    world.run(wait(5000))
    expect(['Follower', 'Leader']).toContain(serviceOf(world, follower))
    expect(tellsOf(world, 'comes as an observer')).toBe(false)
    expect(world.violation()).toBeUndefined()
  })

  it('a second voter of three is not allowed to, and goes on with its disk', () => {
    const world = after()
    world.run({ kind: 'replaceDisk', server: 1 })
    const before = world.stateOf(2)
    world.run({ kind: 'replaceDisk', server: 2 })
    expect(world.stateOf(2)).toBe(before)
    expect(world.violation()).toBeUndefined()
  })

  it('any of it, together with crashes and partitions', () => {
    const random = makeRandom(2)
    for (let count = 0; count < 12; count += 1) {
      const world: WorldOptions = {
        seed: random.below(0x7fffffff),
        voters: count % 4 === 0 ? 5 : 3,
        observers: 1,
        clients: 3,
        committedWindow: 5,
        snapCount: 10,
        faults: ['olderDisk', 'emptyDisk', 'isolation', 'crash', 'crashAtSync', 'flip'],
        observe: refinement({ wholeEvery: 50 }),
      }
      const run = runSchedule(world, randomCommands(random, world, 60))
      if (run.violation !== undefined) expect.fail(explain(run))
    }
  })
})

describe('beyond the promise', () => {
  /** What the checks of the world alone find in so many runs in which voters keep their votes whatever they have lost. */
  const found = (schedules: number): readonly string[] => {
    const random = makeRandom(1)
    return Array.from({ length: schedules }).flatMap(() => {
      const world: WorldOptions = {
        seed: random.below(0x7fffffff),
        voters: 3,
        observers: 0,
        clients: 3,
        isReckless: true,
        faults: ['olderDisk', 'emptyDisk', 'isolation', 'crash'],
      }
      return runSchedule(world, randomCommands(random, world, 60)).violation?.clause ?? []
    })
  }

  it('two leaders have one epoch, and what was committed is gone', () => {
    expect(found(40)).toEqual(expect.arrayContaining(['LEADERSHIP', 'TOTAL-ORDER']))
  })
})
