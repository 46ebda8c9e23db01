/** The fp-ts order of zxids at its only special case: equal ones, which random pairs never are. */
import { describe, expect, it } from 'vitest'
import * as Z from '../../src/core/zxid.js'

describe('the order of zxids', () => {
  it('says 0 for equal ones and only for them', () => {
    expect(Z.ordZxid.compare(Z.zxid(2, 3), Z.zxid(2, 3))).toBe(0)
    expect(Z.ordZxid.compare(Z.zxid(2, 3), Z.zxid(2, 4))).toBe(-1)
    expect(Z.ordZxid.compare(Z.zxid(3, 0), Z.zxid(2, 9))).toBe(1)
  })
})
