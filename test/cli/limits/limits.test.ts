/** docs/limits.md lists every limit of what a server runs: the table is made from the sources, and one without a sentence is an error. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeft, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { DeclaredLimit } from '../../../src/cli/limits/declared.js'
import { declaredLimits } from '../../../src/cli/limits/declared.js'
import { showValue, withLimits } from '../../../src/cli/limits/render.js'
import { limitSources } from '../../../src/cli/limits/sources.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const limitsOf = (file: string, ...lines: readonly string[]): readonly DeclaredLimit[] => {
  const declared = declaredLimits([{ file, text: lines.join('\n') }])
  if (isLeft(declared)) throw new Error(declared.left.join('\n'))
  return declared.right
}

describe('the limits of the sources', () => {
  it('stand in docs/limits.md as they are: run npx tsx src/cli/generate-limits.ts', () => {
    const declared = declaredLimits(limitSources(root))
    if (isLeft(declared)) throw new Error(declared.left.join('\n'))
    const page = readFileSync(join(root, 'docs/limits.md'), 'utf8')
    expect(page).toBe(withLimits(page, declared.right))
    expect(declared.right.length).toBeGreaterThan(30)
  })

  it('are noticed by their names, wherever they stand, with the values of others that they name', () => {
    const text = [
      '/** Longer ones are refused. */',
      'const MAXIMUM_NAME_LENGTH = 2 * UNIT_BYTES',
      'const UNIT_BYTES = 1 << 10',
    ]
    expect(limitsOf('src/core/x.ts', ...text)).toEqual([
      { name: 'MAXIMUM_NAME_LENGTH', file: 'src/core/x.ts', value: 2048, sentence: 'Longer ones are refused.' },
    ])
  })

  it('are all that a file limits.ts holds', () => {
    const text = [
      'const KIB = 1024',
      'export const limits = {',
      '  /** Then',
      '   * it ends. */',
      '  someBytes: 3 * KIB,',
      '} as const',
    ]
    expect(limitsOf('src/server/limits.ts', ...text)).toEqual([
      { name: 'someBytes', file: 'src/server/limits.ts', value: 3072, sentence: 'Then it ends.' },
    ])
  })

  it('need a sentence: one without is named', () => {
    const text = 'const MAXIMUM_NAME_LENGTH = 5'
    expect(declaredLimits([{ file: 'src/core/x.ts', text }])).toEqual(
      left(['src/core/x.ts:1: MAXIMUM_NAME_LENGTH has no comment that says what happens at it']),
    )
  })

  it('need a value that can be told', () => {
    const text = '/** Then it ends. */\nconst MAXIMUM_NAME_LENGTH = 5 * ELSEWHERE_BYTES'
    expect(declaredLimits([{ file: 'src/core/x.ts', text }])).toEqual(
      left(['src/core/x.ts:2: MAXIMUM_NAME_LENGTH is not a number that can be told from the text']),
    )
  })
})

describe('values', () => {
  it.each([
    ['someBytes', 65_536, '64 KiB'],
    ['MAXIMUM_TEXT_LENGTH', 3 << 20, '3 MiB'],
    ['someBytes', 1_048_575, '1,048,575 bytes'],
    ['lingerMs', 2000, '2,000 ms'],
    ['pendingConnections', 64, '64'],
  ])('%s %d is shown with its unit', (name, value, text) => {
    expect(showValue(name, value)).toBe(text)
  })
})
