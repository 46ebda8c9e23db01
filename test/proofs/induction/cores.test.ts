/** What is recorded for the proofs fits the statements as they are, and a record that does not is not used. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { misfits, recorded, renderCores } from '../../../proofs/induction/cores.js'
import { cuts } from '../../../proofs/induction/cuts.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { hypothesesOf, obligationsOf } from '../../../proofs/induction/obligations.js'
import { recordedCores } from '../../../proofs/induction/recorded-cores.js'
import { properties } from '../../../spec/properties.js'
import { zab } from '../../../spec/zab.js'

const obligations = obligationsOf(zab, invariant, properties, cuts)

describe('records', () => {
  it('exist for every obligation and name only what there is (else: zab prove --record)', () => {
    expect(misfits(recordedCores, obligations)).toEqual([])
  })

  it('are written as they are read', () => {
    const file = fileURLToPath(new URL('../../../proofs/induction/recorded-cores.ts', import.meta.url))
    expect(readFileSync(file, 'utf8')).toBe(renderCores(recordedCores))
  })

  it('are told apart by name: obligations have one each, and so have the hypotheses of each', () => {
    expect(new Set(obligations.map(({ name }) => name)).size).toBe(obligations.length)
    for (const obligation of obligations) {
      const names = hypothesesOf(obligation).map(({ name }) => name)
      expect(new Set(names).size, obligation.name).toBe(names.length)
    }
  })

  it('do not count when they name what is no hypothesis, or when there are none', () => {
    for (const obligation of obligations.slice(0, 1)) {
      expect(recorded({ [obligation.name]: ['nonsense'] }, obligation)).toBeUndefined()
      expect(recorded({}, obligation)).toBeUndefined()
      expect(misfits({ nonsense: [] }, [obligation])).toEqual(['nonsense', obligation.name])
    }
  })

  it('choose hypotheses of the obligation, so they never prove too much', () => {
    for (const obligation of obligations) {
      const hypotheses = hypothesesOf(obligation)
      for (const chosen of recorded(recordedCores, obligation) ?? []) expect(hypotheses).toContain(chosen)
    }
  })
})
