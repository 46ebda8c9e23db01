/** Where two configurations are relevant, a quorum is a quorum of each of them. RECFG-3, QUO-1. */
import { describe, expect, it } from 'vitest'
import type { QuorumSystem } from '../../src/core/quorum.js'
import { premises } from '../../src/core/rules.js'

const majorityOf = (...voters: readonly number[]): QuorumSystem => ({ kind: 'Majority', voters })
const joint = [majorityOf(1, 2, 3), majorityOf(3, 4, 5)]
const quorums = ['ELEC-5.quorum', 'DISC-2.quorum', 'DISC-5.quorum', 'SYNC-3.quorum', 'BCAST-5.quorum'] as const

describe.each(quorums)('%s', (name) => {
  const of = (...servers: readonly number[]): boolean => premises[name](joint, (id) => servers.includes(id))

  it('needs each of the configurations', () => {
    expect(of(1, 2)).toBe(false)
    expect(of(4, 5)).toBe(false)
    expect(of(1, 3, 4)).toBe(true)
    expect(of(1, 2, 4, 5)).toBe(true)
  })
})
