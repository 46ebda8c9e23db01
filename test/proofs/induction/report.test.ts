/** The report never calls proved what is not: refuted, unknown or left out. */
import { describe, expect, it } from 'vitest'
import type { Obligation } from '../../../proofs/induction/obligations.js'
import type { Report, Verdict } from '../../../proofs/induction/report.js'
import { isProved, isRefuted, renderJson, renderText } from '../../../proofs/induction/report.js'
import { truth } from '../../../spec/logic/formula.js'

const obligation = (name: string): Obligation => ({
  name: `act / ${name}`,
  step: 'act',
  goal: { name, why: 'because', formula: truth },
  constants: [],
  context: [],
  premises: [],
})

const report = (asked: number, ...verdicts: readonly Verdict[]): Report => ({
  engine: 'Z3',
  seed: 3,
  seconds: 1,
  asked,
  results: verdicts.map((verdict, index) => ({
    obligation: obligation(`goal ${index}`),
    verdict,
    ms: 10 * index,
    attempts: 1,
    isByRecord: true,
    remark: verdict === 'discharged' ? '' : 'line one\nline two',
  })),
})

describe('report', () => {
  it.each([
    ['all discharged', report(2, 'discharged', 'discharged'), true, false],
    ['one unknown', report(2, 'discharged', 'unknown'), false, false],
    ['one refuted', report(2, 'refuted', 'discharged'), false, true],
    ['one left out', report(2, 'discharged'), false, false],
  ])('%s', (_, given, proved, refuted) => {
    expect(isProved(given)).toBe(proved)
    expect(isRefuted(given)).toBe(refuted)
    expect(JSON.parse(renderJson(given))).toMatchObject({ proved, asked: 2, seed: 3 })
    expect(renderText(given).includes('NOT proved')).toBe(!proved)
  })

  it('names what failed, and why', () => {
    expect(renderText(report(1, 'refuted'))).toContain('refuted: act / goal 0 (because)\n  line one\n  line two')
  })
})
