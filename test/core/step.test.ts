/** How small steps are put together: effects and clauses in order, and nothing after a change of role. */
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../src/core/effect.js'
import { andThen, become, forEach, outcome, stay } from '../../src/core/step.js'
import { Server } from './server.js'

const { peer } = new Server(1)
const effect = (timer: 'leader.ping' | 'liveness'): Effect<string> => ({ kind: 'CancelTimer', timer })
const first = outcome(peer, [effect('leader.ping')], ['ELEC-1'])
const second = outcome(peer, [effect('liveness')], ['ELEC-2'])

describe('one step after another', () => {
  it('does what both do, and says why', () => {
    expect(andThen(first, () => second)).toEqual({
      state: peer,
      effects: [effect('leader.ping'), effect('liveness')],
      clauses: ['ELEC-1', 'ELEC-2'],
    })
  })

  it('is either of them where the other is nothing', () => {
    expect(andThen(stay(peer), () => second)).toEqual(second)
    expect(andThen(first, () => stay(peer))).toEqual(first)
  })

  it('goes on from the state of the first', () => {
    const moved = { ...peer, nextToken: 99 }
    expect(andThen(stay(moved), (state) => stay(state)).state).toBe(moved)
  })

  it('ends with a change of role: what belongs to a role must not happen after it', () => {
    const leaves = become(peer, { role: 'Looking' }, ['ELEC-1'])
    expect(andThen(leaves, () => second)).toBe(leaves)
    expect(andThen(first, () => leaves).become).toEqual(leaves.become)
    expect(forEach(peer, [1, 2, 3], (_, number) => (number === 2 ? leaves : first)).effects).toEqual([
      effect('leader.ping'),
    ])
  })
})
