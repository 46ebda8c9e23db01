// Which statements are kept when quorums change: all but those about every quorum, found by the variables that they bind.
import { describe, expect, it } from 'vitest'
import { invariant } from '../../../proofs/induction/invariant.js'
import { binds } from '../../../proofs/refinement/binding.js'
import { statementsFor } from '../../../proofs/refinement/watchers.js'
import { all, and, choose, equal, iff, not, or, some, truth, when } from '../../../spec/logic/formula.js'
import { properties } from '../../../spec/properties.js'
import { committed, discoveryQuorum, e, f, leaderOf, member, n, q, started, t } from '../../../spec/symbols.js'

const isOfEveryQuorum = binds('quorum')

describe('with changing quorums', () => {
  it('six statements of the invariant are left out, K1 to K4b', () => {
    const kept = new Set(statementsFor('Changing'))
    const leftOut = statementsFor('Fixed').filter((statement) => !kept.has(statement))
    expect(leftOut.map(({ why }) => why.slice(0, why.indexOf(':')))).toEqual(['K1', 'K2', 'K3a', 'K3b', 'K4a', 'K4b'])
    expect(kept.size).toBe(properties.length + invariant.length - 6)
  })

  it('no statement about the quorums that have decided is left out', () => {
    const names = statementsFor('Changing').map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['discovery quorum', 'adoption quorum', 'commit quorum']))
  })
})

describe('a formula binds a variable of a sort', () => {
  const inside = some(q)(member(n, q))
  it.each([
    ['all', all(q)(truth)],
    ['some', inside],
    ['not', not(inside)],
    ['and', and(truth, inside)],
    ['or', or(inside, truth)],
    ['a premise', when(inside).then(truth)],
    ['a conclusion', when(truth).then(inside)],
    ['iff', iff(truth, inside)],
    ['a quantifier of another sort', all(n)(inside)],
    ['the condition of a term', equal(choose(inside, e, f), e)],
    ['an argument of a relation', started(choose(inside, e, f))],
    ['an argument of a function', equal(leaderOf(choose(inside, e, f)), n)],
  ])('%s', (_, formula) => {
    expect(isOfEveryQuorum(formula)).toBe(true)
  })

  it('and not when it only speaks of one', () => {
    expect(isOfEveryQuorum(all(n, e)(member(n, discoveryQuorum(e))))).toBe(false)
    expect(isOfEveryQuorum(or(not(truth), committed(t)))).toBe(false)
  })
})
