/** Command lines of others, their processor time, V8's profiles, and how wrong usage is answered. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseCommand } from '../../src/cli/bench/command-words.js'
import { selfTimes } from '../../src/cli/bench/profile.js'
import { parseProcStat, usageOf } from '../../src/cli/bench/usage.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('command', () => {
  const words = (text: string): unknown => {
    const parsed = parseCommand(text)
    return E.isLeft(parsed) ? parsed.left : parsed.right('/tmp/zoo.cfg')
  }

  it.each([
    ['server {cfg}', ['server', '/tmp/zoo.cfg']],
    ['  java  -cp "a b:c" x={cfg}', ['java', '-cp', 'a b:c', 'x=/tmp/zoo.cfg']],
    ["sh -c 'exec run {cfg}'", ['sh', '-c', 'exec run /tmp/zoo.cfg']],
  ])('%j', (text, expected) => {
    expect(words(text)).toEqual(expected)
  })

  it.each([
    ['server zoo.cfg', 'It must contain {cfg}, for the file of each server.'],
    ['', 'It must contain {cfg}, for the file of each server.'],
    ['server "{cfg}', 'A quote is not closed.'],
  ])('%j is refused', (text, reason) => {
    expect(words(text)).toBe(reason)
  })
})

describe('usage', () => {
  it('is read after the name of the program, whatever that contains', () => {
    const stat = '12 (a) b (c) S 1 77 77 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 100 1 1'
    expect(parseProcStat(stat, 5)).toEqual({ group: 77, cpuUs: 3_000_000, residentBytes: 5 })
  })

  it('is nothing for a group without processes', () => {
    expect(usageOf([999_999_999])).toEqual([{ cpuUs: 0, residentBytes: 0 }])
  })
})

describe('profile', () => {
  it('adds up the time of each function, and leaves idle time out', () => {
    const node = (id: number, functionName: string, url: string) => ({
      id,
      callFrame: { functionName, url, lineNumber: 9 },
    })
    const profile = {
      nodes: [
        node(1, 'step', 'file:///x/y/src/core/step.js'),
        node(2, '(idle)', ''),
        node(3, '', 'file:///x/node_modules/p/i.js'),
        node(4, 'step', 'file:///x/y/src/core/step.js'),
      ],
      samples: [1, 2, 3, 4],
      timeDeltas: [10, 1000, 20, 50],
    }
    expect(selfTimes(profile)).toEqual([
      ['step src/core/step.js:10', 0.75],
      ['(anonymous) node_modules/p/i.js:10', 0.25],
    ])
  })
})

describe('zab bench', () => {
  it.each([
    [['--only', 'writes,nonsense'], 'There is no "nonsense"; there are start, memory, writes, reads'],
    [['--against', 'server'], 'It must contain {cfg}'],
    [['--write', 'delete'], 'Allowed choices are create, set'],
    [['--seconds', '0'], 'It must be a whole number from 1 to 3600.'],
  ])('%j is wrong usage, and says why', (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'bench', ...args], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stderr).toContain(message)
    expect(status).toBe(2)
  })
})
