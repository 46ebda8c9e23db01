/** Whatever README.md and CONTRIBUTING.md tell the reader to type can be typed, and whatever file they name is there. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'proofs/README.md',
  'spec/clauses/README.md',
  'docs/testing.md',
  'docs/reconfiguration.md',
  'docs/data-directory.md',
  'docs/limits.md',
  'docs/repair.md',
] as const

/** How a command is known to work. */
type Check =
  /** Run here: cheap, and changes nothing. */
  | { readonly kind: 'run' }
  /** Too costly to run here, or it writes files. `by` is what runs it, or the code behind it, and says so in its text. */
  | { readonly kind: 'elsewhere'; readonly by: string; readonly says: string }

const checks: Readonly<Record<string, Check>> = {
  'npm start': { kind: 'elsewhere', by: 'test/faults/lifecycle.test.ts', says: 'bootstrap.mjs' },
  'npm test': { kind: 'elsewhere', by: '.ci/run', says: 'npm test' },
  'npm run typecheck': { kind: 'run' },
  'npm run imports': { kind: 'run' },
  'npm run lint': { kind: 'elsewhere', by: '.ci/run', says: 'npm run -s lint' },
  'npm run format': { kind: 'elsewhere', by: '.ci/run', says: 'npm run -s format:check' },
  'npm run bench': { kind: 'elsewhere', by: 'test/bench/run.test.ts', says: 'runBench' },
  'npm run bench -- --hostile': { kind: 'elsewhere', by: 'test/bench/hostile/run.test.ts', says: 'runHostile' },
  'cat "$DATA/version-2/currentEpoch"': { kind: 'elsewhere', by: 'test/docs/repair.test.ts', says: "shell('read')" },
  'cat "$DATA/version-2/acceptedEpoch"': { kind: 'elsewhere', by: 'test/docs/repair.test.ts', says: "shell('check')" },
  'printf %s "$EPOCH" > "$DATA/version-2/acceptedEpoch"': {
    kind: 'elsewhere',
    by: 'test/docs/repair.test.ts',
    says: "shell('write'",
  },
  'printf %s "$EPOCH" > "$DATA/version-2/currentEpoch"': {
    kind: 'elsewhere',
    by: 'test/docs/repair.test.ts',
    says: "shell('writeBoth'",
  },
  sync: { kind: 'elsewhere', by: 'test/docs/repair.test.ts', says: "shell('write'" },
  'npm run zab -- clauses': { kind: 'run' },
  'npm run zab -- prove': { kind: 'elsewhere', by: '.ci/run', says: 'npm run -s zab -- prove' },
  'npm run zab -- simulate --seed 1': { kind: 'run' },
  'npm run zab -- fuzz --budget 60s': { kind: 'elsewhere', by: '.ci/run', says: 'npm run -s zab -- fuzz --budget' },
  'npm run zab -- explore --servers 2 --transactions 1 --timeouts 1': { kind: 'run' },
  'npm run zab -- explore --servers 2 --joiners 1 --reconfigurations 1 --transactions 0 --timeouts 0 --restarts 0': {
    kind: 'run',
  },
  'npm run zab -- museum ZK-2845': { kind: 'run' },
  'npm run zab -- four-letter srvr 127.0.0.1:2181': {
    kind: 'elsewhere',
    by: 'test/faults/lifecycle.test.ts',
    says: "'four-letter', 'srvr'",
  },
  'npx tsx src/cli/generate-limits.ts': { kind: 'elsewhere', by: 'test/cli/limits/limits.test.ts', says: 'withLimits' },
  'npx tsx src/cli/generate-clauses.ts': { kind: 'elsewhere', by: 'test/spec/clauses.test.ts', says: 'renderModule' },
  'npx vitest run --config .ci/vitest.config.ts test/spec/clauses.test.ts': { kind: 'run' },
}

/** The lines of all fenced blocks of a language, comments and empty lines left out. */
const commandsIn = (markdown: string): readonly string[] =>
  Array.from(markdown.matchAll(/^```sh\n([^]*?)^```$/gm)).flatMap(([, block]) =>
    (block ?? '').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
  )

/** Targets of links within the checkout. */
const linksIn = (markdown: string): readonly string[] =>
  Array.from(markdown.matchAll(/\]\((?!https?:|#)([^)#]+)/g), ([, target]) => target ?? '')

/** Link targets, which are relative to the page, and the paths in backticks that begin with a folder of this checkout. */
const pathsIn = (page: string, markdown: string): readonly string[] => [
  ...linksIn(markdown).map((target) => join(dirname(page), target)),
  ...Array.from(
    markdown.matchAll(/`((?:src|spec|model|proofs|test|deploy|docs|\.ci)(?:\/[\w.-]+)*\/?)`/g),
    ([, path]) => path ?? '',
  ),
]

const scripts = (): Readonly<Record<string, string>> => {
  const manifest: unknown = JSON.parse(read('package.json'))
  if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return {}
  const { scripts: found } = manifest
  return typeof found === 'object' && found !== null ? { ...found } : {}
}

/** Runs a command without a shell. Its exit code, and what it said. */
const run = (command: string): { readonly status: number | null; readonly output: string } => {
  const [program = '', ...args] = command.split(' ')
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8', timeout: 50_000 })
  return { status, output: `${stdout}${stderr}` }
}

describe('commands', () => {
  const commands = [...new Set(pages.flatMap((page) => commandsIn(read(page))))]

  it('are found, and all known to this test', () => {
    expect(commands).toContain('npm start')
    expect(commands.filter((command) => checks[command] === undefined)).toEqual([])
  })

  it.each(commands)('%s', (command) => {
    const check = checks[command]
    switch (check?.kind) {
      case 'run': {
        const { status, output } = run(command)
        expect(status, output).toBe(0)
        return
      }
      case 'elsewhere':
        expect(read(check.by)).toContain(check.says)
        return
      case undefined:
        expect.fail(`nothing checks ${command}`)
    }
  })
})

describe('scripts', () => {
  const text = pages.map(read).join('\n')

  it('named anywhere in the text exist', () => {
    const named = Array.from(
      text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g),
      ([, run, short]) => run ?? short ?? '',
    )
    expect(named).toContain('start')
    expect(named.filter((name) => scripts()[name] === undefined)).toEqual([])
  })

  it('that lead to a command of zab lead to one that there is', () => {
    const main = read('src/cli/main.ts')
    const named = Array.from(text.matchAll(/\bnpm (?:run zab -- ([\w-]+)|(start)\b|run (bench)\b)/g), (found) =>
      found.slice(1).join(''),
    )
    expect(named).toContain('start')
    expect(named.filter((name) => !main.includes(`'./commands/${name}.js'`))).toEqual([])
  })
})

describe('paths', () => {
  it.each(pages)('of %s exist', (page) => {
    expect(pathsIn(page, read(page)).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('of spec/clauses exist', () => {
    const folder = join(root, 'spec/clauses')
    const links = readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) => linksIn(read(`spec/clauses/${name}`)))
    expect(links.filter((target) => !existsSync(join(folder, target)))).toEqual([])
  })
})

describe('JavaScript shown to the reader', () => {
  it('can be parsed', () => {
    const blocks = Array.from(read('README.md').matchAll(/^```js\n([^]*?)^```$/gm), ([, block]) => block ?? '')
    expect(blocks).not.toEqual([])
    for (const block of blocks) expect(() => new Script(block)).not.toThrow()
  })
})

describe('the extraction', () => {
  it('finds the commands of sh blocks only', () => {
    expect(commandsIn('```sh\nnpm start\n\n# no\nnpm test\n```\n\n```js\nlet x\n```\n')).toEqual([
      'npm start',
      'npm test',
    ])
  })

  it('finds links and paths, and so a file that is not there', () => {
    expect(pathsIn('d/e.md', '[a](b.md#c) `src/none.ts` `step(x)` [x](https://x.org)')).toEqual([
      'd/b.md',
      'src/none.ts',
    ])
  })

  it('sees a command fail', () => {
    expect(run('node --no-such-option').status).not.toBe(0)
  })
})
