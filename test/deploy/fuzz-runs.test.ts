/**
 * The files under deploy/ that run `zab fuzz` elsewhere, carried out as they stand, in a checkout of their own: the steps of
 * the workflow by the shell that GitHub uses, the command of the Job by that of its container.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CodeLine } from '../../src/cli/fuzz/code-line.js'
import { commandOf, stepsOf } from './files.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const work = mkdtempSync(path.join(tmpdir(), 'zab-deploy-'))
const checkout = path.join(work, 'checkout')
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8')

const steps = stepsOf(read('deploy/github-actions/zab-fuzz.yml'))
const job = commandOf(read('deploy/kubernetes/zab-fuzz-job.yaml'))

type Environment = Readonly<Record<string, string>>

/** What GitHub or Kubernetes give besides; our own CI may be one of them. */
const environmentWith = (own: Environment): NodeJS.ProcessEnv => {
  const { GITHUB_ACTIONS: _actions, GITHUB_STEP_SUMMARY: _summary, NODE_OPTIONS: _options, ...others } = process.env
  return { ...others, ...own }
}

const run = (command: readonly string[], environment: Environment = {}, cwd = checkout) => {
  const [program = '', ...args] = command
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: environmentWith(environment),
    encoding: 'utf8',
    timeout: 100_000,
  })
  return { status, stdout, stderr }
}

/** `run:` of a step, as GitHub runs it when no shell is named. */
const step = (script: string, environment: Environment = {}) => run(['bash', '-e', '-c', script], environment)

/** The same script with a bug in the servers. */
const planted = (script: string): string => script.replace(' fuzz ', ' fuzz --bug ZK-4643 --shrink 3s ')

/** What `--json` says of a failure, as far as it is looked at. */
interface Report {
  readonly failure: {
    readonly token: string
    readonly codeLine: CodeLine
    readonly account: { readonly fingerprint: number; readonly violation: { readonly clause: string } }
  }
}

beforeAll(() => {
  mkdirSync(checkout)
  for (const name of ['src', 'spec', 'model', 'proofs', '.ci', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(path.join(root, name), path.join(checkout, name), { recursive: true })
})

afterAll(() => {
  rmSync(work, { recursive: true })
})

describe('the workflow', () => {
  const [install, build, fuzz, ...others] = steps
  const environment = { BUDGET: '1s', SEED: '7', SHARD: '2', GITHUB_ACTIONS: 'true' }

  it('installs, builds and fuzzes, and takes nothing into its scripts that is not an environment variable', () => {
    expect([install, build, others]).toEqual(['npm ci --ignore-scripts', 'npm run -s build', []])
    for (const script of steps) expect(script).not.toContain('${{')
  })

  it('installs what the lock file says', () => {
    // As far as that can be done without a registry, and without touching the packages of this checkout.
    const { status, stderr } = step(install ?? '', { npm_config_dry_run: 'true', npm_config_offline: 'true' })
    expect(stderr).not.toContain('npm error')
    expect(status).toBe(0)
    symlinkSync(path.join(root, 'node_modules'), path.join(checkout, 'node_modules'))
  })

  it('builds', { timeout: 120_000 }, () => {
    const { status, stderr } = step(build ?? '')
    expect([status, stderr.includes('error')]).toEqual([0, false])
  })

  it('fuzzes its shard, and leaves its reports', () => {
    const summary = path.join(work, 'held.md')
    const { status, stdout } = step(fuzz ?? '', { ...environment, GITHUB_STEP_SUMMARY: summary })
    expect(stdout).toMatch(/^held within the budget: seed 7, shard 2\/4: /)
    expect(stdout).not.toContain('::error')
    expect(status).toBe(0)
    expect(readFileSync(path.join(checkout, 'fuzz.xml'), 'utf8')).toContain('failures="0" errors="0"')
    expect(JSON.parse(readFileSync(path.join(checkout, 'fuzz.json'), 'utf8'))).toMatchObject({ outcome: 'held' })
    expect(readFileSync(summary, 'utf8')).toMatch(/^### zab fuzz: held\n/)
    expect(existsSync(path.join(checkout, 'corpus'))).toBe(true)
  })

  it('fails when something is found: beside the line of code, with a page, and a token that runs it again', () => {
    const summary = path.join(work, 'violated.md')
    const { status, stdout } = step(planted(fuzz ?? ''), {
      ...environment,
      BUDGET: '60s',
      GITHUB_STEP_SUMMARY: summary,
    })
    expect(status).toBe(1)
    expect(readFileSync(path.join(checkout, 'fuzz.xml'), 'utf8')).toContain('failures="1" errors="0"')
    expect(readFileSync(path.join(checkout, 'fuzz.html'), 'utf8')).toContain('<svg')
    expect(readFileSync(summary, 'utf8')).toContain('\n```mermaid\nsequenceDiagram\n')
    const { failure } = JSON.parse(readFileSync(path.join(checkout, 'fuzz.json'), 'utf8')) as Report // just written
    const { file, line, name } = failure.codeLine
    expect(stdout).toContain(
      `\n::error file=${file},line=${line},title=zab fuzz%3A ${failure.account.violation.clause}::`,
    )
    expect(readFileSync(path.join(checkout, file), 'utf8').split('\n')[line - 1]).toContain(name)
    const again = step(`npm run -s zab -- replay ${failure.token} --json`)
    expect([again.status, JSON.parse(again.stdout).fingerprint]).toEqual([1, failure.account.fingerprint])
  })

  it('fails when its corpus is damaged, and says which file', () => {
    writeFileSync(path.join(checkout, 'corpus', 'damaged.json'), '{')
    const { status, stderr } = step(fuzz ?? '', environment)
    expect(stderr).toContain('corpus/damaged.json: it is not a JSON object; mend or remove it')
    expect(status).toBe(2)
  })
})

describe('the Job', () => {
  const reports = path.join(work, 'fuzz.xml')
  const [shell = '', flag = '', script = ''] = job.map((word) => word.replaceAll('/tmp/fuzz.xml', reports))
  const environment = { BUDGET: '1s', SEED: '1', SHARDS: '8', JOB_COMPLETION_INDEX: '7' }

  it('fuzzes the shard of its index, in the folder of the image', () => {
    expect([shell, flag]).toEqual(['/bin/sh', '-c'])
    const { status, stdout, stderr } = run([shell, flag, script], environment)
    expect(stdout).toMatch(/^held within the budget: seed 1, shard 8\/8: /)
    expect([status, stderr]).toEqual([0, ''])
    expect(readFileSync(reports, 'utf8')).toContain('failures="0"')
  })

  it('fails when something is found; its log ends with the token', () => {
    const { status, stdout } = run([shell, flag, planted(script)], { ...environment, BUDGET: '60s' })
    expect(status).toBe(1)
    expect(readFileSync(reports, 'utf8')).toContain('failures="1"')
    const token = /\nrun it again: zab replay (\S+)\n$/.exec(stdout)?.[1] ?? ''
    expect(run(['node', 'src/cli/bootstrap.mjs', 'zab', 'replay', token]).status).toBe(1)
  })

  it('says what there is when it has to go', async () => {
    const corpus = mkdtempSync(path.join(work, 'corpus-'))
    const watcher = watch(corpus)
    const pod = spawn(shell, [flag, `${script} --corpus ${corpus}`], {
      cwd: checkout,
      env: environmentWith({ ...environment, BUDGET: '1h' }),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    pod.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
    // It has kept something, so it has begun.
    await once(watcher, 'change')
    watcher.close()
    pod.kill('SIGTERM')
    expect(await once(pod, 'close')).toEqual([4, null])
    expect(text).toMatch(/^interrupted; nothing was found so far: seed 1, shard 8\/8: /)
  })
})

describe('another project that has it installed', () => {
  const project = path.join(work, 'project')

  beforeAll(() => {
    mkdirSync(path.join(project, 'node_modules', '.bin'), { recursive: true })
    symlinkSync(checkout, path.join(project, 'node_modules', 'zab'))
    // As npm does for `bin`.
    const { bin } = JSON.parse(read('package.json')) as { readonly bin: { readonly zab: string } } // ours
    run(['chmod', '+x', path.join(checkout, bin.zab)])
    symlinkSync(path.join(checkout, bin.zab), path.join(project, 'node_modules', '.bin', 'zab'))
    writeFileSync(path.join(project, 'package.json'), '{"name":"project","private":true,"type":"module"}')
  })

  it('fuzzes the servers that it has installed', () => {
    const { status, stdout } = run(['npx', '--no-install', 'zab', 'fuzz', '--cases', '3'], {}, project)
    expect(stdout).toMatch(/^held within the budget: seed 1, shard 1\/1: 3 schedules/)
    expect(status).toBe(0)
  })

  it('tests itself with zab/testing', () => {
    const script = `
      import { makeEnsemble } from 'zab/testing'
      const ensemble = makeEnsemble({ seed: 1 })
      console.log(await ensemble.run(() => ensemble.client().create('/a')), ensemble.verdict().kind)
    `
    const { status, stdout, stderr } = run(['node', '--input-type=module', '-e', script], {}, project)
    expect([status, stdout, stderr]).toEqual([0, '/a Held\n', ''])
  })
})
