// Configurations that servers take as committed or as seen: each planted fault is reported with its clause.
import { describe, expect, it } from 'vitest'
import type { Checks } from '../../../../model/world/checks.js'
import { makeChecks } from '../../../../model/world/checks.js'
import { makeConfigurations } from '../../../../model/world/checks/configurations.js'
import type { Disk } from '../../../../model/world/disk.js'
import { makeDisk } from '../../../../model/world/disk.js'
import type { Configuration } from '../../../../src/core/configuration.js'
import type { Durable } from '../../../../src/core/effect.js'
import type { Entry } from '../../../../src/core/message.js'
import { ZERO, zxid } from '../../../../src/core/zxid.js'
import type { Transaction } from '../../../../src/service/transaction.js'
import { configuration, database, entry, reconfiguration } from '../fixtures.js'

type Write = Durable<Transaction>

interface Bench {
  readonly checks: Checks
  readonly found: readonly string[]
  readonly store: (write: Write, ...servers: readonly number[]) => void
}

const VOTERS = [1, 2, 3] as const
const first = configuration(ZERO, VOTERS)
/** With this leader. */
const bench = (leader = 0): Bench => {
  const disks = new Map([1, 2, 3, 4, 5].map((id) => [id, makeDisk(database(0, 0))]))
  const found: string[] = []
  const report = (clause: string): void => {
    found.push(clause)
  }
  const disk = (server: number): Disk => disks.get(server) ?? makeDisk(database(0, 0))
  const configurations = makeConfigurations(VOTERS, true, report)
  const checks = makeChecks({
    ...{ voters: VOTERS, disk, report, configurations, ensemble: first },
    isLeading: (server) => server === leader,
    digestOf: () => 0n,
  })
  const store = (write: Write, ...servers: readonly number[]): void => {
    for (const server of servers) {
      checks.persisting(server, write)
      disk(server).write({ kind: 'persist', token: 1, durable: write, image: undefined })
      disk(server).sync(1)
      checks.synced(server)
    }
  }
  return { checks, found, store }
}

const append = (...entries: readonly Entry<Transaction>[]): Write => ({ kind: 'Append', entries })
const activate = (active: Configuration): Write => ({ kind: 'Configuration', configuration: active })
const change = reconfiguration(1, 1, [2, 4, 5])
const changed = configuration(zxid(1, 1), [2, 4, 5])
const both = (committed: Configuration, lastSeen = committed) => ({ committed, lastSeen })

describe('RECFG-5: a server activates what is committed', () => {
  it('and nothing else', () => {
    const { store, found } = bench()
    store(append(change), 1, 2, 4, 5)
    store(activate(changed), 2)
    expect(found).toEqual(['RECFG-5'])
  })

  it('which the leader decides, with a quorum of the former and of the new voters', () => {
    const { store, checks, found } = bench(1)
    store(append(change), 1, 2, 4)
    store(activate(changed), 1, 2)
    checks.configured(2, both(changed))
    expect(found).toEqual([])
  })

  it.each([
    ['former', [1, 4, 5]],
    ['new', [1, 2, 3, 4]],
  ] as const)('and Q2 where there is no quorum of the %s voters', (_, holders) => {
    const { store, found } = bench(1)
    store(append(reconfiguration(1, 1, [4, 5])), ...holders)
    store(activate(configuration(zxid(1, 1), [4, 5])), 1)
    expect(found).toEqual(['Q2'])
  })

  it('with the members that were proposed', () => {
    const { store, found } = bench(1)
    store(append(change), 1, 2, 4)
    store(activate(configuration(zxid(1, 1), [2, 4])), 1)
    expect(found).toEqual(['RECFG-5'])
  })
})

describe('RECFG-5: a leader', () => {
  it('that has reconfigured itself away commits nothing more', () => {
    const { store, checks, found } = bench(1)
    store({ kind: 'AcceptedEpoch', epoch: 1 }, 1, 2, 3)
    store({ kind: 'CurrentEpoch', epoch: 1 }, 1, 2, 3)
    checks.serving(1, { kind: 'Leader', epoch: 1 })
    store(append(change, entry(1, 2)), 1, 2, 4)
    checks.sending(1, { type: 'COMMITANDACTIVATE', zxid: zxid(1, 1), leader: 2 })
    expect(found).toEqual([])
    checks.sending(1, { type: 'COMMIT', zxid: zxid(1, 2) })
    expect(found).toEqual(['RECFG-5'])
  })
})

describe('RECFG-9: the first configuration', () => {
  it('gets its version from a leader, and is a partial view nowhere', () => {
    const { store, found } = bench(4)
    store(activate(configuration(zxid(1, 0), [...VOTERS, 4])), 4)
    expect(found).toEqual(['RECFG-9'])
  })

  it('has no version that no leader has given', () => {
    const { store, found } = bench(1)
    store(activate(configuration(zxid(1, 0), VOTERS)), 1, 2)
    expect(found).toEqual([])
    store(activate(configuration(zxid(2, 0), VOTERS)), 2)
    expect(found).toEqual(['RECFG-5'])
  })
})

describe('RECFG-4: configurations are not forgotten', () => {
  it('by a process', () => {
    const { store, checks, found } = bench(1)
    store(activate(configuration(zxid(1, 0), VOTERS)), 1)
    checks.configured(1, both(configuration(zxid(1, 0), VOTERS)))
    checks.configured(1, both(first))
    expect(found).toEqual(['RECFG-4'])
  })

  it('by a crash, when they were on the disk', () => {
    const { store, checks, found } = bench(1)
    store(activate(configuration(zxid(1, 0), VOTERS)), 1)
    checks.started(1, [ZERO], database(0, 0))
    checks.configured(1, both(first))
    expect(found).toEqual(['RECFG-4'])
  })

  it('nor passed over: what is in the log is seen', () => {
    const { store, checks, found } = bench()
    store(append(change), 2)
    checks.configured(2, both(first, changed))
    expect(found).toEqual([])
    checks.configured(2, both(first))
    expect(found).toEqual(['RECFG-4'])
  })

  it('but for what is cut off the log', () => {
    const { store, checks, found } = bench()
    store(append(change), 2)
    checks.configured(2, both(first, changed))
    store({ kind: 'Truncate', zxid: ZERO }, 2)
    checks.configured(2, both(first))
    expect(found).toEqual([])
  })
})

describe('RECFG-3: what is committed is kept', () => {
  it('by those who decided before, of a reconfiguration', () => {
    const { store, found } = bench(1)
    store(append(change), 1, 2, 4, 5)
    store(activate(changed), 1)
    // Two of the new voters, with nobody of the former ones but the second: 1 and 3 could go on without it.
    store({ kind: 'Truncate', zxid: ZERO }, 1)
    expect(found).toEqual(['COMMITTED-DURABLE'])
  })

  it('by the new voters, of everything', () => {
    const { store, found } = bench(1)
    store(append(change), 1, 2, 3, 4)
    store(activate(changed), 1)
    store({ kind: 'Truncate', zxid: ZERO }, 4)
    expect(found).toEqual(['COMMITTED-DURABLE'])
  })
})

describe('RECFG-6: a leader is established', () => {
  const epoch = [{ kind: 'AcceptedEpoch', epoch: 2 } as const, { kind: 'CurrentEpoch', epoch: 2 } as const]
  const lead = (...adopters: readonly number[]): readonly string[] => {
    const { store, checks, found } = bench(2)
    store(append(change), 2, 4, 5)
    store(append(change), ...adopters.filter((server) => ![2, 4, 5].includes(server)))
    for (const write of epoch) store(write, ...adopters)
    checks.sending(2, { type: 'NEWLEADER', epoch: 2 })
    checks.serving(2, { kind: 'Leader', epoch: 2 })
    return found
  }

  it('by quorums of the last committed and of the last seen configuration', () => {
    expect(lead(1, 2, 4)).toEqual([])
  })

  it.each([[[2, 4, 5]], [[1, 2, 3]]])('and by no less: [%s] are too few', (adopters) => {
    expect(lead(...adopters)).toEqual(['Q1'])
  })
})
