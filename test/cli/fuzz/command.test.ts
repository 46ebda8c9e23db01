/** `zab fuzz` and `zab replay` as they are used: exit codes, files, tokens that run again, and Ctrl-C. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { zab } from './program.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const directory = mkdtempSync(path.join(tmpdir(), 'zab-fuzz-'))
const inside = (name: string): string => path.join(directory, name)
const command = ['--import', 'tsx', 'test/cli/fuzz/main.ts']

interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** In this process: a start takes longer than what is tested. */
const run = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  let [stdout, stderr, status] = ['', '', -1]
  const keep =
    (add: (text: string) => void) =>
    (text: unknown, ...rest: readonly unknown[]): boolean => {
      add(String(text))
      const written = rest.at(-1)
      // The last argument, if it is a function, is told when it is written.
      if (typeof written === 'function') Reflect.apply(written, undefined, [])
      return true
    }
  for (const name of ['GITHUB_ACTIONS', 'GITHUB_STEP_SUMMARY']) vi.stubEnv(name, environment[name])
  vi.spyOn(process.stdout, 'write').mockImplementation(keep((text) => (stdout += text)))
  vi.spyOn(process.stderr, 'write').mockImplementation(keep((text) => (stderr += text)))
  try {
    status = await zab(args)
  } finally {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
  return { status, stdout, stderr }
}

afterAll(() => {
  rmSync(directory, { recursive: true })
})

describe('zab fuzz', () => {
  it('ends with 0 when nothing is violated, and says what it has reached', async () => {
    const args = ['fuzz', '--cases', '5', '--seed', '3', '--corpus', inside('corpus'), '--junit', inside('held.xml')]
    const { status, stdout } = await run(args)
    expect(stdout).toMatch(/^held within the budget: seed 3, shard 1\/1: 5 schedules, /)
    for (const part of ['a commit\n', 'never reached in this budget: ', 'clauses: ', 'premises: '])
      expect(stdout).toContain(part)
    expect(status).toBe(0)
    expect(readFileSync(inside('held.xml'), 'utf8')).toContain('failures="0" errors="0"')
    expect(readdirSync(inside('corpus')).length).toBeGreaterThan(0)
  })

  it('begins with its corpus, and refuses one that is damaged', async () => {
    const kept = readdirSync(inside('corpus')).length
    const { stdout } = await run(['fuzz', '--cases', '1', '--corpus', inside('corpus')])
    expect(stdout).toContain(`; ${kept} schedules kept`)
    writeFileSync(inside('corpus/damaged.json'), '{"seed":1}')
    const { status, stderr } = await run(['fuzz', '--cases', '1', '--corpus', inside('corpus')])
    expect(stderr).toContain('damaged.json: voters is no whole number from 1 to 31; mend or remove it')
    expect(status).toBe(2)
  })

  it('tells a planted bug, with a token that runs it again', async () => {
    const args = ['fuzz', '--bug', 'ZK-4643', '--cases', '50', '--shrink', '3s', '--json', inside('violated.json')]
    const { status, stdout } = await run(args, { GITHUB_ACTIONS: 'true' })
    expect(status).toBe(1)
    expect(stdout).toMatch(/^violated: /)
    expect(stdout).toMatch(/\ncode: src\/core\/\S+:\d+ /)
    expect(stdout).toContain('```mermaid\nsequenceDiagram\n')
    expect(stdout).toMatch(/\n::error file=src\/core\/\S+,line=\d+,title=zab fuzz%3A /)
    const story = /\nstory \(.*\):\n([^]*?)\n\n/.exec(stdout)?.[1]?.split('\n') ?? []
    expect(story.length).toBeGreaterThan(3)
    expect(story.length).toBeLessThanOrEqual(20)
    const { failure } = JSON.parse(readFileSync(inside('violated.json'), 'utf8'))
    const again = await run(['replay', failure.token, '--json', '--html', inside('run.html')])
    expect(again.status).toBe(1)
    const replayed = JSON.parse(again.stdout)
    expect([replayed.fingerprint, replayed.violation]).toEqual([failure.account.fingerprint, failure.account.violation])
    expect(readFileSync(inside('run.html'), 'utf8')).toContain('<svg')
  })

  it.each([
    [['--budget', '60'], 'It must be a time such as 90s, 10m or 2h.'],
    [['--shard', '5/4'], 'It must be i/n'],
    [['--faults', 'nonsense'], 'There is no fault "nonsense"'],
    [['--bug', 'nonsense'], 'the museum has no bug "nonsense"; it has ZK-335, '],
  ])('%j is wrong usage', async (args, message) => {
    const { status, stderr } = await run(['fuzz', ...args])
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })

  it.each([
    [['--corpus', fileURLToPath(import.meta.url)], /^error: --corpus \S+: .*; name a directory that can be read/],
    [['--junit', inside('none/a.xml')], /^error: --junit \S+: there is no directory \S+none; make it, or name/],
    [['--json', inside('.')], /^error: --json \S+: it is a directory; name a file in it/],
    [['--html', fileURLToPath(import.meta.url) + '/a.html'], /^error: --html \S+: /],
    [['--html', '-'], /^error: --html -: a page does not go to standard output; name a file/],
    [['--json', '-', '--junit', '-'], /^error: .* only one of them can go to standard output; name a file/],
  ])('%j is said before anything is done', async (args, message) => {
    const { status, stdout, stderr } = await run(['fuzz', '--budget', '1h', ...args])
    expect(stderr).toMatch(message)
    expect([status, stdout]).toEqual([2, ''])
  })

  it('says at the end what could not be written after all, and ends with 2 unless something was found', async () => {
    const file = path.join(directory, 'gone', 'fuzz.json')
    mkdirSync(path.dirname(file))
    const args = (bug: readonly string[]) => ['fuzz', '--cases', '2', '--json', file, ...bug]
    const removing = { GITHUB_STEP_SUMMARY: path.join(directory, 'none', 'summary.md') }
    const { status, stdout, stderr } = await run(args([]), removing)
    expect(stdout).toMatch(/^held within the budget/)
    expect(stderr).toMatch(/^error: GITHUB_STEP_SUMMARY \S+: ENOENT.*; name a file that can be written\n$/)
    expect([status, existsSync(file)]).toEqual([2, true])
    expect((await run(args(['--bug', 'ZK-1291', '--shrink', '1s']), removing)).status).toBe(1)
  })

  it('leaves standard output to programs when told so', async () => {
    const { status, stdout, stderr } = await run(['fuzz', '--cases', '2', '--json', '-'])
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'held', progress: { cases: 2 }, failure: null })
    expect(stderr).toMatch(/^held within the budget/)
    expect(status).toBe(0)
  })

  it('leaves a page and a summary of the run for GitHub', async () => {
    const summary = inside('summary.md')
    const args = ['fuzz', '--bug', 'ZK-1291', '--cases', '9', '--html', inside('failure.html'), '--shrink', '1s']
    expect((await run(args, { GITHUB_STEP_SUMMARY: summary })).status).toBe(1)
    expect(readFileSync(inside('failure.html'), 'utf8')).toContain('<title>zab replay: violated: RECV-1</title>')
    expect(readFileSync(summary, 'utf8')).toMatch(/^### zab fuzz: RECV-1\n[^]*\n```mermaid\nsequenceDiagram\n/)
  })

  it('ends as ever when nobody reads what it says', async () => {
    const child = spawn(process.execPath, [...command, 'fuzz', '--cases', '2', '--seed', '3'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(errors).toBe('')
  })

  it('on Ctrl-C says what there is so far, and ends with 4', async () => {
    const corpus = mkdtempSync(path.join(directory, 'interrupted-'))
    const watcher = watch(corpus)
    const child = spawn(process.execPath, [...command, 'fuzz', '--budget', '1h', '--seed', '3', '--corpus', corpus], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
    // It has kept something, so it has begun.
    await once(watcher, 'change')
    watcher.close()
    child.kill('SIGINT')
    const [status] = await once(child, 'close')
    expect(text).toMatch(/^interrupted; nothing was found so far: seed 3/)
    expect(status).toBe(4)
  })
})

describe('zab replay', () => {
  const held = JSON.stringify({
    seed: 1,
    voters: 3,
    observers: 0,
    clients: 1,
    commands: [{ kind: 'advance', ms: 100 }],
  })

  it('shows a run that holds, from a file as well', async () => {
    writeFileSync(inside('scenario.json'), held)
    for (const source of [held, inside('scenario.json')]) {
      const { status, stdout } = await run(['replay', source])
      expect(stdout).toMatch(/^held: \d+ steps, /)
      expect(stdout).toContain('LEADS epoch 1')
      expect(status).toBe(0)
    }
  })

  it('shows only what is asked for', async () => {
    expect((await run(['replay', held, '--mermaid'])).stdout).toMatch(/^sequenceDiagram\n/)
    expect((await run(['replay', held, '--story'])).stdout).toMatch(/^ +1\. +\d+ ms /)
  })

  it.each([
    ['zab1.nonsense', 'not a replay token: it is damaged, or cut off'],
    ['zab2.nonsense', 'not a replay token: it is of the form zab2, of another release; this one reads zab1; give '],
    ['nonsense', 'there is no file nonsense, and no replay token begins like that; give '],
    [tmpdir(), 'it is a directory; name a file in it'],
    [fileURLToPath(import.meta.url), 'not a replay token: it does not begin with zab1.; give '],
    [JSON.stringify({ ...JSON.parse(held), bug: 'nonsense' }), 'the museum has no bug "nonsense"'],
  ])('%s is wrong usage', async (source, message) => {
    const { status, stderr } = await run(['replay', source])
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })

  it('says so when the run is not the one that the token was made from', async () => {
    const { stdout } = await run(['replay', JSON.stringify({ ...JSON.parse(held), fingerprint: 1 })])
    expect(stdout).toContain('note: the run is not the one that the token was made from')
    const { token } = JSON.parse((await run(['replay', held, '--json'])).stdout)
    expect((await run(['replay', token])).stdout).not.toContain('note:')
  })

  it('says where a page cannot be written', async () => {
    const { status, stderr } = await run(['replay', held, '--html', inside('none/run.html')])
    expect(stderr).toMatch(/^error: --html \S+: there is no directory \S+none; make it, or name another file/)
    expect(status).toBe(2)
  })

  it.each(['fuzz', 'replay'])('%s ends its help with an example', async (name) => {
    expect((await run([name, '--help'])).stdout).toMatch(new RegExp(`Example:\n {2}zab ${name} `))
  })
})
