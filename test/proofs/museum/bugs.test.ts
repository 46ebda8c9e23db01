// Each bug of the museum is caught in few schedules; the rules of ZAB hold in the same worlds under the same schedules.
import { describe, expect, it } from 'vitest'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue, needsJudge } from '../../../proofs/museum/catalogue.js'
import { hunt, withoutBug } from '../../../proofs/museum/hunt.js'

const ids = Object.keys(catalogue) as CatalogueId[] // keys of a constant record are its names

interface Expected {
  /** Any of these clauses may be the first to fall. */
  readonly by: readonly string[]
  /** Schedules of 60 commands that it may take. */
  readonly within: number
  readonly seed?: number
}

/** Found by the world's own checks, by the judges of elections (ELEC-3, ELEC-7) or by SM-3 in the world (SM-3). */
const foundByWorld: Readonly<Record<Exclude<CatalogueId, (typeof needsJudge)[number]>, Expected>> = {
  'ZK-1154': { by: ['H4'], within: 30 },
  'ZK-1156': { by: ['RECV-3', 'RECV-4', 'COMMITTED-DURABLE', 'H4'], within: 30 },
  'ZK-962': { by: ['H3'], within: 100 },
  'ZK-1282': { by: ['RECV-4'], within: 20 },
  'ZK-1291': { by: ['RECV-1'], within: 20 },
  'ZK-1277': { by: ['H3'], within: 20 },
  'ZK-1319': { by: ['RECV-3', 'RECV-4', 'H3', 'H4'], within: 60 },
  'ZK-1367': { by: ['SM-3'], within: 30 },
  'ZK-1419': { by: ['ELEC-3'], within: 150 },
  'ZK-1514': { by: ['ELEC-7'], within: 60 },
  'ZK-2959': { by: ['Q1', 'RECV-5'], within: 100 },
  'ZK-1551': { by: ['H3'], within: 150 },
  'ZK-2845': { by: ['H4', 'Q2'], within: 30 },
  'ZK-3911': { by: ['RECV-4'], within: 20 },
  'ZK-4643': { by: ['RECV-3'], within: 30 },
  'ZK-3104': { by: ['SM-5', 'SM-3'], within: 60 },
  'promise-answered-early': { by: ['RECV-2'], within: 20 },
  'entry-acknowledged-early': { by: ['RECV-6'], within: 20 },
  'leader-epoch-not-stored': { by: ['RECV-5'], within: 20 },
  'follower-ahead-ignored': { by: ['COMMITTED-DURABLE', 'H4'], within: 150 },
  'commit-without-quorum': { by: ['Q2'], within: 20 },
  'established-without-quorum': { by: ['Q1'], within: 20 },
  'window-ignored': { by: ['RECV-3', 'H3', 'H4'], within: 150 },
}

/** Schedules in which the core without the bug has to hold. */
const SCHEDULES_THAT_HOLD = 12

describe('a bug is found', () => {
  it.each(Object.entries(foundByWorld))('%s', (id, { by, within, seed = 1 }) => {
    const { variation } = catalogue[id as CatalogueId] // Object.entries forgets the names
    const found = hunt(variation, { seed, schedules: within })
    expect(by).toContain(found?.clause)
  })

  it.each(needsJudge)('%s needs a judge of single steps: the world sees nothing', (id) => {
    expect(hunt(catalogue[id].variation, { seed: 1, schedules: 20 })).toBeUndefined()
  })
})

describe('the rules of ZAB hold', () => {
  it.each(ids)('where %s fails', (id) => {
    expect(hunt(withoutBug(catalogue[id]), { seed: 1, schedules: SCHEDULES_THAT_HOLD })).toBeUndefined()
  })
})

describe('the catalogue', () => {
  it('names each bug by its own id', () => {
    expect(ids.filter((id) => catalogue[id].id !== id)).toEqual([])
  })
})
