/** Who counts: both configurations while one is being replaced, else the committed one. QUO-1, RECFG-7. */
import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../src/core/configuration.js'
import { allVoters, electionWeight, isVotingMember, quorumSystems } from '../../src/core/membership.js'
import { ensembleOf } from './network.js'
import { z } from './server.js'

const old = ensembleOf([1, 2, 3], [9])
const configured = (lastSeen: Configuration) => ({ configuration: { committed: old, lastSeen } })
const newer: Configuration = { ...ensembleOf([3, 4, 5]), version: z('1:1') }

describe('membership', () => {
  it('asks the committed configuration alone when nothing newer was seen', () => {
    expect(quorumSystems(configured(old))).toEqual([old.quorums])
    expect(allVoters(configured(old))).toEqual([1, 2, 3])
    expect(isVotingMember(configured(old), 9)).toBe(false)
    expect(electionWeight(configured(old), 9)).toBe(0)
  })

  it('asks both while one is being replaced', () => {
    expect(quorumSystems(configured(newer))).toEqual([old.quorums, newer.quorums])
    expect(allVoters(configured(newer))).toEqual([1, 2, 3, 4, 5])
    expect(isVotingMember(configured(newer), 5)).toBe(true)
    expect(electionWeight(configured(newer), 5)).toBe(1)
  })

  it('gives the greatest weight of the relevant configurations', () => {
    const weighted: Configuration = {
      ...newer,
      quorums: {
        kind: 'Hierarchical',
        groups: [
          {
            id: 1,
            members: [
              { id: 1, weight: 0 },
              { id: 4, weight: 7 },
            ],
          },
        ],
      },
    }
    expect(electionWeight(configured(weighted), 1)).toBe(1)
    expect(electionWeight(configured(weighted), 4)).toBe(7)
  })
})
