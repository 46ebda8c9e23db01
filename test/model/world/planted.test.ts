// Planted bugs: the world finds each within few runs, shrinks it to few commands, and tells its story with a diagram.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { WorldOptions } from '../../../model/world/options.js'
import type { FaultName } from '../../../model/world/atlas.js'
import type { Program } from '../../../model/world/node.js'
import { makeRandom } from '../../../model/world/random.js'
import { explain } from '../../../model/world/report.js'
import type { Run } from '../../../model/world/schedule.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import type { Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'
import type { ServerEffect } from '../../../src/server/effect.js'
import * as server from '../../../src/server/server.js'
import { schedule } from './arbitraries.js'

/** The shrunk run of the first violation of this clause, searched for in at most `numRuns` runs from one seed. */
const find = (mutant: Rules, numRuns: number): Run | undefined => {
  const optionsOf = (seed: number): WorldOptions => ({ seed, voters: 3, observers: 0, clients: 3, rules: mutant })
  const holds = fc.property(
    schedule(3, 3),
    ({ seed, commands }) => runSchedule(optionsOf(seed), commands).violation === undefined,
  )
  const details = fc.check(holds, { seed: 1, numRuns })
  const [counterexample] = details.counterexample ?? []
  return counterexample === undefined ? undefined : runSchedule(optionsOf(counterexample.seed), counterexample.commands)
}

const withPlan = (change: Partial<Rules['plans']>): Rules => ({ ...rules, plans: { ...rules.plans, ...change } })
const withPremise = (change: Partial<Rules['premises']>): Rules => ({
  ...rules,
  premises: { ...rules.premises, ...change },
})

/** Of a shrunk run. */
const MAX_COMMANDS = 8

describe('a planted bug is found, and its story is short', () => {
  it.each([
    [
      'RECV-4',
      'NEWLEADER acknowledged before anything is on disk (ZOOKEEPER-3911)',
      withPlan({ 'SYNC-2': ['acknowledge', 'persistHistory', 'persistCurrentEpoch'] }),
    ],
    [
      'RECV-1',
      'LEADERINFO sent before the promise is on disk (ZOOKEEPER-1291)',
      withPlan({ 'DISC-3': ['acknowledge', 'persistAcceptedEpoch'] }),
    ],
    [
      'RECV-2',
      'ACKEPOCH sent before the promise is on disk',
      withPlan({ 'DISC-4': ['acknowledge', 'persistAcceptedEpoch'] }),
    ],
    [
      'RECV-5',
      'a leader that counts itself before its epoch is on disk',
      withPlan({ 'DISC-6': ['acknowledge', 'persistCurrentEpoch'] }),
    ],
    [
      'RECV-3',
      'currentEpoch on disk before the history (ZOOKEEPER-4643)',
      withPlan({ 'SYNC-2': ['persistCurrentEpoch', 'persistHistory', 'acknowledge'] }),
    ],
    [
      'RECV-6',
      'a proposal acknowledged before it is on disk',
      withPlan({ 'BCAST-3': ['acknowledge', 'persistEntry'] }),
    ],
    [
      'Q2',
      'one server is enough to commit',
      withPremise({ 'BCAST-5.quorum': (_, acknowledged) => [1, 2, 3].some(acknowledged) }),
    ],
  ] as const)('%s: %s', (clause, _, mutant) => {
    const run = find(mutant, 50)
    expect(run?.violation?.clause).toBe(clause)
    expect(run?.commands.length).toBeLessThanOrEqual(MAX_COMMANDS)
  })

  it('is told with token, commands, a story of at most twenty lines, and a diagram', () => {
    const run = find(withPlan({ 'SYNC-2': ['acknowledge', 'persistHistory', 'persistCurrentEpoch'] }), 50)
    const text = run === undefined ? '' : explain(run)
    const story = text.slice(text.indexOf('story:'), text.indexOf('```mermaid')).trim().split('\n').slice(1)
    expect(text).toContain('violated: RECV-4')
    expect(text).toContain('"commands":[')
    expect(story.length).toBeGreaterThan(3)
    expect(story.length).toBeLessThanOrEqual(20)
    expect(story[story.length - 1]).toContain('VIOLATED RECV-4')
    expect(text).toContain('sequenceDiagram')
    expect(text).toContain('S3->>S1: NEWLEADER')
  })
})

describe('a planted bug of what surrounds the protocol is found by the faults of the atlas', () => {
  /** The first violation in at most so many schedules with these faults. */
  const first = (program: Program, faults: readonly FaultName[], schedules: number): string | undefined => {
    const random = makeRandom(1)
    for (let count = 0; count < schedules; count += 1) {
      const options = { seed: random.below(0x7fffffff), voters: 3, observers: 0, clients: 3, codecs: true, faults }
      const { violation } = runSchedule(options, randomCommands(random, options, 60), program)
      if (violation !== undefined) return violation.clause
    }
    return undefined
  }
  const withEffects = (change: (effects: readonly ServerEffect[]) => readonly ServerEffect[]): Program => ({
    initial: server.initial,
    step: (config, state, event, now) => {
      const step = server.step(config, state, event, now)
      return { ...step, effects: change(step.effects) }
    },
  })

  it('SESS-6: watch events that are lost', () => {
    const forgetful = withEffects((effects) =>
      effects.filter((effect) => effect.kind !== 'ClientSend' || effect.message.kind !== 'WatchNotification'),
    )
    expect(first(forgetful, ['watchStorm'], 5)).toBe('SESS-6')
  })

  it('WIRE: a packet that its sender has no business to send', () => {
    const confused = withEffects((effects) =>
      effects.map((effect) =>
        effect.kind === 'Send' && effect.packet.type === 'COMMIT'
          ? { ...effect, packet: { type: 'ACK', zxid: effect.packet.zxid } }
          : effect,
      ),
    )
    expect(first(confused, ['crash'], 5)).toBe('WIRE')
  })

  it('RECV-11: a transaction whose bytes are not those of its value', () => {
    const wrong = withEffects((effects) =>
      effects.map((effect) =>
        effect.kind === 'Persist' && effect.durable.kind === 'Append'
          ? {
              ...effect,
              durable: {
                kind: 'Append',
                entries: effect.durable.entries.map((entry) => ({
                  ...entry,
                  transaction: { ...entry.transaction, bytes: entry.transaction.bytes.slice(0, -1) },
                })),
              },
            }
          : effect,
      ),
    )
    expect(first(wrong, ['crashAtEffect', 'crashAtSync'], 20)).toBe('RECV-11')
  })
})
