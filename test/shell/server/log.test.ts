// The log: one plain line an event, and a flood that becomes a count.
import { describe, expect, it } from 'vitest'
import { limited, makeLog, type Log } from '../../../src/shell/server/log.js'

const recording = (): Log & { readonly lines: string[] } => {
  const lines: string[] = []
  const add = (level: string) => (text: string) => void lines.push(`${level} ${text}`)
  return { lines, info: add('info'), warn: add('warn'), error: add('error') }
}

describe('log', () => {
  it('writes one line: time, level, text', () => {
    const lines: string[] = []
    makeLog((line) => lines.push(line)).warn('client 127.0.0.1:1 closed:\nframe length -1')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z WARN  client 127\.0\.0\.1:1 closed: frame length -1\n$/)
  })

  it('counts what exceeds the lines of a second, and says so in the next one', () => {
    const inner = recording()
    let nowMs = 5_000
    const log = limited(inner, () => nowMs, 2)
    for (const text of ['a', 'b', 'c', 'd']) log.warn(text)
    expect(inner.lines).toEqual(['warn a', 'warn b'])
    nowMs = 6_000
    log.info('e')
    expect(inner.lines.slice(2)).toEqual(['warn 2 log lines left out: more than 2 in a second', 'info e'])
  })

  it('never leaves out an error', () => {
    const inner = recording()
    const log = limited(inner, () => 0, 1)
    log.info('a')
    log.error('b')
    expect(inner.lines).toEqual(['info a', 'error b'])
  })
})
