// What a simulated client knows of its watches: each planted fault is noticed, and what a server may do is not.
import { describe, expect, it } from 'vitest'
import { makeWatches } from '../../../model/world/watches.js'
import type { Result } from '../../../model/service.js'
import type { Zxid } from '../../../src/core/zxid.js'
import { UNTRUSTED, zxid } from '../../../src/core/zxid.js'
import type { WatchEventType, WatchNotification } from '../../../src/service/response.js'

const stat = (mzxid: Zxid): Result => ({
  error: 'OK',
  stat: {
    version: 0,
    cversion: 0,
    czxid: mzxid,
    mzxid,
    pzxid: mzxid,
    ephemeralOwner: 0n,
    dataLength: 0,
    childCount: 0,
  },
})
const event = (type: WatchEventType): WatchNotification => ({
  kind: 'WatchNotification',
  type,
  path: '/a',
  zxid: UNTRUSTED,
})
const read = (watch: boolean) => ({ op: 'getData' as const, path: '/a', watch })
const exists = (watch: boolean) => ({ op: 'exists' as const, path: '/a', watch })
const children = (watch: boolean) => ({ op: 'getChildren' as const, path: '/a', watch })

describe('watches of a client', () => {
  it('a change that is seen before it is heard of is noticed', () => {
    const watches = makeWatches()
    expect(watches.answered(read(true), stat(zxid(1, 1)))).toBeUndefined()
    expect(watches.answered(read(false), stat(zxid(1, 1)))).toBeUndefined()
    expect(watches.answered(read(false), stat(zxid(1, 2)))).toContain('has not heard')
  })

  it('so is a node that has come or gone, and a child', () => {
    const watches = makeWatches()
    watches.answered(exists(true), { error: 'NONODE' })
    expect(watches.answered(read(false), stat(zxid(1, 2)))).toContain('has not heard')
    watches.clear()
    watches.answered(exists(true), stat(zxid(1, 2)))
    expect(watches.answered(exists(false), { error: 'NONODE' })).toContain('has not heard')
    watches.clear()
    watches.answered(children(true), { error: 'OK', children: ['x'] })
    expect(watches.answered(children(false), { error: 'OK', children: ['x', 'y'] })).toContain('has not heard')
  })

  it('what is heard first may be seen, and a watch is told once', () => {
    const watches = makeWatches()
    watches.answered(read(true), stat(zxid(1, 1)))
    expect(watches.notified(event('NodeDataChanged'))).toBeUndefined()
    expect(watches.answered(read(false), stat(zxid(1, 2)))).toBeUndefined()
    expect(watches.notified(event('NodeDataChanged'))).toContain('has not asked')
    expect(watches.notified(event('NodeCreated'))).toContain('has not asked')
    expect(watches.notified(event('NodeChildrenChanged'))).toContain('has not asked')
  })

  it('are put back on a new connection, those that have not been told', () => {
    const watches = makeWatches()
    expect(watches.restored(zxid(1, 1))).toBeUndefined()
    watches.answered(read(true), stat(zxid(1, 1)))
    watches.answered(children(true), { error: 'OK', children: [] })
    watches.notified(event('NodeDataChanged'))
    expect(watches.restored(zxid(1, 3))).toEqual({
      op: 'setWatches',
      relativeZxid: zxid(1, 3),
      dataWatches: [],
      existWatches: [],
      childWatches: ['/a'],
    })
  })
})
