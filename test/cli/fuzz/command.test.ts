/** `zab fuzz` and `zab replay` as they are used: exit codes, files, tokens that run again, and Ctrl-C. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
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
    (text: unknown): boolean => {
      add(String(text))
      return true
    }
  vi.stubEnv('GITHUB_ACTIONS', environment['GITHUB_ACTIONS'])
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
    ['nonsense', 'not a replay token: it does not begin with zab1.'],
    [JSON.stringify({ ...JSON.parse(held), bug: 'nonsense' }), 'the museum has no bug "nonsense"'],
  ])('%s is wrong usage', async (source, message) => {
    const { status, stderr } = await run(['replay', source])
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })

  it.each(['fuzz', 'replay'])('%s ends its help with an example', async (name) => {
    expect((await run([name, '--help'])).stdout).toMatch(new RegExp(`Example:\n {2}zab ${name} `))
  })
})
