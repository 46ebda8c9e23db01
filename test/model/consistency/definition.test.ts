// The checkers say what the definition says, on thousands of small histories: good ones, and damaged ones.
import { describe, expect, it } from 'vitest'
import { checkHistory, checkWithoutZxids } from '../../../model/consistency/check.js'
import type { History } from '../../../model/consistency/history.js'
import { isAnswered, isWrite, showCall } from '../../../model/consistency/history.js'
import { makeRandom } from '../../../model/world/random.js'
import { damage } from './damage.js'
import type { Knowledge } from './definition.js'
import { doubts, hasOrder } from './definition.js'
import { simulate } from './simulation.js'

const SEEDS = 2000
const LARGEST = 6
const PATHS = [['/a'], ['/a', '/a/x'], ['/a', '/b']]

/** Three of four are damaged, once or more often. */
const draw = (seed: number): History => {
  const random = makeRandom(seed)
  const history = simulate(random, {
    sessions: random.between(1, 3),
    replicas: 2,
    steps: random.between(8, 30),
    paths: PATHS[seed % PATHS.length] ?? [],
    losses: 4 * random.between(1, 3),
    expiries: 2 * random.below(3),
    pipeline: 3,
    closes: true,
    watches: 0,
  })
  return Array.from({ length: seed % 4 }).reduce<History>((sofar) => damage(random, sofar), history)
}

const isSmall = (history: History): boolean =>
  history.calls.filter((call) => isAnswered(call) || isWrite(call)).length <= LARGEST && doubts(history) <= 3

const histories = Array.from({ length: SEEDS }, (_, seed) => draw(seed)).filter(isSmall)

/** The history as far as it is known. */
const known: Readonly<Record<Knowledge, (history: History) => readonly History[]>> = {
  commits: ({ calls, commits }) => (commits === undefined ? [] : [{ calls, commits }]),
  zxids: ({ calls, ends = [] }) => [{ calls }, { calls, ends }],
  nothing: ({ calls, ends = [] }) => [{ calls }, { calls, ends }],
}

describe.each(['commits', 'zxids', 'nothing'] as const)('with a knowledge of %s', (knowledge) => {
  it('the verdict is that of the definition', () => {
    const counts = { Held: 0, Violated: 0 }
    for (const history of histories.flatMap(known[knowledge])) {
      const expected = hasOrder(history, knowledge) ? 'Held' : 'Violated'
      const verdict = knowledge === 'nothing' ? checkWithoutZxids(history) : checkHistory(history)
      const story = history.calls.map(showCall).join('\n')
      expect(verdict.kind, `${JSON.stringify(verdict.kind === 'Violated' ? verdict.what : verdict)}\n${story}`).toBe(
        expected,
      )
      counts[expected] += 1
    }
    expect(counts.Held).toBeGreaterThan(300)
    expect(counts.Violated).toBeGreaterThan(100)
  })
})
