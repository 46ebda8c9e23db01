/** The clauses can be read by machine, are numbered without holes, and src/core/clause.ts and rules.ts agree with them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeft, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { declarationsIn } from '../../spec/clauses/declarations.js'
import type { Clause } from '../../spec/clauses/parse.js'
import { familyOf, parseClauses, renderModule, topics } from '../../spec/clauses/parse.js'
import type { ClauseId } from '../../src/core/clause.js'
import { clauseIds } from '../../src/core/clause.js'
import { rules } from '../../src/core/rules.js'
import { readClauseTexts } from '../../src/cli/commands/clause-files.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const texts = readClauseTexts(root)

const read = (): readonly Clause[] => {
  const parsed = parseClauses(texts)
  if (isLeft(parsed)) throw new Error(parsed.left.join('\n'))
  return parsed.right
}

/** A small file of clauses, for planted faults. */
const text = (...lines: readonly string[]) => [{ file: 'x.md', text: lines.join('\n') }]
const tags = '`paper` `zab-1.0` · `must` · `implemented`'

describe('clauses', () => {
  it('are complete in each family', () => {
    const sizes = read().reduce<Readonly<Record<string, number>>>(
      (counts, { id }) => ({ ...counts, [familyOf(id)]: (counts[familyOf(id)] ?? 0) + 1 }),
      {},
    )
    expect(sizes).toEqual({
      ELEC: 13,
      DISC: 10,
      SYNC: 15,
      BCAST: 9,
      RECV: 14,
      SM: 5,
      OBS: 4,
      FWD: 5,
      QUO: 3,
      READ: 2,
      SESS: 6,
      RECFG: 10,
    })
  })

  it('are the source of src/core/clause.ts: run npx tsx src/cli/generate-clauses.ts', () => {
    expect(readFileSync(join(root, 'src/core/clause.ts'), 'utf8')).toBe(renderModule(read()))
    expect(clauseIds).toEqual(read().map((clause) => clause.id))
  })

  it('are a type: an unknown id does not compile', () => {
    const known: ClauseId = 'DISC-4'
    // @ts-expect-error the number does not exist
    const unknown: ClauseId = 'DISC-99'
    // @ts-expect-error nor does the family
    const unheardOf: ClauseId = 'DISK-4'
    expect([known, unknown, unheardOf].map((id) => clauseIds.includes(id))).toEqual([true, false, false])
  })

  it('name the premises that the core has, and no others', () => {
    const written = read().flatMap((clause) => clause.premises.map((premise) => premise.name))
    expect([...written].sort()).toEqual(Object.keys(rules.premises).sort())
  })

  it('name decisions that stand in the file named', () => {
    const absent = read().flatMap(({ id, decisions }) =>
      decisions.flatMap(({ name, file }) =>
        declarationsIn(readFileSync(join(root, file), 'utf8')).some((declaration) => declaration.name === name)
          ? []
          : [`${id}: ${name} in ${file}`],
      ),
    )
    expect(absent).toEqual([])
  })

  it('let no line that looks like a guard go unread', () => {
    const bullets = texts.flatMap(({ text }) => text.split('\n').filter((line) => /^- `[^`]*`( in `| — )/.test(line)))
    const guards = read().flatMap(({ premises, decisions }) => [...premises, ...decisions])
    expect(bullets).toHaveLength(guards.length)
  })

  it('give a clause to every plan of the core', () => {
    const ids = new Set(read().map((clause) => clause.id))
    expect(Object.keys(rules.plans).filter((plan) => !ids.has(plan))).toEqual([])
  })

  it('are all listed in the reading order', () => {
    const readme = readFileSync(join(root, 'spec/clauses/README.md'), 'utf8')
    expect(topics.filter((topic) => !readme.includes(`(${topic}.md)`))).toEqual([])
  })

  it('refer only to clauses that exist', () => {
    const ids = new Set(read().map((clause) => clause.id))
    const families = new Set(read().map((clause) => familyOf(clause.id)))
    const named = texts.flatMap(({ text }) => Array.from(text.matchAll(/\b([A-Z]+)-\d+\b/g)))
    expect(named.flatMap(([id, family]) => (families.has(family ?? '') && !ids.has(id) ? [id] : []))).toEqual([])
  })
})

describe('the parser', () => {
  it('reads head, tags and premises', () => {
    expect(
      parseClauses(
        text(
          '### DISC-1 — A title',
          tags,
          '',
          'Prose.',
          '**Premises**',
          '- `DISC-1.newer` — text.',
          '**Decided by**',
          '- `isOld` in `src/server/x.ts` — text.',
        ),
      ),
    ).toEqual({
      _tag: 'Right',
      right: [
        {
          id: 'DISC-1',
          title: 'A title',
          sources: ['paper', 'zab-1.0'],
          force: 'must',
          status: 'implemented',
          premises: [{ name: 'DISC-1.newer', text: 'text.' }],
          decisions: [{ name: 'isOld', file: 'src/server/x.ts', text: 'text.' }],
          file: 'x.md',
          line: 1,
        },
      ],
    })
  })

  it.each([
    ['a hole', ['### A-1 — One', tags, '### A-3 — Three', tags], 'x.md:3: A-3 stands where A-2 should'],
    ['a number twice', ['### A-1 — One', tags, '### A-1 — One', tags], 'x.md:3: A-1 stands where A-2 should'],
    ['a heading without title', ['### A-1'], 'x.md:1: a heading reads "### FAMILY-1 — Title"'],
    [
      'an unknown tag',
      ['### A-1 — One', '`paper` · `should` · `implemented`'],
      'x.md:1: A-1: the line after the heading reads "`paper` … · `must` · `implemented`"',
    ],
    [
      'a premise of another clause',
      ['### A-1 — One', tags, '- `A-2.x` — text.'],
      'x.md:1: A-1: the premise A-2.x belongs to another clause',
    ],
  ])('reports %s', (_, lines, complaint) => {
    expect(parseClauses(text(...lines))).toEqual(left([complaint]))
  })
})
