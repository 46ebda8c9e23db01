/** Cases of a campaign: the same from the same seed, no two shards alike, within the faults that are allowed. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bursts, corners } from '../../../model/fuzz/episodes.js'
import { faultOf, isAllowed } from '../../../model/fuzz/faults.js'
import type { GeneratorOptions, Schedule } from '../../../model/fuzz/generate.js'
import { draft, indexInShard, seedOfCase } from '../../../model/fuzz/generate.js'
import { mutate } from '../../../model/fuzz/mutate.js'
import { watchers } from '../../../model/fuzz/watchers.js'
import { schedules as museum } from '../../../proofs/museum/schedules.js'
import { atlas, everyFaultName, faultNames, faultsOf } from '../../../model/world/atlas.js'
import { makeRandom } from '../../../model/world/random.js'
import { randomCommands } from '../../../model/world/schedule.js'

const generator: GeneratorOptions = {
  seed: 7,
  shard: { index: 1, count: 1 },
  voters: 3,
  observers: 1,
  clients: 2,
  faults: faultNames,
  schedules: [randomCommands, bursts, corners],
}

const seedsOf = (index: number, count: number, cases: number): readonly number[] =>
  Array.from({ length: cases }, (_, n) => seedOfCase(7, indexInShard({ index, count }, n)))

describe('cases', () => {
  it('of one campaign have seeds that differ', () => {
    expect(new Set(seedsOf(1, 1, 20_000)).size).toBe(20_000)
  })

  it('of the shards are together those of the whole, without overlap', () => {
    const whole = seedsOf(1, 1, 300)
    const parts = [1, 2, 3].flatMap((index) => seedsOf(index, 3, 100))
    expect(new Set(parts)).toEqual(new Set(whole))
    expect(new Set(parts).size).toBe(300)
  })

  it('are the same from the same seed', () => {
    const { options, commands } = draft(generator, 5)
    const again = draft(generator, 5)
    expect([again.options, again.commands]).toEqual([options, commands])
    expect(draft(generator, 6).commands).not.toEqual(commands)
  })

  it('have the options that are fixed, but their own seed', () => {
    const { options } = draft({ ...generator, fixed: { committedWindow: 3, voters: 5, seed: 1 } }, 0)
    expect(options).toMatchObject({ committedWindow: 3, voters: 5, observers: 1, seed: seedOfCase(7, 0) })
  })

  it('keep to the faults that are allowed', () => {
    const faults = faultsOf('network')
    const kinds = new Set(
      Array.from({ length: 30 }, (_, n) => draft({ ...generator, faults }, n).commands.map(({ kind }) => kind)).flat(),
    )
    for (const kind of ['crash', 'slowDisk', 'move', 'jump']) expect(kinds).not.toContain(kind)
    for (const kind of ['isolate', 'heal', 'request', 'advance']) expect(kinds).toContain(kind)
  })

  it.each(everyFaultName)('keep to %s alone, whatever the schedule', (fault) => {
    const schedules = [bursts, corners, watchers, randomCommands, ...Object.values(museum)] as const
    for (let n = 0; n < 20; n += 1) {
      const { commands } = draft({ ...generator, schedules, faults: [fault] }, n)
      expect(new Set(commands.flatMap((command) => faultOf(command) ?? []))).toEqual(
        new Set(commands.some((command) => faultOf(command) !== undefined) ? [fault] : []),
      )
    }
  })

  it.each(everyFaultName)('%s is the fault that its commands are taken for', (fault) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const drawn = atlas[fault].draw({ random: makeRandom(seed), servers: [1, 2, 3], clients: 2 })
      expect(faultOf(drawn)).toBe(fault)
    }
  })

  it('may be reconfigured one in four times, and are then drawn from schedules of their own', () => {
    const never: Schedule = () => []
    const drafts = Array.from({ length: 200 }, (_, n) => draft({ ...generator, reconfiguring: [never] }, n))
    const reconfigurable = drafts.filter(({ options }) => options.reconfiguration === true)
    expect(reconfigurable.length).toBeGreaterThan(30)
    expect(reconfigurable.length).toBeLessThan(70)
    expect(
      reconfigurable.every(({ options, commands }) => options.joiners !== undefined && commands.length === 0),
    ).toBe(true)
    const others = drafts.filter(({ options }) => options.reconfiguration === undefined)
    expect(others.every(({ options, commands }) => !('joiners' in options) && commands.length > 0)).toBe(true)
    const faults = faultsOf('process')
    expect(Array.from({ length: 50 }, (_, n) => 'joiners' in draft({ ...generator, faults }, n).options)).not.toContain(
      true,
    )
  })

  it('without faults only ask, wait and mend', () => {
    const { commands } = draft({ ...generator, faults: [] }, 0)
    expect(commands.every(isAllowed([]))).toBe(true)
  })
})

describe('a mutation', () => {
  it('is bounded, and made of commands of the two', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 300 }), fc.nat({ max: 80 }), (seed, length, freshLength) => {
        const commandsOf = (count: number, ms: number) =>
          Array.from({ length: count }, () => ({ kind: 'advance', ms }) as const)
        const parent = commandsOf(length, 1)
        const fresh = commandsOf(freshLength, 2)
        const child = mutate(makeRandom(seed), parent, fresh)
        expect(child.length).toBeLessThanOrEqual(200)
        expect(child.every((command) => parent.includes(command as never) || fresh.includes(command as never))).toBe(
          true,
        )
      }),
      { numRuns: 200 },
    )
  })
})
