/** Runs in which the world once found a fault: they hold now, and stay here. */
import { describe, expect, it } from 'vitest'
import type { Command } from '../../../model/world/command.js'
import { runSchedule } from '../../../model/world/schedule.js'
import { refinement } from '../../../proofs/refinement.js'
import { rules } from '../../../src/core/rules.js'

const regressions: readonly { readonly what: string; readonly seed: number; readonly commands: readonly Command[] }[] =
  [
    {
      what: 'RECV-2: an epoch promised before, and still on its way to the disk, is not acknowledged',
      seed: 1989298230,
      commands: [
        { kind: 'slowDisk', server: 2, factor: 100 },
        { kind: 'advance', ms: 10 },
        { kind: 'advance', ms: 10 },
        { kind: 'reset', first: 3, second: 2 },
      ],
    },
  ]

describe('runs that once failed', () => {
  it.each(regressions)('$what', ({ seed, commands }) => {
    const run = runSchedule({ seed, voters: 3, observers: 0, clients: 3, rules, observe: refinement() }, commands)
    expect(run.violation).toBeUndefined()
  })
})
