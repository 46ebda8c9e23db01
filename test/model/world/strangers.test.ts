// Strangers at the ports of whole servers: the ensemble holds, and what keeps it so is missed when it is switched off.
import { describe, expect, it } from 'vitest'
import { atlas, faultNames, faultsOf } from '../../../model/world/atlas.js'
import { makeClock } from '../../../model/world/clock.js'
import type { Command } from '../../../model/world/command.js'
import { makeNetwork } from '../../../model/world/network.js'
import type { Program } from '../../../model/world/node.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { serversOf } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import { explain } from '../../../model/world/report.js'
import { randomCommand, runSchedule } from '../../../model/world/schedule.js'
import { packetOf } from '../../../model/world/stranger-words.js'
import type { Swarm } from '../../../model/world/swarm.js'
import type { Violation } from '../../../model/world/world.js'
import { makeWorld } from '../../../model/world/world.js'
import { refinement } from '../../../proofs/refinement.js'
import type { Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'
import * as Z from '../../../src/core/zxid.js'
import type { ServerEvent } from '../../../src/server/event.js'
import type { Packet } from '../../../src/server/packet.js'
import * as server from '../../../src/server/server.js'

const COMMANDS = 60
/** Of an ensemble that is left alone by all others, and has to elect now and then. */
const swarm: Swarm = {
  pace: 1,
  percent: 40,
  weights: [
    ['stranger', 8],
    ['crash', 2],
    ['isolation', 1],
  ],
}

const optionsOf = (seed: number, mayChange: boolean): WorldOptions => ({
  ...{ seed, voters: 3, observers: seed % 2, clients: 3, codecs: seed % 2 === 0 },
  ...(mayChange ? { reconfiguration: true, joiners: 1 } : {}),
})

const commandsOf = (options: WorldOptions): readonly Command[] => {
  const random = makeRandom(options.seed)
  return Array.from({ length: COMMANDS }, () => randomCommand(random, serversOf(options), options.clients, swarm))
}

/** The first finding in so many runs. */
const found = (runs: number, mayChange: boolean, change: Partial<WorldOptions>, program?: Program): Violation[] => {
  for (let seed = 1; seed <= runs; seed += 1) {
    const options = { ...optionsOf(seed, mayChange), ...change }
    const { violation } = runSchedule(options, commandsOf(options), program)
    if (violation !== undefined) return [violation]
  }
  return []
}

describe('strangers, often, among crashes', () => {
  it.each([
    ['where the ensemble never changes', false],
    ['where strangers are let in', true],
  ] as const)('move nothing %s, and all is well when they are gone', (_, mayChange) => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const options = { ...optionsOf(seed, mayChange), observe: refinement() }
      const run = runSchedule(options, commandsOf(options))
      if (run.violation !== undefined) expect.fail(explain(run))
    }
  })

  it('among reconfigurations', () => {
    for (let seed = 1; seed <= 15; seed += 1) {
      const options = { ...optionsOf(seed, true), observe: refinement() }
      const random = makeRandom(seed)
      const weights = [...swarm.weights, ['reconfigure', 4] as const]
      const commands = Array.from({ length: COMMANDS }, () =>
        randomCommand(random, serversOf(options), options.clients, { ...swarm, weights }),
      )
      const run = runSchedule(options, commands)
      if (run.violation !== undefined) expect.fail(explain(run))
    }
  })
})

describe('what bounds them is missed', () => {
  const credulous = (premise: keyof Rules['premises']): Rules => ({
    ...rules,
    premises: { ...rules.premises, [premise]: () => true },
  })

  it.each([
    ['DISC-9.believed', false, /^DISC-9$/],
    ['ELEC-13.believed', false, /^ELEC-13$/],
    ['ELEC-13.believed', true, /^ELEC-13$/],
    ['RECFG-7.believed', true, /^(RECFG-5|LIVENESS)$/],
  ] as const)('%s, where strangers are let in: %s', (premise, mayChange, clause) => {
    const [violation] = found(60, mayChange, { rules: credulous(premise) })
    expect(violation?.clause).toMatch(clause)
  })

  it('a server that takes a stranger for the member that it is not, with its requests (FWD-5)', () => {
    const naive: Program = {
      initial: server.initial,
      step: (config, before, event, now) =>
        server.step(
          config,
          before,
          isRequestOfStranger(event) ? { ...event, from: 1 + (config.core.self % 3) } : event,
          now,
        ),
    }
    const [violation] = found(60, true, {}, naive)
    expect(violation).toBeDefined()
  })

  const isRequestOfStranger = (event: ServerEvent): event is Extract<ServerEvent, { readonly kind: 'Received' }> =>
    event.kind === 'Received' && event.packet.type === 'REQUEST' && event.from > 100
})

describe('a stranger in the name of a server of the world', () => {
  it('says nothing that could make a commit without a disk, asks for nothing, and is believed in no summary', () => {
    const world = makeWorld(optionsOf(1, false))
    world.run({ kind: 'advance', ms: 3000 })
    const state = world.stateOf(1)
    if (state === undefined) throw new Error('server 1 is down')
    const random = makeRandom(1)
    const said = Array.from({ length: 500 }, () => packetOf({ random, server: state, claims: 2, isServers: true }))
    expect(new Set(said.map(({ type }) => type))).toEqual(new Set(['ACKEPOCH', 'ACK', 'PING']))
    for (const packet of said) {
      if (packet.type === 'ACKEPOCH')
        expect(rules.premises['DISC-9.consistent'](packet, state.peer.acceptedEpoch + 1000)).toBe(false)
      if (packet.type === 'PING') expect(packet.touched).toEqual([])
    }
  })
})

describe('the door', () => {
  const hello: Packet = { type: 'FOLLOWERINFO', role: 'participant', acceptedEpoch: 0, configurationVersion: Z.ZERO }
  const ALIVE_MS = 500

  const open = (admits: (claimed: number) => boolean) => {
    const clock = makeClock()
    const got: string[] = []
    const network = makeNetwork({
      nowMs: clock.nowMs,
      schedule: clock.schedule,
      random: makeRandom(1),
      isUp: () => true,
      admits: (_, claimed) => admits(claimed),
      aliveMs: ALIVE_MS,
      receive: (id, event) => got.push(`${id} ${event.kind}`),
    })
    const pass = (ms: number): void => {
      const untilMs = clock.nowMs() + ms
      while (clock.runNext(untilMs)) continue
    }
    return { network, got, pass }
  }

  it('is shut for who is not admitted, for the server itself, and for whoever does not say first who he is', () => {
    const { network, got, pass } = open((claimed) => claimed < 100)
    for (const [claimed, packet] of [
      [101, hello],
      [2, hello],
      [3, { type: 'ACK', zxid: Z.ZERO }],
    ] as const) {
      const visitor = network.visit(2, claimed)
      visitor.say(packet)
      pass(50)
      expect(visitor.isOpen()).toBe(false)
    }
    expect(got).toEqual([])
  })

  it('opens in the name of a member that is away, and keeps it out while it speaks (DISC-9)', () => {
    const { network, got, pass } = open(() => true)
    const visitor = network.visit(2, 1)
    visitor.say(hello)
    pass(50)
    expect([network.isVisited(2, 1), got]).toEqual([true, ['2 Connected', '2 Received']])
    network.dial(1, 2)
    pass(50)
    network.send(1, 2, 'leader', hello)
    pass(50)
    expect(got.slice(2)).toEqual(['1 Connected', '1 Disconnected'])
    pass(ALIVE_MS)
    network.dial(1, 2)
    pass(50)
    network.send(1, 2, 'leader', hello)
    pass(50)
    expect(got.slice(4)).toEqual(['1 Connected', '2 Disconnected', '2 Connected', '2 Received'])
    expect([network.isVisited(2, 1), visitor.isOpen()]).toEqual([false, false])
  })

  it('is shut while the member itself is there', () => {
    const { network, got, pass } = open(() => true)
    network.dial(1, 2)
    pass(50)
    network.send(1, 2, 'leader', hello)
    pass(50)
    const visitor = network.visit(2, 1)
    visitor.say(hello)
    pass(50)
    expect([visitor.isOpen(), got]).toEqual([false, ['1 Connected', '2 Connected', '2 Received']])
  })
})

describe('the fault', () => {
  it('is drawn where it is asked for, and nowhere else', () => {
    expect(faultNames).not.toContain('stranger')
    expect(faultsOf('strangers')).toEqual(['stranger'])
  })

  it('comes in all names, to both ports', () => {
    const random = makeRandom(1)
    const drawn = Array.from({ length: 100 }, () => atlas.stranger.draw({ random, servers: [1, 2, 3], clients: 1 }))
    const strangers = drawn.flatMap((command) => (command.kind === 'stranger' ? [command] : []))
    expect(strangers).toHaveLength(100)
    for (const isSome of [
      (each: (typeof strangers)[number]) => each.claims === undefined,
      (each: (typeof strangers)[number]) => each.claims !== undefined && each.claims > 100,
      (each: (typeof strangers)[number]) => each.port === 'election',
      (each: (typeof strangers)[number]) => each.port === 'quorum',
    ])
      expect(strangers.filter(isSome).length).toBeGreaterThan(20)
  })
})
