/** Small ensembles of the shipped core, explored to the end: pinned counts, the same verdict with reductions, bugs found. */
import { describe, expect, it } from 'vitest'
import { boundsOf } from '../../../proofs/exploration/bounds.js'
import type { Reductions } from '../../../proofs/exploration/reductions.js'
import { allReductions, noReductions } from '../../../proofs/exploration/reductions.js'
import type { Exploration } from '../../../proofs/exploration/explore.js'
import { explore } from '../../../proofs/exploration/explore.js'
import { story } from '../../../proofs/exploration/story.js'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import type { Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'

/** Servers, transactions, timeouts, restarts. */
type Small = readonly [number, number, number, number]

const run = (
  [servers, transactions, timeouts, restarts]: Small,
  reductions: Reductions,
  chosen: Rules = rules,
  maxStates = 1_000_000,
): Exploration =>
  explore({
    bounds: boundsOf({ servers, transactions, timeouts, restarts }),
    rules: chosen,
    reductions,
    maxStates,
  })

const rulesOf = (id: CatalogueId): Rules => {
  const { variation } = catalogue[id]
  if (!('rules' in variation) || 'program' in variation) throw new Error(`${id} is not a matter of rules alone`)
  return variation.rules
}

/** Where each shows: bounds, what is objected to, length of the way there. */
const bugsFound: readonly (readonly [CatalogueId, Small, string, number])[] = [
  ['ZK-1291', [2, 1, 0, 0], 'LEADERINFO', 4],
  ['ZK-3911', [2, 1, 0, 0], 'ACK of NEWLEADER', 11],
  ['ZK-1282', [2, 1, 0, 0], 'ACK of NEWLEADER', 11],
  ['ZK-335', [2, 1, 1, 0], 'startEpoch', 19],
  ['ZK-4643', [2, 1, 1, 0], 'adopt', 32],
  ['ZK-1319', [2, 1, 1, 0], 'adopt', 30],
  ['commit-without-quorum', [2, 1, 0, 0], 'commit', 15],
  ['established-without-quorum', [2, 1, 0, 0], 'establish', 9],
  ['discovery-without-quorum', [2, 1, 0, 0], 'startEpoch', 2],
  ['promise-answered-early', [2, 1, 0, 0], 'ACKEPOCH', 6],
  ['entry-acknowledged-early', [2, 1, 0, 0], 'acknowledge', 14],
  ['leader-epoch-not-stored', [2, 1, 0, 0], 'NEWLEADER', 8],
  ['older-epoch-accepted', [2, 1, 1, 0], 'ACKEPOCH', 18],
]

describe('every state is seen', () => {
  // A changed count is a changed semantics: look at what has changed before pinning it anew.
  const counts: readonly (readonly [Small, number, number])[] = [
    [[1, 2, 1, 1], 665, 347],
    [[2, 2, 0, 0], 209, 50],
    [[2, 1, 1, 0], 4227, 427],
    [[2, 1, 0, 1], 4291, 417],
    [[2, 2, 1, 0], 25_277, 1202],
    [[2, 2, 0, 1], 24_993, 1278],
    [[3, 1, 0, 0], 7909, 223],
  ]
  for (const [bounds, unreduced, reduced] of counts)
    it(`(${bounds.join()}): ${unreduced} states, ${reduced} with reductions`, () => {
      const explorations = [run(bounds, noReductions), run(bounds, allReductions)]
      expect(explorations.map(({ verdict, states }) => [verdict, states])).toEqual([
        ['Held', unreduced],
        ['Held', reduced],
      ])
    })

  // With reductions only.
  const large: readonly (readonly [Small, number])[] = [
    [[3, 2, 0, 0], 1896],
    [[2, 2, 1, 1], 23_515],
    [[3, 1, 1, 0], 12_495],
    [[3, 1, 0, 1], 13_785],
    [[3, 2, 1, 0], 76_473],
    [[3, 2, 0, 1], 93_143],
  ]
  for (const [bounds, expected] of large)
    it(`(${bounds.join()}): ${expected} states with reductions`, () => {
      const { verdict, states } = run(bounds, allReductions)
      expect([verdict, states]).toEqual(['Held', expected])
    })

  it('counts states, transitions and depth of the smallest ensemble as by hand', () => {
    // One server: told to lead, its promise durable, its epoch durable.
    const { states, transitions, depth, queue } = run([1, 0, 0, 0], noReductions)
    expect({ states, transitions, depth, queue }).toEqual({ states: 4, transitions: 3, depth: 3, queue: 0 })
  })

  it('comes out the same each time', () => {
    expect(run([2, 1, 1, 0], allReductions)).toEqual(run([2, 1, 1, 0], allReductions))
  })
})

describe('each reduction alone', () => {
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
    it(`${name} leaves something out, and no verdict`, () => {
      const alone = { ...noReductions, [name]: true }
      const held = run([2, 2, 1, 0], alone)
      expect(held.verdict).toBe('Held')
      expect(held.states).toBeLessThan(25_277)
      for (const [id, bounds] of bugsFound)
        if (bounds[0] === 2) expect([id, run(bounds, alone, rulesOf(id)).verdict]).toEqual([id, 'Violated'])
    })
})

describe('bugs are found', () => {
  for (const [id, bounds, objection, length] of bugsFound)
    it(`${id}, in (${bounds.join()})`, () => {
      const { verdict, counterexample } = run(bounds, allReductions, rulesOf(id))
      expect([verdict, counterexample?.objection.id, counterexample?.happenings.length]).toEqual([
        'Violated',
        objection,
        length,
      ])
      const unreduced = run(bounds, noReductions, rulesOf(id))
      expect(unreduced.counterexample?.objection.id).toBe(objection)
      // What is left out may make the way longer.
      expect(unreduced.counterexample?.happenings.length).toBeLessThanOrEqual(length)
    })

  it('one of them as a story', () => {
    const { counterexample } = run([2, 0, 0, 0], allReductions, rulesOf('ZK-1291'))
    expect(counterexample === undefined ? '' : story(counterexample)).toBe(
      [
        '1. server 2 is told to lead',
        '2. server 1 is told to follow 2, and dials',
        '3. server 2 accepts the connection of 1',
        '4. server 2 receives FOLLOWERINFO, accepted epoch 0 from 1',
        'violated: LEADERINFO (DISC-3, RECV-1)',
        '  server 2 says LEADERINFO 1 to 1 in epoch 1, which is not so',
      ].join('\n'),
    )
  })
})

describe('the budget', () => {
  it('of states ends an exploration without a verdict', () => {
    const { verdict, states, queue } = run([2, 2, 1, 0], allReductions, rules, 1000)
    expect([verdict, states]).toEqual(['Ended', 1000])
    expect(queue).toBeGreaterThan(0)
  })

  it('of time as well', () => {
    const bounds = boundsOf({ servers: 2, transactions: 1, timeouts: 0, restarts: 0 })
    const mayGoOn = (): boolean => false
    const { verdict } = explore({ bounds, rules, reductions: allReductions, maxStates: 1000, mayGoOn })
    expect(verdict).toBe('Ended')
  })
})
