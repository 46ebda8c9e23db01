/** Small arrays from one slab never share a byte, whatever their sizes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeSlab } from '../../src/wire/slab.js'

describe('a slab', () => {
  it('gives arrays of the length asked for that never overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }), (lengths) => {
        const allocate = makeSlab()
        const arrays = lengths.map((length, index) => allocate(length).fill(index))
        arrays.forEach((array, index) => {
          expect(array.length).toBe(lengths[index])
          expect(array.every((byte) => byte === index)).toBe(true)
        })
      }),
    )
  })
})
