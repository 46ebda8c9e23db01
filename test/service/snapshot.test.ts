/** Images of the state: what is written, in which order, and that reading gives the same state back or names a fault. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPEN, READ_ONLY } from '../../src/service/acl.js'
import { digestOf, empty } from '../../src/service/database.js'
import { prepare } from '../../src/service/prepare.js'
import { itemsOf } from '../../src/service/snapshot.js'
import { ZERO_STAT } from '../../src/service/stat.js'
import { find, trailTo, update } from '../../src/service/tree.js'
import { commands, contextAt, rebuilt, run, view } from './histories.js'
import type { Database } from '../../src/service/database.js'
import type { SnapshotItem } from '../../src/service/snapshot.js'

const restored = (items: Iterable<SnapshotItem>): E.Either<string, Database> => rebuilt(items, empty.lastProcessed)

const node = (path: string): SnapshotItem => ({ kind: 'node', path, data: null, acl: OPEN, stat: ZERO_STAT })

describe('snapshot', () => {
  it('of a fresh database holds what Apache’s does', () => {
    const items = [...itemsOf(empty)]
    expect(items.map((item) => item.kind === 'node' && item.path).sort()).toEqual([
      '',
      '/zookeeper',
      '/zookeeper/config',
      '/zookeeper/quota',
    ])
    expect(items[0]).toMatchObject({ path: '' })
    expect(items.find((item) => item.kind === 'node' && item.path === '/zookeeper/config')).toEqual({
      kind: 'node',
      path: '/zookeeper/config',
      data: new Uint8Array(0),
      acl: READ_ONLY,
      stat: { ...ZERO_STAT, aversion: -1 },
    })
  })

  it('is read back as the same state', () => {
    fc.assert(
      fc.property(commands(40), (history) => {
        const database = run(history).at(-1)?.after ?? empty
        const back = rebuilt(itemsOf(database), database.lastProcessed)
        expect(E.isRight(back) && view(back.right)).toEqual(view(database))
      }),
      { numRuns: 50 },
    )
  })

  it('planted faults: a child before its parent, a path twice, no root', () => {
    expect(restored([node(''), node('/a/b'), node('/a')])).toEqual(E.left('/a/b'))
    expect(restored([node(''), node('/a'), node('/a')])).toEqual(E.left('/a'))
    expect(restored([node(''), node('')])).toEqual(E.left(''))
    expect(restored([node('/a'), node('')])).toEqual(E.left('/a'))
    expect(restored([node(''), node('a')])).toEqual(E.left('a'))
    expect(restored([])).toEqual(E.left(''))
  })

  it('stays readable while the state goes on', () => {
    const request = { op: 'create', path: '/a', data: null, acl: OPEN, flags: 0 } as const
    const before = prepare(empty, contextAt(1, 7n), request).applied.database
    const items = itemsOf(before)[Symbol.iterator]()
    const first = items.next()
    const after = prepare(before, contextAt(2, 7n), { op: 'delete', path: '/a', version: -1 }).applied.database
    expect(find(after.tree, '/a')).toBeUndefined()
    const rest = Array.from({ [Symbol.iterator]: () => items })
    expect(first.done).toBe(false)
    expect(rest.map((item) => item.kind === 'node' && item.path)).toContain('/a')
  })

  it('and every update go as deep as paths can, without recursion', () => {
    const depth = 5000
    const paths = Array.from({ length: depth }, (_, index) => '/a'.repeat(index + 1))
    const built = restored([node(''), ...paths.map(node)])
    if (E.isLeft(built)) throw new Error(built.left)
    const deepest = paths.at(-1) ?? ''
    expect(built.right.tree.nodeCount).toBe(depth + 1)
    expect([...itemsOf(built.right)]).toHaveLength(depth + 1)
    const trail = trailTo(built.right.tree, deepest)
    if (trail === undefined) return
    const stat = { ...ZERO_STAT, version: 1 }
    const changed = { ...built.right, tree: update(built.right.tree, trail, deepest, null, OPEN, stat) }
    expect(find(changed.tree, deepest)?.stat.version).toBe(1)
    expect(find(built.right.tree, deepest)?.stat.version).toBe(0)
    expect(digestOf(changed)).not.toBe(digestOf(built.right))
  })
})
