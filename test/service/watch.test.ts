/** Which connections hear of a change, in which order, and that each watch is used up by what it told. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPEN } from '../../src/service/acl.js'
import { empty as emptyDatabase } from '../../src/service/database.js'
import { prepare } from '../../src/service/prepare.js'
import { restore } from '../../src/service/set-watches.js'
import * as W from '../../src/service/watch.js'
import { contextAt } from './histories.js'
import type { Change } from '../../src/service/apply.js'
import type { Database } from '../../src/service/database.js'
import type { WatchTable } from '../../src/service/watch.js'

type Registration = readonly [kind: W.WatchKind, path: string, connection: W.WatcherId]

const tableOf = (...registrations: readonly Registration[]): WatchTable =>
  registrations.reduce((table, [kind, path, connection]) => W.register(table, kind, path, connection), W.empty)

const told = ({ notifications }: W.Fired): readonly string[] =>
  notifications.map(({ connection, type, path }) => `${connection} ${type} ${path}`)

describe('fire', () => {
  it('tells creation to the node’s watchers, then to those of the parent’s children', () => {
    const table = tableOf(['child', '/a', 1], ['data', '/a/b', 2], ['data', '/a', 3], ['child', '/a/b', 4])
    const fired = W.fire(table, { type: 'created', path: '/a/b' })
    expect(told(fired)).toEqual(['2 NodeCreated /a/b', '1 NodeChildrenChanged /a'])
    expect(fired.table.size).toBe(2)
  })

  it('tells deletion once a connection, then the parent’s watchers', () => {
    const table = tableOf(
      ['data', '/a/b', 1],
      ['child', '/a/b', 1],
      ['child', '/a/b', 2],
      ['child', '/a', 1],
      ['child', '/', 1],
    )
    const fired = W.fire(table, { type: 'deleted', path: '/a/b' })
    expect(told(fired)).toEqual(['1 NodeDeleted /a/b', '2 NodeDeleted /a/b', '1 NodeChildrenChanged /a'])
    expect(fired.table.size).toBe(1)
    expect(W.watcherCount(fired.table, 'child', '/')).toBe(1)
  })

  it('tells new data to the node’s watchers only', () => {
    const table = tableOf(['data', '/a', 1], ['child', '/a', 2], ['child', '/', 3])
    expect(told(W.fire(table, { type: 'dataChanged', path: '/a' }))).toEqual(['1 NodeDataChanged /a'])
  })

  it('names the root by a slash', () => {
    expect(told(W.fire(tableOf(['child', '/', 1]), { type: 'created', path: '/a' }))).toEqual([
      '1 NodeChildrenChanged /',
    ])
  })

  it('tells once, however often registered, and then no more', () => {
    const table = tableOf(['data', '/a', 1], ['data', '/a', 1])
    expect(table.size).toBe(1)
    const change: Change = { type: 'dataChanged', path: '/a' }
    const fired = W.fire(table, change)
    expect(told(fired)).toHaveLength(1)
    expect(fired.table).toEqual(W.empty)
    expect(told(W.fire(fired.table, change))).toEqual([])
  })

  it('leaves the table alone when nobody watches', () => {
    const table = tableOf(['data', '/a', 1])
    expect(W.fire(table, { type: 'deleted', path: '/b' }).table).toBe(table)
    expect(W.fire(W.empty, { type: 'created', path: '/b' }).table).toBe(W.empty)
  })
})

describe('table', () => {
  const path = fc.constantFrom('/', '/a', '/a/b', '/c')
  const kind = fc.constantFrom<W.WatchKind>('data', 'child')
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('register' as const), kind, path, connection: fc.nat(3) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fire' as const),
        path: fc.constantFrom('/a', '/a/b', '/c'),
        type: fc.constantFrom('created' as const, 'deleted' as const, 'dataChanged' as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), connection: fc.nat(3), most: fc.nat(3) }) },
  )

  it('is a set of triples, in both directions', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let table = W.empty
        let triples = new Set<string>()
        const drop = (isGone: (triple: string) => boolean): void => {
          triples = new Set([...triples].filter((triple) => !isGone(triple)))
        }
        // An id is never used twice: who comes back has another one.
        const ids = [0, 1, 2, 3]
        const idOf = (client: number): number => ids[client] ?? client
        for (const each of steps) {
          if (each.do === 'register') {
            table = W.register(table, each.kind, each.path, idOf(each.connection))
            triples.add(`${each.kind} ${each.path} ${idOf(each.connection)}`)
          } else if (each.do === 'leave') {
            table = W.sweep(W.leave(table, idOf(each.connection)), each.most)
            drop((triple) => triple.endsWith(` ${idOf(each.connection)}`))
            ids[each.connection] = idOf(each.connection) + ids.length
          } else {
            const parent = each.path === '/a/b' ? '/a' : '/'
            const ends = [`data ${each.path} `]
            if (each.type !== 'dataChanged') ends.push(`child ${parent} `)
            if (each.type === 'deleted') ends.push(`child ${each.path} `)
            const due = [...triples].filter((triple) => ends.some((end) => triple.startsWith(end)))
            const fired = W.fire(table, { type: each.type, path: each.path })
            const heard = new Set(fired.notifications.map(({ connection }) => connection))
            expect(heard).toEqual(new Set(due.map((triple) => Number(triple.split(' ')[2]))))
            expect(new Set(told(fired)).size).toBe(fired.notifications.length)
            table = fired.table
            drop((triple) => due.includes(triple))
          }
          expect(table.size).toBe(triples.size)
        }
        for (const connection of ids) table = W.leave(table, connection)
        expect(W.sweep(table, 1000)).toEqual(W.empty)
      }),
      { numRuns: 100 },
    )
  })

  it('counts paths and connections', () => {
    const table = tableOf(['data', '/a', 1], ['child', '/a', 1], ['child', '/b', 2])
    expect(W.counts(table)).toEqual({ paths: 3, connections: 2 })
  })
})

describe('restore', () => {
  const create = (database: Database, counter: number, path: string): Database =>
    prepare(database, contextAt(counter, 7n), { op: 'create', path, data: null, acl: OPEN, flags: 0 }).applied.database
  const set = (database: Database, counter: number, path: string): Database =>
    prepare(database, contextAt(counter, 7n), { op: 'setData', path, data: null, version: -1 }).applied.database
  // /old unchanged since 5; /new changed at 6; /parent got a child at 7.
  const database = create(
    set(create(create(create(emptyDatabase, 1, '/old'), 2, '/new'), 3, '/parent'), 6, '/new'),
    7,
    '/parent/child',
  )

  it('tells what was missed and registers the rest', () => {
    const { table, notifications } = restore(database, W.empty, 4, {
      op: 'setWatches',
      relativeZxid: { epoch: 1, counter: 5 },
      dataWatches: ['/old', '/new', '/gone', '/parent'],
      existWatches: ['/old', '/gone'],
      childWatches: ['/old', '/parent', '/gone'],
    })
    expect(notifications.map(({ connection, type, path }) => `${connection} ${type} ${path}`)).toEqual([
      '4 NodeDataChanged /new',
      '4 NodeDeleted /gone',
      '4 NodeCreated /old',
      '4 NodeChildrenChanged /parent',
      '4 NodeDeleted /gone',
    ])
    expect(table.size).toBe(4)
    expect(['/old', '/gone', '/parent'].map((path) => W.watcherCount(table, 'data', path))).toEqual([1, 1, 1])
    expect(W.watcherCount(table, 'child', '/old')).toBe(1)
  })

  it('counts a change at the very zxid that the client saw as seen', () => {
    const { notifications } = restore(database, W.empty, 4, {
      op: 'setWatches',
      relativeZxid: { epoch: 1, counter: 6 },
      dataWatches: ['/new'],
      existWatches: [],
      childWatches: ['/parent'],
    })
    expect(notifications.map(({ path }) => path)).toEqual(['/parent'])
  })
})
