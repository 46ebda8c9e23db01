/**
 * The counterexample that is checked in for each bug still shows it, by the check that is named, and is told as the golden
 * file has it; the rules of ZAB hold in the same run. `ZAB_GOLDEN=write` writes the stories again, to be reviewed as a change.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { replay } from '../../../proofs/museum/counterexample.js'
import { counterexamples } from '../../../proofs/museum/counterexamples.js'
import { withoutBug } from '../../../proofs/museum/hunt.js'
import { isShown, renderCounterexamples } from '../../../proofs/museum/pin.js'
import { tell } from '../../../proofs/museum/story.js'
import { readClauseTitles } from '../../../src/cli/museum/clause-titles.js'

const golden = fileURLToPath(new URL('./golden/', import.meta.url))
const generated = fileURLToPath(new URL('../../../proofs/museum/counterexamples.ts', import.meta.url))
const ids = Object.keys(catalogue) as CatalogueId[] // keys of a constant record are its names

/** One screen: more is no counterexample that somebody reads. */
const MOST_COMMANDS = 20

const titles = readClauseTitles()
const told = (id: CatalogueId): string => tell(catalogue[id], counterexamples[id], (clause) => titles.get(clause))

describe('a counterexample', () => {
  it.each(ids)('shows %s, and is told as before', (id) => {
    expect(isShown(catalogue[id], counterexamples[id])).toBe(true)
    expect(counterexamples[id].commands.length).toBeLessThanOrEqual(MOST_COMMANDS)
    const file = `${golden}${id}.txt`
    if (process.env['ZAB_GOLDEN'] === 'write') writeFileSync(file, told(id))
    else expect(told(id)).toBe(readFileSync(file, 'utf8'))
  })

  it.each(ids)('of %s is none for the rules of ZAB, whoever judges', (id) => {
    const { run, objection } = replay(withoutBug(catalogue[id]), { ...counterexamples[id], jury: 'everybody' })
    expect(run.violation).toBeUndefined()
    expect(objection).toBeUndefined()
  })

  it('would be missed if it showed nothing', () => {
    const { seed, jury, check } = counterexamples['ZK-2845']
    expect(isShown(catalogue['ZK-2845'], { seed, jury, check, commands: [] })).toBe(false)
  })
})

describe('what is checked in', () => {
  it('is what `zab museum --record` writes', () => {
    expect(readFileSync(generated, 'utf8')).toBe(renderCounterexamples(ids.map((id) => [id, counterexamples[id]])))
  })

  it('has one story for each bug', () => {
    const stories = readdirSync(golden).filter((file) => file.endsWith('.txt'))
    expect(stories.sort()).toEqual(ids.map((id) => `${id}.txt`).sort())
  })

  it('cites clauses that exist', () => {
    expect(ids.flatMap((id) => catalogue[id].breaks.filter((clause) => !titles.has(clause)))).toEqual([])
  })
})
