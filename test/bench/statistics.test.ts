/** Percentiles and medians, and how samples of several rounds become a figure and a verdict. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinSamples, judge, summarize } from '../../src/cli/bench/metric.js'
import { median, percentile } from '../../src/cli/bench/statistics.js'

const numbers = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 })

describe('percentile', () => {
  it('is the sample at the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile(hundred, 1)).toBe(100)
    expect(percentile([7], 0.01)).toBe(7)
    expect(percentile([], 0.5)).toBeUndefined()
  })

  it('leaves at most the other part of the samples above it', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.01, max: 1, noNaN: true }), (samples, fraction) => {
        const value = percentile(samples, fraction) ?? NaN
        expect(samples).toContain(value)
        const notAbove = samples.filter((sample) => sample <= value).length
        expect(notAbove).toBeGreaterThanOrEqual(fraction * samples.length - 1e-9)
      }),
      { numRuns: 200 },
    )
  })
})

describe('median', () => {
  it('is in the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([4, 1, 9, 2])).toBe(3)
    expect(median([])).toBeUndefined()
  })

  it('changes nothing in what it is given', () => {
    const samples: readonly number[] = Object.freeze([3, 1, 2])
    expect(median(samples)).toBe(2)
  })
})

describe('samples', () => {
  it('of two rounds are put together and summarized by their median', () => {
    const all = joinSamples({ startMs: [5, 1] }, { startMs: [3], failoverMs: [7] })
    expect(summarize(all)).toEqual({ startMs: 3, failoverMs: 7 })
  })
})

describe('verdict', () => {
  it.each([
    ['writesPerSecond', 2, 'better'],
    ['writesPerSecond', 0.5, 'worse'],
    ['failoverMs', 2, 'worse'],
    ['failoverMs', 0.5, 'better'],
    ['failoverMs', 1.02, 'same'],
    ['clientCpuUsPerWrite', 0.1, ''],
  ] as const)('%s at a ratio of %d is "%s"', (name, ratio, verdict) => {
    expect(judge(name, ratio)).toBe(verdict)
  })
})
