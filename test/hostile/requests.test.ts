/**
 * Single requests of at most a megabyte, made so that each of their parts costs much: prepared at the leader, applied at the
 * others. A step that did work in proportion to the state for each part would exceed the time of a test many times over.
 */
import { describe, expect, it } from 'vitest'
import { zxid } from '../../src/core/zxid.js'
import { OPEN } from '../../src/service/acl.js'
import type { Acl } from '../../src/service/acl.js'
import { apply } from '../../src/service/apply.js'
import { digestOf, empty } from '../../src/service/database.js'
import type { Database } from '../../src/service/database.js'
import { errorCode } from '../../src/service/error.js'
import { prepare } from '../../src/service/prepare.js'
import type { MultiOperation, WriteRequest } from '../../src/service/request.js'
import { databaseFold, itemsOf } from '../../src/service/snapshot.js'
import { restore } from '../../src/service/set-watches.js'
import * as W from '../../src/service/watch.js'
import { encodeRequestBody } from '../../src/wire/request.js'
import { Writer } from '../../src/wire/writer.js'
import { contextAt } from '../service/histories.js'
import { collidingNames } from '../support/colliding-names.js'

const SESSION = 7n
const LONGEST_FRAME = 1_048_575

const sizeOf = (request: WriteRequest): number => {
  const writer = new Writer()
  encodeRequestBody(writer, request)
  return writer.length
}

let counter = 0

/** Prepared and applied, as the leader and a follower do; both reach the same tree. */
const done = (database: Database, request: WriteRequest): Database => {
  expect(sizeOf(request)).toBeLessThanOrEqual(LONGEST_FRAME)
  counter += 1
  const { record, digest, applied } = prepare(database, contextAt(counter, SESSION), request)
  const { result, database: other } = apply(database, {
    zxid: zxid(1, counter),
    transaction: { sessionId: SESSION, cxid: 0, timeMs: 0, record, digest, bytes: new Uint8Array(0) },
  })
  expect(applied.result.error).toBe(errorCode.OK)
  expect(result.error).toBe(errorCode.OK)
  expect(other.tree.nodeCount).toBe(applied.database.tree.nodeCount)
  return applied.database
}

const create = (path: string, rest: Partial<Extract<MultiOperation, { readonly op: 'create' | 'create2' }>> = {}) =>
  ({ op: 'create', path, data: null, acl: OPEN, flags: 0, ...rest }) as const

const multi = (operations: readonly MultiOperation[]): WriteRequest => ({ op: 'multi', operations })

const times = <A>(count: number, make: (index: number) => A): readonly A[] =>
  Array.from({ length: count }, (_, index) => make(index))

describe('a request of a megabyte', () => {
  it('creates and deletes 18,000 children under a node with a megabyte of data, whose checksum each of them changes', () => {
    const big = done(empty, create('/big', { data: new Uint8Array(1_000_000).fill(7) }))
    const full = done(big, multi(times(18_000, (index) => create(`/big/${index}`, { acl: OPEN }))))
    const emptied = done(full, multi(times(18_000, (index) => ({ op: 'delete', path: `/big/${index}`, version: -1 }))))
    expect(emptied.tree.nodeCount).toBe(big.tree.nodeCount)
  })

  it('asks thirty thousand times for a node with a long access list', () => {
    const acl: readonly Acl[] = [
      ...times(20_000, (index) => ({
        permissions: 2,
        id: { scheme: 'ip', id: `10.0.${index >> 8}.${index & 255}/32` },
      })),
      ...OPEN,
    ]
    const listed = done(empty, create('/listed', { acl }))
    done(listed, multi(times(30_000, () => ({ op: 'check', path: '/listed', version: -1 }))))
  })

  it('has long access lists of its own', () => {
    const acl: readonly Acl[] = times(29_000, (index) => ({
      permissions: 31,
      id: { scheme: 'ip', id: `10.${index >> 8}.${index & 255}.1` },
    }))
    expect(done(empty, create('/own', { acl })).tree.nodeCount).toBe(empty.tree.nodeCount + 1)
    const short = acl.slice(0, 90)
    done(empty, multi(times(300, (index) => create(`/own-${index}`, { acl: short.map((entry) => ({ ...entry })) }))))
  })

  it('writes at a depth of thousands', () => {
    const path = '/a'.repeat(3000)
    let database = empty
    for (let from = 1; from <= 3000; from += 100)
      database = done(database, multi(times(100, (index) => create(path.slice(0, 2 * (from + index))))))
    database = done(database, multi(times(150, (index) => create(`${path}/${index}`))))
    expect(database.tree.nodeCount).toBe(empty.tree.nodeCount + 3150)
  })
})

describe('names that collide', () => {
  const names = collidingNames(16_384)
  const filled = (flags: number): Database => {
    let database = done(empty, create('/p'))
    for (let from = 0; from < names.length; from += 4096)
      database = done(database, multi(names.slice(from, from + 4096).map((name) => create(`/p/${name}`, { flags }))))
    return database
  }

  it('are created, read back from an image, and deleted', () => {
    const full = filled(0)
    let builder = databaseFold.start()
    for (const item of itemsOf(full)) builder = databaseFold.add(builder, item)
    const restored = databaseFold.finish(builder, full.lastProcessed)
    expect(restored).toMatchObject({ _tag: 'Right' })
    if (restored._tag === 'Right') expect(digestOf(restored.right)).toBe(digestOf(full))
    const rest = names.reduce(
      (database, name) =>
        prepare(database, contextAt(counter, SESSION), { op: 'delete', path: `/p/${name}`, version: -1 }).applied
          .database,
      full,
    )
    expect(rest.tree.nodeCount).toBe(empty.tree.nodeCount + 1)
  })

  it('vanish with their session', () => {
    const full = filled(1)
    expect(done(full, { op: 'closeSession' }).tree.nodeCount).toBe(empty.tree.nodeCount + 1)
  })

  it('are watched, and the watches go with their connection', () => {
    const request = { op: 'setWatches', relativeZxid: zxid(0, 0), dataWatches: [], childWatches: [] } as const
    const { table } = restore(empty, W.empty, 1, { ...request, existWatches: names })
    expect(table.size).toBe(names.length)
    expect(W.sweep(W.leave(table, 1), names.length)).toEqual(W.empty)
  })
})
