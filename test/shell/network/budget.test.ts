// Memory that strangers share: the total is right, and at the bound it is the largest that goes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeBudget } from '../../../src/shell/network/budget.js'

describe('a budget', () => {
  it('drops the holder that has most, and nobody else', () => {
    const dropped: string[] = []
    const budget = makeBudget<string>(10, (largest) => dropped.push(largest))
    budget.set('a', 3)
    budget.set('b', 6)
    expect(budget.total()).toBe(9)
    budget.set('c', 2)
    expect(dropped).toEqual(['b'])
    expect(budget.total()).toBe(5)
  })

  it('knows the sum of what is held, and never lets it stay above the bound', () => {
    const step = fc.record({ holder: fc.nat(4), bytes: fc.nat(30) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const held = new Map<number, number>()
        const budget = makeBudget<number>(50, (largest) => {
          expect(held.get(largest)).toBe(Math.max(...held.values()))
          held.delete(largest)
        })
        for (const { holder, bytes } of steps) {
          held.set(holder, bytes)
          budget.set(holder, bytes)
          expect(budget.total()).toBe([...held.values()].reduce((sum, each) => sum + each, 0))
          expect(budget.total()).toBeLessThanOrEqual(50)
        }
      }),
    )
  })
})
