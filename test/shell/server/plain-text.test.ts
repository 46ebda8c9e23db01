// What strangers said, where people read it: on the screen of `zab start` and in the answers to four-letter words.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeScreen, type ScreenKind } from '../../../src/cli/start/screen.js'
import { firstSample } from '../../../src/cli/start/status.js'
import { plainLine, plainLines } from '../../../src/shell/server/plain-text.js'

/** All but what a terminal's table is drawn with. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

const PLANTED = 'x\u001b]0;title\u0007\u009b2J\u2028y\ud800\u202ez'

const written = (kind: ScreenKind): string => {
  const texts: string[] = []
  const screen = makeScreen({ write: (text) => texts.push(text), columns: 200 }, kind)
  screen.tell(PLANTED, PLANTED, { planted: PLANTED })
  const { status } = firstSample(1, 'here:1')
  screen.show([{ ...status, phase: PLANTED, lastZxid: PLANTED }])
  return texts.join('')
}

describe('text of strangers', () => {
  it('has no hidden characters, as one line or several', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, most) => {
        expect(plainLine(text, most)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect(plainLine(text, most).length).toBeLessThan(most + 30)
        expect(plainLines(text)).not.toMatch(UNSEEN)
      }),
    )
    expect(plainLines('a\tb\n')).toBe('a\tb\n')
    expect(PLANTED).toMatch(UNSEEN)
  })

  it.each(['lines', 'json'] as const)('has none on the screen as %s', (kind) => {
    expect(written(kind)).not.toMatch(UNSEEN)
    for (const line of kind === 'json' ? written(kind).trim().split('\n') : []) JSON.parse(line)
  })

  it('has none on the terminal but those that draw the table', () => {
    const drawn = /\u001b\[\d+A|\r\u001b\[0J/g
    expect(written('terminal').replace(drawn, '')).not.toMatch(UNSEEN)
  })
})
