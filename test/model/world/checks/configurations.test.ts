// Who decides by what the logs and the committed sequence say: the last committed configuration, and a pending one beside it.
import { describe, expect, it } from 'vitest'
import type { Configurations } from '../../../../model/world/checks/configurations.js'
import { makeConfigurations } from '../../../../model/world/checks/configurations.js'
import { ZERO, zxid } from '../../../../src/core/zxid.js'
import { blind, entry, reconfiguration } from '../fixtures.js'

interface Bench {
  readonly configurations: Configurations
  readonly found: readonly string[]
}

const bench = (isReconfigurable = true): Bench => {
  const found: string[] = []
  const configurations = makeConfigurations([1, 2, 3], isReconfigurable, (clause) => found.push(clause))
  return { configurations, found }
}

describe('the electorate', () => {
  it('is asked for an entry as it is before it, and for a reconfiguration also as it will be', () => {
    const { configurations, found } = bench()
    const change = reconfiguration(1, 2, [1, 2, 4])
    for (const each of [entry(1, 1), change, entry(1, 3)]) configurations.logged(1, each)
    expect(configurations.askedFor(entry(1, 1))).toEqual([[1, 2, 3]])
    configurations.committed(entry(1, 1))
    expect(configurations.askedFor(change)).toEqual([
      [1, 2, 3],
      [1, 2, 4],
    ])
    configurations.committed(change)
    expect(configurations.askedFor(entry(1, 3))).toEqual([[1, 2, 4]])
    expect([configurations.version(), configurations.before(zxid(1, 2))]).toEqual([zxid(1, 2), [1, 2, 3]])
    expect(found).toEqual([])
  })

  it('of a leader is that of a proposal in its history too, until this is committed', () => {
    const { configurations } = bench()
    const change = reconfiguration(1, 1, [4])
    configurations.logged(1, change)
    expect(configurations.askedForLeader([ZERO])).toEqual([[1, 2, 3]])
    expect(configurations.askedForLeader([ZERO, zxid(1, 1), zxid(1, 2)])).toEqual([[1, 2, 3], [4]])
    configurations.committed(change)
    expect(configurations.askedForLeader([ZERO, zxid(1, 1)])).toEqual([[4]])
  })

  it('has ever been whoever was proposed, also in vain', () => {
    const { configurations } = bench()
    configurations.logged(1, reconfiguration(1, 1, [3, 5]))
    expect(configurations.everVoters()).toEqual([1, 2, 3, 5])
    expect(configurations.version()).toEqual(ZERO)
  })
})

describe('what servers make of an entry', () => {
  it('is reported when they take a reconfiguration for none, or something else for one', () => {
    const { configurations, found } = bench()
    configurations.logged(1, blind(reconfiguration(1, 1, [1])))
    configurations.logged(1, { ...reconfiguration(1, 2, [1]), transaction: entry(1, 2).transaction })
    expect(found).toEqual(['RECFG-1', 'RECFG-1'])
  })

  it('is reported when they read other members from it', () => {
    const { configurations, found } = bench()
    const { configuration } = reconfiguration(1, 1, [1, 2])
    const entryOfOthers = reconfiguration(1, 1, [1, 3])
    configurations.logged(1, configuration === undefined ? entryOfOthers : { ...entryOfOthers, configuration })
    expect(found).toEqual(['RECFG-1'])
  })

  it('is nothing where nobody may reconfigure', () => {
    const { configurations, found } = bench(false)
    configurations.logged(1, blind(reconfiguration(1, 1, [1])))
    expect([found, configurations.everVoters()]).toEqual([[], [1, 2, 3]])
  })
})
