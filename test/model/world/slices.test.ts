// In every third world answers leave in slices, and the client takes its time in between: worlds that never do that would
// find nothing wrong with it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { runSchedule } from '../../../model/world/schedule.js'
import * as server from '../../../src/server/server.js'
import { schedule } from './arbitraries.js'

it('answers go on in later turns in some worlds, in the same way each time, and nothing is violated', () => {
  let readied = 0
  const counting: typeof server = {
    ...server,
    step: (config, state, event, now) => {
      if (event.kind === 'ClientReady') readied += 1
      return server.step(config, state, event, now)
    },
  }
  const [first] = fc.sample(schedule(3, 3), { numRuns: 1, seed: 4 })
  if (first === undefined) throw new Error('no schedule')
  for (const seed of [3, 6, 9, 12, 15, 18]) {
    const options = { voters: 3, observers: 0, clients: 3, seed }
    const run = runSchedule(options, first.commands, counting)
    expect(run.violation).toBeUndefined()
    expect(runSchedule(options, first.commands).world.fingerprint()).toBe(run.world.fingerprint())
  }
  expect(readied).toBeGreaterThan(0)
  const before = readied
  runSchedule({ voters: 3, observers: 0, clients: 3, seed: 4 }, first.commands, counting)
  expect(readied).toBe(before)
})
