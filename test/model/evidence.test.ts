/** What `zab clauses` runs is enough: it shows every premise true and false, and the same each time. */
import { describe, expect, it } from 'vitest'
import { gatherVerdicts } from '../../model/evidence.js'
import { recording, unseen } from '../../model/recording.js'
import { rules } from '../../src/core/rules.js'

describe('the evidence', () => {
  it('shows every premise true and false', () => {
    const verdicts = gatherVerdicts()
    expect(unseen(Object.keys(rules.premises), verdicts)).toEqual([])
    // And finds a premise that nobody asks.
    expect(unseen(['ELEC-3.planted'], verdicts)).toEqual(['ELEC-3.planted: true', 'ELEC-3.planted: false'])
  })

  it('counts verdicts, and changes none', () => {
    const recorded = recording()
    expect([2, 1, 0].map((offered) => recorded.rules.premises['DISC-4.newer'](offered, 1))).toEqual([
      true,
      false,
      false,
    ])
    expect(recorded.verdicts().get('DISC-4.newer')).toEqual({ true: 1, false: 2 })
  })
})
