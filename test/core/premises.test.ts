/** Every premise of the rules decides something: it is seen true and seen false. Every clause that a step cites is reached. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { rules } from '../../src/core/rules.js'
import { recording, unseen } from './recording.js'
import { run as runReconfiguring } from './reconfiguring.js'
import { run } from './safety.js'
import { scenarios } from './scenarios.js'

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1)

const { rules: recorded, verdicts } = recording()
const reached = new Set([
  ...SEEDS.flatMap((seed) => [...run(seed, 3000, recorded, seed % 3 === 0 ? [9] : []).clauses]),
  ...SEEDS.slice(0, 10).flatMap((seed) => [...runReconfiguring(seed, 2000, recorded).clauses]),
  ...Object.values(scenarios).flatMap((scenario) => scenario(recorded)),
])

/** Verdicts that cannot be seen, each with its reason. */
const unreachable: Readonly<Record<string, string>> = {}

/** Clauses that a step cites and no run reaches, each with its reason. */
const unreachableClauses: Readonly<Record<string, string>> = {}

/** `'SYNC-2'` and the like in the code of the core; premises are named `SYNC-2.accepted`, so they do not look like this. */
const cited = (): readonly string[] => {
  const root = fileURLToPath(new URL('../../src/core', import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && file !== 'clause.ts',
  )
  const ids = files.flatMap((file) =>
    [...readFileSync(`${root}/${file}`, 'utf8').matchAll(/'((?:ELEC|DISC|SYNC|BCAST|RECV|OBS|RECFG)-\d+)'/g)].map(
      ([, id = '']) => id,
    ),
  )
  return [...new Set(ids)].sort()
}

describe('premises', () => {
  it('are each seen true and seen false, but for those that cannot be', () => {
    expect(new Set(unseen(Object.keys(rules.premises), verdicts()))).toEqual(new Set(Object.keys(unreachable)))
  })

  it('that nothing consults would be found', () => {
    expect(unseen(['ELEC-3.planted', 'ELEC-3.better'], verdicts())).toEqual([
      'ELEC-3.planted: true',
      'ELEC-3.planted: false',
    ])
  })
})

describe('clauses', () => {
  it('cited by steps are reached, but for those that cannot be', () => {
    expect(cited().length).toBeGreaterThan(40)
    expect(cited().filter((id) => !reached.has(id))).toEqual(Object.keys(unreachableClauses))
  })
})
