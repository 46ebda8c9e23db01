// Faults of the simulated network: one port, one direction, half a connection, a part of what is under way.
import { describe, expect, it } from 'vitest'
import { makeClock } from '../../../model/world/clock.js'
import { makeCodec } from '../../../model/world/codec.js'
import type { Network } from '../../../model/world/network.js'
import { makeNetwork } from '../../../model/world/network.js'
import { makeRandom } from '../../../model/world/random.js'
import { MINIMAL, ZERO } from '../../../src/core/zxid.js'
import type { ServerEvent } from '../../../src/server/event.js'
import type { Packet } from '../../../src/server/packet.js'

interface Bench {
  readonly network: Network
  readonly got: readonly string[]
  readonly found: readonly string[]
  readonly nowMs: () => number
  readonly pass: (ms: number) => void
}

const show = (event: ServerEvent): string =>
  event.kind === 'Received'
    ? event.packet.type === 'NEWLEADER'
      ? `${event.packet.epoch}`
      : event.packet.type
    : event.kind

/** Servers 1 and 2, connected; 1 has dialled, and said who it is. */
const open = (seed = 1, hasCodec = false): Bench => {
  const clock = makeClock()
  const got: string[] = []
  const found: string[] = []
  const network = makeNetwork({
    nowMs: clock.nowMs,
    schedule: clock.schedule,
    random: makeRandom(seed),
    isUp: () => true,
    receive: (server, event) => got.push(`${server} ${show(event)}`),
    codec: hasCodec ? makeCodec((clause) => found.push(clause)) : undefined,
  })
  const pass = (ms: number): void => {
    const untilMs = clock.nowMs() + ms
    while (clock.runNext(untilMs)) continue
  }
  network.dial(1, 2)
  pass(50)
  network.send(1, 2, 'leader', hello)
  pass(50)
  got.length = 0
  return { network, got, found, nowMs: clock.nowMs, pass }
}

const hello: Packet = { type: 'FOLLOWERINFO', role: 'participant', acceptedEpoch: 0, configurationVersion: ZERO }
const numbered = (epoch: number): Packet => ({ type: 'NEWLEADER', epoch })
const vote = { state: 'LOOKING', vote: { leader: 1, ...MINIMAL, zxid: ZERO, peerEpoch: 0 }, round: 1 } as const

describe('faults of the network', () => {
  it('cut one port, and leave the other', () => {
    const { network, got, pass } = open()
    network.cut(1, 2, 'election')
    network.notify(1, 2, { ...vote, configurationVersion: ZERO })
    network.send(2, 1, 'learner', numbered(1))
    pass(50)
    expect(got).toEqual(['1 1'])
    network.healAll()
    network.cut(2, 1, 'quorum')
    network.notify(2, 1, { ...vote, configurationVersion: ZERO })
    network.send(2, 1, 'learner', numbered(2))
    pass(50)
    expect(got.slice(1)).toEqual(['1 Notified'])
  })

  it('slow a link down, in order, until it is healed', () => {
    const { network, got, pass } = open()
    network.slow(2, 1, 100)
    network.send(2, 1, 'learner', numbered(1))
    network.send(2, 1, 'learner', numbered(2))
    pass(90)
    expect(got).toEqual([])
    pass(1000)
    expect(got).toEqual(['1 1', '1 2'])
    expect(network.isCutAnywhere()).toBe(true)
    network.healAll()
    expect(network.isCutAnywhere()).toBe(false)
  })

  it('break one end, and the other is never told', () => {
    const { network, got, pass } = open()
    network.halfOpen(1, 2)
    network.send(2, 1, 'learner', numbered(1))
    network.send(1, 2, 'leader', hello)
    pass(5000)
    expect(got).toEqual(['1 Disconnected'])
    network.dial(1, 2)
    pass(50)
    network.send(1, 2, 'leader', hello)
    pass(50)
    expect(got.slice(1)).toEqual(['1 Connected', '2 Disconnected', '2 Connected', '2 FOLLOWERINFO'])
  })

  it('break both ends, after a first part of what was under way: packets in order, none of them half', () => {
    const lengths = new Set<number>()
    for (let seed = 1; seed <= 40; seed += 1) {
      const { network, got, found, pass } = open(seed, true)
      for (let count = 1; count <= 5; count += 1) network.send(2, 1, 'learner', numbered(count))
      network.reset(1, 2, true)
      pass(100)
      const arrived = got.filter((each) => /^1 \d/.test(each))
      expect(arrived).toEqual(['1 1', '1 2', '1 3', '1 4', '1 5'].slice(0, arrived.length))
      expect(got).toContain('1 Disconnected')
      expect(found).toEqual([])
      lengths.add(arrived.length)
    }
    expect(lengths.size).toBeGreaterThan(3)
  })
})
