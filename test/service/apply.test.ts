/**
 * Transactions that a leader of another make proposes, or an old log holds, and the tolerance that replay needs:
 * what cannot be done is reported and changes as little as it may.
 */
import { describe, expect, it } from 'vitest'
import { OPEN, READ_ONLY } from '../../src/service/acl.js'
import { apply } from '../../src/service/apply.js'
import { empty, ephemeralsOf, sessionsOf } from '../../src/service/database.js'
import { errorCode } from '../../src/service/error.js'
import { isEphemeral, ttlOwner } from '../../src/service/stat.js'
import { find, statOf } from '../../src/service/tree.js'
import { contextAt, entryOf } from './histories.js'
import type { Applied } from '../../src/service/apply.js'
import type { Database } from '../../src/service/database.js'
import type { TransactionRecord } from '../../src/service/transaction.js'

const one = (database: Database, counter: number, record: TransactionRecord): Applied =>
  apply(database, entryOf(contextAt(counter, 7n), record, undefined))

const all = (...records: readonly TransactionRecord[]): Database =>
  records.reduce((database, record, index) => one(database, index + 1, record).database, empty)

const create = (path: string, parentCversion: number, ephemeral = false): TransactionRecord & { type: 'create' } => ({
  type: 'create',
  path,
  data: null,
  acl: OPEN,
  ephemeral,
  parentCversion,
})

const storedStat = (database: Database, path: string): unknown => find(database.tree, path)?.stat

describe('SM-3: the zxid moves last', () => {
  it('a state named after a transaction holds all its effects, and the state before it none', () => {
    const session = one(empty, 1, { type: 'createSession', timeoutMs: 6000 }).database
    const records = [create('/a', 1), create('/a/e', 1, true)] as const
    const both = one(session, 2, { type: 'multi', records }).database
    expect(both.lastProcessed).toEqual({ epoch: 1, counter: 2 })
    expect([find(both.tree, '/a'), find(both.tree, '/a/e')]).not.toContain(undefined)
    expect(ephemeralsOf(both, 7n)).toEqual(['/a/e'])
    expect(session.lastProcessed).toEqual({ epoch: 1, counter: 1 })
    expect([find(session.tree, '/a'), ...ephemeralsOf(session, 7n)]).toEqual([undefined])
    const closed = one(both, 3, { type: 'closeSession', paths: ['/a/e'] }).database
    expect(closed.lastProcessed).toEqual({ epoch: 1, counter: 3 })
    expect([...sessionsOf(closed), ...ephemeralsOf(closed, 7n), find(closed.tree, '/a/e')]).toEqual([undefined])
    expect([...sessionsOf(both)]).toEqual([[7n, 6000]])
  })
})

describe('apply', () => {
  it('makes containers and nodes with a time to live, which no session owns', () => {
    const common = { data: null, acl: OPEN }
    const container = one(empty, 1, { type: 'createContainer', path: '/c', parentCversion: 1, ...common })
    expect(storedStat(container.database, '/c')).toMatchObject({ ephemeralOwner: -(2n ** 63n) })
    const stat = { ephemeralOwner: 0n }
    expect(container.result).toMatchObject({ error: 0, body: { op: 'create2', path: '/c', stat } })
    const record = { type: 'createTTL', path: '/t', parentCversion: 2, ttlMs: 60_000n, ...common } as const
    const ttl = one(container.database, 2, record)
    expect(storedStat(ttl.database, '/t')).toMatchObject({ ephemeralOwner: ttlOwner(60_000n) })
    expect(ttl.database.ephemerals.size).toBe(0)
    const node = find(ttl.database.tree, '/t')
    expect(node === undefined ? undefined : statOf(node).ephemeralOwner).toBe(0n)
    const gone = one(ttl.database, 3, { type: 'deleteContainer', path: '/c' })
    expect(gone.changes).toEqual([{ type: 'deleted', path: '/c' }])
  })

  it('tells owners apart: sessions own, also those of servers with a high id', () => {
    expect([1n, -1n, BigInt.asIntN(64, 0xff00010000000000n), ttlOwner(1n), 0n, -(2n ** 63n)].map(isEphemeral)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('sets access lists without a trace but their own version', () => {
    const before = all(create('/a', 1))
    const { database, changes, result } = one(before, 2, { type: 'setACL', path: '/a', acl: READ_ONLY, version: 1 })
    expect(find(database.tree, '/a')?.acl).toBe(READ_ONLY)
    expect(storedStat(database, '/a')).toEqual({ ...find(before.tree, '/a')?.stat, aversion: 1 })
    expect(changes).toEqual([])
    expect(result).toEqual({ error: 0, body: undefined })
  })

  it('writes the configuration that a reconfig carries', () => {
    const data = new Uint8Array([1])
    const { database } = one(empty, 1, { type: 'reconfig', path: '/zookeeper/config', data, version: -1 })
    expect(find(database.tree, '/zookeeper/config')).toMatchObject({ data, stat: { version: -1 } })
  })

  it('deletes what the local tree says when an old log names no nodes, and tolerates names of missing ones', () => {
    const before = all(create('/e', 1, true), create('/f', 2, true))
    expect([...ephemeralsOf(before, 7n)].sort()).toEqual(['/e', '/f'])
    const old = one(before, 3, { type: 'closeSession', paths: undefined })
    expect(old.changes).toHaveLength(2)
    const listed = one(before, 3, { type: 'closeSession', paths: ['/none', '/none/x', '/f'] })
    expect(listed.changes).toEqual([
      { type: 'deleted', path: '/f' },
      { type: 'deleted', path: '/e' },
    ])
    expect(listed.database.ephemerals.size).toBe(0)
  })

  it('counts one up where an old log has no counter', () => {
    expect(storedStat(all(create('/a', -1), create('/b', -1)), '/')).toMatchObject({ cversion: 2 })
  })

  it('never moves a parent’s counter back', () => {
    const database = all(create('/a', 9), create('/b', 3))
    expect(storedStat(database, '/')).toMatchObject({ cversion: 9, pzxid: { epoch: 1, counter: 1 } })
  })

  it('meets an existing node: its access list and its parent’s counter follow, nothing else, and no watch fires', () => {
    const before = all(create('/a', 1))
    const again = one(before, 2, { ...create('/a', 5), data: new Uint8Array(3), acl: READ_ONLY })
    expect(again.result).toEqual({ error: errorCode.NODEEXISTS, body: undefined })
    expect(again.changes).toEqual([])
    expect(find(again.database.tree, '/a')).toMatchObject({ data: null, acl: READ_ONLY })
    expect(storedStat(again.database, '/a')).toEqual(storedStat(before, '/a'))
    expect(storedStat(again.database, '/')).toMatchObject({ cversion: 5, pzxid: { epoch: 1, counter: 2 } })
  })

  it('reports what has no place, and goes on', () => {
    const records: readonly TransactionRecord[] = [
      create('/none/x', 1),
      create('x', 1),
      { type: 'delete', path: '/none/x' },
      { type: 'delete', path: 'x' },
      { type: 'setData', path: '/none', data: null, version: 1 },
      { type: 'setACL', path: '/none', acl: OPEN, version: 1 },
    ]
    for (const record of records) {
      const { database, result, changes } = one(empty, 4, record)
      expect(result.error).toBe(errorCode.NONODE)
      expect(changes).toEqual([])
      expect(database.tree).toBe(empty.tree)
      expect(database.lastProcessed).toEqual({ epoch: 1, counter: 4 })
    }
    expect(one(empty, 1, create('/', 1)).result.error).toBe(errorCode.NODEEXISTS)
    expect(one(empty, 1, { type: 'delete', path: '/' }).result.error).toBe(errorCode.NONODE)
  })

  it('raises the parent’s pzxid for a missing node: its deletion may be known, the parent’s share of it not', () => {
    const { database, result } = one(all(create('/a', 1)), 2, { type: 'delete', path: '/b' })
    expect(result.error).toBe(errorCode.NONODE)
    expect(storedStat(database, '/')).toMatchObject({ cversion: 1, pzxid: { epoch: 1, counter: 2 } })
  })

  it('takes a later subtree away with its node, owners included', () => {
    const full = all(create('/a', 1), create('/a/b', 1), create('/a/b/e', 1, true))
    const { database } = one(full, 9, { type: 'delete', path: '/a' })
    expect(database.tree.nodeCount).toBe(empty.tree.nodeCount)
    expect(database.tree.approximateDataSize).toBe(empty.tree.approximateDataSize)
    expect(database.ephemerals.size).toBe(0)
  })

  it('turns codes that clients do not know into SYSTEMERROR', () => {
    expect(one(empty, 1, { type: 'error', error: -125 }).result.error).toBe(errorCode.QUOTAEXCEEDED)
    expect(one(empty, 1, { type: 'error', error: -9999 }).result.error).toBe(errorCode.SYSTEMERROR)
  })
})
