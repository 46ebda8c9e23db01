/** The table of `zab museum`, for people and for programs. Pure. */
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { explored } from '../../../proofs/museum/explored.js'
import type { Death, Detection } from './detection.js'
import { isCaught, isMissed } from './detection.js'

type Row = readonly string[]

const HEAD: Row = ['id', 'kind', 'breaks', 'exploration', 'states', 's', 'fuzzing', 'schedules', 's', 'title']
/** These are numbers. */
const RIGHT = new Set(['states', 's', 'schedules'])

export const renderText = (deaths: readonly Death[]): string =>
  [
    ...inColumns([HEAD, ...deaths.map(rowOf)]),
    '',
    summary(deaths),
    ...deaths.filter(isMissed).map(({ id }) => `exploration should have found ${id}`),
    ...reasons(deaths),
  ].join('\n')

const rowOf = ({ id, fuzzing, exploration }: Death): Row => {
  const { kind, breaks, title } = catalogue[id]
  return [id, kind, breaks.join(' '), ...cellsOf(exploration), ...cellsOf(fuzzing), title]
}

const cellsOf = (detection: Detection | undefined): Row =>
  detection === undefined ? ['-', '-', '-'] : [detection.check, String(detection.tried), detection.seconds.toFixed(1)]

const summary = (deaths: readonly Death[]): string => {
  const alive = deaths.filter((death) => !isCaught(death)).map(({ id }) => id)
  const { caught, byExploration, byFuzzing, byBoth } = countsOf(deaths)
  return (
    (alive.length === 0 ? `all ${caught} caught` : `${caught} caught, not caught: ${alive.join(', ')}`) +
    `; ${byExploration} by exploration, ${byFuzzing} by fuzzing, ${byBoth} by both`
  )
}

const countsOf = (deaths: readonly Death[]) => ({
  caught: deaths.filter(isCaught).length,
  byExploration: deaths.filter(({ exploration }) => exploration !== undefined).length,
  byFuzzing: deaths.filter(({ fuzzing }) => fuzzing !== undefined).length,
  byBoth: deaths.filter(({ exploration, fuzzing }) => exploration !== undefined && fuzzing !== undefined).length,
})

/** Why exploration is not for some of them. */
const reasons = (deaths: readonly Death[]): readonly string[] => {
  const unseen = deaths.flatMap(({ id }) => {
    const sight = explored[id]
    return sight.kind === 'OutOfSight' ? [`  ${id}: ${sight.why}`] : []
  })
  return unseen.length === 0 ? [] : ['', 'out of sight of exploration', ...unseen]
}

const inColumns = (rows: readonly Row[]): readonly string[] => {
  const widths = HEAD.map((_, column) => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0))
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
    ...countsOf(deaths),
    missed: deaths.filter(isMissed).map(({ id }) => id),
    bugs: deaths.map(({ id, fuzzing, exploration }) => {
      const { title, kind, breaks } = catalogue[id]
      const sight = explored[id]
      return {
        id,
        title,
        kind,
        breaks,
        fuzzing: plain(fuzzing),
        exploration: plain(exploration),
        ...(sight.kind === 'InSight' ? { bounds: sight.bounds } : { outOfSight: sight.why }),
      }
    }),
  })

/** JSON has no undefined. */
const plain = (detection: Detection | undefined): Detection | null => detection ?? null
