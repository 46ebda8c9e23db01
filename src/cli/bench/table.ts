/** The result as text and as Markdown. Pure. */
import type { MetricName, Samples } from './metric.js'
import { judge, METRIC_NAMES, METRICS, summarize } from './metric.js'

export interface Result {
  readonly ours: Samples
  /** Undefined when nothing stood beside ours. */
  readonly theirs: { readonly name: string; readonly samples: Samples } | undefined
}

type Row = readonly string[]

/** A row for each metric that has a figure; a `-` where one side has none. */
const rowsOf = ({ ours, theirs }: Result): readonly Row[] => {
  const left = summarize(ours)
  const right = summarize(theirs?.samples ?? {})
  const head = ['', 'zab', ...(theirs === undefined ? [] : [theirs.name, `zab / ${theirs.name}`])]
  const names = METRIC_NAMES.filter((name) => left[name] !== undefined || right[name] !== undefined)
  return [
    head,
    ...names.map((name) => [
      METRICS[name].title,
      show(name, left[name]),
      ...(theirs === undefined ? [] : [show(name, right[name]), showRatio(name, left[name], right[name])]),
    ]),
  ]
}

const show = (name: MetricName, value: number | undefined): string => {
  const { digits, unit } = METRICS[name]
  if (value === undefined) return '-'
  const text = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return unit.startsWith('/') ? `${text}${unit}` : `${text} ${unit}`
}

const showRatio = (name: MetricName, ours: number | undefined, theirs: number | undefined): string => {
  if (ours === undefined || theirs === undefined || theirs === 0) return '-'
  const ratio = ours / theirs
  return `${ratio.toFixed(2)} ${judge(name, ratio)}`.trimEnd()
}

export const renderText = (result: Result): string => {
  const rows = rowsOf(result)
  const width = (column: number): number => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0)
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(width(column)) : cell.padStart(width(column))))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** `notes`: one line each, above the table. */
export const renderMarkdown = (result: Result, notes: readonly string[]): string => {
  const [head = [], ...rows] = rowsOf(result)
  const line = (row: Row): string => `| ${row.join(' | ')} |`
  const rule = `|---|${'---:|'.repeat(Math.max(0, head.length - 1))}`
  return `${[...notes, '', line(head), rule, ...rows.map(line)].join('\n')}\n`
}
