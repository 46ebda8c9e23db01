/** A campaign reaches its marks, is the same from the same seed, grows out of its corpus, and sees a planted bug. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Campaign, CampaignOptions, Case } from '../../../model/fuzz/campaign.js'
import { makeCampaign } from '../../../model/fuzz/campaign.js'
import { bursts, corners } from '../../../model/fuzz/episodes.js'
import { executing } from '../../../model/fuzz/execute.js'
import { marks } from '../../../model/fuzz/marks.js'
import { faultNames } from '../../../model/world/atlas.js'
import { randomCommands } from '../../../model/world/schedule.js'
import { shrinking } from '../../../model/world/shrink.js'
import { entryAcknowledgedEarly } from '../../../proofs/museum/variations.js'
import { together } from '../../../proofs/museum/together.js'

const optionsWith = (changed: Partial<CampaignOptions> = {}): CampaignOptions => ({
  generator: {
    seed: 2,
    shard: { index: 1, count: 1 },
    voters: 3,
    observers: 1,
    clients: 3,
    faults: faultNames,
    schedules: [randomCommands, bursts, corners, corners],
  },
  subject: {},
  corpus: [],
  together,
  ...changed,
})

const casesOf = (campaign: Campaign, count: number): readonly Case[] =>
  Array.from({ length: count }, () => campaign.next())

describe('a campaign', () => {
  const campaign = makeCampaign(optionsWith())
  let cases: readonly Case[] = []

  beforeAll(() => {
    cases = casesOf(campaign, 150)
  })

  it('reaches nearly all of its marks', () => {
    const reached = [...campaign.reached().marks].flatMap(([name, count]) => (count > 0 ? [name] : []))
    expect(Object.keys(marks).length).toBeGreaterThanOrEqual(35)
    expect(reached.length).toBeGreaterThanOrEqual(32)
    for (const mark of ['pipeline', 'uncommittedTail', 'twoLeaders', 'trunc', 'snapUnderLoad', 'window'] as const)
      expect(reached).toContain(marks[mark])
  })

  it('counts what it has done', () => {
    const { cases: count, steps, commits, simulatedMs } = campaign.progress()
    expect(count).toBe(150)
    expect(steps).toBeGreaterThan(count)
    expect(commits).toBeGreaterThan(count)
    expect(simulatedMs).toBeGreaterThan(1000 * count)
  })

  it('notes clauses and premises', () => {
    const { clauses, premises } = campaign.reached()
    for (const clause of ['BCAST-5', 'SYNC-4', 'DISC-2', 'ELEC-3', 'OBS-2'])
      expect(clauses.get(clause)).toBeGreaterThan(0)
    expect(premises.get('ELEC-3.better')?.true).toBeGreaterThan(0)
    expect(premises.get('ELEC-3.better')?.false).toBeGreaterThan(0)
  })

  it('keeps what reaches something new, less and less of it', () => {
    const kept = cases.flatMap(({ isKept }, index) => (isKept ? [index] : []))
    expect(kept.length).toBeGreaterThan(5)
    expect(kept.filter((index) => index >= 100).length).toBeLessThan(kept.filter((index) => index < 50).length)
    for (const index of kept) expect(cases[index]?.news).not.toEqual([])
  })

  it('runs each case again to the same fingerprint', () => {
    for (const { run, scenario } of cases.slice(0, 20)) {
      const again = executing({})(scenario.options, scenario.commands)
      expect(again.world.fingerprint()).toBe(run.world.fingerprint())
    }
  })

  it('is the same from the same seed', () => {
    const fingerprints = (some: readonly Case[]) => some.map(({ run }) => run.world.fingerprint())
    expect(fingerprints(casesOf(makeCampaign(optionsWith()), 30))).toEqual(fingerprints(cases.slice(0, 30)))
  })

  it('begins with its corpus, which is then nothing new', () => {
    const corpus = cases.filter(({ isKept }) => isKept).map(({ scenario }) => scenario)
    const later = makeCampaign(optionsWith({ corpus }))
    const first = casesOf(later, corpus.length)
    expect(first.map(({ scenario }) => scenario.commands)).toEqual(corpus.map(({ commands }) => commands))
    expect(first.every(({ isKept }) => !isKept)).toBe(true)
    expect(casesOf(later, 30).filter(({ isKept }) => isKept).length).toBeLessThan(5)
  })
})

describe('a planted bug', () => {
  it('is found, and shrinks to a run with the same finding', () => {
    const subject = { rules: entryAcknowledgedEarly }
    const campaign = makeCampaign(optionsWith({ subject }))
    const found = casesOf(campaign, 40).find(({ run }) => run.violation?.clause === 'RECV-6')
    expect(found).toBeDefined()
    if (found === undefined) return
    let best = found.run
    for (const shorter of shrinking(found.run, executing(subject))) {
      expect(shorter.commands.length).toBeLessThanOrEqual(best.commands.length)
      expect(shorter.violation?.clause).toBe('RECV-6')
      best = shorter
    }
    expect(best.commands.length).toBeLessThan(6)
  })
})
