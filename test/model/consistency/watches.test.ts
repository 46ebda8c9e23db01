// Watches are judged as their definition says, in histories that are good and in damaged ones.
import { describe, expect, it } from 'vitest'
import type { History } from '../../../model/consistency/history.js'
import { showCall, showEvent } from '../../../model/consistency/history.js'
import { checkWatches } from '../../../model/consistency/watches.js'
import { makeRandom } from '../../../model/world/random.js'
import { damageEvents } from './damage.js'
import { simulate } from './simulation.js'
import { isWatchedWell } from './watch-definition.js'

const SEEDS = 800

/** No connection is lost. Three of four are damaged, once or more often. */
const draw = (seed: number): History => {
  const random = makeRandom(seed)
  const history = simulate(random, {
    sessions: random.between(1, 3),
    replicas: 2,
    steps: random.between(60, 160),
    paths: ['/a', '/a/x'],
    losses: 0,
    expiries: random.below(3),
    pipeline: 3,
    closes: true,
    watches: 80,
  })
  return Array.from({ length: seed % 4 }).reduce<History>((sofar) => damageEvents(random, sofar), history)
}

const story = ({ calls, events = [] }: History): string =>
  [
    ...calls.map((call) => [call.outcome.kind === 'ok' ? call.outcome.returned : Infinity, showCall(call)] as const),
    ...events.map((event) => [event.heard, showEvent(event)] as const),
  ]
    .sort(([first], [second]) => first - second)
    .map(([at, text]) => `${at} ${text}`)
    .join('\n')

describe('watches', () => {
  it('are judged as their definition says', () => {
    const counts = { Held: 0, Violated: 0 }
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const history = draw(seed)
      const expected = isWatchedWell(history) ? 'Held' : 'Violated'
      const verdict = checkWatches(history)
      const told = verdict.kind === 'Violated' ? verdict.what : ''
      expect(verdict.kind, `seed ${seed}: ${told}\n${story(history)}`).toBe(expected)
      counts[expected] += 1
    }
    expect(counts.Held).toBeGreaterThan(200)
    expect(counts.Violated).toBeGreaterThan(200)
  })
})
