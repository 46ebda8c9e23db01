/** The report as text and as Markdown. Pure. */
import { AIMS, beyondDataBytes, missed } from './aims.js'
import type { Figures, Row } from './figures.js'
import type { Waits } from './job.js'

export const COLUMNS = [
  'item',
  'server',
  'wait, attacked',
  'wait, other',
  'lost',
  'RSS',
  'growth',
  'data',
  'log',
  'died',
  'epochs',
  'restart',
  'without',
] as const

type Cells = readonly string[]

const MIB = 1024 * 1024

const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(bytes > 10 * MIB ? 0 : 1)} MiB`

const milliseconds = (value: number): string => `${Math.round(value).toLocaleString('en-US')} ms`

/** `≥`: no answer came at all before the bound. */
const wait = ({ isUnanswered, longestMs }: Waits): string => `${isUnanswered ? '≥ ' : ''}${milliseconds(longestMs)}`

const cellsOf = (item: string, server: string, figures: Figures): Cells => [
  item,
  server,
  wait(figures.innocent.attacked),
  wait(figures.innocent.other),
  String(figures.innocent.attacked.lost + figures.innocent.other.lost),
  mebibytes(figures.residentPeakBytes),
  mebibytes(Math.max(0, figures.residentPeakBytes - figures.residentBeforeBytes)),
  mebibytes(figures.storedBytes),
  mebibytes(figures.logBytes),
  figures.deaths.length === 0 ? '-' : figures.deaths.join(', '),
  String(figures.epochs),
  figures.restart === undefined
    ? '-'
    : `${figures.restart.isUnfinished ? '≥ ' : ''}${milliseconds(figures.restart.afterMs)}`,
  figures.restart === undefined ? '-' : milliseconds(figures.restart.withoutMs),
]

const lines = (rows: readonly Row[], theirName: string): readonly Cells[] => [
  COLUMNS,
  ...rows.flatMap(({ item, ours, theirs }) => [
    cellsOf(item, 'zab', ours),
    ...(theirs === undefined ? [] : [cellsOf('', theirName, theirs)]),
  ]),
]

/** What each item saw, how it ended when it was not done, and which aims were missed. */
export const remarks = (rows: readonly Row[], theirName: string): readonly string[] =>
  rows.flatMap((row) => [
    `${row.item}: ${saw(row.ours)}`,
    ...(row.theirs === undefined ? [] : [`${row.item}, ${theirName}: ${saw(row.theirs)}`]),
    ...missed(row).map((what) => `MISSED by ${row.item}: ${what}`),
  ])

const ENDED: Readonly<Record<Figures['ended'], string>> = {
  done: '',
  budget: ' (its time was up before all was sent)',
  failed: ' (broken off)',
}

const saw = (figures: Figures): string =>
  [
    `${figures.seen}${ENDED[figures.ended]}`,
    ...figures.checks.map(({ aim, held, seen }) => `${aim}: ${held ? 'yes' : 'NO'} (${seen})`),
    `own delay of the innocent client ${milliseconds(figures.innocent.ownDelayMs)}`,
    `beyond the data ${mebibytes(beyondDataBytes(figures))}`,
  ].join('; ')

export const notes = (): readonly string[] => [
  `Wait: the longest of an uninvolved client, a read and a write every 10 ms, at the attacked server and at another. Lost: its requests without an answer. RSS: the largest of the attacked server, and by how much more than before. Data: what the item legitimately stores.`,
  `Three servers, fsync on, loopback; servers, attacker and innocent client share the machine. Every item has an ensemble of its own.`,
  `Aims: no wait over ${AIMS.longestWaitMs} ms that the other does not also have, no RSS over ${AIMS.residentBytes / MIB} MiB beyond the data, no death, no new epoch that the other does not also have, no log over ${AIMS.logBytes / MIB} MiB, no restart slower than without (${AIMS.restartFactor} times and ${AIMS.restartSlackMs} ms are allowed).`,
]

export const renderText = (rows: readonly Row[], theirName: string): string => {
  const cells = lines(rows, theirName)
  const width = (column: number): number => cells.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0)
  return cells
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(width(column)) : cell.padStart(width(column))))
        .join('  ')
        .trimEnd(),
    )
    .concat('', remarks(rows, theirName), '', notes())
    .map((line) => `${line}\n`)
    .join('')
}

export const renderMarkdown = (rows: readonly Row[], theirName: string): string => {
  const [head = [], ...rest] = lines(rows, theirName)
  const line = (row: Cells): string => `| ${row.join(' | ')} |`
  return [
    ...notes(),
    '',
    line(head),
    `|---|---|${'---:|'.repeat(head.length - 2)}`,
    ...rest.map(line),
    '',
    ...remarks(rows, theirName).map((remark) => `- ${remark}`),
    '',
  ].join('\n')
}
