// Whose quorums decide while an ensemble is reconfigured, what may be proposed then, and what may be activated.
import { describe, expect, it } from 'vitest'
import type { Reconfiguration } from '../../../proofs/refinement/electorate.js'
import { describe as show, electorate, mayActivate, mayPropose, upTo } from '../../../proofs/refinement/electorate.js'
import type { Configuration, ServerId } from '../../../src/core/configuration.js'
import type { Zxid } from '../../../src/core/zxid.js'
import * as Z from '../../../src/core/zxid.js'
import { ensembleOf } from '../../core/network.js'

const of = (version: Zxid, ...voters: readonly ServerId[]): Configuration => ({ ...ensembleOf(voters), version })
const initial = of(Z.ZERO, 1, 2, 3)
const first = of(Z.zxid(1, 5), 2, 3, 4)
const second = of(Z.zxid(2, 1), 4, 5)
const committed = (configuration: Configuration): Reconfiguration => ({ configuration, isCommitted: true })
const pending = (configuration: Configuration): Reconfiguration => ({ configuration, isCommitted: false })

describe('RECFG-3, RECFG-6: a quorum is needed', () => {
  it.each([
    ['of the initial configuration, when there is no other', [], [initial]],
    ['of both, while the first is not committed', [pending(first)], [initial, first]],
    ['of the new one alone, once it is', [committed(first)], [first]],
    ['of the first and the second, while that is not committed', [committed(first), pending(second)], [first, second]],
    ['of the last alone, once it is', [committed(first), committed(second)], [second]],
  ])('%s', (_, reconfigurations, needed) => {
    expect(electorate(initial, reconfigurations)).toEqual(needed)
  })

  it('for what stands before a reconfiguration, as if that were not there', () => {
    const all = [committed(first), pending(second)]
    expect(electorate(initial, upTo(all, Z.zxid(1, 4)))).toEqual([initial])
    expect(electorate(initial, upTo(all, Z.zxid(1, 9)))).toEqual([first])
    expect(electorate(initial, upTo(all, Z.zxid(2, 1)))).toEqual([first, second])
  })
})

describe('RECFG-1: another reconfiguration', () => {
  it('may be proposed unless one is pending', () => {
    expect(mayPropose([])).toBe(true)
    expect(mayPropose([committed(first)])).toBe(true)
    expect(mayPropose([pending(first)])).toBe(false)
    expect(mayPropose([committed(first), pending(second)])).toBe(false)
  })
})

describe('RECFG-5, RECFG-9: a server may go by', () => {
  const mayGoBy = (configuration: Configuration): boolean =>
    mayActivate(initial, [first], (epoch) => epoch <= 3, configuration)

  it('what is committed, and not by the same version with other members', () => {
    expect(mayGoBy(first)).toBe(true)
    expect(mayGoBy(second)).toBe(false)
    expect(mayGoBy({ ...second, version: first.version })).toBe(false)
  })

  it('the initial one, with no version or one that an epoch gave it which a quorum agreed to', () => {
    expect(mayGoBy(initial)).toBe(true)
    expect(mayGoBy({ ...initial, version: Z.newLeaderZxid(3) })).toBe(true)
    expect(mayGoBy({ ...initial, version: Z.newLeaderZxid(4) })).toBe(false)
    expect(mayGoBy({ ...first, version: Z.newLeaderZxid(3) })).toBe(false)
    expect(mayGoBy({ ...first, version: Z.ZERO })).toBe(false)
    expect(mayGoBy({ ...initial, version: Z.zxid(3, 1) })).toBe(false)
  })

  it('the same servers only in the same roles, and whatever their order', () => {
    const withObserver = { ...ensembleOf([4, 3, 2], [5]), version: first.version }
    expect(mayGoBy({ ...ensembleOf([4, 3, 2]), version: first.version })).toBe(true)
    expect(mayGoBy(withObserver)).toBe(false)
    expect(show([withObserver, initial])).toBe('{2, 3, 4, 5 observes} (version 1:5) and {1, 2, 3} (version 0:0)')
  })
})
