/** A short benchmark of real servers: what it counts was acknowledged, and nothing that it started is left. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BenchOptions, Contender } from '../../src/cli/bench/options.js'
import { PHASES } from '../../src/cli/bench/options.js'
import { runBench } from '../../src/cli/bench/run.js'

const source = (name: string): readonly string[] => [
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL(`../../src/cli/${name}`, import.meta.url)),
]

const started: string[] = []

const contender = (name: string): Contender => ({
  name,
  command: (zooCfg) => {
    started.push(zooCfg)
    return [process.execPath, ...source('main.ts'), 'server', zooCfg]
  },
})

let dataDir: string
let stop: AbortController

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'zab-bench-test-'))
  stop = new AbortController()
  started.length = 0
})

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true })
})

const run = (change: Partial<BenchOptions>) =>
  runBench({
    phases: new Set(PHASES),
    ours: contender('zab'),
    theirs: undefined,
    rounds: 1,
    servers: 3,
    sessions: 4,
    outstanding: 16,
    sizeBytes: 100,
    write: 'create',
    operations: 500,
    seconds: 1,
    warmupSeconds: 0,
    latencyOperations: 30,
    kills: 1,
    starts: 1,
    firstPort: 25_400,
    dataDir,
    load: source('bench/load/main.ts'),
    progress: { step: () => undefined, tick: () => undefined, note: () => undefined, end: () => undefined },
    stop: stop.signal,
    ...change,
  })

describe('a run', () => {
  it('measures everything, and counts no write that the servers have not logged', async () => {
    const { ours, theirs, written } = await run({})
    expect(theirs).toBeUndefined()
    expect(written).toHaveLength(1)
    expect(written[0]?.acknowledged).toBeGreaterThan(0)
    expect(written[0]?.acknowledged).toBeLessThanOrEqual(500)
    expect(written[0]?.zxidGrowth).toBe(written[0]?.acknowledged)
    for (const [name, samples] of Object.entries(ours)) {
      expect(samples, name).toHaveLength(1)
      expect(samples[0], name).toBeGreaterThan(0)
    }
    expect(Object.keys(ours)).toHaveLength(12)
    expect(readdirSync(dataDir)).toEqual([])
  })

  it('measures two in turn, never both at once', async () => {
    const phases = new Set(['writes'] as const)
    const { ours, theirs } = await run({ phases, theirs: contender('other'), rounds: 2, servers: 1, write: 'set' })
    expect(ours.writesPerSecond).toHaveLength(2)
    expect(theirs?.samples.writesPerSecond).toHaveLength(2)
    const order = started.map((zooCfg) => zooCfg.split(path.sep).find((part) => /^\d-/.test(part)))
    expect(order).toEqual(['1-zab', '1-other', '2-other', '2-zab'])
  })

  it('fails with the last words of a server that cannot run', async () => {
    const broken: Contender = {
      name: 'broken',
      command: () => [process.execPath, '-e', 'process.exitCode = 1; console.error("no disk")'],
    }
    await expect(run({ ours: broken, servers: 1 })).rejects.toThrow(/broken: server 1 has ended:[^]*no disk/)
    expect(readdirSync(dataDir)).toEqual([])
  })

  it('fails when there is no such program', async () => {
    const absent: Contender = { name: 'absent', command: () => ['/nowhere/server'] }
    await expect(run({ ours: absent })).rejects.toThrow('/nowhere/server')
    expect(existsSync(dataDir) && readdirSync(dataDir)).toEqual([])
  })

  it('ends all that it has started when it is stopped', async () => {
    const progress = {
      step: (text: string): void => {
        if (text.endsWith('writes')) setImmediate(() => stop.abort())
      },
      tick: () => undefined,
      note: () => undefined,
      end: () => undefined,
    }
    await expect(run({ progress, seconds: 60, operations: 100_000_000 })).rejects.toThrow()
    expect(readdirSync(dataDir)).toEqual([])
  })
})
