// The sequential model of the service answers as ZooKeeper's documentation says, operation by operation.
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../model/service.js'
import { makeService, sameResult, showResult } from '../../model/service.js'
import { zxid } from '../../src/core/zxid.js'

const bytes = Uint8Array.of(1, 2)

/** Runs the operations as one session, each with the next zxid of epoch 1; session creation has 1:1. */
const run = (...operations: readonly Operation[]): readonly string[] => {
  const service = makeService()
  service.execute(7n, { op: 'createSession', timeoutMs: 1000 }, zxid(1, 1))
  return operations.map((operation, index) => showResult(service.execute(7n, operation, zxid(1, index + 2))))
}

const create = (path: string, flags = 0): Operation => ({ op: 'create', path, data: bytes, acl: null, flags })
const children = (path: string): Operation => ({ op: 'getChildren', path, watch: false })

describe('the sequential service', () => {
  it('creates, and refuses what has no place', () => {
    expect(run(create('/a'), create('/a'), create('/b/c'), create('/..'), create('/a', 9), children('/'))).toEqual([
      'OK /a',
      'NODEEXISTS',
      'NONODE',
      'BADARGUMENTS',
      'BADARGUMENTS',
      'OK {a zookeeper}',
    ])
  })

  it('numbers sequential children by creations, not by children', () => {
    const names = run(
      create('/a'),
      create('/a/n', 2),
      { op: 'delete', path: '/a/n0000000000', version: -1 },
      create('/a/n', 2),
    )
    expect(names).toEqual(['OK /a', 'OK /a/n0000000000', 'OK', 'OK /a/n0000000001'])
  })

  it('counts versions, and client-side child versions as creations plus deletions', () => {
    const answers = run(
      create('/a'),
      create('/a/x'),
      { op: 'delete', path: '/a/x', version: 0 },
      { op: 'setData', path: '/a', data: null, version: 1 },
      { op: 'setData', path: '/a', data: null, version: 0 },
      { op: 'getData', path: '/a', watch: false },
    )
    expect(answers.slice(3)).toEqual([
      'BADVERSION',
      'OK 1:2,1:6,1:4,v1,c2,owner 0,0 bytes,0 children',
      'OK null 1:2,1:6,1:4,v1,c2,owner 0,0 bytes,0 children',
    ])
  })

  it('deletes only what is empty and not its own', () => {
    expect(
      run(
        create('/a'),
        create('/a/x'),
        { op: 'delete', path: '/a', version: -1 },
        { op: 'delete', path: '/zookeeper', version: -1 },
      ),
    ).toEqual(['OK /a', 'OK /a/x', 'NOTEMPTY', 'BADARGUMENTS'])
  })

  it('lets ephemerals have no children and live as long as their session', () => {
    expect(run(create('/e', 1), create('/e/x'), { op: 'closeSession' }, children('/'), create('/f'))).toEqual([
      'OK /e',
      'NOCHILDRENFOREPHEMERALS',
      'OK',
      'OK {zookeeper}',
      'SESSIONEXPIRED',
    ])
  })

  it('does all of a multi or nothing', () => {
    const multi = (version: number): Operation => ({
      op: 'multi',
      operations: [
        { op: 'create', path: '/a', data: null, acl: null, flags: 0 },
        { op: 'check', path: '/a', version },
        { op: 'delete', path: '/a', version: -1 },
      ],
    })
    expect(run(multi(4), children('/'), multi(0))).toEqual([
      'OK (OK; BADVERSION; RUNTIMEINCONSISTENCY)',
      'OK {zookeeper}',
      'OK (OK /a; OK; OK)',
    ])
  })

  it('tells results apart by what a client sees', () => {
    expect(sameResult({ error: 'OK', data: bytes }, { error: 'OK', data: Uint8Array.of(1, 2) })).toBe(true)
    expect(sameResult({ error: 'OK', data: bytes }, { error: 'OK', data: null })).toBe(false)
    expect(sameResult({ error: 'OK', children: ['b', 'a'] }, { error: 'OK', children: ['a', 'b'] })).toBe(true)
  })
})
