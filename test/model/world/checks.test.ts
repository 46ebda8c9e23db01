// The checks that run at every step of the world: each planted fault is reported with its clause or property.
import { describe, expect, it } from 'vitest'
import type { Checks } from '../../../model/world/checks.js'
import { makeChecks } from '../../../model/world/checks.js'
import type { Disk } from '../../../model/world/disk.js'
import { makeDisk } from '../../../model/world/disk.js'
import type { Durable } from '../../../src/core/effect.js'
import { ZERO, zxid } from '../../../src/core/zxid.js'
import type { Transaction } from '../../../src/service/transaction.js'
import type { Database } from '../../../src/service/database.js'
import { withEphemeral } from '../../../src/service/database.js'
import * as H from '../../../src/service/hamt.js'
import { database, entry } from './fixtures.js'

interface Bench {
  readonly checks: Checks
  readonly found: readonly string[]
  readonly disk: (server: number) => Disk
  /** Writes, and makes it durable on each of the servers. */
  readonly store: (durable: Durable<Transaction>, ...servers: readonly number[]) => void
}

const bench = (digest = (): bigint => 0n): Bench => {
  const disks = new Map([1, 2, 3].map((id) => [id, makeDisk(database(0, 0))]))
  const found: string[] = []
  const disk = (server: number): Disk => disks.get(server) ?? makeDisk(database(0, 0))
  const checks = makeChecks({ voters: [1, 2, 3], disk, digestOf: digest, report: (clause) => found.push(clause) })
  const store = (durable: Durable<Transaction>, ...servers: readonly number[]): void => {
    for (const server of servers) {
      checks.persisting(server, durable)
      disk(server).write({ kind: 'persist', token: 1, durable, image: undefined })
      disk(server).sync(1)
      checks.synced(server)
    }
  }
  return { checks, found, disk, store }
}

const append = (...entries: readonly ReturnType<typeof entry>[]): Durable<Transaction> => ({ kind: 'Append', entries })
const accepted = (epoch: number): Durable<Transaction> => ({ kind: 'AcceptedEpoch', epoch })
const current = (epoch: number): Durable<Transaction> => ({ kind: 'CurrentEpoch', epoch })

describe('histories', () => {
  it.each([
    ['H1', [append(entry(1, 1)), append(entry(1, 1))]],
    ['H3', [append(entry(1, 2))]],
    ['H3', [append(entry(1, 1)), append(entry(1, 3))]],
    ['H3', [append(entry(1, 1)), append(entry(2, 2))]],
  ] as const)('reports %s for an order that is not one', (clause, writes) => {
    const { store, found } = bench()
    for (const write of writes) store(write, 1)
    expect(found[0]).toBe(clause)
  })

  it('reports H2 for two transactions of one zxid, not for equal ones', () => {
    const { store, found } = bench()
    store(append(entry(1, 1)), 1)
    store(append(entry(1, 1)), 2)
    expect(found).toEqual([])
    store(append(entry(1, 1, 5)), 3)
    expect(found).toEqual(['H2'])
  })

  it('reports H4 for different pasts of one zxid', () => {
    const { store, found } = bench()
    store(append(entry(1, 1), entry(1, 2), entry(2, 1)), 1)
    store(append(entry(1, 1), entry(2, 1)), 2)
    expect(found).toEqual(['H4'])
  })

  it('reports a committed entry that is cut away', () => {
    const { store, checks, found } = bench()
    store(append(entry(1, 1), entry(1, 2)), 1, 2)
    checks.applied(1, database(1, 2))
    store({ kind: 'Truncate', zxid: zxid(1, 1) }, 2)
    expect(found).toEqual(['COMMITTED-DURABLE'])
  })

  it('reports an image in the place of committed entries, unless a quorum keeps them', () => {
    const { store, checks, found } = bench()
    store(append(entry(1, 1), entry(1, 2)), 1, 2, 3)
    checks.applied(1, database(1, 2))
    store({ kind: 'Snapshot', zxid: zxid(1, 1), entries: [] }, 1)
    expect(found).toEqual([])
    store({ kind: 'Snapshot', zxid: zxid(1, 1), entries: [] }, 2)
    expect(found).toEqual(['COMMITTED-DURABLE'])
  })
})

describe('epochs', () => {
  it('reports an epoch that goes back, and one adopted that was not accepted', () => {
    const { store, found } = bench()
    store(accepted(2), 1)
    store(accepted(1), 1)
    store(current(3), 2)
    expect(found).toEqual(['E2', 'E1'])
  })

  it('reports two leaders of one epoch, and one without a quorum', () => {
    const { store, checks, found } = bench()
    store(accepted(1), 1, 2)
    store(current(1), 1, 2)
    checks.serving(1, { kind: 'Leader', epoch: 1 })
    expect(found).toEqual([])
    checks.serving(2, { kind: 'Leader', epoch: 1 })
    expect(found).toEqual(['LEADERSHIP'])
    store(accepted(2), 3)
    store(current(2), 3)
    checks.serving(3, { kind: 'Leader', epoch: 2 })
    expect(found).toEqual(['LEADERSHIP', 'Q1'])
  })
})

describe('the durability table', () => {
  it('reports RECV-1 and RECV-2: an epoch offered or accepted before it is on disk', () => {
    const { store, checks, found } = bench()
    checks.sending(1, { type: 'LEADERINFO', epoch: 1 })
    checks.received(2, { type: 'LEADERINFO', epoch: 1 })
    checks.sending(2, { type: 'ACKEPOCH', currentEpoch: 0, lastZxid: ZERO })
    expect(found).toEqual(['RECV-1', 'RECV-2'])
    store(accepted(1), 1, 2)
    checks.sending(1, { type: 'LEADERINFO', epoch: 1 })
    checks.sending(2, { type: 'ACKEPOCH', currentEpoch: 0, lastZxid: ZERO })
    expect(found).toHaveLength(2)
  })

  it('reports RECV-3 and RECV-4: an epoch adopted, or NEWLEADER acknowledged, without the epoch, or without the history', () => {
    const { store, checks, found } = bench()
    store(append(entry(1, 1)), 1)
    checks.sending(1, { type: 'NEWLEADER', epoch: 2 })
    checks.sending(2, { type: 'ACK', zxid: zxid(2, 0) })
    store(accepted(2), 2)
    store(current(2), 2)
    checks.sending(2, { type: 'ACK', zxid: zxid(2, 0) })
    expect(found).toEqual(['RECV-4', 'RECV-3', 'RECV-4'])
    store(append(entry(1, 1)), 2)
    checks.sending(2, { type: 'ACK', zxid: zxid(2, 0) })
    expect(found).toHaveLength(3)
  })

  it('reports RECV-5 for a leader that counts itself too early, RECV-6 for an early ACK', () => {
    const { checks, found } = bench()
    checks.serving(1, { kind: 'Leader', epoch: 1 })
    expect(found).toEqual(['RECV-5', 'Q1'])
    checks.persisting(2, append(entry(1, 1)))
    checks.sending(2, { type: 'ACK', zxid: zxid(1, 1) })
    expect(found).toEqual(['RECV-5', 'Q1', 'RECV-6'])
  })
})

describe('deliveries', () => {
  it('reports Q2 for a commit without a durable quorum', () => {
    const { store, checks, found } = bench()
    store(append(entry(1, 1)), 1)
    checks.applied(1, database(1, 1))
    expect(found).toEqual(['Q2'])
  })

  it('reports INTEGRITY for what nobody has logged', () => {
    const { checks, found } = bench()
    checks.applied(1, database(1, 1))
    expect(found).toContain('INTEGRITY')
  })

  it('reports TOTAL-ORDER for two sequences that part', () => {
    const { store, checks, found } = bench()
    store(append(entry(1, 1)), 1, 2)
    checks.applied(1, database(1, 1))
    store(append(entry(2, 1)), 3)
    checks.applied(3, database(2, 1))
    expect(found).toContain('TOTAL-ORDER')
  })

  it('reports a state that goes back while it is served, and when it is served again', () => {
    const { store, checks, found } = bench()
    store(accepted(1), 1, 2)
    store(current(1), 1, 2)
    store(append(entry(1, 1), entry(1, 2)), 1, 2)
    checks.serving(1, { kind: 'Follower', leader: 2, epoch: 1 })
    checks.applied(1, database(1, 2))
    checks.serving(1, { kind: 'NotServing' })
    checks.applied(1, database(0, 0))
    expect(found).toEqual([])
    checks.serving(1, { kind: 'Follower', leader: 2, epoch: 1 })
    checks.applied(1, database(1, 1))
    expect(found).toEqual(['SESS-3'])
    checks.applied(1, database(0, 0))
    expect(found).toContain('BCAST-6')
  })

  it('reports SM-5 for equal prefixes and different states', () => {
    let digest = 0n
    const { store, checks, found } = bench(() => (digest += 1n))
    store(append(entry(1, 1)), 1, 2)
    checks.applied(1, database(1, 1))
    checks.applied(2, database(1, 1))
    expect(found).toEqual(['SM-5'])
  })

  it('reports SM-3 for equal prefixes and other sessions, or other ephemeral nodes', () => {
    const { store, checks, found } = bench()
    const withSession = (timeoutMs: number): Database => ({
      ...database(1, 1),
      sessions: H.set(H.empty<bigint, number>(), 7n, timeoutMs),
    })
    store(append(entry(1, 1)), 1, 2, 3)
    checks.applied(1, withSession(4000))
    checks.applied(2, withSession(4000))
    expect(found).toEqual([])
    checks.applied(3, withSession(5000))
    expect(found).toEqual(['SM-3'])
  })

  it('sees a table that changes while the other stays', () => {
    const { store, checks, found } = bench()
    const owned = { ...database(1, 1), sessions: H.set(H.empty<bigint, number>(), 7n, 4000) }
    store(append(entry(1, 1)), 1, 2, 3)
    checks.applied(1, owned)
    checks.applied(2, { ...owned, ephemerals: withEphemeral(owned.ephemerals, 7n, '/e') })
    expect(found).toEqual(['SM-3'])
  })
})
