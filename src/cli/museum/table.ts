/** The table of `zab museum`, for people and for programs. Pure. */
import type { Death, Detection } from './detection.js'

type Row = readonly string[]

const HEAD: Row = ['id', 'kind', 'breaks', 'caught by', 'schedules', 'seconds', 'exploration', 'title']
/** These are numbers. */
const RIGHT = new Set(['schedules', 'seconds'])

export const isCaught = ({ fuzzing, exploration }: Death): boolean => fuzzing !== undefined || exploration !== undefined

export const renderText = (deaths: readonly Death[]): string => {
  const alive = deaths.filter((death) => !isCaught(death)).map(({ bug }) => bug.id)
  return [
    ...inColumns([HEAD, ...deaths.map(rowOf)]),
    '',
    alive.length === 0 ? `all ${deaths.length} caught` : `not caught: ${alive.join(', ')}`,
  ].join('\n')
}

const rowOf = ({ bug, fuzzing, exploration }: Death): Row => [
  bug.id,
  bug.kind,
  bug.breaks.join(' '),
  fuzzing?.check ?? exploration?.check ?? 'nothing',
  fuzzing === undefined ? '-' : String(fuzzing.tried),
  fuzzing === undefined ? '-' : fuzzing.seconds.toFixed(1),
  exploration === undefined ? '-' : `${exploration.tried} states, ${exploration.seconds.toFixed(1)} s`,
  bug.title,
]

const inColumns = (rows: readonly Row[]): readonly string[] => {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        RIGHT.has(HEAD[column] ?? '') ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

export const renderJson = (seed: number, deaths: readonly Death[]): string =>
  JSON.stringify({
    seed,
    caught: deaths.filter(isCaught).length,
    bugs: deaths.map(({ bug: { id, title, kind, breaks }, fuzzing, exploration }) => ({
      id,
      title,
      kind,
      breaks,
      fuzzing: plain(fuzzing),
      exploration: plain(exploration),
    })),
  })

/** JSON has no undefined. */
const plain = (detection: Detection | undefined): Detection | null => detection ?? null
