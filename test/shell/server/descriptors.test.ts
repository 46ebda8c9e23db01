// Descriptors are shared out so that clients never take those of members, of the log or of snapshots.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { descriptorShares } from '../../../src/shell/server/descriptors.js'

describe('descriptor shares', () => {
  it.each([
    ['the usual limit', 1024, 0, { clients: 704, peers: 256 }],
    ['a large limit', 1_048_576, 0, { clients: 1_048_256, peers: 256 }],
    ['maxCnxns below what is there', 1024, 10, { clients: 10, peers: 256 }],
    ['maxCnxns above what is there', 1024, 5000, { clients: 704, peers: 256 }],
    ['no limit known', -1, 0, { clients: Infinity, peers: 256 }],
    ['no limit known, and maxCnxns', NaN, 7, { clients: 7, peers: 256 }],
    ['hardly any', 70, 0, { clients: 3, peers: 3 }],
  ])('%s', (_, limit, maxCnxns, expected) => {
    expect(descriptorShares(limit, maxCnxns)).toEqual(expected)
  })

  it('leave the files what they need, wherever there is that much, and peers no less than half of the rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 66, max: 2_000_000 }), fc.nat(3_000_000), (limit, maxCnxns) => {
        const { clients, peers } = descriptorShares(limit, maxCnxns)
        expect(clients + peers + 64).toBeLessThanOrEqual(limit)
        expect(clients).toBeGreaterThanOrEqual(1)
        expect(peers).toBeGreaterThanOrEqual(Math.min(256, (limit - 64) / 2))
      }),
    )
  })
})
