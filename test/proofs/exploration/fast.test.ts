/** Small ensembles with real elections: pinned counts, the same verdict with reductions, bugs that an oracle hides. */
import { describe, expect, it } from 'vitest'
import { recording, unseen } from '../../../model/recording.js'
import type { Bounds } from '../../../proofs/exploration/bounds.js'
import { boundsOf, fastBoundsOf, serversOf } from '../../../proofs/exploration/bounds.js'
import { used } from '../../../proofs/exploration/budget.js'
import { makeEnsemble } from '../../../proofs/exploration/ensemble.js'
import type { Exploration } from '../../../proofs/exploration/explore.js'
import { explore } from '../../../proofs/exploration/explore.js'
import { fast } from '../../../proofs/exploration/fast.js'
import type { MakeInterner } from '../../../proofs/exploration/intern.js'
import { makeInterner } from '../../../proofs/exploration/intern.js'
import { takeStep } from '../../../proofs/exploration/local.js'
import type { Reductions } from '../../../proofs/exploration/reductions.js'
import { allReductions, noReductions, withElections } from '../../../proofs/exploration/reductions.js'
import { canonical, siteText } from '../../../proofs/exploration/site.js'
import { story } from '../../../proofs/exploration/story.js'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import type { Rules } from '../../../src/core/rules.js'
import { rules } from '../../../src/core/rules.js'

/** Servers, transactions, timeouts, restarts; how often servers begin to look, if it is not the usual number. */
type Small = readonly [number, number, number, number, number?]

const within = ([servers, transactions, timeouts, restarts]: Small) => ({ servers, transactions, timeouts, restarts })

const run = (small: Small, reductions: Reductions, chosen: Rules = rules, maxStates = 1_000_000): Exploration =>
  explore({ bounds: fastBoundsOf(within(small), small[4]), rules: chosen, reductions, maxStates })

const rulesOf = (id: CatalogueId): Rules => {
  const { variation } = catalogue[id]
  if (!('rules' in variation) || 'program' in variation) throw new Error(`${id} is not a matter of rules alone`)
  return variation.rules
}

/** Where each shows: bounds, what is objected to, length of the way there. */
const bugsFound: readonly (readonly [CatalogueId, Small, string, number])[] = [
  ['ZK-1291', [2, 1, 0, 0], 'LEADERINFO', 6],
  ['ZK-3911', [2, 1, 0, 0], 'ACK of NEWLEADER', 13],
  ['ZK-1282', [2, 1, 0, 0], 'ACK of NEWLEADER', 13],
  ['ZK-1319', [2, 1, 1, 0], 'adopt', 34],
  ['ZK-4643', [2, 1, 1, 0], 'adopt', 36],
  ['commit-without-quorum', [2, 1, 0, 0], 'commit', 17],
  ['established-without-quorum', [2, 1, 0, 0], 'establish', 11],
  ['discovery-without-quorum', [2, 1, 0, 0], 'startEpoch', 4],
  ['promise-answered-early', [2, 1, 0, 0], 'ACKEPOCH', 8],
  ['entry-acknowledged-early', [2, 1, 0, 0], 'acknowledge', 16],
  ['leader-epoch-not-stored', [2, 1, 0, 0], 'NEWLEADER', 10],
]

describe('every state is seen', () => {
  // A changed count is a changed semantics: look at what has changed before pinning it anew.
  const counts: readonly (readonly [Small, number, number])[] = [
    [[1, 2, 1, 1], 546, 302],
    [[2, 1, 0, 0], 42, 22],
    [[2, 2, 0, 0], 111, 52],
    [[2, 1, 1, 0], 1963, 594],
    [[2, 1, 0, 1], 2469, 771],
    [[2, 2, 1, 0], 9276, 1337],
    [[2, 2, 0, 1], 12_823, 2078],
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
    [[2, 2, 1, 1], 46_733],
    [[3, 0, 0, 0], 7363],
    [[3, 1, 0, 0], 23_209],
    [[3, 2, 0, 0], 86_445],
  ]
  for (const [small, expected] of large)
    it(`(${small.join()}): ${expected} states with reductions`, () => {
      const { verdict, states } = run(small, allReductions)
      expect([verdict, states]).toEqual(['Held', expected])
    })

  it('(2,1,0,0) and an observer: 8753 states with reductions', () => {
    const bounds = fastBoundsOf({ ...within([2, 1, 0, 0]), observers: 1 })
    const { verdict, states } = explore({ bounds, rules, reductions: allReductions, maxStates: 100_000 })
    expect([verdict, states]).toEqual(['Held', 8753])
  })

  it('counts states, transitions and depth of the smallest ensemble as by hand', () => {
    // A server alone elects itself as it starts: its promise is durable, its epoch is durable.
    const { states, transitions, depth, queue } = run([1, 0, 0, 0], noReductions)
    expect({ states, transitions, depth, queue }).toEqual({ states: 3, transitions: 2, depth: 2, queue: 0 })
  })

  it('comes out the same each time', () => {
    expect(run([2, 1, 1, 0], allReductions)).toEqual(run([2, 1, 1, 0], allReductions))
  })
})

describe('how often servers begin to look', () => {
  it('is counted from their start, and bounds the exploration', () => {
    const bounds = fastBoundsOf(within([2, 1, 1, 0]))
    const ensemble = makeEnsemble({ bounds, rules, reductions: noReductions })
    expect([bounds.elections, used(ensemble.budgetOf(ensemble.initial), 'elections')]).toEqual([4, 2])
    const fewer = [2, 3, 4, 5].map((elections) => run([2, 1, 1, 0, elections], noReductions).states)
    expect(fewer).toEqual([...fewer].sort((a, b) => a - b))
    expect(new Set(fewer).size).toBe(4)
  })

  it('leaves room for an election after each failure, and for fewer leaders than elections', () => {
    expect(fastBoundsOf(within([3, 2, 1, 1]))).toMatchObject({ elections: 9, leaderships: 8 })
    expect(fastBoundsOf(within([5, 0, 9, 9])).elections).toBe(15)
    expect(fastBoundsOf({ ...within([2, 1, 1, 0]), observers: 1 })).toMatchObject({ observers: 1, elections: 6 })
    expect(fastBoundsOf(within([3, 2, 1, 0]), 4)).toMatchObject({ elections: 4, leaderships: 3 })
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
  ] as const
  for (const name of names)
    it(`${name} leaves something out, and no verdict`, () => {
      const alone = { ...noReductions, [name]: true }
      const held = run([2, 2, 1, 0], alone)
      expect(held.verdict).toBe('Held')
      expect(held.states).toBeLessThan(9276)
      for (const [id, bounds] of bugsFound)
        expect([id, run(bounds, alone, rulesOf(id)).verdict]).toEqual([id, 'Violated'])
    })

  it('servers are not alike: their ids are compared', () => {
    expect(withElections(allReductions)).toEqual({ ...allReductions, serversAlike: false })
    const alike = { ...noReductions, serversAlike: true }
    expect(run([2, 1, 1, 0], alike)).toMatchObject({ states: run([2, 1, 1, 0], noReductions).states })
  })

  // With two servers they leave out little. With three the unreduced exploration takes long, and these go with the others.
  for (const [name, more] of [
    ['deadNotifications', 167_314],
    ['oneHearsFirst', 11_482],
  ] as const)
    it(`${name} leaves something out, but no state of a single server, no abstract state and no verdict`, () => {
      const without = { ...allReductions, [name]: false }
      const [all, unreduced] = [run([3, 0, 0, 0], allReductions), run([3, 0, 0, 0], without)]
      expect([unreduced.verdict, unreduced.states]).toEqual(['Held', more])
      const { servers, abstract } = unreduced.distinct
      expect(all).toMatchObject({ verdict: 'Held', distinct: { servers, abstract } })
      expect(all.states).toBeLessThan(more)
      for (const id of ['ZK-1291', 'ZK-3911', 'discovery-without-quorum', 'established-without-quorum'] as const)
        for (const reductions of [noReductions, { ...noReductions, dialLeadersOnly: true, [name]: true }])
          expect([id, run([3, 0, 0, 0], reductions, rulesOf(id)).verdict]).toEqual([id, 'Violated'])
      expect(run([3, 0, 1, 0, 4], without, rulesOf('ZK-1514')).verdict).toBe('Violated')
    })
})

describe('bugs of elections are found, and an oracle hides them', () => {
  const elections: readonly (readonly [CatalogueId, Small, string, number])[] = [
    // Who gives up the lead asks its former followers, and takes their votes for votes of the present round.
    ['ZK-1514', [3, 0, 1, 0, 4], 'ELEC-7', 13],
    // One voter has the later epoch, the other the greater id, and the last zxid is the same.
    ['ZK-1419', [2, 1, 1, 1], 'ELEC-3', 41],
  ]
  for (const [id, small, objection, length] of elections)
    it(`${id}, in (${small.slice(0, 4).join()})`, () => {
      const { verdict, counterexample } = run(small, allReductions, rulesOf(id))
      expect([verdict, counterexample?.objection.id, counterexample?.happenings.length]).toEqual([
        'Violated',
        objection,
        length,
      ])
      const bounds = boundsOf({ ...within(small), servers: 2 })
      const hidden = explore({ bounds, rules: rulesOf(id), reductions: allReductions, maxStates: 100_000 })
      expect(hidden.verdict).toBe('Held')
    })

  it('the last steps of one of them as a story', () => {
    const { counterexample } = run([3, 0, 1, 0, 4], allReductions, rulesOf('ZK-1514'))
    expect((counterexample === undefined ? '' : story(counterexample)).split('\n').slice(-7)).toEqual([
      ' 9. server 3 gives up and looks for a leader',
      '10. server 1 hears from 3, LOOKING in round 2: vote for 3 (epoch 0, last 0:0)',
      '11. server 2 hears from 3, LOOKING in round 2: vote for 3 (epoch 0, last 0:0)',
      '12. server 3 hears from 1, FOLLOWING in round 1: vote for 3 (epoch 0, last 0:0)',
      '13. server 3 hears from 2, FOLLOWING in round 1: vote for 3 (epoch 0, last 0:0)',
      'violated: ELEC-7 (ELEC-7)',
      '  server 3 is looking in round 2 and leads by votes of round 1',
    ])
  })
})

describe('bugs of the other phases are found behind real elections', () => {
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
      expect(unreduced.counterexample?.happenings.length).toBeLessThanOrEqual(length)
    })
})

describe('the rules of elections', () => {
  it('are all consulted, and decide both ways', () => {
    const recorded = recording()
    // Votes of different rounds and epochs; three voters, of whom two may agree.
    for (const small of [
      [2, 1, 1, 1],
      [3, 0, 0, 0],
    ] as const)
      run(small, allReductions, recorded.rules)
    const names = Object.keys(rules.premises).filter((name) => name.startsWith('ELEC'))
    // Everybody is a voter and has its data, and no stranger speaks.
    expect(unseen(names, recorded.verdicts())).toEqual([
      'ELEC-9.voters: false',
      'ELEC-10.trusted: false',
      'ELEC-13.believed: false',
    ])
  })
})

describe('whatever elections do, the oracle may do', () => {
  /** Texts of all abstract states, and of all servers with what only elections depend on left out. */
  const reached = (bounds: Bounds): { readonly abstract: Set<string>; readonly servers: Set<string> } => {
    const abstract = new Set<string>()
    const make: MakeInterner = (name, textOf) => {
      const interner = makeInterner(name, textOf)
      if (name !== 'abstract') return interner
      const numberOf: typeof interner.numberOf = (value) => {
        abstract.add(textOf(value))
        return interner.numberOf(value)
      }
      return { ...interner, numberOf }
    }
    const ensemble = makeEnsemble({ bounds, rules, reductions: noReductions, make })
    const servers = new Set<string>()
    const states: Int32Array[] = []
    const seen = new Set<string>()
    const add = (state: Int32Array): void => {
      const key = state.join()
      if (seen.has(key)) return
      seen.add(key)
      states.push(state.slice())
      for (const server of serversOf(bounds)) {
        const site = ensemble.siteOf(state, server)
        const { role } = site.peer
        // Whom an election names may not be there; the oracle names who is.
        if (role.kind === 'Following' && role.phase.kind === 'Connecting') continue
        servers.add(siteText({ ...site, peer: canonical(site.peer) }))
      }
    }
    add(ensemble.initial)
    for (const state of states)
      ensemble.successors(state, (next, objection) => {
        expect(objection).toBeUndefined()
        add(next)
      })
    return { abstract, servers }
  }

  // ELEC-12. More epochs than usual for the oracle: as many as the elections may bring about.
  for (const small of [
    [2, 1, 1, 0],
    [2, 1, 0, 1],
  ] as const)
    it(`in (${small.join()})`, () => {
      const bounds = fastBoundsOf(within(small))
      const elected = reached(bounds)
      const named = reached({ ...boundsOf(within(small)), leaderships: bounds.leaderships })
      for (const what of ['abstract', 'servers'] as const) {
        expect([...elected[what]].filter((text) => !named[what].has(text))).toEqual([])
        // And more.
        expect(elected[what].size).toBeLessThan(named[what].size)
      }
    })
})

describe('the normal form', () => {
  it('keeps what elections depend on: two servers that differ in it are two', () => {
    const bounds = fastBoundsOf(within([3, 0, 0, 0]))
    const ensemble = makeEnsemble({ bounds, rules, reductions: noReductions })
    const config = fast.configurationOf(rules, 1, [1, 2, 3], [1, 2, 3], undefined, 'Disabled')
    const site = ensemble.siteOf(ensemble.initial, 1)
    const zero = { epoch: 0, counter: 0 }
    const hear = (leader: number, round: number, state: 'LOOKING' | 'FOLLOWING') =>
      takeStep(
        config,
        site,
        {
          kind: 'Core',
          event: {
            kind: 'Notified',
            from: 2,
            notification: { state, vote: { leader, zxid: zero, peerEpoch: 0 }, round, configurationVersion: zero },
          },
          isLinked: true,
        },
        fast,
      )
    const heard = [hear(1, 1, 'LOOKING'), hear(2, 1, 'LOOKING'), hear(2, 2, 'LOOKING'), hear(2, 2, 'FOLLOWING')]
    expect(new Set([siteText(site), ...heard.map((step) => siteText(step.site))]).size).toBe(5)
    // What it says when it changes its vote goes to both others.
    expect(heard.map(({ outputs }) => outputs.map(({ kind, to }) => `${kind} ${to}`))).toEqual([
      [],
      ['Notify 2', 'Notify 3'],
      ['Notify 2', 'Notify 3'],
      [],
    ])
  })
})
