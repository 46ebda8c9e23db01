/** The lint rules bite: each line of planted bad code is found by the rule that forbids it, and good code passes. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

let eslint: ESLint

beforeAll(() => {
  eslint = new ESLint({ cwd: root, overrideConfigFile: path.join(root, '.ci/eslint.config.js') })
})

/** Rules that fire on `text`, were it the content of `file`: an existing file, because types need a project. */
const rulesAgainst = async (text: string, file: string): Promise<ReadonlySet<string>> => {
  const [result] = await eslint.lintText(text, { filePath: path.join(root, file) })
  if (result === undefined) throw new Error(`${file} was not linted`)
  return new Set(result.messages.map(({ message, ruleId }) => ruleId ?? message))
}

const CORE = 'src/core/timer.ts'

describe('rules for the core', () => {
  it.each([
    ['functional/no-let', 'let x = 1\nexport const y = (): number => (x = 2)'],
    ['functional/immutable-data', 'const a = [1]\na.push(2)\nexport const b: readonly number[] = a'],
    ['functional/no-loop-statements', 'for (const x of [1]) x.toFixed()\nexport {}'],
    ['functional/no-throw-statements', "export const f = (): never => { throw new Error('x') }"],
    ['functional/no-try-statements', 'export const f = (): number => { try { return 1 } catch { return 2 } }'],
    ['functional/no-classes', 'export class C { readonly x = 1 }'],
    ['functional/no-this-expressions', 'export function f(this: { readonly x: number }): number { return this.x }'],
    ['functional/prefer-immutable-types', 'export const f = (x: number[]): number => x.length'],
    ['no-restricted-imports', "import { readFileSync } from 'node:fs'\nexport const f = readFileSync"],
    ['no-restricted-imports', "import { right } from 'fp-ts/Either'\nexport const f = right"],
    ['no-restricted-imports', "import { right } from 'fp-ts/lib/Either'\nexport const f = right"],
    ['no-restricted-imports', "import { either } from 'fp-ts'\nexport const f = either"],
    ['no-restricted-globals', 'export const f = (): unknown => process'],
    ['no-restricted-globals', 'export const f = (): unknown => Buffer'],
    ['no-restricted-globals', 'setTimeout(() => undefined, 1)\nexport {}'],
    ['no-restricted-globals', "console.log('x')\nexport {}"],
    ['no-restricted-globals', 'export const f = (): number => performance.now()'],
    ['no-restricted-properties', 'export const f = (): number => Date.now()'],
    ['no-restricted-properties', 'export const f = (): number => Math.random()'],
    ['no-restricted-syntax', 'export const f = (): Date => new Date()'],
    ['no-restricted-syntax', 'export const f = (list: readonly number[]): number => Math.max(...list)'],
    ['no-restricted-syntax', 'export const f = (a: number[][]): readonly number[] => a[0]?.concat(...a) ?? []'],
    ['no-restricted-syntax', 'export const f = (a: readonly number[]): unknown => new Array<number>(...a)'],
    ['@typescript-eslint/no-explicit-any', 'export const f = (x: any): unknown => x'],
    ['@typescript-eslint/no-non-null-assertion', 'export const f = (x: number | undefined): number => x!'],
    ['@typescript-eslint/no-floating-promises', 'Promise.resolve(1)\nexport {}'],
    [
      '@typescript-eslint/switch-exhaustiveness-check',
      "export const f = (x: 'a' | 'b'): number => { switch (x) { case 'a': return 1 } return 2 }",
    ],
    [
      '@typescript-eslint/consistent-type-assertions',
      'export const f = { x: 1 } as { readonly x: number; readonly y?: number }',
    ],
    [
      '@typescript-eslint/consistent-type-imports',
      "import { Either } from 'fp-ts/lib/Either.js'\nexport type F = Either<1, 2>",
    ],
    ['eqeqeq', 'export const f = (x: number): boolean => x == 1'],
  ])('%s finds: %s', async (rule, text) => {
    expect(await rulesAgainst(`${text}\n`, CORE)).toContain(rule)
  })

  it('accept good code, and the core as it is', async () => {
    expect([...(await rulesAgainst(readFileSync(path.join(root, 'src/core/quorum.ts'), 'utf8'), CORE))]).toEqual([])
  })
})

describe('rules for other folders', () => {
  it('keep service pure, but let it loop', async () => {
    const text =
      'let sum = 0\nfor (const x of [1]) sum += x + Date.now()\nexport const f = (): never => { throw new Error(String(sum)) }\n'
    const rules = await rulesAgainst(text, 'src/service/stat.ts')
    expect([...rules].sort()).toEqual(['functional/no-throw-statements', 'no-restricted-properties'])
  })

  it('leave side effects to the shell', async () => {
    const text =
      "import { readFileSync } from 'node:fs'\nexport const f = (): string => readFileSync('x', 'utf8') + String(Date.now())\n"
    expect([...(await rulesAgainst(text, 'src/shell/configuration/read.ts'))]).toEqual([])
  })
})

describe('patterns', () => {
  // Each holds a server for minutes, given a megabyte of the right characters.
  it.each([
    ['regexp/no-super-linear-move', "text.replace(/:+$/, '').length > 0"],
    ['regexp/no-super-linear-move', "text.replace(/%.*$/, '').length > 0"],
    ['regexp/no-super-linear-move', "text.replace(/ +$/g, '').length > 0"],
    ['regexp/no-super-linear-move', 'text.split(/,*;/).length > 0'],
    ['regexp/no-super-linear-move', '/a*b/.test(text)'],
    ['regexp/no-super-linear-move', "new RegExp(':+$').test(text)"],
    ['regexp/no-super-linear-move', '/[\\s:]+$/.test(text)'],
    ['regexp/no-super-linear-backtracking', '/^(a+)+$/.test(text)'],
    ['regexp/no-super-linear-backtracking', '/^a*a*$/.test(text)'],
    ['regexp/no-dupe-disjunctions', '/^(?:a|a)*$/.test(text)'],
    ['regexp/no-dupe-disjunctions', '/^(?:\\w|a)+;$/.test(text)'],
    ['regexp/no-super-linear-backtracking', '/^\\d+\\d*;$/.test(text)'],
  ])('that take the square of a text are found by %s: %s', async (rule, condition) => {
    for (const file of ['src/service/stat.ts', 'src/shell/server/log.ts', 'model/service.ts', 'proofs/refinement.ts'])
      expect(await rulesAgainst(`export const f = (text: string): boolean => ${condition}\n`, file), file).toContain(
        rule,
      )
  })

  it('that are put together at run time, which no rule can judge, are found', async () => {
    for (const file of ['src/service/stat.ts', 'src/shell/server/log.ts', 'model/service.ts'])
      expect(
        await rulesAgainst('export const f = (text: string): boolean => new RegExp(text).test(text)\n', file),
        file,
      ).toContain('no-restricted-syntax')
  })

  it('that are read once pass', async () => {
    const text =
      'export const f = (text: string): boolean => /^:+$/.test(text) || text.split(/\\r\\n|\\n/).length > 1\n'
    expect([...(await rulesAgainst(text, 'src/service/stat.ts'))]).toEqual([])
  })
})

describe('exceptions', () => {
  it('to a rule say why, on the same line', () => {
    const silent = ['src', 'spec', 'model', 'proofs', 'test']
      .flatMap((folder) =>
        readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
          path.join(folder, name),
        ),
      )
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        readFileSync(path.join(root, file), 'utf8')
          .split('\n')
          .map((line, index) => ({ line, place: `${file}:${index + 1}` })),
      )
      .filter(({ line }) => /^\s*(\/\/|\/\*)\s*(eslint-disable|@ts-|biome-ignore)/.test(line))
      .filter(({ line }) => !/(eslint-disable\S*.* -- \S|@ts-expect-error\s+\S|biome-ignore .*: \S)/.test(line))
    expect(silent.map(({ place }) => place)).toEqual([])
  })
})
