/** An ensemble that changes its configuration keeps ZAB's safety properties, goes on after the faults, and planted faults are found. */
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../src/core/configuration.js'
import type { Effect } from '../../src/core/effect.js'
import type { Event } from '../../src/core/event.js'
import type { Peer, Step } from '../../src/core/peer.js'
import { step } from '../../src/core/peer.js'
import type { QuorumSystem } from '../../src/core/quorum.js'
import { isQuorum } from '../../src/core/quorum.js'
import type { Rules } from '../../src/core/rules.js'
import { rules } from '../../src/core/rules.js'
import type { Network, Transaction } from './network.js'
import { recovers, run } from './reconfiguring.js'

const FIRST_SEED = Number(process.env['ZAB_SEED'] ?? 1)
const RUNS = Number(process.env['ZAB_RUNS'] ?? 200)
const STEPS = 2500
const PLANTED_RUNS = 1500

describe('random reconfigurations', () => {
  it(`are safe for ${RUNS} seeds from ${FIRST_SEED}, and afterwards everybody serves again`, () => {
    const seeds = Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index)
    const outcomes = seeds.map((seed) => {
      const { violation, commits, reconfigurations, network } = run(seed, STEPS, rules)
      return { seed, violation: violation ?? (recovers(network) ? undefined : 'stuck'), commits, reconfigurations }
    })
    expect(outcomes.filter(({ violation }) => violation !== undefined)).toEqual([])
    // The schedules are not blind.
    expect(outcomes.reduce((sum, { commits }) => sum + commits, 0)).toBeGreaterThan(15 * RUNS)
    expect(outcomes.reduce((sum, { reconfigurations }) => sum + reconfigurations, 0)).toBeGreaterThan(3 * RUNS)
  })
})

// --- planted faults

/** A core that does something else with what the real one says. */
const saying =
  (change: (effect: Effect<Transaction>, state: Peer<Transaction>) => Effect<Transaction>) =>
  (network: Network): void => {
    network.step = (config, peer, event) => {
      const done = step<Transaction>(config, peer, event)
      return { ...done, effects: done.effects.map((effect) => change(effect, done.state)) }
    }
  }

/** A core that knows something else after a step of the real one. */
const knowing =
  (change: (before: Peer<Transaction>, event: Event<Transaction>, done: Step<Transaction>) => Peer<Transaction>) =>
  (network: Network): void => {
    network.step = (config, peer, event) => {
      const done = step<Transaction>(config, peer, event)
      return { ...done, state: change(peer, event, done) }
    }
  }

const withSeen = (peer: Peer<Transaction>, lastSeen: Configuration): Peer<Transaction> => ({
  ...peer,
  configuration: { ...peer.configuration, lastSeen },
})

const askingOnly = (which: (systems: readonly QuorumSystem[]) => QuorumSystem | undefined): Rules => {
  const asks = (systems: readonly QuorumSystem[], isIn: (server: number) => boolean): boolean => {
    const system = which(systems)
    return system !== undefined && isQuorum(system, isIn)
  }
  return { ...rules, premises: { ...rules.premises, 'BCAST-5.quorum': asks, 'SYNC-3.quorum': asks } }
}

interface Fault {
  readonly rules?: Rules
  readonly plant?: (network: Network) => void
}

const faults: Readonly<Record<string, Fault>> = {
  'commits ask the committed configuration only': { rules: askingOnly((systems) => systems.at(0)) },
  'commits ask the proposed configuration only': { rules: askingOnly((systems) => systems.at(-1)) },
  'a second reconfiguration is proposed before the first is committed': {
    rules: { ...rules, premises: { ...rules.premises, 'RECFG-1.single': () => true } },
  },
  'elections spread the proposed configuration as the committed one': {
    plant: saying((effect, { configuration: { lastSeen } }) =>
      effect.kind === 'Notify'
        ? { ...effect, notification: { ...effect.notification, configuration: lastSeen } }
        : effect,
    ),
  },
  'NEWLEADER of an established leader carries the proposed configuration': {
    plant: saying((effect, { configuration: { lastSeen } }) =>
      effect.kind === 'Send' && effect.message.type === 'NEWLEADER'
        ? { ...effect, message: { ...effect.message, configuration: lastSeen } }
        : effect,
    ),
  },
  'a restart forgets the proposed configuration': {
    plant: knowing((_, event, { state }) =>
      event.kind === 'Started' ? withSeen(state, state.configuration.committed) : state,
    ),
  },
  'a truncation does not forget the proposed configuration': {
    plant: knowing((before, event, { state }) =>
      event.kind === 'Received' && event.message.type === 'TRUNC'
        ? withSeen(state, before.configuration.lastSeen)
        : state,
    ),
  },
}

describe('planted faults are found', () => {
  for (const [name, fault] of Object.entries(faults))
    it(name, () => {
      const seeds = Array.from({ length: PLANTED_RUNS }, (_, index) => index)
      const found = seeds.find((seed) => run(seed, STEPS, fault.rules ?? rules, fault.plant).violation !== undefined)
      expect(found, `no violation in ${PLANTED_RUNS} runs`).toBeDefined()
    })

  it('and a vote for nobody that does not count leaves the ensemble without a leader', () => {
    const strict = saying((effect) =>
      effect.kind === 'Notify' && effect.notification.state === 'LOOKING' && effect.notification.vote.leader < 0
        ? { kind: 'CancelTimer', timer: 'election.finalize' }
        : effect,
    )
    const seeds = Array.from({ length: PLANTED_RUNS }, (_, index) => index)
    expect(seeds.some((seed) => !recovers(run(seed, STEPS, rules, strict).network))).toBe(true)
  })
})
