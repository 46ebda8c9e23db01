/**
 * Small ensembles of the shipped core that are reconfigured, explored to the end: pinned counts, the same verdict and the same
 * disks with reductions as without, planted faults found.
 */
import { describe, expect, it } from 'vitest'
import { makeRandom } from '../../../model/world/random.js'
import type { Bounds } from '../../../proofs/exploration/bounds.js'
import { boundsOf, serversOf } from '../../../proofs/exploration/bounds.js'
import {
  candidatesOf,
  configurationWith,
  groupsOf,
  renamedTransaction,
  transactionFor,
  votersFor,
} from '../../../proofs/exploration/configurations.js'
import { makeEnsemble } from '../../../proofs/exploration/ensemble.js'
import type { Exploration } from '../../../proofs/exploration/explore.js'
import { explore } from '../../../proofs/exploration/explore.js'
import { faults } from '../../../proofs/exploration/faults.js'
import { showHappening, story } from '../../../proofs/exploration/story.js'
import { textOf } from '../../../proofs/exploration/intern.js'
import type { Reductions } from '../../../proofs/exploration/reductions.js'
import { allReductions, noReductions } from '../../../proofs/exploration/reductions.js'
import { renamedWithConfigurations } from '../../../proofs/exploration/renaming.js'
import { wholeSiteText } from '../../../proofs/exploration/site.js'
import { votersOf } from '../../../src/core/quorum.js'
import type { Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'
import { visitAll } from './visit.js'

/** Voters, joiners, reconfigurations, transactions, timeouts, restarts. */
type Small = readonly [number, number, number, number, number, number]

const within = ([servers, joiners, reconfigurations, transactions, timeouts, restarts]: Small): Bounds =>
  boundsOf({ servers, joiners, reconfigurations, transactions, timeouts, restarts })

const run = (small: Small, reductions: Reductions, chosen: { readonly rules: Rules } = { rules }): Exploration =>
  explore({ bounds: within(small), ...chosen, reductions, maxStates: 1_000_000 })

/** These do not change the length of any way (proofs/museum/exploration.ts). */
const exact: Reductions = { ...noReductions, serversAlike: true, forgets: true, spendsLess: true }

describe('every state is seen', () => {
  // A changed count is a changed semantics: look at what has changed before pinning it anew.
  const counts: readonly (readonly [Small, number, number])[] = [
    [[1, 1, 1, 0, 0, 0], 1088, 227],
    [[2, 0, 1, 0, 0, 0], 926, 97],
    [[1, 1, 1, 1, 0, 0], 8869, 1166],
    [[2, 0, 1, 1, 0, 0], 9644, 482],
    [[1, 1, 2, 0, 0, 0], 3639, 831],
  ]
  for (const [small, unreduced, reduced] of counts)
    it(`(${small.join()}): ${unreduced} states, ${reduced} with reductions`, () => {
      const explorations = [run(small, noReductions), run(small, allReductions)]
      expect(explorations.map(({ verdict, states }) => [verdict, states])).toEqual([
        ['Held', unreduced],
        ['Held', reduced],
      ])
    })

  // With reductions only.
  const large: readonly (readonly [Small, number])[] = [
    [[1, 1, 1, 0, 1, 0], 5344],
    [[2, 1, 1, 0, 0, 0], 18_888],
  ]
  for (const [small, expected] of large)
    it(`(${small.join()}): ${expected} states with reductions`, () => {
      const { verdict, states, reductions } = run(small, allReductions)
      expect([verdict, states, reductions]).toEqual(['Held', expected, allReductions])
    })
})

describe('what comes up', () => {
  it('a joiner that has got its vote leads, the first leader has gone; and the other way round', () => {
    const ensemble = makeEnsemble({ bounds: within([1, 1, 1, 1, 0, 0]), rules, reductions: allReductions })
    const found = new Set<string>()
    visitAll(ensemble, (state) => {
      for (const server of [1, 2]) {
        const { peer } = ensemble.siteOf(state, server)
        if (peer.role.kind === 'Leading' && peer.role.phase.kind === 'Broadcasting')
          found.add(`${server} leads for ${votersOf(peer.configuration.committed.quorums).join('+')}`)
      }
    })
    // Two of them have no vote, and only wait for their followers to leave (RECFG-5).
    expect([...found].sort()).toEqual([
      '1 leads for 1',
      '1 leads for 1+2',
      '1 leads for 2',
      '2 leads for 1',
      '2 leads for 2',
    ])
  })

  it('without reconfigurations none of it', () => {
    const bounds = boundsOf({ servers: 2, transactions: 1, timeouts: 0, restarts: 0 })
    const ensemble = makeEnsemble({ bounds, rules, reductions: noReductions })
    visitAll(ensemble, (state) => {
      for (const several of ensemble.happenings(state))
        for (const { kind } of several) expect(['Reconfigure', 'Told']).not.toContain(kind)
    })
  })
})

describe('reductions', () => {
  const names = [
    'dialLeadersOnly',
    'syncWhatIsAwaited',
    'syncsAtOnce',
    'quietArrivalsFirst',
    'forgets',
    'spendsLess',
    'serversAlike',
  ] as const
  for (const name of names)
    it(`${name} alone changes no verdict`, () => {
      const alone = { ...noReductions, [name]: true }
      const { verdict, states, reductions } = run([2, 0, 1, 0, 0, 0], alone)
      expect([verdict, reductions]).toEqual(['Held', alone])
      // One set of bounds has no use for each of them.
      expect(states).toBeLessThanOrEqual(926)
      expect(run([1, 1, 1, 0, 0, 0], alone, faults['commits by the proposed configuration alone']).verdict).toBe(
        'Violated',
      )
    })

  /** The disks of all servers in each state in which all of them look for a leader and have nothing to write. */
  const lookers = (bounds: Bounds, reductions: Reductions): readonly string[] => {
    const ensemble = makeEnsemble({ bounds, rules, reductions })
    const found = new Set<string>()
    visitAll(ensemble, (state) => {
      const sites = serversOf(bounds).map((server) => ensemble.siteOf(state, server))
      if (sites.every(({ peer, writes }) => peer.role.kind === 'Looking' && writes.length === 0))
        found.add(sites.map(({ disk }) => textOf(disk)).join(' '))
    })
    return [...found].sort()
  }
  // One of each, so that nothing has another name.
  for (const small of [
    [1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 0, 0],
  ] as const)
    it(`(${small.join()}): the same disks are met with all of them as without`, () => {
      const all = lookers(within(small), noReductions)
      expect(lookers(within(small), allReductions)).toEqual(all)
      expect(all.length).toBeGreaterThan(3)
    })

  it('a server renamed and renamed back is the same, in the normal form', () => {
    const bounds = within([2, 1, 1, 1, 0, 0])
    const ensemble = makeEnsemble({ bounds, rules, reductions: noReductions })
    const random = makeRandom(1)
    let changed = 0
    for (let way = 0; way < 20; way += 1) {
      let state = ensemble.initial
      for (let length = 0; length < 60; length += 1) {
        const after: Int32Array[] = []
        ensemble.successors(state, (next) => after.push(next.slice()))
        state = after[random.below(Math.max(1, after.length))] ?? state
        for (const server of serversOf(bounds)) {
          const site = ensemble.siteOf(state, server)
          const other = renamedWithConfigurations(site, [2, 1, 3])
          if (wholeSiteText(other) !== wholeSiteText(site)) changed += 1
          expect(wholeSiteText(renamedWithConfigurations(other, [2, 1, 3]))).toBe(wholeSiteText(site))
        }
      }
    }
    expect(changed).toBeGreaterThan(100)
  })
})

describe('configurations', () => {
  it('are every set of voters, or those asked for under any names', () => {
    const bounds = within([2, 1, 1, 0, 0, 0])
    expect(candidatesOf(bounds)).toEqual([[1], [2], [1, 2], [3], [1, 3], [2, 3], [1, 2, 3]])
    expect(candidatesOf({ ...bounds, reconfigureTo: [[1, 3], [3]] })).toEqual([[3], [1, 3], [2, 3]])
    expect(groupsOf(bounds)).toEqual([[1, 2], [3]])
  })

  it('have numbers, that are renamed with them', () => {
    for (const voters of candidatesOf(within([3, 4, 1, 0, 0, 0]))) {
      expect(votersFor(transactionFor(voters))).toEqual(voters)
      expect(transactionFor(voters)).toBeLessThan(256)
    }
    expect(votersFor(15)).toBeUndefined()
    expect(renamedTransaction(transactionFor([1, 3]), (server) => (server === 3 ? 2 : server))).toBe(
      transactionFor([1, 2]),
    )
    expect(renamedTransaction(2, () => 1)).toBe(2)
    expect(votersOf(configurationWith([3, 1]).quorums)).toEqual([1, 3])
  })
})

describe('planted faults are found', () => {
  /** Where each shows: bounds, what is objected to, length of a shortest way there. */
  const found: readonly (readonly [keyof typeof faults, Small, string, number])[] = [
    ['commits by the committed configuration alone', [1, 1, 1, 0, 0, 0], 'commit', 15],
    ['commits by the proposed configuration alone', [1, 1, 1, 0, 0, 0], 'commit', 19],
    ['discovery asks the committed configuration alone', [1, 1, 1, 0, 1, 0], 'startEpoch', 18],
    ['discovery asks the proposed configuration alone', [1, 1, 1, 0, 1, 0], 'startEpoch', 20],
    ['is established by the committed configuration alone', [1, 1, 1, 0, 1, 0], 'establish', 26],
    ['is established by the proposed configuration alone', [1, 1, 1, 0, 1, 0], 'establish', 28],
    ['several reconfigurations at once', [1, 1, 2, 0, 0, 0], 'RECFG-1', 15],
    ['an established leader offers what it has last seen', [2, 1, 1, 0, 0, 0], 'RECFG-5', 26],
    ['what was last seen is forgotten at a start', [1, 1, 1, 0, 0, 1], 'startEpoch', 17],
    ['what is logged is in force', [1, 1, 1, 0, 0, 0], 'RECFG-5', 14],
  ]
  for (const [name, small, objection, length] of found)
    it(`${name}, in (${small.join()})`, () => {
      const { counterexample } = run(small, exact, faults[name])
      expect([counterexample?.objection.id, counterexample?.happenings.length]).toEqual([objection, length])
      expect(run(small, allReductions, faults[name]).counterexample?.objection.id).toBe(objection)
    })

  it('all of them', () => {
    expect(found.map(([name]) => name)).toEqual(Object.keys(faults))
  })

  it('one of them as a story', () => {
    const { counterexample } = run([1, 1, 1, 0, 0, 0], exact, faults['commits by the committed configuration alone'])
    const lines = counterexample === undefined ? [] : story(counterexample).split('\n')
    expect(lines.slice(-4)).toEqual([
      '14. server 1 is asked to let 2 vote, and nobody else: a reconfiguration',
      '15. server 1: its 2 oldest writes are durable',
      'violated: commit (QUO-1, BCAST-5, RECFG-3)',
      '  server 1 commits 1:1 by [1]: [1] is no quorum of {1} (version 0:0) and {2} (version 1:1)',
    ])
  })

  it('what is heard is told in words', () => {
    const configuration = configurationWith([1, 2, 4], [], { epoch: 1, counter: 2 })
    expect(showHappening({ kind: 'Told', server: 3, from: 1, configuration })).toBe(
      'server 3 hears from 1 of the committed configuration 1:2, in which 1, 2 and 4 vote',
    )
  })
})
