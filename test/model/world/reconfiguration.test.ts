// Reconfigurations in the world: who votes is what operators asked for; the leader may go; partial views never win; the bound holds.
import { describe, expect, it } from 'vitest'
import { atlas, faultNames, faultsOf } from '../../../model/world/atlas.js'
import type { Command, Reconfiguration } from '../../../model/world/command.js'
import { showCommand } from '../../../model/world/command.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import { reconfigurableBy } from '../../../model/world/reconfigurable.js'
import { explain } from '../../../model/world/report.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import { drawSwarm } from '../../../model/world/swarm.js'
import type { World } from '../../../model/world/world.js'
import { makeWorld } from '../../../model/world/world.js'
import { votersOf } from '../../../src/core/quorum.js'
import { refinement } from '../../../proofs/refinement.js'

const options: WorldOptions = { seed: 5, voters: 3, observers: 1, joiners: 1, clients: 2, reconfiguration: true }
const JOINER = 5
const wait = (ms: number): Command => ({ kind: 'advance', ms })
const write: Command = { kind: 'request', client: 0, action: { op: 'create', path: '/a', value: 1 } }
const change = (wish: Partial<Reconfiguration>): Command => ({
  kind: 'reconfigure',
  client: 0,
  voters: [],
  observers: [],
  leaving: [],
  ...wish,
})
const whole = (voters: readonly number[], observers: readonly number[]): Command => ({
  kind: 'reconfigure',
  client: 0,
  voters,
  observers,
})

const after = (of: WorldOptions, ...commands: readonly Command[]): World => {
  const world = makeWorld({ ...of, isRecorded: true, observe: refinement() })
  for (const command of commands) world.run(command)
  expect(world.violation()).toBeUndefined()
  return world
}

/** As every server that is up has them; more than one when they differ. */
const votersIn = (world: World): readonly (readonly number[])[] => {
  const each = world.servers.flatMap((id) => {
    const committed = world.stateOf(id)?.peer.configuration.committed
    return committed === undefined ? [] : [votersOf(committed.quorums)]
  })
  return [...new Map(each.map((voters) => [voters.join(), voters])).values()]
}
const roleOf = (world: World, server: number): string | undefined => world.stateOf(server)?.service.kind
const leaderOf = (world: World): number | undefined => world.servers.find((id) => roleOf(world, id) === 'Leader')
const answersIn = (world: World): readonly string[] =>
  world.journal().flatMap((item) => {
    const [, answer] = item.kind === 'note' ? (/answered with (\w+)/.exec(item.text) ?? []) : []
    return answer === undefined ? [] : [answer]
  })

describe.each([false, true])('an operator (codecs: %s)', (codecs) => {
  const own = { ...options, codecs }

  it('gives a joiner a vote, which follows without one before', () => {
    const world = after(own, wait(2000))
    expect([votersIn(world), roleOf(world, JOINER)]).toEqual([[[1, 2, 3]], 'Follower'])
    world.run(change({ voters: [JOINER] }))
    world.run(wait(1000))
    expect([votersIn(world), roleOf(world, JOINER), answersIn(world)]).toEqual([
      [[1, 2, 3, JOINER]],
      'Follower',
      ['OK'],
    ])
  })

  it('changes everything at once, and back', () => {
    const world = after(own, wait(2000), whole([1, 2, JOINER], [3]), wait(4000))
    expect([votersIn(world), roleOf(world, 3), roleOf(world, 4)]).toEqual([[[1, 2, JOINER]], 'Observer', 'Follower'])
    world.run(whole([1, 2, 3], [4]))
    world.run(wait(4000))
    expect([votersIn(world), roleOf(world, 4), roleOf(world, JOINER)]).toEqual([[[1, 2, 3]], 'Observer', 'Follower'])
    expect(world.violation()).toBeUndefined()
  })

  it('lets the leader leave: another goes on, and the former one follows', () => {
    const world = after(own, wait(2000))
    const former = leaderOf(world) ?? 0
    world.run(change({ leaving: [former] }))
    world.run(wait(5000))
    world.run(write)
    world.run(wait(1000))
    expect(votersIn(world)).toEqual([[1, 2, 3].filter((voter) => voter !== former)])
    expect([leaderOf(world) === former, roleOf(world, former)]).toEqual([false, 'Follower'])
    expect(world.commits().length).toBeGreaterThan(0)
  })

  it('is refused with a wrong version, not with the right one', () => {
    const world = after(own, wait(2000), change({ voters: [JOINER], version: 'unknown' }), wait(500))
    for (const wish of [{ voters: [JOINER] }, { leaving: [JOINER], version: 'last' as const }]) {
      world.run(change(wish))
      world.run(wait(1000))
    }
    expect(answersIn(world)).toEqual(['BADVERSION', 'OK', 'OK'])
  })
})

describe('a world', () => {
  it('starts joiners with a partial view, which never wins (RECFG-9)', () => {
    const world = makeWorld(options)
    const view = world.stateOf(JOINER)?.peer.configuration.committed
    expect([view?.version.epoch, view && votersOf(view.quorums)]).toEqual([0, [1, 2, 3, JOINER]])
    world.run(wait(3000))
    expect(votersIn(world)).toEqual([[1, 2, 3]])
  })

  it('is the same whether reconfigurations are off or not spoken of, and refuses them', () => {
    const { joiners: _joiners, reconfiguration: _reconfiguration, ...plain } = options
    const commands = [wait(2000), write, change({ voters: [4] }), write, wait(2000)]
    const [absent, off] = [plain, { ...plain, reconfiguration: false, joiners: 0 }].map((each) =>
      after(each, ...commands),
    )
    expect(off?.fingerprint()).toBe(absent?.fingerprint())
    expect([answersIn(off ?? makeWorld(plain)), answersIn(absent ?? makeWorld(plain))]).toEqual([
      ['RECONFIGDISABLED'],
      ['RECONFIGDISABLED'],
    ])
  })

  it('keeps reconfigurations out of the history of its clients', () => {
    const world = after(options, wait(2000), write, change({ voters: [JOINER] }), change({ leaving: [1] }), wait(3000))
    expect(world.history().calls.map(({ operation }) => operation.op)).toEqual(['create2'])
    expect(runSchedule(options, [wait(2000), write, change({ leaving: [1] }), write]).violation).toBeUndefined()
  })

  it('tells who is to vote, who asked, and what came of it', () => {
    const story = explain(runSchedule(options, [wait(2000), change({ voters: [JOINER] }), wait(1000)]))
    for (const text of [
      'reconfigure through client 0, step by step: to vote: 5',
      'activates configuration 1:',
      'voters 1, 2, 3, 5; observers 4',
      'client 0: the reconfiguration is answered with OK',
    ])
      expect(story).toContain(text)
    expect(showCommand(whole([1, 2], [3]))).toBe('reconfigure through client 0, as a whole: voters 1, 2; observers 3')
  })
})

describe('the bound', () => {
  const down: Command = { kind: 'replaceDisk', server: 1 }

  it('lets a joiner lose its disk until it is proposed for a vote, and no voter ever, not even one that has left', () => {
    const world = after(options, wait(2000), write, wait(500))
    const isOlder = (server: number): boolean => {
      const before = world.stateOf(server)?.peer.incarnation
      world.run({ kind: 'replaceDisk', server })
      return world.stateOf(server)?.peer.incarnation !== before
    }
    expect([1, 2, 3, 4, JOINER].map(isOlder)).toEqual([false, false, false, true, true])
    world.run(wait(4000))
    world.run(change({ voters: [JOINER], leaving: [2] }))
    world.run(wait(3000))
    expect([1, 2, 3, 4, JOINER].map(isOlder)).toEqual([false, false, false, true, false])
    world.run(down)
    expect(world.violation()).toBeUndefined()
  })

  it('damages no disk', () => {
    const world = after(options, wait(2000), write, wait(500))
    for (const server of world.servers) world.run({ kind: 'flip', server, where: 'log' })
    for (const server of world.servers) world.run({ kind: 'crash', server, loss: 'scattered' })
    for (const server of world.servers) world.run({ kind: 'restart', server })
    expect(world.servers.map(world.isUp)).toEqual([true, true, true, true, true])
  })
})

describe('the swarm', () => {
  it('reconfigures where the world is there for it, always, and nowhere else', () => {
    const isOn = (isReconfigurable: boolean, seed: number): boolean =>
      drawSwarm(makeRandom(seed), faultNames, isReconfigurable).weights.some(([fault]) => fault === 'reconfigure')
    const seeds = Array.from({ length: 20 }, (_, seed) => seed)
    expect(seeds.map((seed) => isOn(true, seed))).toEqual(seeds.map(() => true))
    expect(seeds.map((seed) => isOn(false, seed))).toEqual(seeds.map(() => false))
  })

  it('draws the other faults as ever', () => {
    const others = faultNames.filter((fault) => fault !== 'reconfigure')
    expect(drawSwarm(makeRandom(3))).toEqual(drawSwarm(makeRandom(3), others))
  })

  it('makes one in four worlds reconfigurable, all of them when operators alone do something, none without them', () => {
    const count = (faults?: Parameters<typeof reconfigurableBy>[1]): number =>
      Array.from({ length: 400 }, (_, seed) => reconfigurableBy(seed, faults)).filter(
        ({ reconfiguration }) => reconfiguration === true,
      ).length
    expect(count()).toBeGreaterThan(70)
    expect(count()).toBeLessThan(130)
    expect([count(faultsOf('operators')), count(faultsOf('network'))]).toEqual([400, 0])
  })

  it('asks for all kinds of things', () => {
    const random = makeRandom(1)
    const drawn = Array.from({ length: 200 }, () =>
      atlas.reconfigure.draw({ random, servers: [1, 2, 3, 4, 5], clients: 2 }),
    )
    const wishes = drawn.flatMap((command) => (command.kind === 'reconfigure' ? [command] : []))
    expect(wishes).toHaveLength(200)
    expect(wishes.filter(({ leaving }) => leaving === undefined).length).toBeGreaterThan(5)
    for (const version of ['last', 'unknown', undefined])
      expect(wishes.filter((wish) => wish.version === version).length).toBeGreaterThan(10)
    for (const list of ['voters', 'observers', 'leaving'] as const)
      expect(wishes.filter((wish) => (wish[list] ?? []).length > 1).length).toBeGreaterThan(5)
  })
})

describe('random reconfigurations among all other faults', () => {
  it.each([
    [3, 0],
    [3, 1],
    [5, 0],
    [1, 0],
  ])('%i voters and %i observers hold, under the eyes of the judge', (voters, observers) => {
    const random = makeRandom(10 * voters + observers)
    for (let count = 0; count < 8; count += 1) {
      const own: WorldOptions = {
        seed: random.below(0x7fffffff),
        ...{ voters, observers, clients: 3, joiners: 1 + (count % 2), reconfiguration: true, codecs: count % 4 === 0 },
        observe: refinement(),
      }
      const run = runSchedule(own, randomCommands(random, own, 60))
      if (run.violation !== undefined) expect.fail(explain(run))
    }
  })
})
