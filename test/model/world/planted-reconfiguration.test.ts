// Planted bugs of reconfiguration: the world or the judge finds each within few schedules; what is harmless to safety is said so.
import { describe, expect, it } from 'vitest'
import { reconfigurations } from '../../../model/fuzz/operators.js'
import type { Command } from '../../../model/world/command.js'
import type { Program } from '../../../model/world/node.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import { makeWorld } from '../../../model/world/world.js'
import type { QuorumSystem } from '../../../src/core/quorum.js'
import { isQuorum } from '../../../src/core/quorum.js'
import type { Premises, Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'
import * as server from '../../../src/server/server.js'
import { refinement } from '../../../proofs/refinement.js'

type Ask = Premises['BCAST-5.quorum']

const withPremises = (change: Partial<Premises>): Rules => ({ ...rules, premises: { ...rules.premises, ...change } })

/** Asks fewer than it should. */
const asking =
  (some: (systems: readonly QuorumSystem[]) => readonly QuorumSystem[]): Ask =>
  (systems, isIn) =>
    some(systems).every((system) => isQuorum(system, isIn))

const committedOnly = asking((systems) => systems.slice(0, 1))
const lastSeenOnly = asking((systems) => systems.slice(-1))

/** The clause of the first violation in at most so many schedules. */
const find = (
  mutant: { readonly rules?: Rules; readonly program?: Program },
  schedules: number,
  isJudged = false,
): string | undefined => {
  const random = makeRandom(1)
  for (let count = 0; count < schedules; count += 1) {
    const options: WorldOptions = {
      seed: random.below(0x7fffffff),
      ...{ voters: 3, observers: 0, joiners: 1 + (count % 2), clients: 3, reconfiguration: true },
      ...(mutant.rules === undefined ? {} : { rules: mutant.rules }),
      ...(isJudged ? { observe: refinement() } : {}),
    }
    const schedule = count % 3 === 0 ? randomCommands : reconfigurations
    const { violation } = runSchedule(options, schedule(random, options, 60), mutant.program)
    if (violation !== undefined) return violation.clause
  }
  return undefined
}

describe('a planted bug of reconfiguration is found', () => {
  it.each<readonly [clause: string, what: string, change: Partial<Premises>]>([
    ['RECFG-5', 'another reconfiguration while one is under way', { 'RECFG-1.single': () => true }],
    ['LIVENESS', 'a proposal without a quorum of the new voters', { 'RECFG-2.quorum': () => true }],
    ['Q2', 'a commit by the former voters alone', { 'BCAST-5.quorum': committedOnly }],
    ['Q2', 'a commit by the new voters alone', { 'BCAST-5.quorum': lastSeenOnly }],
  ])('%s: %s', (clause, _, change) => {
    expect(find({ rules: withPremises(change) }, 60)).toBe(clause)
  })

  it('RECFG-4: a server that does not read which configuration it had stored', () => {
    const forgetful: Program = {
      initial: server.initial,
      step: (config, state, event, now) => {
        if (event.kind !== 'Started' || event.durable.configuration === undefined)
          return server.step(config, state, event, now)
        const { configuration: _configuration, ...durable } = event.durable
        return server.step(config, state, { ...event, durable }, now)
      },
    }
    expect(find({ program: forgetful }, 10)).toBe('RECFG-4')
  })
})

/** Server 3 has proposed {1, 4} instead of {1, 2, 3}, 1, 2 and 4 have logged it; then 3 falls, and another one. */
const interrupted = (mutant: Rules, fallen: number, isJudged: boolean): string | undefined => {
  const options: WorldOptions = {
    ...{ seed: 1, voters: 3, observers: 0, joiners: 1, clients: 1, reconfiguration: true, rules: mutant },
    ...(isJudged ? { observe: refinement() } : {}),
  }
  const world = makeWorld(options)
  const commands: readonly Command[] = [
    { kind: 'advance', ms: 1000 },
    { kind: 'move', client: 0, server: 3 },
    { kind: 'advance', ms: 300 },
    ...[1, 2, 4].map((from): Command => ({ kind: 'slowLink', from, to: 3, factor: 20 })),
    { kind: 'reconfigure', client: 0, voters: [1, 4], observers: [] },
    { kind: 'advance', ms: 15 },
    { kind: 'crash', server: 3, loss: 'none' },
    { kind: 'crash', server: fallen, loss: 'none' },
    { kind: 'heal' },
    { kind: 'advance', ms: 10_000 },
  ]
  for (const command of commands) world.run(command)
  return world.violation()?.clause
}

const QUESTIONS = ['ELEC-5.quorum', 'DISC-2.quorum', 'DISC-5.quorum', 'SYNC-3.quorum'] as const
const askedOf = (ask: Ask, questions: readonly (typeof QUESTIONS)[number][]): Rules =>
  withPremises(Object.fromEntries(questions.map((question) => [question, ask])))

describe('an interrupted reconfiguration', () => {
  it.each([
    ['former', 4, committedOnly],
    ['new', 2, lastSeenOnly],
  ] as const)(
    'is not gone on with by the %s voters alone: startEpoch for the judge, Q1 for the world',
    (_, fallen, ask) => {
      expect(interrupted(rules, fallen, true)).toBeUndefined()
      expect(interrupted(askedOf(ask, QUESTIONS.slice(0, 3)), fallen, true)).toBe('startEpoch')
      expect(interrupted(askedOf(ask, QUESTIONS), fallen, false)).toBe('Q1')
    },
  )

  it('cannot be gone on with when each question but one is asked of both', () => {
    for (const question of QUESTIONS) expect(interrupted(askedOf(committedOnly, [question]), 4, true)).toBeUndefined()
  })
})

describe('what is harmless to safety', () => {
  it('who looks for a leader never adopts what it hears in the election: it learns it from its leader', () => {
    expect(find({ rules: withPremises({ 'RECFG-7.newer': () => false }) }, 20, true)).toBeUndefined()
  })

  it('discovery begins with the former voters alone: an epoch needs the promises of both all the same (DISC-5)', () => {
    expect(find({ rules: withPremises({ 'DISC-2.quorum': committedOnly }) }, 20, true)).toBeUndefined()
  })
})
