/** Every obligation is in the decidable fragment: sorts are ordered, and functions and quantifiers respect the order. */
import { describe, expect, it } from 'vitest'
import { cuts } from '../../../proofs/induction/cuts.js'
import { invariant } from '../../../proofs/induction/invariant.js'
import { obligationsOf } from '../../../proofs/induction/obligations.js'
import { cycleIn, edgesOf } from '../../../proofs/induction/stratification.js'
import { all, some } from '../../../spec/logic/formula.js'
import { properties } from '../../../spec/properties.js'
import { e, lineage, n } from '../../../spec/symbols.js'
import { zab } from '../../../spec/zab.js'

const obligations = obligationsOf(zab, invariant, properties, cuts)

describe('stratification', () => {
  it('holds of every obligation: transaction, epoch, quorum, node', () => {
    const cycles = obligations.flatMap((obligation) => cycleIn(edgesOf(zab, obligation)) ?? [])
    expect(cycles).toEqual([])
    const edges = new Set(obligations.flatMap((o) => edgesOf(zab, o).map(({ from, to }) => `${from} → ${to}`)))
    expect([...edges].sort()).toEqual([
      'epoch → node',
      'epoch → quorum',
      'quorum → node',
      'transaction → epoch',
      'transaction → node',
      'transaction → quorum',
    ])
  })

  it('is lost when one says that every log has a lineage: node to epoch, and back by leaderOf', () => {
    const total = { name: 'total', why: 'planted', formula: all(n)(some(e)(lineage(n, e))) }
    const [planted] = obligationsOf(zab, [...invariant, total], properties, cuts).slice(-1)
    expect(planted && cycleIn(edgesOf(zab, planted))).toEqual(['epoch', 'node', 'epoch'])
  })
})
