// The arbitraries: worlds that hold, planted bugs that are found and told, model-based commands that agree with the world.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { Command, Fault } from '../../../model/testing/index.js'
import { arbitraries, assertWorld, runWorld, showFault, worldSetup } from '../../../model/testing/index.js'
import { rules } from '../../../src/core/rules.js'

const { command, fault, schedule, worldCommands, worldOptions } = arbitraries(fc)

/** LEADERINFO sent before the promise is on disk: RECV-1, ZOOKEEPER-1291. */
const mutant = { ...rules, plans: { ...rules.plans, 'DISC-3': ['acknowledge', 'persistAcceptedEpoch'] as const } }

const messageOf = (run: () => void): string => {
  try {
    run()
    return 'held'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('values', () => {
  it('of worlds are in range, and what is fixed stays', () => {
    fc.assert(
      fc.property(worldOptions({ voters: 3 }), ({ voters, observers, clients }) => {
        expect(voters).toBe(3)
        expect(observers).toBeLessThanOrEqual(1)
        expect(clients).toBeGreaterThan(0)
      }),
      { seed: 1 },
    )
  })

  it('name servers and clients that there are', () => {
    const shape = { servers: 4, clients: 2 }
    const check = (value: Command | Fault): void => {
      if ('server' in value) expect([1, 2, 3, 4]).toContain(value.server)
      if ('client' in value) expect([0, 1]).toContain(value.client)
    }
    fc.assert(fc.property(command(shape), check), { seed: 1 })
    fc.assert(fc.property(fault(shape), check), { seed: 1 })
  })

  it('of faults are shown on one line', () => {
    for (const each of fc.sample(fault(), { seed: 1, numRuns: 100 })) expect(showFault(each)).toMatch(/^.+$/)
  })

  it('shrink to one fault, of the first server', () => {
    const { counterexample } = fc.check(
      fc.property(fc.array(fault({ servers: 5 })), (faults) => !faults.some(({ kind }) => kind === 'isolate')),
      { seed: 1 },
    )
    expect(counterexample).toEqual([[{ kind: 'isolate', server: 1 }]])
  })
})

describe('worlds', () => {
  it('hold', () => fc.assert(fc.property(schedule(), assertWorld), { seed: 1, numRuns: 30 }))

  it('with a planted bug are found, shrunk and told', () => {
    const { counterexample } = fc.check(
      fc.property(schedule({ voters: 3, rules: mutant }), (each) => runWorld(each).violation === undefined),
      { seed: 1, numRuns: 100 },
    )
    const [found] = counterexample ?? []
    if (found === undefined) throw new Error('the planted bug was not found')
    expect(found.commands.length).toBeLessThan(9)
    const text = messageOf(() => assertWorld(found))
    expect(text).toContain('violated: RECV-1')
    expect(text).toContain('replay: ')
    expect(text).toContain('sequenceDiagram')
  })
})

describe('model-based commands', () => {
  const options = { seed: 1, voters: 3, observers: 0, clients: 2 }

  it('agree with the world', () => {
    fc.assert(
      fc.property(worldCommands(), fc.nat(), (commands, seed) =>
        fc.modelRun(() => worldSetup({ ...options, seed }), commands),
      ),
      { seed: 1, numRuns: 30 },
    )
  })

  it('find a planted bug', () => {
    const { errorInstance } = fc.check(
      fc.property(worldCommands(), (commands) =>
        fc.modelRun(() => worldSetup({ ...options, rules: mutant }), commands),
      ),
      { seed: 1, numRuns: 100 },
    )
    expect(String(errorInstance)).toContain('RECV-1')
  })
})
