/** Each write request: its record, its effects, and the order of its checks (the first failing one decides). */
import { describe, expect, it } from 'vitest'
import { OPEN, READ_ONLY } from '../../src/service/acl.js'
import { digestOf, empty, ephemeralsOf, sessionsOf, withConfigurationText } from '../../src/service/database.js'
import { errorCode } from '../../src/service/error.js'
import { prepare } from '../../src/service/prepare.js'
import { find, statOf } from '../../src/service/tree.js'
import { contextAt } from './histories.js'
import type { Database } from '../../src/service/database.js'
import type { ErrorName } from '../../src/service/error.js'
import type { WriteContext } from '../../src/service/prepare.js'
import type { MultiOperation, WriteRequest } from '../../src/service/request.js'
import type { Tree } from '../../src/service/tree.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

type Overrides = Partial<Extract<MultiOperation, { readonly op: 'create' | 'create2' }>>

const create = (path: string, overrides: Overrides = {}): MultiOperation & WriteRequest => ({
  op: 'create',
  path,
  data: bytes('x'),
  acl: OPEN,
  flags: 0,
  ...overrides,
})
const remove = (path: string, version = -1): MultiOperation & WriteRequest => ({ op: 'delete', path, version })
const setData = (path: string, version = -1): MultiOperation & WriteRequest => ({
  op: 'setData',
  path,
  data: bytes('new'),
  version,
})
const check = (path: string, version = -1): MultiOperation => ({ op: 'check', path, version })

const after = (...requests: readonly WriteRequest[]): Database =>
  requests.reduce((database, request, index) => {
    const { record, applied } = prepare(database, contextAt(index + 1, 7n), request)
    expect(record.type).not.toBe('error')
    return applied.database
  }, empty)

const at = (tree: Tree, path: string): ReturnType<typeof statOf> => {
  const node = find(tree, path)
  if (node === undefined) throw new Error(`no node ${path}`)
  return statOf(node)
}

const fails = (
  database: Database,
  request: Parameters<typeof prepare>[2],
  name: ErrorName,
  overrides: Partial<WriteContext> = {},
): void => {
  const context = { ...contextAt(100, 7n), ...overrides }
  const { record, digest, applied } = prepare(database, context, request)
  expect(record).toEqual({ type: 'error', error: errorCode[name] })
  expect(digest).toBeUndefined()
  expect(applied.result).toEqual({ error: errorCode[name], body: undefined })
  expect(applied.changes).toEqual([])
  // Nothing but the zxid has gone.
  expect(applied.database).toEqual({ ...database, lastProcessed: context.zxid })
  expect(applied.database.tree).toBe(database.tree)
}

describe('create', () => {
  it('makes a node of zeros and moves its parent’s counter and pzxid only', () => {
    const database = after(create('/a'), create('/a/b'))
    const zxid = { epoch: 1, counter: 2 }
    expect(at(database.tree, '/a/b')).toEqual({
      czxid: zxid,
      mzxid: zxid,
      pzxid: zxid,
      ctimeMs: 1_795_490_070_002,
      mtimeMs: 1_795_490_070_002,
      version: 0,
      cversion: 0,
      aversion: 0,
      ephemeralOwner: 0n,
      dataLength: 1,
      childCount: 0,
    })
    const parent = at(database.tree, '/a')
    expect(parent).toMatchObject({ pzxid: zxid, cversion: 1, childCount: 1, version: 0, mtimeMs: 1_795_490_070_001 })
    expect(parent.mzxid).toEqual({ epoch: 1, counter: 1 })
  })

  it('answers with the path, create2 with the stat too; the record keeps its type', () => {
    const first = prepare(empty, contextAt(1, 7n), create('/a'))
    expect(first.applied.result).toEqual({ error: 0, body: { op: 'create', path: '/a' } })
    expect(first.record).toEqual({
      type: 'create',
      path: '/a',
      data: bytes('x'),
      acl: OPEN,
      ephemeral: false,
      parentCversion: 1,
    })
    expect(first.applied.changes).toEqual([{ type: 'created', path: '/a' }])
    expect(first.digest).toBe(digestOf(first.applied.database))
    const second = prepare(empty, contextAt(1, 7n), create('/a', { op: 'create2' }))
    expect(second.record).toMatchObject({ type: 'create2' })
    const stat = at(second.applied.database.tree, '/a')
    expect(second.applied.result.body).toEqual({ op: 'create2', path: '/a', stat })
  })

  it('shows clients creations and deletions: stored counter twice, less the children', () => {
    const database = after(create('/a'), create('/a/b'), create('/a/c'), remove('/a/b'))
    expect(find(database.tree, '/a')?.stat.cversion).toBe(2)
    expect(at(database.tree, '/a')).toMatchObject({ cversion: 3, childCount: 1 })
    expect(at(empty.tree, '/').cversion).toBe(-1)
  })

  it('numbers sequential nodes by the parent’s creations, also directly after the slash', () => {
    const database = after(
      create('/a'),
      create('/a/s-', { flags: 2 }),
      create('/a/s-', { flags: 2 }),
      remove('/a/s-0000000000'),
      create('/a/', { flags: 3 }),
      create('/', { flags: 2 }),
    )
    for (const path of ['/a/s-0000000001', '/a/0000000002', '/0000000001'])
      expect(find(database.tree, path)).toBeDefined()
    expect(at(database.tree, '/a/0000000002').ephemeralOwner).toBe(7n)
    expect(at(database.tree, '/a/s-0000000001').ephemeralOwner).toBe(0n)
  })

  it('allows nodes below /zookeeper', () => {
    expect(find(after(create('/zookeeper/quota/a')).tree, '/zookeeper/quota/a')).toBeDefined()
  })

  it('checks in ZooKeeper’s order', () => {
    const database = after(create('/a'), create('/e', { flags: 1 }), create('/ro', { acl: READ_ONLY }))
    const expired = { session: 'expired' } as const
    fails(database, create('bad', { flags: 7 }), 'BADARGUMENTS', expired)
    fails(database, create('/n', { flags: -1 }), 'BADARGUMENTS', expired)
    fails(database, create('/n', { flags: 4 }), 'BADARGUMENTS', expired)
    fails(database, create('/n', { flags: 5 }), 'UNIMPLEMENTED', expired)
    fails(database, create('bad', { acl: null }), 'SESSIONEXPIRED', expired)
    fails(database, create('bad', { acl: null }), 'SESSIONMOVED', { session: 'moved' })
    fails(database, create('bad', { acl: null }), 'BADARGUMENTS')
    fails(database, create('/x\0', { acl: null }), 'BADARGUMENTS')
    fails(database, create('/none/x', { acl: null }), 'INVALIDACL')
    fails(database, create('/none/x', { acl: [] }), 'INVALIDACL')
    fails(database, create('/none/.'), 'NONODE')
    fails(database, create('none/x'), 'NONODE')
    fails(database, create('/a//x'), 'NONODE')
    fails(database, create('/ro/.'), 'NOAUTH')
    fails(database, create('/a/.'), 'BADARGUMENTS')
    fails(database, create('/a/'), 'BADARGUMENTS')
    fails(database, create('//'), 'BADARGUMENTS')
    fails(database, create('/a'), 'NODEEXISTS')
    fails(database, create('/'), 'NODEEXISTS')
    fails(database, create('/e/x'), 'NOCHILDRENFOREPHEMERALS')
  })

  it('lets super pass any access list', () => {
    const database = after(create('/ro', { acl: READ_ONLY }))
    const context = { ...contextAt(9, 7n), ids: [{ scheme: 'super', id: '' }] }
    expect(prepare(database, context, create('/ro/x')).record.type).toBe('create')
  })
})

describe('delete', () => {
  it('removes the node, raises the parent’s pzxid and leaves its counter', () => {
    const before = after(create('/a'), create('/a/b', { flags: 1 }))
    expect(ephemeralsOf(before, 7n)).toEqual(['/a/b'])
    const { record, applied } = prepare(before, contextAt(3, 7n), remove('/a/b'))
    expect(record).toEqual({ type: 'delete', path: '/a/b' })
    expect(applied.result).toEqual({ error: 0, body: undefined })
    expect(applied.changes).toEqual([{ type: 'deleted', path: '/a/b' }])
    expect(find(applied.database.tree, '/a/b')).toBeUndefined()
    expect(find(applied.database.tree, '/a')?.stat).toMatchObject({ cversion: 1, pzxid: { epoch: 1, counter: 3 } })
    expect(ephemeralsOf(applied.database, 7n)).toEqual([])
    expect(applied.database.ephemerals.size).toBe(0)
  })

  it('checks in ZooKeeper’s order', () => {
    const database = after(create('/a'), create('/a/b'), create('/ro', { acl: READ_ONLY }))
    fails(database, remove('bad'), 'SESSIONEXPIRED', { session: 'expired' })
    for (const path of ['bad', '/x\0', '/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'])
      fails(database, remove(path), 'BADARGUMENTS')
    fails(database, remove('/none/x', 5), 'NONODE')
    fails(database, remove('/ro/x', 5), 'NOAUTH')
    fails(database, remove('/x', 5), 'NONODE')
    fails(database, remove('/a', 5), 'BADVERSION')
    fails(database, remove('/a', 0), 'NOTEMPTY')
  })
})

describe('setData', () => {
  it('replaces the data; version, mzxid and mtime move', () => {
    const { record, applied } = prepare(after(create('/a')), contextAt(2, 7n), setData('/a', 0))
    expect(record).toEqual({ type: 'setData', path: '/a', data: bytes('new'), version: 1 })
    const stat = at(applied.database.tree, '/a')
    expect(applied.result).toEqual({ error: 0, body: { op: 'setData', stat } })
    expect(applied.changes).toEqual([{ type: 'dataChanged', path: '/a' }])
    expect(stat).toMatchObject({
      version: 1,
      dataLength: 3,
      czxid: { epoch: 1, counter: 1 },
      mzxid: { epoch: 1, counter: 2 },
      pzxid: { epoch: 1, counter: 1 },
      ctimeMs: 1_795_490_070_001,
      mtimeMs: 1_795_490_070_002,
    })
  })

  it('writes the root, whose both names are one node', () => {
    const database = after(setData('/'))
    expect(find(database.tree, '')).toBe(find(database.tree, '/'))
    expect(at(database.tree, '/').version).toBe(1)
  })

  it('checks in ZooKeeper’s order', () => {
    const database = after(create('/a'), create('/ro', { acl: READ_ONLY }))
    fails(database, setData('bad'), 'SESSIONEXPIRED', { session: 'expired' })
    fails(database, setData('/none/'), 'BADARGUMENTS')
    fails(database, setData('/none', 5), 'NONODE')
    fails(database, setData('/ro', 5), 'NOAUTH')
    fails(database, setData('/a', 5), 'BADVERSION')
    fails(database, setData('/zookeeper/config'), 'NOAUTH')
  })

  it('wraps versions at 32 bits', () => {
    const start = withConfigurationText(empty, 'v', { epoch: 0, counter: 0 })
    const context = { ...contextAt(1, 7n), ids: [{ scheme: 'super', id: '' }] }
    expect(prepare(start, context, setData('/zookeeper/config')).record).toMatchObject({ version: 0 })
  })
})

describe('multi', () => {
  const multi = (...operations: readonly MultiOperation[]): WriteRequest => ({ op: 'multi', operations })

  it('applies all under one zxid, each operation seeing those before it', () => {
    const request = multi(
      create('/a'),
      create('/a/s', { op: 'create2', flags: 2 }),
      create('/a/s', { flags: 2 }),
      setData('/a', 0),
      check('/a', 1),
      remove('/a/s0000000000'),
    )
    const { record, digest, applied } = prepare(empty, contextAt(1, 7n), request)
    // A create2 is a create here, as Apache's servers have it.
    expect(record.type === 'multi' && record.records.map(({ type }) => type)).toEqual([
      'create',
      'create',
      'create',
      'setData',
      'check',
      'delete',
    ])
    expect(record).toMatchObject({
      records: [{}, { parentCversion: 1 }, { parentCversion: 2 }, {}, { version: 2 }, {}],
    })
    expect(digest).toBe(digestOf(applied.database))
    expect(applied.result.body).toMatchObject({
      op: 'multi',
      results: [
        { op: 'create', path: '/a' },
        { op: 'create', path: '/a/s0000000000' },
        { op: 'create', path: '/a/s0000000001' },
        { op: 'setData', stat: { version: 1 } },
        { op: 'check' },
        { op: 'delete' },
      ],
    })
    expect(applied.changes).toEqual([
      { type: 'created', path: '/a' },
      { type: 'created', path: '/a/s0000000000' },
      { type: 'created', path: '/a/s0000000001' },
      { type: 'dataChanged', path: '/a' },
      { type: 'deleted', path: '/a/s0000000000' },
    ])
    expect(at(applied.database.tree, '/a').pzxid).toEqual({ epoch: 1, counter: 1 })
  })

  it.each([7, 100, -1, 4])('fails at the operation whose mode is %i, and nothing is done', (flags) => {
    const untried = { type: 'error', error: errorCode.RUNTIMEINCONSISTENCY }
    const { record, applied } = prepare(
      empty,
      contextAt(1, 7n),
      multi(create('/a'), create('/b', { flags }), create('/c')),
    )
    expect(record).toMatchObject({
      type: 'multi',
      records: [{ type: 'create' }, { type: 'error', error: errorCode.BADARGUMENTS }, untried],
    })
    expect(applied.result).toMatchObject({ error: errorCode.OK })
    expect(find(applied.database.tree, '/a')).toBeUndefined()
    const { record: other } = prepare(empty, contextAt(1, 7n), multi(remove('/none'), create('/a', { flags })))
    expect(other).toMatchObject({ records: [{ error: errorCode.NONODE }, untried] })
  })

  it('is unreadable with a mode for a time to live when its turn comes', () => {
    fails(empty, multi(create('/a'), create('/b', { flags: 5 })), 'MARSHALLINGERROR')
    const { record } = prepare(empty, contextAt(1, 7n), multi(remove('/none'), create('/a', { flags: 6 })))
    expect(record).toMatchObject({ type: 'multi', records: [{ error: errorCode.NONODE }, {}] })
  })

  it('does nothing at all when one fails; earlier records stay, later ones were not tried', () => {
    const before = after(create('/a'))
    const request = multi(create('/a/s', { flags: 2 }), check('/a', 9), setData('/a'))
    const { record, digest, applied } = prepare(before, contextAt(2, 7n), request)
    expect(record).toMatchObject({
      type: 'multi',
      records: [
        { type: 'create', path: '/a/s0000000000' },
        { type: 'error', error: errorCode.BADVERSION },
        { type: 'error', error: errorCode.RUNTIMEINCONSISTENCY },
      ],
    })
    expect(applied.result).toEqual({
      error: 0,
      body: {
        op: 'multi',
        results: [
          { op: 'error', error: 0 },
          { op: 'error', error: errorCode.BADVERSION },
          { op: 'error', error: errorCode.RUNTIMEINCONSISTENCY },
        ],
      },
    })
    expect(digest).toBe(digestOf(before))
    expect(applied.database.tree).toBe(before.tree)
    expect(applied.database.lastProcessed).toEqual({ epoch: 1, counter: 2 })
    // No sequence number was used up.
    const next = prepare(applied.database, contextAt(3, 7n), create('/a/s', { flags: 2 }))
    expect(next.record).toMatchObject({ path: '/a/s0000000000' })
  })

  it('checks the session per operation, and check in its own order', () => {
    const context = { ...contextAt(2, 7n), session: 'moved' } as const
    const database = after(create('/wo', { acl: [{ permissions: 4, id: { scheme: 'world', id: 'anyone' } }] }))
    const codes = (request: WriteRequest, given: WriteContext): unknown => {
      const { record } = prepare(database, given, request)
      return record.type === 'multi' ? record.records.map((each) => (each.type === 'error' ? each.error : 0)) : record
    }
    expect(codes(multi(check('/')), context)).toEqual([errorCode.SESSIONMOVED])
    expect(codes(multi(), context)).toEqual([])
    expect(codes(multi(check('/x/')), contextAt(2, 7n))).toEqual([errorCode.BADARGUMENTS])
    expect(codes(multi(check('/x')), contextAt(2, 7n))).toEqual([errorCode.NONODE])
    expect(codes(multi(check('/wo', 3)), contextAt(2, 7n))).toEqual([errorCode.NOAUTH])
  })
})

describe('sessions', () => {
  it('are created by a transaction', () => {
    const { record, digest, applied } = prepare(empty, contextAt(1, 7n), { op: 'createSession', timeoutMs: 6000 })
    expect(record).toEqual({ type: 'createSession', timeoutMs: 6000 })
    expect(digest).toBe(1371985504n)
    expect([...sessionsOf(applied.database)]).toEqual([[7n, 6000]])
    expect(applied.sessionEvent).toEqual({ kind: 'created', id: 7n, timeoutMs: 6000 })
  })

  it('take their ephemeral nodes with them, in the same transaction, expired or not', () => {
    const before = after(
      { op: 'createSession', timeoutMs: 6000 },
      create('/a'),
      create('/a/e', { flags: 1 }),
      create('/f', { flags: 1 }),
      create('/g', { flags: 1 }),
      remove('/g'),
    )
    const context = { ...contextAt(9, 7n), session: 'expired' } as const
    const { record, applied } = prepare(before, context, { op: 'closeSession' })
    expect(record.type === 'closeSession' && [...(record.paths ?? [])].sort()).toEqual(['/a/e', '/f'])
    expect([...applied.changes].sort((first, second) => (first.path < second.path ? -1 : 1))).toEqual([
      { type: 'deleted', path: '/a/e' },
      { type: 'deleted', path: '/f' },
    ])
    expect(find(applied.database.tree, '/f')).toBeUndefined()
    expect(at(applied.database.tree, '/a').pzxid).toEqual({ epoch: 1, counter: 9 })
    expect([...sessionsOf(applied.database)]).toEqual([])
    expect(applied.sessionEvent).toEqual({ kind: 'closed', id: 7n, timeoutMs: 6000 })
  })
})

describe('malformed', () => {
  it('takes a zxid as an error', () => {
    fails(empty, { op: 'malformed' }, 'MARSHALLINGERROR')
  })
})
