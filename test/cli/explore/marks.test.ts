/** The nightly exploration: what is finished is not run again, a count that is another one is an error. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Mark, Outcome } from '../../../src/cli/explore/marks.js'
import { marks, nameOfMark, runMarks } from '../../../src/cli/explore/marks.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'zab-marks-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const list: readonly Mark[] = [{ bounds: [1, 0, 0, 0], states: 4 }, { bounds: [2, 0, 0, 0] }]

const run = async (outcomes: Readonly<Record<string, Outcome>>) => {
  const explored: string[] = []
  const said: string[] = []
  const code = await runMarks(list, folder, {
    explore: (mark) => {
      explored.push(nameOfMark(mark))
      return Promise.resolve(outcomes[nameOfMark(mark)] ?? { verdict: 'Violated', states: 0 })
    },
    say: (line) => said.push(line),
  })
  return { code, explored, said }
}

const held = (states: number): Outcome => ({ verdict: 'Held', states })

describe('marks', () => {
  it('are run one after the other, and not again', async () => {
    const first = await run({ '(1,0,0,0)': held(4), '(2,0,0,0)': { verdict: 'Ended', states: 7 } })
    expect(first).toEqual({
      code: 3,
      explored: ['(1,0,0,0)', '(2,0,0,0)'],
      said: [
        '(1,0,0,0): 4 states, held',
        '(2,0,0,0): not finished, 7 states until now; the same command goes on with it',
      ],
    })
    const second = await run({ '(2,0,0,0)': held(9) })
    expect([second.code, second.explored]).toEqual([0, ['(2,0,0,0)']])
    expect((await run({})).explored).toEqual([])
  })

  it('with another count than the pinned one fail', async () => {
    const { code, said } = await run({ '(1,0,0,0)': held(5) })
    expect([code, said]).toEqual([1, ['(1,0,0,0): 5 states, where there were 4: look at what has changed']])
  })

  it('that are violated fail', async () => {
    expect((await run({})).code).toBe(1)
  })

  it('include all that are asked for', () => {
    const names = marks.map(nameOfMark)
    for (const name of ['(2,2,1,1)', '(3,2,1,0)', '(3,2,0,1)', '(3,2,1,1)', '(3,2,0,2)', '(3,2,2,0)', '(3,2,2,1)'])
      expect(names).toContain(name)
  })
})
