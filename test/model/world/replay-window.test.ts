/**
 * A server that recovers with a small window has applied what it knows to be committed, and nothing else: the world's own
 * checks and the judge of refinement take what it has applied for delivered. RECV-10.
 */
import { describe, expect, it } from 'vitest'
import type { Observe } from '../../../model/observer.js'
import type { WorldOptions } from '../../../model/world/options.js'
import { makeRandom } from '../../../model/world/random.js'
import { randomCommands, runSchedule } from '../../../model/world/schedule.js'
import { refinement } from '../../../proofs/refinement.js'
import * as Z from '../../../src/core/zxid.js'

const SEEDS = Array.from({ length: 8 }, (_, index) => index + 1)

/** What is objected to in a world, and how often a server began with records applied. Without snapshots of its own. */
const judged = (
  seed: number,
  extra: Partial<WorldOptions> = {},
): { readonly objections: readonly string[]; readonly applied: number } => {
  const objections: string[] = []
  let applied = 0
  const observe: Observe<unknown> = (host) => {
    const judge = refinement({ wholeEvery: 20 })({
      ...host,
      report: (id, what) => {
        objections.push(`${seed}: ${id}: ${what}`)
        host.report(id, what)
      },
    })
    return {
      ...judge,
      started: (server, durable) => {
        if (!Z.equals(durable.base, Z.ZERO)) applied += 1
        judge.started(server, durable)
      },
    }
  }
  const options: WorldOptions = {
    ...{ seed, voters: 3, observers: 1, clients: 3, replayWindow: 1, snapCount: 1_000_000, observe },
    ...extra,
  }
  const { violation } = runSchedule(options, randomCommands(makeRandom(seed), options, 150))
  return { objections: [...objections, ...(violation === undefined ? [] : [`${seed}: ${violation.what}`])], applied }
}

describe('a small window of recovery', () => {
  it('holds back what may not be committed', () => {
    const all = SEEDS.map((seed) => judged(seed))
    expect(all.flatMap(({ objections }) => objections)).toEqual([])
    expect(all.reduce((sum, { applied }) => sum + applied, 0)).toBeGreaterThan(0)
  })

  it('does so while the ensemble changes its members', () => {
    const all = SEEDS.map((seed) => judged(seed, { reconfiguration: true, joiners: 2 }))
    expect(all.flatMap(({ objections }) => objections)).toEqual([])
  })
})
