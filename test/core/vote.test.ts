/** The order of votes is total: epoch, then zxid, then server id. ELEC-3. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Vote } from '../../src/core/vote.js'
import * as V from '../../src/core/vote.js'
import * as Z from '../../src/core/zxid.js'
import { holds } from './property.js'
import { vote } from './server.js'

const small = fc.integer({ min: 0, max: 2 })
const votes: fc.Arbitrary<Vote> = fc.record({
  leader: fc.integer({ min: 1, max: 3 }),
  zxid: fc.record({ epoch: small, counter: small }),
  peerEpoch: small,
})

/** ZOOKEEPER-1419: the zxid and the server id were compared whatever the epochs. */
const withoutParentheses = (offered: Vote, current: Vote): boolean =>
  offered.peerEpoch > current.peerEpoch ||
  (offered.peerEpoch === current.peerEpoch && Z.isAfter(offered.zxid, current.zxid)) ||
  (Z.equals(offered.zxid, current.zxid) && offered.leader > current.leader)

describe('ELEC-3: the order of votes', () => {
  it('is total, antisymmetric and transitive', () => {
    holds(
      fc.property(votes, votes, votes, (a, b, c) => {
        expect(Math.sign(V.compare(a, b)) + Math.sign(V.compare(b, a))).toBe(0)
        expect(V.compare(a, b) === 0).toBe(V.equals(a, b))
        if (V.compare(a, b) > 0 && V.compare(b, c) > 0) expect(V.compare(a, c)).toBeGreaterThan(0)
      }),
      500,
    )
  })

  it('compares the zxid for equal epochs only, the id for equal zxids only (ZOOKEEPER-1419)', () => {
    const newer = vote(1, '0:9', 2)
    const older = vote(5, '0:9', 1)
    expect(V.compare(newer, older)).toBeGreaterThan(0)
    expect(V.compare(older, newer)).toBeLessThan(0)
    // The historical order lets each of the two beat the other.
    expect(withoutParentheses(newer, older) && withoutParentheses(older, newer)).toBe(true)
  })

  it('puts the minimal vote last', () => {
    holds(fc.property(votes, (any) => V.compare(any, V.MINIMAL_VOTE) > 0))
  })
})
