/** Schedules of reconfigurations reach every mark that there is for them, with nothing violated. */
import { describe, expect, it } from 'vitest'
import { makeCampaign } from '../../../model/fuzz/campaign.js'
import { marks } from '../../../model/fuzz/marks.js'
import { reconfigurations } from '../../../model/fuzz/operators.js'
import { faultNames } from '../../../model/world/atlas.js'
import { together } from '../../../proofs/museum/together.js'

const MARKS = [
  'reconfigured',
  'joinerVotes',
  'observerVotes',
  'leaderLeaves',
  'removedFollows',
  'reconfigurationInterrupted',
  'reconfigurationFinished',
  'reconfigurationCut',
  'configurationAdopted',
] as const

describe('schedules of reconfigurations', () => {
  it('reach their marks', () => {
    const campaign = makeCampaign({
      generator: {
        ...{ seed: 2, shard: { index: 1, count: 1 }, voters: 3, observers: 0, clients: 3, faults: faultNames },
        fixed: { reconfiguration: true, joiners: 1 },
        schedules: [reconfigurations],
      },
      subject: {},
      corpus: [],
      together,
    })
    const unreached = (): readonly string[] => MARKS.filter((mark) => campaign.reached().marks.get(marks[mark]) === 0)
    for (let cases = 0; cases < 120 && unreached().length > 0; cases += 1)
      expect(campaign.next().run.violation).toBeUndefined()
    expect(unreached()).toEqual([])
  })

  it('reach none of them where nobody may reconfigure', () => {
    const campaign = makeCampaign({
      generator: {
        ...{ seed: 2, shard: { index: 1, count: 1 }, voters: 3, observers: 0, clients: 3, faults: faultNames },
        fixed: { reconfiguration: false, joiners: 0 },
        schedules: [reconfigurations],
      },
      subject: {},
      corpus: [],
      together,
    })
    for (let cases = 0; cases < 10; cases += 1) expect(campaign.next().run.violation).toBeUndefined()
    expect(MARKS.filter((mark) => campaign.reached().marks.get(marks[mark]) !== 0)).toEqual([])
  })
})
