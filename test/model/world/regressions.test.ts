/** Runs in which the world once found a fault: they hold now, and stay here. */
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../model/world/command.js'
import { runSchedule } from '../../../model/world/schedule.js'
import { refinement } from '../../../proofs/refinement.js'
import { rules } from '../../../src/core/rules.js'

interface Regression {
  readonly what: string
  readonly seed: number
  readonly observers: number
  readonly codecs?: boolean
  readonly commands: readonly Command[]
}

const regressions: readonly Regression[] = [
  {
    what: 'RECV-2: an epoch promised before, and still on its way to the disk, is not acknowledged',
    seed: 1989298230,
    observers: 0,
    commands: [
      { kind: 'slowDisk', server: 2, factor: 100 },
      { kind: 'advance', ms: 10 },
      { kind: 'advance', ms: 10 },
      { kind: 'reset', first: 3, second: 2 },
    ],
  },
  {
    what: 'SESS-4: nothing follows the closing of a session that had moved meanwhile',
    seed: 1619458977,
    observers: 1,
    commands: [
      { kind: 'advance', ms: 1000 },
      { kind: 'isolate', server: 2 },
      { kind: 'request', client: 0, action: { op: 'closeSession' } },
      { kind: 'move', client: 0, server: 4 },
      { kind: 'advance', ms: 300 },
    ],
  },
  {
    what: 'READ-2: a read behind a sync sees nothing of a write that the same session made after it',
    seed: 1,
    observers: 0,
    commands: [
      { kind: 'advance', ms: 2000 },
      { kind: 'crash', server: 1 },
      { kind: 'slowDisk', server: 3, factor: 100 },
      { kind: 'advance', ms: 100 },
      { kind: 'move', client: 1, server: 3 },
      { kind: 'advance', ms: 200 },
      { kind: 'request', client: 0, action: { op: 'create', path: '/x', value: 0 } },
      { kind: 'advance', ms: 30 },
      { kind: 'request', client: 1, action: { op: 'create', path: '/b', value: 0 } },
      { kind: 'request', client: 1, action: { op: 'sync' } },
      { kind: 'request', client: 1, action: { op: 'getData', path: '/a' } },
      { kind: 'request', client: 1, action: { op: 'create', path: '/a', value: 0 } },
      { kind: 'advance', ms: 1000 },
    ],
  },
  {
    what: 'SESS-5: a write that arrives behind the closing of its session, by an older connection, is no disorder',
    seed: 1508216182,
    observers: 1,
    codecs: true,
    commands: [
      { kind: 'advance', ms: 1000 },
      { kind: 'request', client: 2, action: { op: 'create', path: '/a', value: 0 } },
      { kind: 'move', client: 2, server: 3 },
      { kind: 'isolate', server: 3 },
      { kind: 'advance', ms: 100 },
      { kind: 'request', client: 2, action: { op: 'closeSession' } },
    ],
  },
  {
    what: 'SESS-5: a closing that was lost with an older connection may come behind a later write',
    seed: 1742850813,
    observers: 1,
    commands: [
      { kind: 'crash', server: 3, at: 'unsynced' },
      { kind: 'advance', ms: 3000 },
      { kind: 'crash', server: 1, at: 'synced', loss: 'none' },
      { kind: 'isolate', server: 1, direction: 'out' },
      { kind: 'request', client: 1, action: { op: 'closeSession' } },
      { kind: 'request', client: 0, action: { op: 'create', path: '/a', value: 0 } },
      { kind: 'advance', ms: 100 },
      { kind: 'request', client: 1, action: { op: 'create', path: '/a', value: 0 } },
    ],
  },
]

describe('runs that once failed', () => {
  it.each(regressions)('$what', ({ seed, observers, codecs = false, commands }) => {
    const run = runSchedule({ seed, voters: 3, observers, clients: 3, codecs, rules, observe: refinement() }, commands)
    expect(run.violation).toBeUndefined()
  })
})
