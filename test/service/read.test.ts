/** Reads: what they answer, what they need, and which watch they leave. */
import { describe, expect, it } from 'vitest'
import { OPEN } from '../../src/service/acl.js'
import { empty } from '../../src/service/database.js'
import { errorCode } from '../../src/service/error.js'
import { prepare } from '../../src/service/prepare.js'
import { read } from '../../src/service/read.js'
import { find, statOf } from '../../src/service/tree.js'
import { contextAt } from './histories.js'
import type { Acl } from '../../src/service/acl.js'
import type { Database } from '../../src/service/database.js'
import type { ErrorName } from '../../src/service/error.js'
import type { ReadRequest } from '../../src/service/request.js'

const WRITE_ONLY: readonly Acl[] = [{ permissions: 2, id: { scheme: 'world', id: 'anyone' } }]

const database = (
  [
    ['/a', new Uint8Array([1, 2]), OPEN],
    ['/a/b', null, OPEN],
    ['/a/c', null, OPEN],
    ['/hidden', null, WRITE_ONLY],
  ] as const
).reduce<Database>(
  (before, [path, data, acl], index) =>
    prepare(before, contextAt(index + 1, 7n), { op: 'create', path, data, acl, flags: 0 }).applied.database,
  empty,
)

const stat = (path: string): unknown => {
  const node = find(database.tree, path)
  return node === undefined ? undefined : statOf(node)
}

const ask = (op: ReadRequest['op'], path: string, watch = false): ReturnType<typeof read> =>
  read(database, [], { op, path, watch })

const failure = (name: ErrorName): unknown => ({ error: errorCode[name], body: undefined })

describe('read', () => {
  it('answers with data, children and stat', () => {
    expect(ask('exists', '/a')).toEqual({ error: 0, body: { op: 'exists', stat: stat('/a') } })
    expect(ask('getData', '/a').body).toEqual({ op: 'getData', data: new Uint8Array([1, 2]), stat: stat('/a') })
    expect(ask('getData', '/a/b').body).toEqual({ op: 'getData', data: null, stat: stat('/a/b') })
    const body = ask('getChildren', '/a').body
    expect(body?.op === 'getChildren' && [...body.children].sort()).toEqual(['b', 'c'])
    expect(ask('getChildren2', '/a/b').body).toEqual({ op: 'getChildren2', children: [], stat: stat('/a/b') })
    expect(ask('getChildren', '/').body).toMatchObject({ op: 'getChildren' })
  })

  it('does not validate paths: an odd one names nothing', () => {
    for (const path of ['a', '/a/', '//a', '/.', '/none']) expect(ask('getData', path)).toEqual(failure('NONODE'))
    expect(ask('exists', '/a\0')).toEqual(failure('BADARGUMENTS'))
    expect(ask('exists', '/a\0', true)).toEqual(failure('BADARGUMENTS'))
  })

  it('leaves a watch on success, and exists on a missing node too', () => {
    expect(ask('getData', '/a', true).watch).toEqual({ kind: 'data', path: '/a' })
    expect(ask('exists', '/a', true).watch).toEqual({ kind: 'data', path: '/a' })
    expect(ask('getChildren', '/a', true).watch).toEqual({ kind: 'child', path: '/a' })
    expect(ask('getChildren2', '/a', true).watch).toEqual({ kind: 'child', path: '/a' })
    expect(ask('exists', '/none', true)).toEqual({
      error: errorCode.NONODE,
      body: undefined,
      watch: { kind: 'data', path: '/none' },
    })
    expect(ask('getData', '/none', true).watch).toBeUndefined()
    expect(ask('getData', '/a').watch).toBeUndefined()
  })

  it('needs READ, but for exists', () => {
    for (const op of ['getData', 'getChildren', 'getChildren2'] as const)
      expect(ask(op, '/hidden', true)).toEqual(failure('NOAUTH'))
    expect(ask('exists', '/hidden').error).toBe(0)
  })
})
