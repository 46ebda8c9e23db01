/**
 * Exploration finds each bug that it can see, in the bounds that are recorded, by the check and on the way that are recorded,
 * and is told as the golden file has it. The rules of ZAB hold in the same bounds, and the bug does not show in smaller ones.
 * `ZAB_GOLDEN=write` writes the stories again, to be reviewed as a change.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { exploreBug, exploreWithoutBug } from '../../../proofs/museum/exploration.js'
import type { InSight } from '../../../proofs/museum/explored.js'
import { explored } from '../../../proofs/museum/explored.js'
import { tellExplored } from '../../../proofs/museum/explored-story.js'
import { readClauseTitles } from '../../../src/cli/museum/clause-titles.js'

const golden = fileURLToPath(new URL('./golden/explored/', import.meta.url))
const titles = readClauseTitles()
const ids = Object.keys(catalogue) as CatalogueId[] // keys of a constant record are its names

const inSight = ids.flatMap((id): readonly (readonly [CatalogueId, InSight])[] => {
  const sight = explored[id]
  return sight.kind === 'InSight' ? [[id, sight]] : []
})

/** Three servers of which some fail have too many states for one more run of everything. */
const isSmall = ({ bounds: { servers, timeouts, restarts } }: InSight): boolean =>
  servers < 3 || timeouts + restarts === 0

/** On a machine that is busy with other things. */
const LONG_MS = 180_000

describe('exploration finds', () => {
  it.each(inSight)(
    '%s',
    (id, sight) => {
      const exploration = exploreBug(catalogue[id], sight, 'shortest')
      const { verdict, counterexample } = exploration
      expect([verdict, counterexample?.objection.id, counterexample?.happenings.length]).toEqual([
        'Violated',
        sight.check,
        sight.steps,
      ])
      const told = tellExplored(catalogue[id], sight, exploration, (clause) => titles.get(clause))
      const file = `${golden}${id}.txt`
      if (process.env['ZAB_GOLDEN'] === 'write') writeFileSync(file, told)
      else expect(told).toBe(readFileSync(file, 'utf8'))
    },
    LONG_MS,
  )

  it('most of them', () => {
    expect(2 * inSight.length).toBeGreaterThan(ids.length)
    expect(readdirSync(golden).sort()).toEqual(inSight.map(([id]) => `${id}.txt`).sort())
  })
})

describe('the rules of ZAB hold', () => {
  // (3,2,1,0) is explored to its end in test/proofs/exploration; with real elections three servers of which one fails have
  // millions of states (proofs/README.md).
  const isExploredThere = ({ bounds: { servers, transactions, timeouts, elections } }: InSight): boolean =>
    servers === 3 && timeouts === 1 && (transactions === 2 || elections !== undefined)
  const settings = new Map(
    inSight.filter(([, sight]) => !isExploredThere(sight)).map(([, sight]) => [JSON.stringify(sight.bounds), sight]),
  )
  it.each([...settings])('within %s', (_, sight) => {
    expect(exploreWithoutBug(sight).verdict).toBe('Held')
  })
})

describe('nothing shows with one less', () => {
  const smaller = inSight
    .filter(([, sight]) => isSmall(sight))
    .flatMap(([id, sight]) =>
      (['servers', 'observers', 'transactions', 'timeouts', 'restarts'] as const).flatMap((what) => {
        const number = sight.bounds[what] ?? 0
        const isThere = number > (what === 'servers' ? 1 : 0)
        return isThere ? [{ id, what, sight: { ...sight, bounds: { ...sight.bounds, [what]: number - 1 } } }] : []
      }),
    )
  it.each(smaller)('of $what: $id', ({ id, sight }) => {
    expect(exploreBug(catalogue[id], sight, 'shortest').verdict).toBe('Held')
  })
})

describe('what is not there', () => {
  const [, sight] = inSight.find(([id]) => id === 'ZK-4643') ?? []
  const harmless = { ...catalogue['ZK-4643'], variation: {} }

  it('is not found, and told so', () => {
    if (sight === undefined) throw new Error('ZK-4643 is in sight')
    const exploration = exploreBug(harmless, sight, 'shortest')
    expect(exploration.verdict).toBe('Held')
    expect(tellExplored(harmless, sight, exploration, () => undefined)).toContain('not found it: all states held')
  })

  it('is not claimed when time ends first', () => {
    if (sight === undefined) throw new Error('ZK-4643 is in sight')
    const exploration = exploreBug(harmless, sight, 'soonest', () => false)
    expect(tellExplored(harmless, sight, exploration, () => undefined)).toContain('ended before all states were seen')
  })
})
