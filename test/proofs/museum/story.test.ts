// The story of an exhibit: all its parts are there; a check is explained by its own words, or by the title of its clause.
import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { demandOf } from '../../../proofs/museum/checks.js'
import { counterexamples } from '../../../proofs/museum/counterexamples.js'
import { tell } from '../../../proofs/museum/story.js'

const titleOf = (id: string): string => `title of ${id}`

describe('a story', () => {
  const text = tell(catalogue['ZK-4643'], counterexamples['ZK-4643'], titleOf)

  it('says what happened, what is broken, who sees it, and how', () => {
    expect(text).toMatch(/^ZK-4643: currentEpoch is on disk before the history \(also 4785\)\n\nReported in 2022/)
    expect(text).toContain('\nIt breaks\n  SYNC-2    title of SYNC-2\n  RECV-3    title of RECV-3\n')
    expect(text).toContain('\nIt is caught by\n  RECV-3: title of RECV-3\n')
    expect(text).toContain('by the judge of refinement\n')
    expect(text).toMatch(/\nWhat happens\n {3}1\. /)
    expect(text).toContain('\n```mermaid\nsequenceDiagram\n')
  })

  it('of a run in which nothing is wrong says so', () => {
    const harmless = { ...catalogue['ZK-4643'], variation: {} }
    expect(tell(harmless, counterexamples['ZK-4643'], titleOf)).toContain('nothing: the run below held')
  })
})

describe('the demand of a check', () => {
  it.each([
    ['H4', 'Histories that share a zxid agree on everything before it.'],
    ['RECV-3', 'title of RECV-3'],
    ['refinement: adopt', 'Every step is a step of the abstract system that was proved (spec/zab.ts).'],
  ])('%s', (check, demand) => {
    expect(demandOf(check, titleOf)).toBe(demand)
  })

  it('of a check that nobody knows is missing', () => {
    expect(demandOf('X-1', () => undefined)).toBe('no check of that name')
  })
})
