// A flood becomes a count that is told, and one noisy kind of line does not drown the others.
import { describe, expect, it } from 'vitest'
import type { Log } from '../../../src/shell/server/log.js'
import { limited } from '../../../src/shell/server/log-limit.js'

const LEVELS = ['info', 'warn', 'error'] as const

const noisy = (most: { readonly ofLevel: number; readonly ofKind: number }) => {
  const lines: string[] = []
  const add = (level: string) => (text: string) => void lines.push(`${level} ${text}`)
  const inner: Log = { info: add('info'), warn: add('warn'), error: add('error') }
  const timers: { readonly run: () => void; readonly atMs: number }[] = []
  let nowMs = 5_000
  const clock = { setTimer: (run: () => void, afterMs: number) => timers.push({ run, atMs: nowMs + afterMs }) }
  return {
    lines,
    timers,
    log: limited(inner, () => nowMs, clock, most),
    /** Moves the clock without firing timers. */
    at: (ms: number) => (nowMs = ms),
    /** Moves the clock, and fires what is due. */
    pass: (ms: number) => {
      nowMs += ms
      for (const { run } of timers.splice(0).filter(({ atMs }) => atMs <= nowMs)) run()
    },
  }
}

describe('lines of a second', () => {
  it.each(LEVELS)('are bounded at level %s, and what is left out is told when the second is over', (level) => {
    const { lines, log, pass } = noisy({ ofLevel: 2, ofKind: 9 })
    for (const text of ['a', 'b', 'c', 'd']) log[level](text)
    expect(lines).toEqual([`${level} a`, `${level} b`])
    // Nobody logs anything any more.
    pass(1_001)
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(new RegExp(`^(warn|error) log lines left out: 2 of level ${level} \\(`)),
    ])
    pass(10_000)
    expect(lines).toHaveLength(3)
  })

  it('are told before the first line of the next second, once', () => {
    const { lines, log, at, pass } = noisy({ ofLevel: 1, ofKind: 9 })
    for (const text of ['a', 'b', 'c']) log.info(text)
    log.warn('a')
    log.warn('b')
    at(6_000)
    log.info('d')
    pass(1)
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^warn log lines left out: 1 of level warn, 2 of level info \(/),
      'info d',
    ])
  })

  it('of one level do not displace those of another', () => {
    const { lines, log } = noisy({ ofLevel: 3, ofKind: 9 })
    for (let index = 0; index < 100; index += 1) log.info('noise')
    for (let index = 0; index < 100; index += 1) log.warn('more noise')
    log.error('what matters')
    expect(lines.at(-1)).toBe('error what matters')
    expect(lines).toHaveLength(7)
  })

  it('of one kind do not displace those of another, though they differ in their figures', () => {
    const { lines, log, pass } = noisy({ ofLevel: 10, ofKind: 2 })
    for (let index = 0; index < 100; index += 1) log.warn(`client 10.0.0.${index}:4 closed: frame length`)
    log.warn('snapshot could not be written')
    expect(lines).toHaveLength(3)
    expect(lines[2]).toBe('warn snapshot could not be written')
    pass(1_001)
    expect(lines[3]).toContain('98 of level warn')
  })

  it('are counted with one timer a second, however many are left out', () => {
    const { timers, log } = noisy({ ofLevel: 1, ofKind: 1 })
    for (let index = 0; index < 1_000; index += 1) for (const level of LEVELS) log[level]('x')
    expect(timers).toHaveLength(1)
  })
})
