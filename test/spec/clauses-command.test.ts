/** `zab clauses` prints the table of this checkout, and fails for a binding clause that lacks code, or a test. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, it } from 'vitest'
import type { Coverage } from '../../spec/clauses/citations.js'
import { lemmas, lemmasOf } from '../../src/cli/commands/clause-lemmas.js'
import { gapsIn, renderJson, renderText } from '../../src/cli/commands/clause-table.js'
import { exitCodeOf, readCoverage } from '../../src/cli/commands/clauses.js'
import { EXIT } from '../../src/cli/exit-code.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

const read = (from: string): readonly Coverage[] => {
  const table = readCoverage(from, lemmas)
  if (isLeft(table)) throw new Error(table.left.join('\n'))
  return table.right
}

const planted = (force: 'must' | 'may', status: 'implemented' | 'later', found: Partial<Coverage> = {}): Coverage => ({
  clause: {
    id: 'DISC-1',
    title: 'Planted',
    sources: ['paper'],
    force,
    status,
    premises: [{ name: 'DISC-1.newer', text: 'text.' }],
    decisions: [{ name: 'h', file: 'src/y.ts', text: 'text.' }],
    file: 'x.md',
    line: 1,
  },
  code: [],
  tests: [],
  lemmas: [],
  ...found,
})
const code = [{ file: 'src/x.ts', names: ['f', 'g'] }]
const tests = [{ file: 'test/x.test.ts', names: ['does it (DISC-1)'] }]

describe('zab clauses', () => {
  it('finds code and a test for every clause of this checkout that binds', () => {
    const table = read(root)
    expect(gapsIn(table)).toEqual({ withoutCode: [], withoutTest: [] })
    expect(exitCodeOf(table)).toBe(EXIT.held)
  })

  it('names functions, tests and lemmas', () => {
    const row = read(root).find(({ clause }) => clause.id === 'DISC-4')
    expect(row?.code).toContainEqual({
      file: 'src/core/learner/discovery.ts',
      names: expect.arrayContaining(['onLeaderInfo', 'continuePromising']) as unknown,
    })
    expect(row?.tests).toContainEqual({
      file: 'test/core/learner/discovery.test.ts',
      names: expect.arrayContaining(['DISC-4: LEADERINFO']) as unknown,
    })
    expect(row?.lemmas).not.toEqual([])
  })

  it('says so where there are no clauses', () => {
    expect(isRight(readCoverage(`${root}/no/such/place`, []))).toBe(false)
  })

  it('knows every clause that the abstract system names', () => {
    const ids = read(root).map(({ clause }) => clause.id)
    expect(lemmas.flatMap(({ clauses }) => clauses.filter((id) => !ids.includes(id)))).toEqual([])
  })

  it('reads lemmas from lists of clauses, and from the reasons of axioms and of the invariant', () => {
    const actions = [{ name: 'a', clauses: ['DISC-4'] }]
    const axioms = [{ name: 'b', why: 'QUO-1: all that is needed' }]
    const invariant = [{ name: 'c', why: 'kept durable (RECV-4, RECV-6)' }]
    expect(lemmasOf({ actions, axioms, invariant })).toEqual([
      { name: 'action a', clauses: ['DISC-4'] },
      { name: 'axiom b', clauses: ['QUO-1'] },
      { name: 'invariant c', clauses: ['RECV-4', 'RECV-6'] },
    ])
  })
})

describe('what fails', () => {
  it.each([
    ['a binding clause without code', planted('must', 'implemented', { tests }), ['DISC-1'], [], EXIT.violated],
    ['a binding clause without test', planted('must', 'implemented', { code }), [], ['DISC-1'], EXIT.violated],
    ['a binding clause with both', planted('must', 'implemented', { code, tests }), [], [], EXIT.held],
    ['a freedom without either', planted('may', 'implemented'), [], [], EXIT.held],
    ['a clause that comes later', planted('must', 'later'), [], [], EXIT.held],
  ])('%s', (_, row, withoutCode, withoutTest, exitCode) => {
    expect(gapsIn([row])).toEqual({ withoutCode, withoutTest })
    expect(exitCodeOf([row])).toBe(exitCode)
    const text = renderText([row], undefined)
    expect(text.includes('must be, and is not, in code: DISC-1')).toBe(withoutCode.length > 0)
    expect(text.includes('must be, and is not, in a test: DISC-1')).toBe(withoutTest.length > 0)
  })
})

describe('a checkout with a planted fault', () => {
  const copy = mkdtempSync(join(tmpdir(), 'zab-clauses-'))
  afterAll(() => rmSync(copy, { recursive: true }))
  cpSync(join(root, 'spec', 'clauses'), join(copy, 'spec', 'clauses'), { recursive: true })
  const ids = read(root).map(({ clause }) => clause.id)
  const write = (file: string, without: string | undefined): void => {
    mkdirSync(join(copy, file, '..'), { recursive: true })
    writeFileSync(join(copy, file), `// ${ids.filter((id) => id !== without).join(' ')}\n`)
  }

  it.each([
    ['nothing missing', undefined, undefined, EXIT.held],
    ['SYNC-2 in no code', 'SYNC-2', undefined, EXIT.violated],
    ['SYNC-2 in no test', undefined, 'SYNC-2', EXIT.violated],
  ])('%s', (_, notInCode, notInTest, exitCode) => {
    write('src/x.ts', notInCode)
    write('test/x.test.ts', notInTest)
    // A helper of tests, and the tests of the clauses themselves, are no evidence.
    write('test/helper.ts', undefined)
    write('test/spec/x.test.ts', undefined)
    expect(exitCodeOf(read(copy))).toBe(exitCode)
  })
})

describe('the table', () => {
  const table = [planted('must', 'implemented', { code, tests, lemmas: ['action a'] })]

  it('for people has a line for each thing that answers to a clause', () => {
    const seen = new Map([['DISC-1.newer', { true: 3, false: 0 }]])
    expect(renderText(table, seen)).toBe(
      [
        'DISC-1    must  implemented  Planted',
        '          code      src/x.ts: f, g',
        '          tests     test/x.test.ts: does it (DISC-1)',
        '          lemmas    action a',
        '          premises  DISC-1.newer               true ✓ 3  false not in this run',
        '          decided   src/y.ts: h',
        '',
        '1 clauses, 1 implemented; of these 1 in code, 1 in tests, 1 in the abstract system',
        '1 premises, 0 of them seen true and seen false',
      ].join('\n'),
    )
    expect(renderText(table, undefined)).toContain('premises  DISC-1.newer\n')
  })

  it('for programs holds everything, and counts only where something was run', () => {
    const seen = new Map([['DISC-1.newer', { true: 3, false: 0 }]])
    expect(JSON.parse(renderJson(table, seen))).toEqual([
      {
        ...planted('must', 'implemented').clause,
        code,
        tests,
        lemmas: ['action a'],
        premises: [{ name: 'DISC-1.newer', text: 'text.', seen: { true: 3, false: 0 } }],
      },
    ])
    expect(renderJson(table, undefined)).not.toContain('seen')
  })
})
