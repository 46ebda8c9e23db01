/** Quorums: majorities and weighted groups; whoever decides, any two quorums share a voter. QUO-1, QUO-2. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HierarchicalQuorums, QuorumSystem } from '../../src/core/quorum.js'
import { areSame, isQuorum, isVoter, votersOf, weightOf } from '../../src/core/quorum.js'
import { fails, holds } from './property.js'

const majority = (count: number): QuorumSystem => ({
  kind: 'Majority',
  voters: Array.from({ length: count }, (_, index) => index + 1),
})
const hierarchical = (
  ...groups: readonly (readonly (readonly [id: number, weight: number])[])[]
): HierarchicalQuorums => ({
  kind: 'Hierarchical',
  groups: groups.map((members, id) => ({ id, members: members.map(([server, weight]) => ({ id: server, weight })) })),
})
const of = (system: QuorumSystem, ...servers: readonly number[]): boolean =>
  isQuorum(system, (id) => servers.includes(id))

const weights = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 4,
})
const systems: fc.Arbitrary<QuorumSystem> = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map(majority),
  weights.map((groups) =>
    hierarchical(...groups.map((group, g) => group.map((weight, m) => [10 * g + m, weight] as const))),
  ),
)
const subset = fc.func(fc.boolean())

describe('majority', () => {
  it('is more than half', () => {
    expect(of(majority(3), 1)).toBe(false)
    expect(of(majority(3), 1, 3)).toBe(true)
    expect(of(majority(4), 1, 2)).toBe(false)
    expect(of(majority(4), 1, 2, 3)).toBe(true)
    expect(of(majority(1), 1)).toBe(true)
  })

  it('never asks for a server that is no voter', () => {
    expect(of(majority(3), 1, 8, 9)).toBe(false)
    expect(isVoter(majority(3), 9)).toBe(false)
    expect(weightOf(majority(3), 9)).toBe(0)
    expect(weightOf(majority(3), 2)).toBe(1)
  })

  it('is never reached without voters', () => {
    expect(of(majority(0))).toBe(false)
  })
})

describe('QUO-2: hierarchical', () => {
  const three = hierarchical(
    [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
    [
      [4, 1],
      [5, 1],
      [6, 1],
    ],
    [
      [7, 1],
      [8, 1],
      [9, 1],
    ],
  )

  it('is most groups, each by most of its weight', () => {
    expect(of(three, 1, 2, 4, 5)).toBe(true)
    expect(of(three, 1, 2, 3, 4, 7)).toBe(false)
  })

  it('weighs', () => {
    const heavy = hierarchical([
      [1, 3],
      [2, 1],
      [3, 1],
    ])
    expect(of(heavy, 1)).toBe(true)
    expect(of(heavy, 2, 3)).toBe(false)
    expect(weightOf(heavy, 1)).toBe(3)
  })

  it('leaves groups of weight 0 out', () => {
    const withIdle = hierarchical(
      [[1, 1]],
      [
        [2, 0],
        [3, 0],
      ],
      [[4, 0]],
    )
    expect(of(withIdle, 1)).toBe(true)
    expect(of(withIdle, 2, 3, 4)).toBe(false)
    expect(of(hierarchical([[1, 0]]), 1)).toBe(false)
  })

  it('lets a voter of weight 0 take part and decide nothing', () => {
    const system = hierarchical([
      [1, 1],
      [2, 0],
    ])
    expect(isVoter(system, 2)).toBe(true)
    expect(weightOf(system, 2)).toBe(0)
    expect(of(system, 2)).toBe(false)
    expect(votersOf(system)).toEqual([1, 2])
  })
})

describe('QUO-1: every quorum system', () => {
  it('has quorums that intersect: of a set and what is left, one at most is a quorum', () => {
    holds(
      fc.property(systems, subset, (system, isIn) => {
        expect(isQuorum(system, isIn) && isQuorum(system, (id) => !isIn(id))).toBe(false)
      }),
    )
  })

  it('keeps a quorum when servers join it', () => {
    holds(
      fc.property(systems, subset, subset, (system, isIn, joins) => {
        if (isQuorum(system, isIn)) expect(isQuorum(system, (id) => isIn(id) || joins(id))).toBe(true)
      }),
    )
  })

  it('would show a rule without intersection', () => {
    const half = (system: QuorumSystem, isIn: (id: number) => boolean): boolean =>
      2 * votersOf(system).filter(isIn).length >= votersOf(system).length
    expect(
      fails(fc.property(systems, subset, (system, isIn) => !(half(system, isIn) && half(system, (id) => !isIn(id))))),
    ).toBe(true)
  })
})

describe('the same quorum systems', () => {
  const majority = (...voters: readonly number[]): QuorumSystem => ({ kind: 'Majority', voters })
  const group = (id: number, ...members: readonly (readonly [id: number, weight: number])[]) => ({
    id,
    members: members.map(([server, weight]) => ({ id: server, weight })),
  })
  const hierarchical = (...groups: HierarchicalQuorums['groups']): QuorumSystem => ({ kind: 'Hierarchical', groups })
  const first = group(1, [1, 1], [2, 2])
  const second = group(2, [3, 1])

  it('may be declared in another order', () => {
    expect(areSame([majority(1, 2, 10)], [majority(10, 2, 1)])).toBe(true)
    expect(areSame([hierarchical(first, second)], [hierarchical(second, group(1, [2, 2], [1, 1]))])).toBe(true)
  })

  it.each([
    ['other voters', [majority(1, 2)], [majority(1, 3)]],
    ['one more', [majority(1, 2)], [majority(1, 2), majority(1, 3)]],
    ['another second one', [majority(1, 2), majority(1)], [majority(1, 2), majority(2)]],
    ['another kind', [majority(1, 2)], [hierarchical(group(1, [1, 1], [2, 1]))]],
    ['another weight', [hierarchical(first, second)], [hierarchical(group(1, [1, 1], [2, 1]), second)]],
    ['another server in a group', [hierarchical(first)], [hierarchical(group(1, [1, 1], [3, 2]))]],
    ['other groups', [hierarchical(first, second)], [hierarchical(group(1, [1, 1], [2, 2], [3, 1]))]],
  ] as const)('are not those with %s', (_, one, other) => {
    expect(areSame(one, other)).toBe(false)
  })
})
