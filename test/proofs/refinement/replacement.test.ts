// A server that comes back with another disk, before the judge: within the promise it is a step, beyond it an objection.
import { describe, expect, it } from 'vitest'
import type { Observe } from '../../../model/observer.js'
import type { Command } from '../../../model/world/command.js'
import type { WorldOptions } from '../../../model/world/options.js'
import type { World } from '../../../model/world/world.js'
import { makeWorld } from '../../../model/world/world.js'
import { refinement } from '../../../proofs/refinement.js'

const OBSERVER = 4
const wait = (ms: number): Command => ({ kind: 'advance', ms })
const write: Command = { kind: 'request', client: 0, action: { op: 'createSequential', path: '/a', value: 1 } }

/** An ensemble that has committed one write. `isReckless`: voters keep their votes. */
const ensemble = (isReckless: boolean, observe: Observe<unknown> = refinement()): World => {
  const options: WorldOptions = { seed: 5, voters: 3, observers: 1, clients: 1, isReckless, observe }
  const world = makeWorld(options)
  for (const command of [wait(3000), write, wait(500)]) world.run(command)
  return world
}
const followerOf = (world: World): number =>
  world.servers.find((id) => world.stateOf(id)?.service.kind === 'Follower') ?? 0
const objectionTo = (world: World, ...commands: readonly Command[]): string | undefined => {
  for (const command of commands) world.run(command)
  const violation = world.violation()
  return violation === undefined ? undefined : `${violation.clause}: ${violation.what}`
}

describe('a planted restart', () => {
  it('of a voter that has lost a transaction which it acknowledged is no crash', () => {
    const world = ensemble(true)
    const objection = objectionTo(world, { kind: 'replaceDisk', server: followerOf(world), lost: 1 })
    expect(objection).toMatch(/^crash: server \d comes back with another disk: this is not an action/)
    expect(objection).toContain('not so: "loses nothing durable"')
    expect(objection).toContain('RECV-10')
  })

  it('of a voter that has lost everything is no crash', () => {
    const world = ensemble(true)
    expect(objectionTo(world, { kind: 'replaceDisk', server: followerOf(world) })).toMatch(/^crash: /)
  })

  it('of a voter that has lost a promise, and nothing else, is seen when it starts', () => {
    // The leader falls while it offers the next epoch: the others have promised it, and have not adopted it.
    const world = ensemble(true)
    const leader = world.servers.find((id) => world.stateOf(id)?.service.kind === 'Leader') ?? 0
    world.run({ kind: 'crash', server: leader })
    const promised = (): number | undefined =>
      [1, 2, 3].find((id) => {
        const peer = world.stateOf(id)?.peer
        return peer !== undefined && peer.acceptedEpoch > 1 && peer.currentEpoch === 1 && peer.role.kind === 'Following'
      })
    for (let count = 0; count < 3000 && promised() === undefined; count += 1) world.run(wait(1))
    world.run(wait(3))
    const voter = promised() ?? 0
    expect(objectionTo(world, { kind: 'replaceDisk', server: voter, lost: 1 })).toMatch(
      /^epochs: server \d starts with acceptedEpoch 1 and currentEpoch 1; it has promised 2 and adopted 1/,
    )
  })

  it('of a voter with its vote, when the disk is not whole yet, is no abstract step', () => {
    /** The judge is told that the voter has its vote, while the world keeps it an observer. */
    const hasty: Observe<unknown> = (host) => {
      const judge = refinement()(host)
      return { ...judge, replaced: (server, durable) => judge.replaced(server, durable, 'member') }
    }
    const world = ensemble(false, hasty)
    expect(objectionTo(world, { kind: 'replaceDisk', server: followerOf(world) })).toMatch(/^crash: /)
  })
})

describe('a restart within the promise', () => {
  it.each([undefined, 1, 2])('of an observer, or of a voter without its vote, is a step: lost %s', (lost) => {
    const world = ensemble(false)
    const follower = followerOf(world)
    const replace = (server: number): Command => ({
      kind: 'replaceDisk',
      server,
      ...(lost === undefined ? {} : { lost }),
    })
    const commands = [
      replace(OBSERVER),
      wait(3000),
      replace(follower),
      write,
      wait(3000),
      replace(follower),
      wait(3000),
    ]
    expect(objectionTo(world, ...commands)).toBeUndefined()
    expect(world.stateOf(follower)?.service.kind).toBe('Observer')
  })
})
