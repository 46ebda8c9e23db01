/**
 * The judge follows ensembles that are reconfigured: the unmodified core takes only steps that it allows. Servers 1, 2, 3 vote at
 * first, and 3 leads; 4 and 5 join.
 */
import { describe, expect, it } from 'vitest'
import type { Observe } from '../../../model/observer.js'
import { reconfigurationMarks, refinement } from '../../../proofs/refinement.js'
import { actionsOf } from '../../../proofs/refinement/steps.js'
import type { ServerId } from '../../../src/core/configuration.js'
import { rules } from '../../../src/core/rules.js'
import * as Z from '../../../src/core/zxid.js'
import type { Network } from '../../core/network.js'
import { aroundTheBorder, atWork, LEADER, proposedWith, randomRun, reconfigure, settleWith } from './reconfigured.js'

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

describe('the unmodified core', () => {
  it('hands an ensemble over to new voters, one after another, and back', () => {
    const { network, objection } = atWork()
    const leader = (): ServerId => [...network.nodes.keys()].find((id) => isLeading(network, id)) ?? 0
    for (const voters of [[1, 2, 3, 4, 5], [4, 5], [5], [1, 2, 5], [1, 2, 3]]) {
      reconfigure(network, leader(), voters, `to ${voters.join()}`)
      network.settle().elect()
      network.submit(leader(), `by ${voters.join()}`).settle()
    }
    expect(objection()).toBeUndefined()
    expect(network.deliveredBy(1)).toHaveLength(11)
  })

  const isLeading = (network: Network, id: ServerId): boolean => {
    const { service, configuration } = network.node(id).peer
    return service.kind === 'Leader' && configuration.committed.members.some((member) => member.id === id)
  }

  it('finishes a reconfiguration that a former leader has begun', () => {
    const { network, objection } = proposedWith(rules, 1, 2, 4)
    network.crash(LEADER).elect()
    expect(network.deliveredBy(4)).toEqual(['a', 'r'])
    expect(objection()).toBeUndefined()
  })

  it('finishes, under a leader that is to lose its vote by that, what the voters could do without it', () => {
    const { network, objection } = atWork()
    network.autoSync = false
    reconfigure(network, LEADER, [1, 2, 4], 'r')
    settleWith(network, LEADER)
    for (const id of [LEADER, 4, 5]) network.crash(id)
    const leaders: string[] = []
    network.observe = (id, _, effect) => {
      if (effect.kind === 'ServiceChanged' && effect.service.kind === 'Leader')
        leaders.push(`${id} in epoch ${effect.service.epoch}`)
    }
    network.start(LEADER).elect()
    expect(leaders[0]).toBe('3 in epoch 2')
    expect(network.deliveredBy(1)).toEqual(['a', 'r'])
    expect(objection()).toBeUndefined()
  })

  it('commits in one step what stands before, at and after a reconfiguration, in three parts', () => {
    const parts: string[] = []
    const recording: Observe<unknown> = (host) => {
      const judge = refinement()(host)
      return {
        ...judge,
        stepped: (server, before, after, what) => {
          const commits = actionsOf(before, after, 'Changing').filter(({ kind }) => kind === 'commit')
          if (commits.length > 1)
            for (const action of commits)
              if (action.kind === 'commit') parts.push(`${Z.show(action.zxid)} by ${action.among.toSorted().join()}`)
          judge.stepped(server, before, after, what)
        },
      }
    }
    const { network, objection } = atWork(rules, recording)
    aroundTheBorder(network)
    // 1 has no more than the reconfiguration, and 4 has all: nothing is committed before the leader's own disk works.
    for (const [id, count] of [
      [1, 3],
      [4, 5],
    ] as const)
      network.sync(id, count)
    network.settle()
    expect(network.deliveredBy(LEADER)).toEqual(['a'])
    network.sync(LEADER)
    expect(parts).toEqual(['1:3 by 1,3,4', '1:4 by 1,3,4', '1:6 by 3,4'])
    expect(objection()).toBeUndefined()
  })

  it(`takes only allowed steps in ${SEEDS.length} random runs, in which all happens that matters`, () => {
    const counts = new Map<string, number>()
    const count = (what: string): unknown => counts.set(what, (counts.get(what) ?? 0) + 1)
    const observe = refinement({ count, wholeEvery: 50 })
    const outcomes = SEEDS.map((seed) => randomRun(seed, 3000, { observe }))
    expect(outcomes.flatMap(({ objection }) => objection ?? [])).toEqual([])
    expect(Object.values(reconfigurationMarks).filter((mark) => (counts.get(mark) ?? 0) < 5)).toEqual([])
  })
})
