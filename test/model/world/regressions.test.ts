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
]

describe('runs that once failed', () => {
  it.each(regressions)('$what', ({ seed, observers, commands }) => {
    const run = runSchedule({ seed, voters: 3, observers, clients: 3, rules, observe: refinement() }, commands)
    expect(run.violation).toBeUndefined()
  })
})
