// The table of the museum: who is caught, by which search, how soon; who is not caught, or missed by exploration, is named.
import { describe, expect, it } from 'vitest'
import { exploration, fuzzing, isAsItShould } from '../../../src/cli/museum/detection.js'
import type { Death } from '../../../src/cli/museum/detection.js'
import { renderJson, renderText } from '../../../src/cli/museum/table.js'

const byFuzzing = { check: 'RECV-3', tried: 3, seconds: 1.26 }
const byExploration = { check: 'adopt', tried: 1234, seconds: 0.5 }
const both: Death = { id: 'ZK-4643', fuzzing: byFuzzing, exploration: byExploration }
const missed: Death = { ...both, exploration: undefined }
const alive: Death = { id: 'ZK-4643', fuzzing: undefined, exploration: undefined }
const outOfSight: Death = { id: 'ZK-1367', fuzzing: byFuzzing, exploration: undefined }

describe('the table', () => {
  it('has a line for each bug', () => {
    const [head, line, , verdict] = renderText([both]).split('\n')
    expect(head).toMatch(/^id +kind +breaks +exploration +states +s +fuzzing +schedules +s +title$/)
    expect(line).toMatch(
      /^ZK-4643 +safety +SYNC-2 RECV-3 +adopt +1234 +0\.5 +RECV-3 +3 +1\.3 +currentEpoch is on disk before the history \(also 4785\)$/,
    )
    expect(verdict).toBe('all 1 caught; 1 by exploration, 1 by fuzzing, 1 by both')
  })

  it('counts who is caught by which', () => {
    expect(renderText([both, outOfSight])).toContain('all 2 caught; 1 by exploration, 2 by fuzzing, 1 by both')
  })

  it('names who is not caught', () => {
    expect(renderText([both, alive])).toContain('1 caught, not caught: ZK-4643;')
  })

  it('names who should have been seen by exploration', () => {
    expect(renderText([missed])).toContain('exploration should have found ZK-4643')
    expect(renderText([both, outOfSight])).not.toContain('should have')
  })

  it('says why exploration is not for some', () => {
    expect(renderText([both, outOfSight])).toMatch(/out of sight of exploration\n {2}ZK-1367: sessions /)
  })

  it('is one JSON object for programs', () => {
    expect(JSON.parse(renderJson(7, [both, missed, outOfSight]))).toMatchObject({
      seed: 7,
      caught: 3,
      byExploration: 1,
      byFuzzing: 3,
      byBoth: 1,
      missed: ['ZK-4643'],
      bugs: [
        { id: 'ZK-4643', breaks: ['SYNC-2', 'RECV-3'], fuzzing: byFuzzing, exploration: byExploration },
        { exploration: null, bounds: { servers: 2, transactions: 1, restarts: 1 } },
        { exploration: null, outOfSight: expect.stringContaining('sessions') },
      ],
    })
  })
})

describe('the museum is as it should be', () => {
  it('if each is caught, by exploration where it can', () => {
    expect([both, outOfSight].every(isAsItShould)).toBe(true)
  })

  it('but not if nobody catches one, or exploration does not', () => {
    expect([alive, missed].map(isAsItShould)).toEqual([false, false])
  })
})

describe.each([
  ['fuzzing', fuzzing(1), 'ZK-4643'],
  ['exploration', exploration, 'ZK-4643'],
] as const)('%s', (_, search, id) => {
  const watched = (budgetMs: number, ticks: string[] = []): Parameters<typeof search>[1] => {
    let nowMs = 0
    return { budgetMs, clockMs: () => (nowMs += 10), tick: (text) => ticks.push(text) }
  }

  it('finds a bug and says when', () => {
    const ticks: string[] = []
    expect(search(id, watched(60_000, ticks))).toMatchObject({
      check: expect.stringMatching(/./),
      tried: expect.any(Number),
      seconds: expect.any(Number),
    })
    expect(ticks.length).toBeGreaterThan(0)
  })

  it('gives up when its time is over', () => {
    expect(search(id, watched(5))).toBeUndefined()
  })
})

describe('exploration', () => {
  it('does not look for what it cannot see', () => {
    const watch = { budgetMs: 0, clockMs: () => 0, tick: () => undefined }
    expect(exploration('ZK-1367', watch)).toBeUndefined()
  })
})
