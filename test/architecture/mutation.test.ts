/** A mutant that survives and is not in the list is named, with the row that would explain it; a row explains one mutant. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const script = path.join(root, '.ci/mutation.mjs')

const SOURCE = `import * as Z from './zxid.js'

export const isEmpty = (size: number): boolean => size === 0 || size < 0

const pick = (size: number): number => {
  return size
}

export const rules = {
  'SYNC-4.equal': (size: number): boolean => size === 0,
}
`

interface Mutant {
  readonly code: string
  readonly becomes: string
  readonly status: string
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'zab-mutation-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Where `index` is in the source, as Stryker says it: both begin at 1. */
const placeOf = (index: number) => {
  const before = SOURCE.slice(0, index).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

const judged = (mutants: readonly Mutant[], rows: readonly string[]) => {
  const located = mutants.map(({ code, becomes, status }) => {
    const start = SOURCE.indexOf(code)
    return { status, replacement: becomes, location: { start: placeOf(start), end: placeOf(start + code.length) } }
  })
  const report = path.join(folder, 'report.json')
  const list = path.join(folder, 'survivors.md')
  writeFileSync(report, JSON.stringify({ files: { 'src/core/size.ts': { source: SOURCE, mutants: located } } }))
  writeFileSync(list, ['| file | definition | code | becomes | why |', '|---|---|---|---|---|', ...rows].join('\n'))
  const { status, stdout } = spawnSync(process.execPath, [script, '--judge', report, list], { encoding: 'utf8' })
  return { status, text: stdout }
}

const survivor: Mutant = { code: 'size === 0 || size < 0', becomes: 'size === 0', status: 'Survived' }
const row = '| `size.ts` | `isEmpty` | `size === 0 \\|\\| size < 0` | `size === 0` | sizes are not negative |'

describe('a survivor', () => {
  it('that the list explains is no fault; nor is what was killed', () => {
    const killed = ['Killed', 'Timeout', 'Ignored', 'CompileError'].map((status) => ({ ...survivor, status }))
    expect(judged([survivor, ...killed], [row])).toEqual({
      status: 0,
      text: '0 unexplained survivors, 0 rows out of date\n',
    })
  })

  it('that it does not is named, with the row to be written', () => {
    const { status, text } = judged([survivor], [])
    expect(status).toBe(1)
    expect(text).toContain('src/core/size.ts:3')
    expect(text).toContain(row.slice(0, row.indexOf(' sizes')))
  })

  it('that no test reaches is a survivor', () => {
    expect(judged([{ ...survivor, status: 'NoCoverage' }], []).status).toBe(1)
  })

  it.each([
    ['another file', row.replace('size.ts', 'other.ts')],
    ['another definition', row.replace('isEmpty', 'pick')],
    ['other code', row.replace('size < 0', 'size < 1')],
    ['another change', row.replace('| `size === 0` |', '| `true` |')],
    ['no reason', row.replace('sizes are not negative', '')],
  ])('is not explained by a row of %s', (_, other) => {
    expect(judged([survivor], [other]).status).toBe(1)
  })

  it('needs a row of its own', () => {
    expect(judged([survivor, survivor], [row]).status).toBe(1)
    expect(judged([survivor, survivor], [row, row]).status).toBe(0)
  })

  it('of many lines, or in a record of rules, is found by its beginning and its name', () => {
    const block = { code: '{\n  return size\n}', becomes: '{}', status: 'Survived' }
    const rule = { code: 'size === 0,\n}', becomes: 'true', status: 'Survived' }
    const rows = [
      '| `size.ts` | `pick` | `{ return…` | `{}` | nobody asks |',
      '| `size.ts` | `SYNC-4.equal` | `size === 0, }` | `true` | nobody asks |',
    ]
    expect(judged([block, rule], rows).text).toBe('0 unexplained survivors, 0 rows out of date\n')
  })
})

describe('a row', () => {
  it('whose mutant is killed by now is named, and is no fault', () => {
    const { status, text } = judged([{ ...survivor, status: 'Killed' }], [row])
    expect([status, text.includes('did not survive'), text.includes('1 rows out of date')]).toEqual([0, true, true])
  })
})

describe('the list of this project', () => {
  const rows = readFileSync(path.join(root, 'proofs/museum/survivors.md'), 'utf8')
    .split('\n')
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|').replace(/^`|`$/g, '')))
    .filter((cells) => cells.length === 7 && cells[1]?.endsWith('.ts') === true)
    .map((cells) => cells.slice(1, 6))

  it('is read', () => {
    expect(rows.length).toBeGreaterThan(30)
  })

  it.each(rows)(
    '%s %s, %s: there is such code, and a reason',
    (file = '', definition = '', code = '', ...[, reason]) => {
      const source = readFileSync(path.join(root, 'src/core', file), 'utf8')
      expect(source).toMatch(new RegExp(`^(export )?const ${definition} |^ {2}'${definition}'`, 'm'))
      expect(source.replace(/\s+/g, ' ')).toContain(code.replace(/…$/, ''))
      expect(reason).not.toBe('')
    },
  )
})
