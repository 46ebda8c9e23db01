// Sets of servers that may decide, as elements: minimal, joint where two configurations are asked, each made once.
import { describe, expect, it } from 'vitest'
import { minimalQuorums } from '../../../proofs/refinement/quorums.js'
import { makeUniverse } from '../../../proofs/refinement/universe.js'
import type { ServerId } from '../../../src/core/configuration.js'
import type { QuorumSystem } from '../../../src/core/quorum.js'
import { holds } from '../../../spec/logic/structure.js'
import { member } from '../../../spec/symbols.js'

const majority = (...voters: readonly ServerId[]): QuorumSystem => ({ kind: 'Majority', voters })
const sorted = (sets: readonly (readonly ServerId[])[]): readonly string[] =>
  sets.map((members) => members.toSorted().join('')).toSorted()

describe('the minimal quorums', () => {
  it('of one configuration are its majorities', () => {
    expect(sorted(minimalQuorums([majority(1, 2, 3)]))).toEqual(['12', '13', '23'])
  })

  it('of two have a majority of each', () => {
    expect(sorted(minimalQuorums([majority(1, 2, 3), majority(2, 3, 4)]))).toEqual(['124', '134', '23'])
    expect(sorted(minimalQuorums([majority(1), majority(2, 3)]))).toEqual(['123'])
  })
})

describe('in a universe', () => {
  it('they come into being when they are asked for, each once', () => {
    const universe = makeUniverse([1, 2, 3, 4], majority(1, 2, 3))
    expect(universe.quorumsOf([majority(1, 2, 3)])).toEqual(universe.quorums)
    expect(universe.takeGrowth()).toEqual([])
    const joint = universe.quorumsOf([majority(1, 2, 3), majority(2, 3, 4)])
    expect(universe.takeGrowth()).toHaveLength(2)
    expect(universe.quorumsOf([majority(1, 2, 3), majority(2, 3, 4)])).toBe(joint)
    expect(universe.takeGrowth()).toEqual([])
    for (const { id, members } of joint)
      for (const server of [1, 2, 3, 4])
        expect(holds(universe.structure, member.symbol, [universe.nodeOf(server) ?? -1, id])).toBe(
          members.includes(server),
        )
  })

  it('may all include one server', () => {
    const universe = makeUniverse([1, 2, 3, 4], majority(1, 2, 3))
    const sets = universe.quorumsOf([majority(1, 2, 3)], 4).map(({ members }) => members)
    expect(sorted(sets)).toEqual(['124', '134', '234'])
  })

  it('bring a server that nobody has named', () => {
    const universe = makeUniverse([1, 2, 3], majority(1, 2, 3))
    expect(universe.nodeOf(7)).toBeUndefined()
    universe.quorumsOf([majority(7)])
    expect(universe.nodeOf(7)).toBe(3)
    expect(universe.takeGrowth()).toContainEqual({ kind: 'Element', sort: 'node', id: 3 })
  })

  it('have a server that came with another disk before it got a vote, and not one that came so with a vote', () => {
    const universe = makeUniverse([1, 2, 3, 4], majority(1, 2, 3))
    universe.renew(4)
    universe.renew(3)
    const [quorum] = universe.quorumsOf([majority(3), majority(4)])
    const has = (node: number): boolean => holds(universe.structure, member.symbol, [node, quorum?.id ?? -1])
    expect([2, 3, 4, 5].map(has)).toEqual([true, false, true, false])
    expect([universe.nodeOf(4), universe.nodeOf(3)]).toEqual([4, 5])
  })
})
