/** The page of a run: whole by itself, escaped, and within its bounds for short runs, long ones and long words. */
import { describe, expect, it } from 'vitest'
import { renderPage } from '../../../model/fuzz/page.js'
import { MAX_ROWS } from '../../../model/fuzz/sequence-svg.js'
import type { JournalItem } from '../../../model/world/journal.js'
import type { Account } from '../../../model/world/report.js'

const accountWith = (items: readonly JournalItem[], commands: readonly string[] = ['crash server 1']): Account => ({
  violation: { clause: 'Q2', what: '1:2 is <lost> & "gone"\nsecond line', atMs: 12 },
  durationMs: 20,
  steps: 5,
  fingerprint: 7,
  servers: [1, 2, 3],
  commands,
  story: '   1.  12 ms  server 1: crashes',
  diagram: 'sequenceDiagram',
  items,
})

const note = (atMs: number, text: string, server?: number): JournalItem =>
  server === undefined
    ? { kind: 'note', atMs, weight: 'essential', text }
    : { kind: 'note', atMs, weight: 'essential', server, text }
const message = (atMs: number, text: string): JournalItem => ({ kind: 'message', atMs, from: 1, to: 3, text })

const few: readonly JournalItem[] = [
  message(3, 'ACK 1:2 <&>'),
  note(4, 'crash server 1'),
  note(4, 'crashes', 1),
  note(5, `VIOLATED Q2: ${'a long sentence '.repeat(40)}`),
  note(6, 'x'.repeat(500), 3),
  message(7, 'y'.repeat(500)),
]
const many: readonly JournalItem[] = Array.from({ length: 4000 }, (_, index) =>
  index % 2 === 0 ? message(index, `PROPOSAL 1:${index}`) : note(index, `step ${index}`, 2),
)

const count = (text: string, part: RegExp): number => text.match(part)?.length ?? 0

/** Every element is closed in its turn, but those that HTML leaves open; nothing stands bare that must be escaped. */
const isWellFormed = (html: string): boolean => {
  const open: string[] = []
  const rest = html
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/<!doctype html>|<meta [^>]*>/g, '')
    .replace(/<(\/?)([\w]+)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g, (_, end, name, __, alone) => {
      if (end === '/') return open.pop() === name ? '' : '<'
      if (alone !== '/') open.push(String(name))
      return ''
    })
  return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot);)/.test(rest)
}

describe('the page', () => {
  it('needs nothing from elsewhere', () => {
    const page = renderPage(accountWith(few), 'zab1.abc')
    expect(page).not.toMatch(/<script|<link|@import|\burl\(|src=|href="[^#]/)
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toContain('http')
  })

  it('shows what happened, escaped, with the notes and the token', () => {
    const page = renderPage(accountWith(few), 'zab1.abc', ['code: a.ts:1'])
    expect(page).not.toContain('<lost>')
    for (const part of ['1:2 is &lt;lost&gt; &amp; &quot;gone&quot;', 'ACK 1:2 &lt;&amp;&gt;', 'zab replay zab1.abc'])
      expect(page).toContain(part)
    for (const part of [
      'code: a.ts:1',
      '<li>crash server 1</li>',
      '>server 2</text>',
      '<td>server 1</td><td>crashes</td>',
    ])
      expect(page).toContain(part)
    expect(renderPage(accountWith(few, []), 'zab1.abc')).toContain('Nothing: it shows by itself.')
  })

  it.each([
    ['six things', few],
    ['thousands', many],
    ['nothing', []],
  ])('is well-formed with %s', (_, items) => {
    expect(isWellFormed(renderPage(accountWith(items), 'zab1.abc'))).toBe(true)
  })

  it('keeps every box within the picture, however long its text', () => {
    const page = renderPage(accountWith(few), 'zab1.abc')
    const width = Number(/viewBox="0 0 ([\d.]+)/.exec(page)?.[1])
    const boxes = Array.from(page.matchAll(/<rect class="\w+" x="([-\d.]+)" y="[-\d.]+" width="([\d.]+)"/g))
    expect(boxes).toHaveLength(6)
    for (const [, x, own] of boxes) {
      expect(Number(x)).toBeGreaterThanOrEqual(0)
      expect(Number(x) + Number(own)).toBeLessThanOrEqual(width)
    }
  })

  it('draws the end of a long run, and folds what is long', () => {
    const page = renderPage(
      accountWith(
        many,
        Array.from({ length: 200 }, () => 'heal all links'),
      ),
      'zab1.abc',
    )
    expect(count(page, /<g>/g)).toBe(MAX_ROWS)
    expect(page).toContain('3998 ms')
    expect(count(page, /<tr class/g)).toBe(3000)
    expect(page).toContain('3000 things, the last ones; 1000 came before them')
    expect(count(page, /<details>/g)).toBe(2)
    expect(page.length).toBeLessThan(500_000)
    expect(count(renderPage(accountWith(few), 'zab1.abc'), /<details open>/g)).toBe(2)
  })
})

describe('the check', () => {
  it('sees an element that is not closed, and a bare sign', () => {
    expect(isWellFormed('<p><b></p>')).toBe(false)
    expect(isWellFormed('<p>a & b</p>')).toBe(false)
    expect(isWellFormed('<p>a &amp; b</p>')).toBe(true)
  })
})
