/** The end of a run as a mermaid sequence diagram. */
import type { ServerId } from '../../src/core/configuration.js'
import type { JournalItem } from './journal.js'

const MAX_ARROWS = 40

/** What a diagram shows: messages, faults and changes of role; the last of them. */
export const shownItems = (items: readonly JournalItem[], most = MAX_ARROWS): readonly JournalItem[] =>
  items.filter((item) => item.kind === 'message' || item.weight !== 'detail').slice(-most)

/** Messages as they arrive, faults and changes of role as notes. */
export const diagram = (servers: readonly ServerId[], items: readonly JournalItem[]): string =>
  [
    'sequenceDiagram',
    ...servers.map((server) => `  participant S${server}`),
    ...shownItems(items).map(draw(servers)),
  ].join('\n')

const draw =
  (servers: readonly ServerId[]) =>
  (item: JournalItem): string => {
    if (item.kind === 'message') return `  S${item.from}->>S${item.to}: ${plain(item.text)}`
    const first = servers[0] ?? 1
    const place = item.server === undefined ? `S${first},S${servers[servers.length - 1] ?? first}` : `S${item.server}`
    return `  Note over ${place}: ${plain(item.text)}`
  }

/** Mermaid ends a line at a semicolon and reads `#` as an escape. */
const plain = (text: string): string => text.replace(/[;#\n]/g, ' ')
