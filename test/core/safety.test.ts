/** The core keeps ZAB's safety properties under random schedules, and the same checks find every planted historical bug. */
import { describe, expect, it } from 'vitest'
import type { QuorumSystem } from '../../src/core/quorum.js'
import { rules } from '../../src/core/rules.js'
import type { Vote } from '../../src/core/vote.js'
import { mutants } from './mutants.js'
import { recovers, run } from './safety.js'

const FIRST_SEED = Number(process.env['ZAB_SEED'] ?? 1)
const RUNS = Number(process.env['ZAB_RUNS'] ?? 200)
const STEPS = 3000
const MUTANT_RUNS = 1000

const observersOf = (seed: number): readonly number[] => (seed % 3 === 0 ? [9] : [])

describe('random schedules', () => {
  it(`hold for ${RUNS} seeds from ${FIRST_SEED}`, () => {
    const seeds = Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index)
    const outcomes = seeds.map((seed) => ({ seed, ...run(seed, STEPS, rules, observersOf(seed)) }))
    expect(outcomes.filter(({ violation }) => violation !== undefined)).toEqual([])
    // The schedules are not blind: they commit, change leaders, and use every way of synchronizing.
    expect(outcomes.reduce((sum, { commits }) => sum + commits, 0)).toBeGreaterThan(20 * RUNS)
    expect(outcomes.reduce((sum, { epochs }) => sum + epochs, 0)).toBeGreaterThan(3 * RUNS)
    expect(new Set(outcomes.flatMap(({ syncModes }) => [...syncModes]))).toEqual(new Set(['DIFF', 'TRUNC', 'SNAP']))
  })
})

describe('after the faults', () => {
  it('everybody serves again, and delivers what is submitted then', () => {
    const seeds = Array.from({ length: 300 }, (_, index) => FIRST_SEED + index)
    expect(seeds.filter((seed) => !recovers(run(seed, 400, rules, observersOf(seed)).network))).toEqual([])
  })

  it('nobody would, if no vote were better than another', () => {
    const stubborn = { ...rules, premises: { ...rules.premises, 'ELEC-3.better': () => false } }
    expect(recovers(run(FIRST_SEED, 400, stubborn).network)).toBe(false)
  })
})

describe('ELEC-12: whatever the election says', () => {
  it('nothing is violated, though anybody may take the lead at any time, and most who do give up', () => {
    const anybody = {
      ...rules,
      premises: {
        ...rules.premises,
        'ELEC-3.better': (offered: Vote, current: Vote) => offered.leader > current.leader,
        'ELEC-5.quorum': (_: readonly QuorumSystem[], isIn: (server: number) => boolean) => [1, 2, 3].some(isIn),
        'ELEC-7.leads': () => true,
      },
    }
    const outcomes = Array.from({ length: 60 }, (_, index) =>
      run(FIRST_SEED + index, STEPS, anybody, observersOf(FIRST_SEED + index)),
    )
    expect(outcomes.filter(({ violation }) => violation !== undefined)).toEqual([])
    expect(outcomes.reduce((sum, { commits }) => sum + commits, 0)).toBeGreaterThan(60)
  })
})

describe('planted bugs are found', () => {
  for (const [name, mutant] of Object.entries(mutants))
    it(name, () => {
      const seeds = Array.from({ length: MUTANT_RUNS }, (_, index) => index)
      const found = seeds.find((seed) => run(seed, STEPS, mutant, observersOf(seed)).violation !== undefined)
      expect(found, `no violation in ${MUTANT_RUNS} runs`).toBeDefined()
    })
})
