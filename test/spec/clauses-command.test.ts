/** `zab clauses` prints the table of this checkout, and finds a binding clause that no code carries out. */
import { fileURLToPath } from 'node:url'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Coverage } from '../../spec/clauses/citations.js'
import { missing, readCoverage, renderJson, renderText } from '../../src/cli/commands/clauses.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const planted = (force: 'must' | 'may', status: 'implemented' | 'later'): Coverage => ({
  clause: { id: 'DISC-1', title: 'Planted', sources: ['paper'], force, status, premises: [], file: 'x.md', line: 1 },
  code: [],
  tests: [],
})

describe('zab clauses', () => {
  it('reads this checkout', () => {
    const table = readCoverage(root)
    if (isLeft(table)) throw new Error(table.left.join('\n'))
    expect(table.right.find(({ clause }) => clause.id === 'ELEC-3')?.code).toContain('src/core/rules.ts')
    expect(renderText(table.right)).toContain('ELEC-3')
    expect(JSON.parse(renderJson(table.right))).toHaveLength(table.right.length)
  })

  it('says so where there are no clauses', () => {
    expect(isRight(readCoverage(`${root}/no/such/place`))).toBe(false)
  })

  it('misses code only for what binds and is said to be implemented', () => {
    expect(missing([planted('must', 'implemented')])).toEqual(['DISC-1'])
    expect(missing([planted('may', 'implemented')])).toEqual([])
    expect(missing([planted('must', 'later')])).toEqual([])
    expect(renderText([planted('must', 'implemented')])).toContain('binding and without code: DISC-1')
  })
})
