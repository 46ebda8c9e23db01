/** The end of a run as a sequence diagram in SVG: a column a server, time goes down. Pure. */
import type { ServerId } from '../../src/core/configuration.js'
import { shownItems } from '../world/diagram.js'
import type { JournalItem } from '../world/journal.js'
import { escapeText } from './escape.js'

/** Few servers have more room, so that what they say fits. */
const columnOf = (servers: number): number => (servers <= 4 ? 270 : 210)
const ROW = 24
const LINE = 15
const HEAD = 30
const MARGIN = 90
/** Of a monospaced letter of the size that the page gives. */
const LETTER = 7.3
const MAX_LINES = 4

/** A longer diagram is no picture any more: earlier things are left to the table. */
export const MAX_ROWS = 300

type Note = Extract<JournalItem, { readonly kind: 'note' }>
type Place = (server: ServerId) => number

/** Two pictures of one width: the heads of the columns, which a page may keep in sight, and what happens. */
export const sequenceSvg = (
  servers: readonly ServerId[],
  items: readonly JournalItem[],
): { readonly heads: string; readonly body: string } => {
  const column = columnOf(servers.length)
  const width = 2 * MARGIN + column * servers.length
  const place: Place = (server) => MARGIN + column * (servers.indexOf(server) + 0.5)
  const rows: string[] = []
  let y = 0
  for (const item of shownItems(items, MAX_ROWS)) {
    const lines = item.kind === 'note' ? wrapped(item.text, (width - 2 * MARGIN) / LETTER - 2) : []
    const height = ROW + LINE * Math.max(0, lines.length - 1)
    const time = `<text x="4" y="${y + ROW / 2 + 4}">${item.atMs} ms</text>`
    rows.push(
      item.kind === 'message'
        ? `<g>${time}${arrow(item, place, y + ROW / 2)}</g>`
        : `<g>${time}${note(item, lines, place, width, y)}</g>`,
    )
    y += height
  }
  const heads = servers.map(
    (server) => `<text class="head" x="${place(server)}" y="20" text-anchor="middle">server ${server}</text>`,
  )
  const columns = servers.map(
    (server) => `<line class="line" x1="${place(server)}" y1="0" x2="${place(server)}" y2="${y}"/>`,
  )
  return {
    heads: picture(width, HEAD, 'aria-hidden="true"', heads),
    body: picture(width, y, 'role="img" aria-labelledby="diagram-title"', [
      `<title id="diagram-title">Sequence diagram of servers ${servers.join(', ')}; the table below says the same in words</title>`,
      ...columns,
      ...rows,
    ]),
  }
}

const picture = (width: number, height: number, attributes: string, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${attributes}>`,
    ...parts,
    '</svg>',
  ].join('\n')

/** Its text stands in the middle of it; what is too long for it can be read when pointed at. */
const arrow = ({ from, to, text }: Extract<JournalItem, { readonly kind: 'message' }>, x: Place, y: number): string => {
  const [start, end] = [x(from), x(to)]
  const back = end > start ? -7 : 7
  const words = cut(text, Math.abs(end - start) / LETTER - 4)
  const middle = (start + end) / 2
  const room = (words.length + 1) * LETTER
  return (
    `<title>${escapeText(`server ${from} to server ${to}: ${text}`)}</title>` +
    `<path class="arrow" d="M${start} ${y}H${end}M${end + back} ${y - 4}L${end} ${y}L${end + back} ${y + 4}"/>` +
    `<rect class="label" x="${middle - room / 2}" y="${y - 8}" width="${room}" height="16"/>` +
    `<text x="${middle}" y="${y + 4}" text-anchor="middle">${escapeText(words)}</text>`
  )
}

const note = (item: Note, lines: readonly string[], x: Place, width: number, y: number): string => {
  const box = lines.reduce((longest, line) => Math.max(longest, line.length), 0) * LETTER + 12
  const middle = item.server === undefined ? width / 2 : x(item.server)
  const left = Math.max(MARGIN, Math.min(width - 4 - box, middle - box / 2))
  const words = lines.map(
    (line, index) => `<tspan x="${left + 6}" dy="${index === 0 ? 0 : LINE}">${escapeText(line)}</tspan>`,
  )
  return (
    `<rect class="${kindOf(item)}" x="${left}" y="${y + 2}" width="${box}" height="${ROW - 4 + LINE * (lines.length - 1)}" rx="3"/>` +
    `<text y="${y + ROW / 2 + 4}">${words.join('')}</text>`
  )
}

/** What a server does, what is done to the ensemble, what clients do, what is wrong. */
export const kindOf = ({ server, weight, text }: Note): 'server' | 'fault' | 'client' | 'wrong' => {
  if (text.startsWith('VIOLATED')) return 'wrong'
  if (server !== undefined) return 'server'
  return weight === 'essential' ? 'fault' : 'client'
}

const cut = (text: string, letters: number): string => {
  const most = Math.max(8, Math.floor(letters))
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** In lines of at most so many letters, broken between words where that can be done. */
const wrapped = (text: string, letters: number): readonly string[] => {
  const most = Math.floor(letters)
  const lines: string[] = ['']
  for (const word of text.split(/\s+/).map((long) => cut(long, most))) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > most) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.length <= MAX_LINES
    ? lines
    : [...lines.slice(0, MAX_LINES - 1), `${lines[MAX_LINES - 1]?.slice(0, most - 1) ?? ''}…`]
}
