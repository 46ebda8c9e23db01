// The log: one plain line an event, whatever a caller hands in, and a stream that takes no lines is no end of anything.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../src/shell/server/limits.js'
import { makeLog } from '../../../src/shell/server/log.js'
import type { WriteLine } from '../../../src/shell/server/standard-streams.js'

const recording = (): { readonly lines: string[]; readonly write: WriteLine } => {
  const lines: string[] = []
  return {
    lines,
    write: (line) => {
      lines.push(line)
      return undefined
    },
  }
}

/** What must not stand in a line: control and format characters, separators, halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

const badCharacters = [
  '\n',
  '\r',
  '\0',
  '\u001b[2J',
  '\u007f',
  '\u0085',
  '\u009b',
  '\u2028',
  '\u2029',
  '\u202e',
  '\ufeff',
]

/** Texts of strangers, with what is dangerous more often than chance brings it. */
const foreign = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...badCharacters, '\ud800', '\udc00', '😀'), fc.string()),
  )
  .map((parts) => parts.join(''))

describe('a line', () => {
  it('has time, level and text', () => {
    const { lines, write } = recording()
    makeLog(write).warn('client 127.0.0.1:1 closed:\nframe length -1')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z WARN  client 127\.0\.0\.1:1 closed: frame length -1\n$/)
  })

  it('is one line of visible characters, whatever a caller hands in', () => {
    fc.assert(
      fc.property(foreign, fc.constantFrom('info', 'warn', 'error'), (text, level) => {
        const { lines, write } = recording()
        // A caller as careless as can be: the text as it came.
        makeLog(write)[level](text)
        expect(lines).toHaveLength(1)
        expect(lines[0]?.endsWith('\n')).toBe(true)
        expect(lines[0]?.slice(0, -1)).not.toMatch(UNSEEN)
      }),
    )
    // The check sees each of them where nothing cleans the line.
    for (const character of [...badCharacters, '\ud800']) expect(`INFO ${character}`).toMatch(UNSEEN)
  })

  it('shows what was there', () => {
    const { lines, write } = recording()
    makeLog(write).info('a\u001b[31mb\u2028c\ud800d größer 😀')
    expect(lines[0]).toMatch(/a\\u001b\[31mb\\u2028c\\ud800d größer 😀\n$/)
  })

  it.each(['x', '\u001b', '😀', 'x😀'])('is cut when it is long: %j', (unit) => {
    const { lines, write } = recording()
    makeLog(write).info(unit.repeat(1_000_000))
    expect(lines[0]?.length).toBeLessThan(limits.logLineCharacters + 100)
    expect(lines[0]).toMatch(/… \(\d+ characters\)\n$/)
    expect(lines[0]?.slice(0, -1)).not.toMatch(UNSEEN)
  })
})

describe('a stream that takes no lines', () => {
  it('loses them, and the next line that it takes is preceded by their count', () => {
    const taken: string[] = []
    let isFull = true
    const log = makeLog((line) => {
      if (isFull) return 'ENOSPC'
      taken.push(line)
      return undefined
    })
    log.info('one')
    log.warn('two')
    isFull = false
    log.info('three')
    log.info('four')
    expect(taken).toHaveLength(2)
    expect(taken[0]).toMatch(/^\S+ WARN  2 log lines could not be written \(ENOSPC\)\n\S+ INFO  three\n$/)
    expect(taken[1]).toMatch(/^\S+ INFO  four\n$/)
  })
})
