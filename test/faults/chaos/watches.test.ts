// The check of watch events: what a session may see passes, each thing that it must not see is named.
import { describe, expect, it } from 'vitest'
import type { Operation, Result } from '../../../model/service.js'
import type { Entry } from '../../../src/core/message.js'
import { zxid } from '../../../src/core/zxid.js'
import type { WatchEventType } from '../../../src/service/response.js'
import type { Transaction, TransactionRecord } from '../../../src/service/transaction.js'
import type { Sight, Watch } from './client.js'
import { changesOf, checkWatches } from './watches.js'

const entry = (counter: number, record: TransactionRecord): Entry<Transaction> => ({
  zxid: zxid(1, counter),
  transaction: { sessionId: 1n, cxid: counter, timeMs: 0, record, digest: undefined, bytes: new Uint8Array(0) },
})
const create = (path: string): TransactionRecord => ({
  type: 'create',
  path,
  data: null,
  acl: [],
  ephemeral: false,
  parentCversion: -1,
})

/** 1: /a is created. 2: it is changed. 3: /a/b is created. 4: it is deleted, with its session. 5: a multi deletes /a. */
const changes = changesOf([
  entry(1, create('/a')),
  entry(2, { type: 'setData', path: '/a', data: null, version: 1 }),
  entry(3, create('/a/b')),
  entry(4, { type: 'closeSession', paths: ['/a/b'] }),
  entry(5, { type: 'multi', records: [{ type: 'delete', path: '/a' }] }),
])

const read = (op: 'exists' | 'getData' | 'getChildren', counter: number, error: Result['error'] = 'OK'): Sight => {
  const operation: Operation = { op, path: '/a', watch: true }
  const outcome = { kind: 'ok', returned: 0, zxid: zxid(1, counter), result: { error } } as const
  return { kind: 'Replied', call: { session: 1n, xid: 1, operation, invoked: 0, outcome }, zxid: zxid(1, counter) }
}
/** An answer that leaves no watch behind. */
const at = (counter: number): Sight => ({
  kind: 'Replied',
  zxid: zxid(1, counter),
  call: {
    session: 1n,
    xid: 2,
    operation: { op: 'exists', path: '/z', watch: false },
    invoked: 0,
    outcome: { kind: 'unknown' },
  },
})
const told = (type: WatchEventType, path = '/a'): Sight => ({ kind: 'Notified', type, path })
const connected: Sight = { kind: 'Connected' }
const restored = (counter: number, ...watches: readonly Watch[]): Sight => ({
  kind: 'Restored',
  since: zxid(1, 0),
  zxid: zxid(1, counter),
  watches,
})

describe('passes', () => {
  it.each<readonly [string, readonly Sight[]]>([
    ['a change that is told before it shows', [read('getData', 1), told('NodeDataChanged'), at(2)]],
    ['nothing told while nothing has happened', [read('getData', 2), at(4)]],
    ['a creation', [read('exists', 0, 'NONODE'), told('NodeCreated'), at(1)]],
    ['a child that came', [read('getChildren', 2), told('NodeChildrenChanged'), at(3)]],
    [
      'one event for both watches of a node that goes',
      [read('getData', 4), read('getChildren', 4), told('NodeDeleted'), at(5)],
    ],
    [
      'one event for each of them when they are put back',
      [
        read('getData', 4),
        read('getChildren', 4),
        connected,
        told('NodeDeleted'),
        told('NodeDeleted'),
        restored(5),
        at(5),
      ],
    ],
    ['a node that came and went while nobody watched', [read('exists', 0, 'NONODE'), connected, restored(5), at(5)]],
  ])('%s', (_, sights) => {
    expect(checkWatches(sights, changes)).toBeUndefined()
  })
})

describe('finds', () => {
  it.each<readonly [string, readonly Sight[], RegExp]>([
    ['a change that shows before it is told', [read('getData', 1), at(2), told('NodeDataChanged')], /not told of 1:2/],
    ['a child of a closed session that went unnoticed', [read('getChildren', 3), at(4)], /not told of 1:4/],
    [
      'a change that was missed between two connections',
      [read('getData', 1), connected, restored(2)],
      /not told of 1:2/,
    ],
    ['an event without a watch', [read('getData', 1), told('NodeDataChanged'), told('NodeDeleted')], /nobody watched/],
    ['an event without a cause', [read('getData', 5), told('NodeDataChanged')], /nothing happened/],
  ])('%s', (_, sights, expected) => {
    expect(checkWatches(sights, changes)).toMatch(expected)
  })
})
