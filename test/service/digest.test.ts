/** Digests of the tree, against those that Apache's server computed for the same transactions. */
import { describe, expect, it } from 'vitest'
import { OPEN } from '../../src/service/acl.js'
import { apply } from '../../src/service/apply.js'
import { digestOf, empty, nodeCount, withConfigurationText } from '../../src/service/database.js'
import { nodeDigest } from '../../src/service/digest.js'
import { ZERO_STAT } from '../../src/service/stat.js'
import type { Database } from '../../src/service/database.js'
import type { TransactionRecord } from '../../src/service/transaction.js'

const OWNER = 0x010000106d0f0000n

const after = (database: Database, counter: number, timeMs: number, record: TransactionRecord): Database =>
  apply(database, {
    zxid: { epoch: 0, counter },
    transaction: { sessionId: OWNER, cxid: 0, timeMs, record, digest: undefined, bytes: new Uint8Array(0) },
  }).database

describe('digest', () => {
  it('of a fresh database, also after sessions came and went', () => {
    expect(digestOf(empty)).toBe(1371985504n)
    const opened = after(empty, 1, 5, { type: 'createSession', timeoutMs: 6000 })
    expect(digestOf(opened)).toBe(1371985504n)
    expect(digestOf(after(opened, 2, 6, { type: 'closeSession', paths: [] }))).toBe(1371985504n)
  })

  it('of long data is the same when it is asked for again, under another path, with another stat', () => {
    const long = new Uint8Array(100_000).map((_, index) => index & 255)
    for (const path of ['/a', '/b', '/a', '/a/b', '/b'])
      for (const version of [0, 1, 0]) {
        const stat = { ...ZERO_STAT, version }
        // A copy has not been seen before.
        expect(nodeDigest(path, long, stat)).toBe(nodeDigest(path, long.slice(), stat))
      }
  })

  it('follows the recorded transactions (SM-5)', () => {
    const data = new TextEncoder().encode('hello')
    const first = after(empty, 4, 1795490070440, {
      type: 'create',
      path: '/a',
      data,
      acl: OPEN,
      ephemeral: false,
      parentCversion: 1,
    })
    expect(digestOf(first)).toBe(6400182175n)
    const second = after(first, 5, 1795490070449, {
      type: 'create2',
      path: '/b',
      data: null,
      acl: OPEN,
      ephemeral: true,
      parentCversion: 2,
    })
    expect(digestOf(second)).toBe(6854278318n)
    const third = after(second, 6, 1795490070451, {
      type: 'create',
      path: '/a/s-0000000000',
      data: new Uint8Array(0),
      acl: OPEN,
      ephemeral: false,
      parentCversion: 1,
    })
    expect(digestOf(third)).toBe(7675692319n)
    expect(nodeCount(third)).toBe(nodeCount(empty) + 3)
  })

  it('leaves out what servers write on their own', () => {
    const configured = withConfigurationText(empty, 'server.1=a:1:2:participant', { epoch: 1, counter: 2 }, 77)
    expect(digestOf(configured)).toBe(digestOf(empty))
    expect(configured.lastProcessed).toEqual(empty.lastProcessed)
    expect(nodeDigest('/zookeeper/quota', null, ZERO_STAT)).toBe(0)
    expect(nodeDigest('/zookeeper', null, ZERO_STAT)).not.toBe(0)
    expect(nodeDigest('/', null, ZERO_STAT)).toBe(nodeDigest('', null, ZERO_STAT))
  })
})
