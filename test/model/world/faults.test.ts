// Every fault of the atlas: alone and often, under the eyes of the judge, the ensemble holds; and it does what it says.
import { describe, expect, it } from 'vitest'
import type { FaultName } from '../../../model/world/atlas.js'
import { atlas, everyFaultName, faultNames, faultsOf } from '../../../model/world/atlas.js'
import type { Command } from '../../../model/world/command.js'
import { showCommand } from '../../../model/world/command.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { plainOptions } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import { reconfigurableBy } from '../../../model/world/reconfigurable.js'
import { explain } from '../../../model/world/report.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import { drawFault, drawSwarm } from '../../../model/world/swarm.js'
import type { World } from '../../../model/world/world.js'
import { makeWorld } from '../../../model/world/world.js'
import { refinement } from '../../../proofs/refinement.js'

const SCHEDULES_A_FAULT = 4
const COMMANDS = 50

const holds = (options: WorldOptions, commands: readonly Command[]): void => {
  const run = runSchedule({ ...options, observe: refinement() }, commands)
  if (run.violation !== undefined) expect.fail(explain(run))
}

describe('each fault of the atlas', () => {
  it.each(everyFaultName)('%s, alone and often: the ensemble holds', (fault) => {
    const random = makeRandom(everyFaultName.indexOf(fault) + 1)
    for (let count = 0; count < SCHEDULES_A_FAULT; count += 1) {
      const options = {
        seed: random.below(0x7fffffff),
        voters: 3,
        observers: count % 2,
        clients: 3,
        codecs: count % 2 === 0,
        faults: [fault],
        ...reconfigurableBy(count, [fault]),
      }
      holds(options, randomCommands(random, options, COMMANDS))
    }
  })

  it('says what it does, what is promised, and what keeps it inside', () => {
    for (const name of everyFaultName) {
      const { does, promise, bound } = atlas[name]
      expect([does, promise, bound].every((text) => text.length > 3)).toBe(true)
    }
  })

  it('draws commands that are plain JSON and can be shown', () => {
    const random = makeRandom(1)
    for (const name of everyFaultName)
      for (let count = 0; count < 10; count += 1) {
        const command: Command = atlas[name].draw({ random, servers: [1, 2, 3], clients: 2 })
        expect(JSON.parse(JSON.stringify(command))).toEqual(command)
        expect(showCommand(command)).not.toBe('')
      }
  })
})

describe('the swarm', () => {
  it('switches faults on and off, from run to run', () => {
    const random = makeRandom(3)
    const swarms = Array.from({ length: 40 }, () => drawSwarm(random))
    for (const name of faultNames.filter((fault) => fault !== 'reconfigure')) {
      const on = swarms.filter(({ weights }) => weights.some(([fault]) => fault === name)).length
      expect(on).toBeGreaterThan(5)
      expect(on).toBeLessThan(35)
    }
  })

  it('draws only what is allowed, and nothing when nothing is', () => {
    const random = makeRandom(4)
    const allowed = faultsOf('clock')
    const drawn = Array.from({ length: 50 }, () => drawFault(random, drawSwarm(random, allowed)))
    expect(drawn.every((fault): fault is FaultName => fault !== undefined && allowed.includes(fault))).toBe(true)
    expect(drawFault(random, drawSwarm(random, []))).toBeUndefined()
  })
})

describe('what faults do', () => {
  const options: WorldOptions = { seed: 5, voters: 3, observers: 0, clients: 1 }
  const after = (...commands: readonly Command[]): World => {
    const world = makeWorld(options)
    for (const command of commands) world.run(command)
    return world
  }
  const settled: Command = { kind: 'advance', ms: 3000 }
  const leaderOf = (world: World): number | undefined =>
    world.servers.find((id) => world.stateOf(id)?.service.kind === 'Leader')
  const write: Command = { kind: 'request', client: 0, action: { op: 'create', path: '/a', value: 1 } }

  it('a paused leader is replaced, and follows when it goes on', () => {
    const world = after(settled)
    const leader = leaderOf(world) ?? 0
    world.run({ kind: 'pause', server: leader, ms: 20_000 })
    world.run({ kind: 'advance', ms: 15_000 })
    const before = world.stateOf(leader)
    expect(before?.service.kind).toBe('Leader')
    expect(world.servers.filter((id) => world.stateOf(id)?.service.kind === 'Leader')).toHaveLength(2)
    world.run({ kind: 'advance', ms: 15_000 })
    expect(world.stateOf(leader)?.service.kind).toBe('Follower')
    expect(world.violation()).toBeUndefined()
  })

  it('a cut election port alone leaves a quorum at work', () => {
    const world = after(settled)
    const leader = leaderOf(world)
    for (const from of [1, 2, 3])
      for (const to of [1, 2, 3]) if (from !== to) world.run({ kind: 'cut', from, to, port: 'election' })
    world.run({ kind: 'advance', ms: 20_000 })
    expect(leaderOf(world)).toBe(leader)
  })

  it('a failing disk stops the server at its next sync, and a full one again after each start', () => {
    const world = after(settled)
    const leader = leaderOf(world) ?? 0
    const follower = world.servers.find((id) => id !== leader) ?? 0
    world.run({ kind: 'failDisk', server: follower, error: 'ENOSPC' })
    const isUp = [write, { kind: 'advance', ms: 500 } as const].map((command) => {
      world.run(command)
      return world.isUp(follower)
    })
    expect(isUp[1]).toBe(false)
    expect(world.fatals()[0]).toContain('ENOSPC')
  })

  it('a flipped bit in the log keeps the server away; of the voters a minority at most', () => {
    const world = after(settled, write, { kind: 'advance', ms: 500 })
    for (const server of world.servers) world.run({ kind: 'flip', server, where: 'log' })
    for (const server of world.servers) {
      world.run({ kind: 'crash', server })
      world.run({ kind: 'restart', server })
    }
    world.run(settled)
    expect(world.servers.map(world.isUp)).toEqual([false, true, true])
    expect(leaderOf(world)).toBeDefined()
  })

  it('a crash between a sync and hearing of it leaves the write on the disk', () => {
    const world = after(settled)
    const leader = leaderOf(world) ?? 0
    world.run({ kind: 'crash', server: leader, at: 'synced' })
    world.run(write)
    world.run({ kind: 'advance', ms: 500 })
    expect(world.isUp(leader)).toBe(false)
    expect(world.violation()).toBeUndefined()
  })
})

describe('plain options', () => {
  it('are all that a token needs: what is data, and no more', () => {
    const options: WorldOptions = {
      seed: 1,
      voters: 3,
      observers: 0,
      clients: 2,
      committedWindow: 5,
      joiners: 1,
      reconfiguration: true,
      codecs: true,
      faults: ['crash'],
      isRecorded: true,
      observe: refinement(),
    }
    expect(JSON.parse(JSON.stringify(plainOptions(options)))).toEqual({
      seed: 1,
      voters: 3,
      observers: 0,
      clients: 2,
      joiners: 1,
      reconfiguration: true,
      committedWindow: 5,
      codecs: true,
      faults: ['crash'],
    })
  })
})
