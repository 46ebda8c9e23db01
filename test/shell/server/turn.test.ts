// A turn: every output that was touched is flushed once at its end, and the clocks are read once.
import { expect, it } from 'vitest'
import { makeTurn } from '../../../src/shell/server/turn.js'

const setup = () => {
  const scheduled: (() => void)[] = []
  let readings = 0
  const turn = makeTurn(
    (run) => scheduled.push(run),
    () => ({ wallMs: ++readings, monotonicMs: readings }),
  )
  return { scheduled, turn }
}

it('flushes all outputs of a turn by one callback', () => {
  const { scheduled, turn } = setup()
  const flushed: string[] = []
  turn.add({ flush: () => flushed.push('first') })
  turn.add({ flush: () => flushed.push('second') })
  expect(scheduled).toHaveLength(1)
  scheduled[0]?.()
  expect(flushed).toEqual(['first', 'second'])
})

it('leaves to the next turn what is added while flushing', () => {
  const { scheduled, turn } = setup()
  const flushed: string[] = []
  turn.add({ flush: () => turn.add({ flush: () => flushed.push('later') }) })
  scheduled[0]?.()
  expect(flushed).toEqual([])
  expect(scheduled).toHaveLength(2)
  scheduled[1]?.()
  expect(flushed).toEqual(['later'])
})

it('reads the clocks once a turn', () => {
  const { scheduled, turn } = setup()
  expect(turn.now()).toBe(turn.now())
  expect(turn.now().wallMs).toBe(1)
  scheduled[0]?.()
  expect(turn.now().wallMs).toBe(2)
})
