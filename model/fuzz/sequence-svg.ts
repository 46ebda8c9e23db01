/** The end of a run as a sequence diagram in SVG: a column a server, time goes down. Pure. */
import type { ServerId } from '../../src/core/configuration.js'
import { shownItems } from '../world/diagram.js'
import type { JournalItem } from '../world/journal.js'

const COLUMN = 230
const ROW = 26
const HEAD = 40
const MARGIN = 90
/** Longer texts are cut. */
const MAX_LETTERS = 110

export const sequenceSvg = (servers: readonly ServerId[], items: readonly JournalItem[]): string => {
  const shown = shownItems(items)
  const width = 2 * MARGIN + COLUMN * servers.length
  const height = HEAD + ROW * (shown.length + 1)
  const x = (server: ServerId): number => MARGIN + COLUMN * (servers.indexOf(server) + 0.5)
  const columns = servers.map(
    (server) =>
      `<text x="${x(server)}" y="20" text-anchor="middle">server ${server}</text>` +
      `<line class="line" x1="${x(server)}" y1="28" x2="${x(server)}" y2="${height}"/>`,
  )
  const rows = shown.map((item, index) => {
    const y = HEAD + ROW * (index + 0.5)
    const time = `<text x="4" y="${y + 4}">${item.atMs} ms</text>`
    return time + (item.kind === 'message' ? arrow(x(item.from), x(item.to), y, item.text) : note(item, x, width, y))
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="sequence diagram">`,
    ...columns,
    ...rows,
    '</svg>',
  ].join('\n')
}

const arrow = (from: number, to: number, y: number, text: string): string => {
  const back = to > from ? -7 : 7
  return (
    `<path class="arrow" d="M${from} ${y}H${to}M${to + back} ${y - 4}L${to} ${y}L${to + back} ${y + 4}"/>` +
    `<text x="${(from + to) / 2}" y="${y - 4}" text-anchor="middle">${escapeText(cut(text))}</text>`
  )
}

type Note = Extract<JournalItem, { readonly kind: 'note' }>

const note = ({ server, text }: Note, x: (server: ServerId) => number, width: number, y: number): string => {
  const words = cut(text)
  const box = Math.min(width - 2 * MARGIN, 8 * words.length + 12)
  const middle = server === undefined ? width / 2 : x(server)
  const left = Math.max(MARGIN, Math.min(width - 4 - box, middle - box / 2))
  return (
    `<rect class="${server === undefined ? 'fault' : 'note'}" x="${left}" y="${y - 10}" width="${box}" height="20" rx="3"/>` +
    `<text x="${left + 6}" y="${y + 4}">${escapeText(words)}</text>`
  )
}

const cut = (text: string): string => {
  const line = text.replaceAll('\n', ' ')
  return line.length <= MAX_LETTERS ? line : `${line.slice(0, MAX_LETTERS - 1)}…`
}

/** For HTML and SVG, in text and in attributes. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
