/** The short form on real servers: every column has a figure, planted faults are noticed, and nothing is left. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { longestWaitMs, missed } from '../../../src/cli/bench/hostile/aims.js'
import { itemOf } from '../../../src/cli/bench/hostile/menu.js'
import type { HostileOptions } from '../../../src/cli/bench/hostile/options.js'
import { runHostile } from '../../../src/cli/bench/hostile/run.js'
import { COLUMNS, renderText } from '../../../src/cli/bench/hostile/table.js'

const source = (name: string): readonly string[] => [
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL(`../../../src/cli/${name}`, import.meta.url)),
]

let dataDir: string
let stop: AbortController

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'zab-hostile-test-'))
  stop = new AbortController()
})

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true })
})

const silent = { step: () => undefined, tick: () => undefined, note: () => undefined, end: () => undefined }

const run = (names: readonly string[], change: Partial<HostileOptions> = {}) =>
  runHostile({
    items: names.flatMap((name) => itemOf(name) ?? []),
    ours: {
      name: 'zab',
      command: (zooCfg) => [process.execPath, ...source('main.ts'), 'server', zooCfg],
    },
    theirs: undefined,
    brief: true,
    seed: 1,
    seconds: 20,
    boundMs: 10_000,
    firstPort: 26_400,
    dataDir,
    attacker: source('bench/hostile/attacker.ts'),
    innocent: source('bench/hostile/innocent.ts'),
    progress: silent,
    stop: stop.signal,
    ...change,
  })

describe('a hostile run', () => {
  it('measures each item with every column, beside a client that is answered', async () => {
    const rows = await run(['idle', 'honest-pipeline', 'garbage'])
    expect(rows.map(({ item }) => item)).toEqual(['idle', 'honest-pipeline', 'garbage'])
    for (const { item, ours } of rows) {
      expect(ours.ended, item).toBe('done')
      expect(ours.innocent.attacked.answers, item).toBeGreaterThan(0)
      expect(ours.innocent.other.answers, item).toBeGreaterThan(0)
      expect(ours.residentBeforeBytes, item).toBeGreaterThan(0)
      expect(ours.residentPeakBytes, item).toBeGreaterThanOrEqual(ours.residentBeforeBytes)
      expect(ours.deaths, item).toEqual([])
    }
    expect(rows[0]?.ours.restart?.isUnfinished).toBe(false)
    expect(rows[0]?.ours.restart?.withoutMs).toBeGreaterThan(0)
    const [head = ''] = renderText(rows, 'other').split('\n')
    for (const column of COLUMNS) expect(head).toContain(column)
    expect(readdirSync(dataDir)).toEqual([])
  })

  it('sees a server that is stopped for a second, and one that dies', async () => {
    const [paused, dead] = await run(['control-pause', 'control-death'])
    if (paused === undefined || dead === undefined) throw new Error('a row is missing')
    // The server is still for a second by construction: a request that it is asked then waits for what is left of it.
    expect(longestWaitMs(paused.ours)).toBeGreaterThan(250)
    expect(paused.ours.deaths).toEqual([])
    expect(missed(paused)).toContainEqual(expect.stringMatching(/^a wait of \d+ ms, over 250 ms$/))
    expect(missed(dead)).toContainEqual(expect.stringMatching(/^died: server \d: signal SIGKILL$/))
    expect(missed(dead)).toContain('1 new epochs: the quorum was lost')
  })

  it('ends all that it has started when it is stopped', async () => {
    const progress = {
      ...silent,
      step: () => {
        setTimeout(() => stop.abort(), 1500)
      },
    }
    await expect(run(['idle', 'garbage'], { progress })).rejects.toThrow()
    expect(readdirSync(dataDir)).toEqual([])
  })
})
