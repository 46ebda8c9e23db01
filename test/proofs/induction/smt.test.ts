/** Obligations as files: self-contained, with stable and safe names. */
import { describe, expect, it } from 'vitest'
import { cuts } from '../../../proofs/induction/cuts.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { hypothesesOf, obligationsOf } from '../../../proofs/induction/obligations.js'
import { labelledQuestionOf, smtFile, smtFileName } from '../../../proofs/induction/smt.js'
import { properties } from '../../../spec/properties.js'
import { zab } from '../../../spec/zab.js'

const obligations = obligationsOf(zab, invariant, properties, cuts)

describe('SMT-LIB files', () => {
  it('have names of their own, in letters that every file system takes', () => {
    const names = obligations.map(smtFileName)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(obligations.length)
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9-]{1,120}\.smt2$/)
  })

  it('say what they are, and balance', () => {
    for (const obligation of obligations) {
      const text = smtFile(zab, obligation, hypothesesOf(obligation))
      expect(text).toContain(`proof obligation "${obligation.name}"`)
      expect(text).toMatch(/\(check-sat\)\n$/)
      const code = text.replace(/^;.*$/gm, '')
      expect(code.split('(').length, obligation.name).toBe(code.split(')').length)
    }
  })

  it('assert each hypothesis and the negated goal, once', () => {
    for (const obligation of obligations) {
      const hypotheses = hypothesesOf(obligation)
      expect(smtFile(zab, obligation, hypotheses).split('\n(assert ').length - 1).toBe(hypotheses.length + 1)
      expect(labelledQuestionOf(zab, obligation, hypotheses).labels.size).toBe(hypotheses.length)
    }
  })
})
