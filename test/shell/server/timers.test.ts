// Timers by name: the last setting of a name is the one that counts, and a late call of an older one is nothing.
import { describe, expect, it } from 'vitest'
import { makeTimers, type Clock } from '../../../src/shell/server/timers.js'

/** A clock that keeps every callback, and whose cancelled callbacks can still be called: the late fire. */
const manualClock = (): Clock & { readonly calls: (() => void)[]; readonly delays: number[] } => {
  const calls: (() => void)[] = []
  const delays: number[] = []
  return {
    calls,
    delays,
    setTimer: (run, afterMs) => {
      delays.push(afterMs)
      return calls.push(run)
    },
    clearTimer: () => undefined,
  }
}

const setup = () => {
  const clock = manualClock()
  const fired: string[] = []
  return { clock, fired, timers: makeTimers<'a' | 'b'>((name) => fired.push(name), clock) }
}

describe('timers', () => {
  it('fire once, with the delay asked for', () => {
    const { clock, fired, timers } = setup()
    timers.set('a', 200)
    clock.calls[0]?.()
    clock.calls[0]?.()
    expect(fired).toEqual(['a'])
    expect(clock.delays).toEqual([200])
  })

  it('do not fire late after they were cancelled', () => {
    const { clock, fired, timers } = setup()
    timers.set('a', 1)
    timers.cancel('a')
    clock.calls[0]?.()
    expect(fired).toEqual([])
  })

  it('move when they are set again: only the newer setting fires', () => {
    const { clock, fired, timers } = setup()
    timers.set('a', 1)
    timers.set('a', 2)
    clock.calls[0]?.()
    expect(fired).toEqual([])
    clock.calls[1]?.()
    expect(fired).toEqual(['a'])
  })

  it('do not disturb each other', () => {
    const { clock, fired, timers } = setup()
    timers.set('a', 1)
    timers.set('b', 1)
    timers.cancel('a')
    clock.calls[0]?.()
    clock.calls[1]?.()
    expect(fired).toEqual(['b'])
  })

  it('can be set again by what they fire', () => {
    const clock = manualClock()
    const fired: string[] = []
    const timers = makeTimers<'a'>((name) => {
      fired.push(name)
      if (fired.length === 1) timers.set('a', 1)
    }, clock)
    timers.set('a', 1)
    clock.calls[0]?.()
    clock.calls[1]?.()
    expect(fired).toEqual(['a', 'a'])
  })

  it('are all silent after cancelAll', () => {
    const { clock, fired, timers } = setup()
    timers.set('a', 1)
    timers.set('b', 1)
    timers.cancelAll()
    for (const call of clock.calls) call()
    expect(fired).toEqual([])
  })
})
