/** A run as a numbered story of at most twenty lines, which shows only what changed. */
import type { JournalItem, Weight } from './journal.js'

const MAX_LINES = 20
/** Of a story that is too long even so, this many of its first lines are kept. */
const OPENING_LINES = 4

type Note = Extract<JournalItem, { readonly kind: 'note' }>

/** Everything essential; the rest of the page goes to the latest of the helpful notes, then to details. */
export const story = (items: readonly JournalItem[]): string => {
  const notes = items.filter((item): item is Note => item.kind === 'note')
  const weights: readonly Weight[] = ['essential', 'helpful', 'detail']
  const chosen = weights.reduce<ReadonlySet<Note>>((taken, weight) => {
    const candidates = notes.filter((note) => note.weight === weight)
    const room = weight === 'essential' ? candidates.length : Math.max(0, MAX_LINES - taken.size)
    return new Set([...taken, ...candidates.slice(candidates.length - Math.min(room, candidates.length))])
  }, new Set())
  return numbered(notes.filter((note) => chosen.has(note)).map(line)).join('\n')
}

const line = (note: Note): string =>
  `${`${note.atMs} ms`.padStart(9)}  ${note.server === undefined ? '' : `server ${note.server}: `}${firstLine(note.text)}`

/** A finding has more to say, above the story. */
const firstLine = (text: string): string => text.split('\n', 1)[0] ?? ''

const numbered = (lines: readonly string[]): readonly string[] => {
  const withNumbers = lines.map((text, index) => `${String(index + 1).padStart(4)}. ${text}`)
  if (withNumbers.length <= MAX_LINES) return withNumbers
  const omitted = withNumbers.length - (MAX_LINES - 1)
  return [
    ...withNumbers.slice(0, OPENING_LINES),
    `      … ${omitted} steps left out …`,
    ...withNumbers.slice(OPENING_LINES + omitted),
  ]
}
