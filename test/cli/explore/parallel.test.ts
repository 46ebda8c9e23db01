/** Several threads see what one sees: the same states, a way of the same length; put aside and gone on with, the same end. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, it } from 'vitest'
import { boundsOf } from '../../../proofs/exploration/bounds.js'
import type { Exploration } from '../../../proofs/exploration/explore.js'
import { explore } from '../../../proofs/exploration/explore.js'
import { allReductions } from '../../../proofs/exploration/reductions.js'
import { readHeader } from '../../../src/cli/explore/parallel/checkpoint.js'
import type { ParallelOptions } from '../../../src/cli/explore/parallel/explore.js'
import { exploreInParallel } from '../../../src/cli/explore/parallel/explore.js'
import { rulesNamed } from '../../../src/cli/explore/variations.js'

const root = mkdtempSync(path.join(os.tmpdir(), 'zab-explore-'))
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

const plain = boundsOf({ servers: 2, transactions: 2, timeouts: 1, restarts: 0 })

const reconfigured = boundsOf({
  servers: 1,
  joiners: 1,
  reconfigurations: 2,
  transactions: 1,
  timeouts: 0,
  restarts: 0,
})

const optionsFor = (parts: number, rulesName?: string, bounds = plain): ParallelOptions => {
  const rules = rulesNamed(rulesName)
  if (rules === undefined) throw new Error(`no rules ${rulesName ?? ''}`)
  return {
    bounds,
    rules,
    rulesName,
    reductions: allReductions,
    maxStates: 1_000_000,
    maxBytes: 2 ** 26,
    parts,
    version: 'test',
    mayGoOn: () => 'go on',
  }
}

const figuresOf = ({ verdict, states, transitions, depth, queue }: Exploration): unknown => ({
  verdict,
  states,
  transitions,
  depth,
  queue,
})

const alone = (rulesName?: string, bounds = plain): Exploration =>
  explore({ ...optionsFor(1, rulesName, bounds), mayGoOn: () => true })

describe('parts', () => {
  for (const parts of [1, 3])
    it(`${parts}: the same states, transitions and depth as without`, async () => {
      expect(figuresOf(await exploreInParallel(optionsFor(parts)))).toEqual(figuresOf(alone()))
    })

  it('see the same where configurations change', async () => {
    const exploration = await exploreInParallel(optionsFor(2, undefined, reconfigured))
    expect(figuresOf(exploration)).toEqual(figuresOf(alone(undefined, reconfigured)))
  })

  it('find a bug by a way of the same length', async () => {
    const there = (await exploreInParallel(optionsFor(2, 'ZK-4643'))).counterexample
    const here = alone('ZK-4643').counterexample
    expect(there?.objection.id).toBe(here?.objection.id)
    expect(there?.happenings.length).toBe(here?.happenings.length)
  })

  it('end when there is no room for more states', async () => {
    const { verdict, queue } = await exploreInParallel({ ...optionsFor(2), maxStates: 200 })
    expect(verdict).toBe('Ended')
    expect(queue).toBeGreaterThan(0)
  })
})

describe('a checkpoint', () => {
  for (const [name, bounds] of Object.entries({ plain, reconfigured }))
    it(`goes on to the same end, again and again: ${name}`, async () => {
      const folder = path.join(root, `checkpoint-${name}`)
      const options = optionsFor(2, undefined, bounds)
      const checkpoint = { folder, everySeconds: 1000 }
      let level = 0
      let exploration = await exploreInParallel({ ...options, checkpoint, mayGoOn: () => 'pause' })
      for (let pauses = 0; exploration.verdict === 'Ended' && pauses < 100; pauses += 1) {
        const header = readHeader(folder)
        if (isLeft(header)) throw new Error(header.left)
        expect(header.right.level).toBeGreaterThanOrEqual(level)
        level = header.right.level
        exploration = await exploreInParallel({
          ...options,
          checkpoint,
          resume: { folder, header: header.right },
          mayGoOn: ({ depth }) => (depth > level + 8 ? 'pause' : 'go on'),
        })
      }
      expect(figuresOf(exploration)).toEqual(figuresOf(alone(undefined, bounds)))
      expect(existsSync(`${folder}.partial`)).toBe(false)
    })

  it('that is none is told from one', () => {
    const nothing = readHeader(path.join(root, 'nothing'))
    expect(isLeft(nothing) && nothing.left).toContain('cannot be read')
    writeFileSync(path.join(root, 'exploration.json'), '{"format":1}')
    const another = readHeader(root)
    expect(isLeft(another) && another.left).toContain('is no checkpoint')
  })
})
