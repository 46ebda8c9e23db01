/** The import rules bite: each planted violation is found, by the rule that forbids it, and an empty tree is no pass. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A tree in which every import is allowed. */
const CLEAN: Readonly<Record<string, string>> = {
  'src/core/zxid.ts':
    "import { right } from 'fp-ts/lib/Either.js'\nexport const a = right(1)\nexport type Z = number\n",
  'src/service/tree.ts': "import { a } from '../core/zxid.js'\nexport const b = a\n",
  'src/server/server.ts': "import { b } from '../service/tree.js'\nexport const c = b\n",
  'src/wire/jute.ts': "import { c } from '../server/server.js'\nexport const d = c\n",
  'src/oracle/verdict.ts': "import { d } from '../wire/jute.js'\nexport const e = d\n",
  'src/shell/run.ts': "import 'node:fs'\nimport { d } from '../wire/jute.js'\nexport const f = d\n",
  'src/cli/main.ts': "import { f } from '../shell/run.js'\nexport const g = f\n",
  'spec/zab.ts': "import type { Z } from '../src/core/zxid.js'\nexport const h: Z = 1\n",
  'model/service.ts': "import { h } from '../spec/zab.js'\nexport const i = h\n",
  'model/consistency/order.ts': 'export const j = 1\n',
  'model/world/net.ts': "import { d } from '../../src/wire/jute.js'\nexport const k = d\n",
  'proofs/museum.ts': "import { k } from '../model/world/net.js'\nexport const l = k\n",
  'test/x.test.ts': "import 'vitest'\nimport { g } from '../src/cli/main.js'\nexport const m = g\n",
}

let tree: string

const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(tree, file)), { recursive: true })
  writeFileSync(path.join(tree, file), text)
}

const check = (directory: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, '.ci/imports.mjs'), directory], {
    encoding: 'utf8',
  })
  return { status, text: stdout + stderr }
}

beforeEach(() => {
  tree = mkdtempSync(path.join(tmpdir(), 'zab-imports-'))
  for (const file of ['package.json', 'tsconfig.json']) cpSync(path.join(root, file), path.join(tree, file))
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'))
})

afterEach(() => rmSync(tree, { recursive: true, force: true }))

describe('import rules', () => {
  it('accept a clean tree, and see every module of it', () => {
    for (const [file, text] of Object.entries(CLEAN)) write(file, text)
    const { status, text } = check(tree)
    expect(text).toContain(' 0 errors, 0 warnings')
    expect(Number(/(\d+) modules/.exec(text)?.[1])).toBeGreaterThanOrEqual(Object.keys(CLEAN).length)
    expect(status).toBe(0)
  })

  it('are not content with a tree in which they see nothing', () => {
    write('tsconfig.json', '{ "include": ["elsewhere"] }')
    write('elsewhere/a.ts', 'export {}\n')
    const { status, text } = check(tree)
    expect(text).toContain('no module was looked at')
    expect(status).toBe(1)
  })

  it('find every kind of violation', () => {
    for (const [file, text] of Object.entries(CLEAN)) write(file, text)
    const planted: readonly (readonly [rule: string, file: string, text: string])[] = [
      ['core-is-alone', 'src/core/p1.ts', "import '../service/tree.js'"],
      ['service-on-core', 'src/service/p2.ts', "import '../server/server.js'"],
      ['server-on-core-and-service', 'src/server/p3.ts', "import '../wire/jute.js'"],
      ['wire-on-values', 'src/wire/p4.ts', "import '../oracle/verdict.js'"],
      ['oracle-judges-others', 'src/oracle/p5.ts', "import '../../model/service.js'"],
      ['shell-below-cli', 'src/shell/p6.ts', "import '../../model/service.js'"],
      ['spec-stands-alone', 'spec/p7.ts', "import { a } from '../src/core/zxid.js'\nexport const x = a"],
      ['spec-below-all', 'spec/p8.ts', "import '../model/service.js'"],
      ['model-on-pure-code', 'model/p9.ts', "import '../src/wire/jute.js'"],
      ['world-on-pure-code', 'model/world/p10.ts', "import '../../src/oracle/verdict.js'"],
      ['proofs-on-pure-code', 'proofs/p11.ts', "import '../src/cli/main.js'"],
      ['shell-is-the-edge', 'src/server/p12.ts', "import '../shell/run.js'"],
      ['cli-is-the-top', 'src/shell/p13.ts', "import '../cli/main.js'"],
      ['tests-are-leaves', 'src/cli/p14.ts', "import '../../test/x.test.js'"],
      ['pure-code-without-node', 'src/core/p15.ts', "import type { Stats } from 'node:fs'\nexport type X = Stats"],
      ['pure-code-with-fp-ts-only', 'model/p16.ts', "import 'pino'"],
      ['testing-is-handed-fast-check', 'model/testing/p21.ts', "import 'fast-check'"],
      ['no-development-packages-at-run-time', 'src/cli/p17.ts', "import 'fast-check'"],
      ['no-circles', 'src/core/p18.ts', "import { y } from './p18b.js'\nexport const x = (): unknown => y"],
      ['no-type-circles', 'src/core/p19.ts', "import type { Y } from './p19b.js'\nexport type X = Y[]"],
      ['no-unresolvable', 'src/core/p20.ts', "import './nowhere.js'"],
    ]
    for (const [, file, text] of planted) write(file, `${text}\n`)
    write('src/core/p18b.ts', "import { x } from './p18.js'\nexport const y = (): unknown => x\n")
    write('src/core/p19b.ts', "import type { X } from './p19.js'\nexport type Y = X | number\n")
    const { status, text } = check(tree)
    for (const [rule, file] of planted) expect(text).toMatch(new RegExp(` ${rule}: .*${file}`))
    expect(status).toBe(1)
  })
})
