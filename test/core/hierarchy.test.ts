/** Who belongs to a hierarchy, and with what weight: members of any group, and nobody else. QUO-2. */
import { describe, expect, it } from 'vitest'
import type { HierarchicalQuorums } from '../../src/core/quorum.js'
import { isVoter, weightOf } from '../../src/core/quorum.js'

const system: HierarchicalQuorums = {
  kind: 'Hierarchical',
  groups: [
    {
      id: 1,
      members: [
        { id: 1, weight: 2 },
        { id: 2, weight: 0 },
      ],
    },
    { id: 2, members: [{ id: 3, weight: 1 }] },
  ],
}

describe('a hierarchy', () => {
  it('has the members of each of its groups as voters, whatever they weigh', () => {
    expect([1, 2, 3].filter((id) => isVoter(system, id))).toEqual([1, 2, 3])
    expect([1, 2, 3].map((id) => weightOf(system, id))).toEqual([2, 0, 1])
  })

  it('does not know anybody else', () => {
    expect(isVoter(system, 4)).toBe(false)
    expect(weightOf(system, 4)).toBe(0)
  })
})
