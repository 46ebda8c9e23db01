/** Every implemented clause is named by the code that carries it out, and the core names its reasons everywhere. */
import { fileURLToPath } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { citationsIn, coverageOf, strangersIn, uncited, untested } from '../../spec/clauses/citations.js'
import type { Clause, SourceText } from '../../spec/clauses/parse.js'
import { familyOf, parseClauses } from '../../spec/clauses/parse.js'
import { readClauseTexts, readSources } from '../../src/cli/commands/clause-files.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const code = readSources(root, ['src'])
const tests = readSources(root, ['test'])
const evidence = tests.filter(({ file }) => file.endsWith('.test.ts') && !file.startsWith('test/spec/'))

const read = (): readonly Clause[] => {
  const parsed = parseClauses(readClauseTexts(root))
  if (isLeft(parsed)) throw new Error(parsed.left.join('\n'))
  return parsed.right
}
const clauses = read()
const families = new Set(clauses.map((clause) => familyOf(clause.id)))

/** Exported functions of the core that make steps and have no reason of their own. */
const withoutReason: Readonly<Record<string, string>> = {
  'src/core/step.ts: stay': 'a building block; its users name the clauses',
  'src/core/step.ts: outcome': 'likewise',
  'src/core/step.ts: become': 'likewise',
  'src/core/step.ts: andThen': 'likewise',
  'src/core/step.ts: forEach': 'likewise',
  'src/core/peer.ts: step': 'the door: each event goes on to what handles it',
  'src/core/leader/leading.ts: onLearnerMessage': 'a switch: each message goes on to what handles it',
  'src/core/leader/discovery.ts: onConnected': 'an open connection decides nothing yet',
  'src/core/learner/learner.ts: abandon': 'its caller knows which clause was broken',
}

/** Whoever yields a step, or asks a premise, has to say why. Helpers that only look things up need not. */
const owesReason = (text: string): boolean => /\b(?:Outcome|Step)<|\bpremises\b/.test(text)

interface Block {
  readonly name: string
  readonly text: string
}

/** Exported functions of a module: from the comment before one declaration to the comment before the next. */
const exportedFunctions = (text: string): readonly Block[] =>
  text
    .split(/\n(?=\/\*\*|(?:export )?(?:const|type|interface) )/)
    .reduce<readonly string[]>((blocks, part) => {
      const previous = blocks.at(-1)
      const isCommentOnly = previous !== undefined && /^\/\*\*(?:(?!\*\/)[^])*\*\/\s*$/.test(previous)
      return isCommentOnly ? [...blocks.slice(0, -1), `${previous}\n${part}`] : [...blocks, part]
    }, [])
    .flatMap((block) => {
      const name = /^export const (\w+)[^=]*=\s*(?:<[^=]*>\s*)?\(/m.exec(block)?.[1]
      return name === undefined ? [] : [{ name, text: block }]
    })

/** Exported functions that owe a reason and give none, be it by the name of a constant of their module. */
const silentFunctions = (text: string): readonly string[] => {
  const cite = citationsIn(families)
  const constants = Array.from(text.matchAll(/^const ([A-Z][A-Z0-9_]*)\b.*$/gm)).flatMap(([line, name]) =>
    name !== undefined && cite(line).size > 0 ? [name] : [],
  )
  const givesReason = (block: string): boolean =>
    cite(block).size > 0 || constants.some((name) => new RegExp(`\\b${name}\\b`).test(block))
  return exportedFunctions(text).flatMap((block) =>
    owesReason(block.text) && !givesReason(block.text) ? [block.name] : [],
  )
}

describe('citations', () => {
  it('cover every implemented clause', () => {
    const table = coverageOf(clauses, { code, tests: evidence, lemmas: [] })
    expect(uncited(table).map(({ id, title }) => `${id} ${title}`)).toEqual([])
    expect(untested(table).map(({ id, title }) => `${id} ${title}`)).toEqual([])
  })

  it('name no clause that does not exist', () => {
    // Planted faults in this folder name such clauses on purpose.
    const elsewhere = tests.filter(({ file }) => !file.startsWith('test/spec/'))
    expect(strangersIn(clauses, [...code, ...elsewhere])).toEqual([])
  })

  it('stand in every exported function of the core that makes a step or asks a premise', () => {
    const silent = code.flatMap(({ file, text }) =>
      file.startsWith('src/core/') ? silentFunctions(text).map((name) => `${file}: ${name}`) : [],
    )
    expect(silent.filter((name) => withoutReason[name] === undefined)).toEqual([])
    // Nor does the list above name a function that is gone, or that has a reason by now.
    expect(Object.keys(withoutReason).filter((name) => !silent.includes(name))).toEqual([])
  })
})

describe('the scanner', () => {
  const file = (text: string): readonly SourceText[] => [{ file: 'src/x.ts', text }]

  it('reports a clause that no file names', () => {
    const without = (files: readonly SourceText[]): readonly SourceText[] =>
      files.map(({ file, text }) => ({ file, text: text.replaceAll(/\bDISC-4\b/g, 'DISC-5') }))
    const idsOf = (found: readonly Clause[]): readonly string[] => found.map(({ id }) => id)
    const table = coverageOf(clauses, { code: without(code), tests: without(evidence), lemmas: [] })
    expect(idsOf(uncited(table))).toEqual(['DISC-4'])
    expect(idsOf(untested(table))).toEqual(['DISC-4'])
  })

  it('gives a clause the lemmas that state it', () => {
    const lemmas = [
      { name: 'action promise', clauses: ['DISC-3', 'DISC-4'] },
      { name: 'action adopt', clauses: ['SYNC-2'] },
    ]
    const table = coverageOf(clauses, { code: [], tests: [], lemmas })
    expect(table.flatMap(({ clause, lemmas: own }) => (own.length > 0 ? [`${clause.id}: ${own.join()}`] : []))).toEqual(
      ['DISC-3: action promise', 'DISC-4: action promise', 'SYNC-2: action adopt'],
    )
  })

  it('does not take DISC-4 for named by DISC-44, nor a range for each of its clauses', () => {
    const cited = citationsIn(families)('DISC-44, RECV-1…6, xSYNC-1, SM-1.outcome')
    expect(Array.from(cited)).toEqual(['DISC-44', 'RECV-1', 'SM-1'])
  })

  it('reports an id that is no clause, and leaves other codes alone', () => {
    expect(strangersIn(clauses, file('// DISC-99, ZOOKEEPER-1419, SHA-256'))).toEqual([
      { id: 'DISC-99', file: 'src/x.ts' },
    ])
  })

  it('sees an exported function without a reason', () => {
    const module = [
      "const DISC_4 = ['DISC-4'] as const",
      '/** DISC-4. */',
      'export const said = (x: number): Outcome<number> => stay(x)',
      '/** By a constant. */',
      'export const named = (x: number): Outcome<number> => stay(x, DISC_4)',
      '/** Nothing. */',
      'export const silent =',
      '  <T>(x: T) =>',
      '  (y: T): Outcome<T> => stay(y)',
      '/** Owes nothing. */',
      'export const helper = (x: number): number => x',
      '',
    ].join('\n')
    expect(exportedFunctions(module).map((block) => block.name)).toEqual(['said', 'named', 'silent', 'helper'])
    expect(silentFunctions(module)).toEqual(['silent'])
  })
})
