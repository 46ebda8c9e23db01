/** The scanner finds the declaration that encloses or follows a citation, and the title of a test that holds one. */
import { describe, expect, it } from 'vitest'
import { declarationsIn, declarationsWith, titlesWith } from '../../spec/clauses/declarations.js'

const module = [
  '/** The head of the file. A-1. */',
  "import { x } from './x.js'",
  '',
  '/**',
  ' * A-2: the comment above belongs to what follows.',
  ' */',
  'export const documented = (y: number): number => {',
  '  // A-3: within',
  '  return y',
  '}',
  '',
  '// --- a heading, A-4, belongs to what stands before it',
  '',
  "const A_5 = ['A-5'] as const",
  'const first = () => stay(A_5)',
  'export function second(): void {',
  '  cite(A_5)',
  '}',
  'export interface Shape {',
  '  /** A-6 */',
  '  readonly field: number',
  '}',
  "const UNUSED = ['A-7'] as const",
  '',
].join('\n')

describe('declarations', () => {
  it('are those of the first column, each with the comment directly above', () => {
    expect(declarationsIn(module).map(({ name, from, to }) => [name, from, to])).toEqual([
      ['documented', 3, 13],
      ['A_5', 13, 14],
      ['first', 14, 15],
      ['second', 15, 18],
      ['Shape', 18, 22],
      ['UNUSED', 22, 24],
    ])
  })

  it.each([
    ['A-1', [], 'the head belongs to no declaration'],
    ['A-2', ['documented'], 'the comment above'],
    ['A-3', ['documented'], 'a comment within'],
    ['A-4', ['documented'], 'a heading'],
    ['A-5', ['first', 'second'], 'a constant that holds reasons gives way to its users'],
    ['A-6', ['Shape'], 'a field'],
    ['A-7', ['UNUSED'], 'a constant that nobody uses stands for itself'],
    ['A-8', [], 'what is not there'],
  ])('cite %s: %j, %s', (id, names) => {
    expect(declarationsWith(module, new RegExp(`\\b${id}\\b`))).toEqual(names)
  })
})

describe('titles', () => {
  const tests = [
    "describe('A-1: a topic', () => {",
    "  it('does this (A-2)', () => {",
    "    expect(clause).toBe('A-3')",
    '  })',
    '  it.each([[1], [2]])(',
    '    "does that, with A-2 and %i",',
    '    () => {},',
    '  )',
    '  // A-4 in passing',
    "  it('takes what isn\\'t A-5', () => {})",
    '})',
  ].join('\n')

  it.each([
    ['A-1', ['A-1: a topic']],
    ['A-2', ['does this (A-2)', 'does that, with A-2 and %i']],
    ['A-3', []],
    ['A-4', []],
    ['A-5', ["takes what isn't A-5"]],
  ])('with %s are %j', (id, titles) => {
    expect(titlesWith(tests, new RegExp(`\\b${id}\\b`))).toEqual(titles)
  })
})
