/** A report as what is printed. Pure. */
import type { Machine } from './machine.js'
import { showMachine } from './machine.js'
import { summarize } from './metric.js'
import type { BenchReport } from './run.js'
import { renderMarkdown, renderText } from './table.js'

/** What of the command line the reader of a table has to know. */
export interface Setting {
  readonly servers: number
  readonly sessions: number
  readonly outstanding: number
  readonly size: number
  readonly write: 'create' | 'set'
  readonly seconds: number
  readonly operations: number
  readonly markdown: boolean
}

export const render = (
  report: BenchReport,
  machine: Machine,
  setting: Setting,
): { readonly text: string; readonly json: string } => {
  const notes = [showMachine(machine), describe(setting), ...report.written.flatMap(doubt), ...doubtOfDisk(report)]
  const text = setting.markdown
    ? renderMarkdown(report, notes)
    : `${renderText(report)}\n${notes.map((note) => `${note}\n`).join('')}`
  return { text, json: `${JSON.stringify(toJson(report, machine, setting), undefined, 2)}\n` }
}

const describe = ({ outstanding, servers, sessions, size, write }: Setting): string =>
  `${servers} servers, fsync on; ${sessions} sessions with ${outstanding} requests under way each; nodes of ${size} bytes, a write is a ${write === 'create' ? 'create' : 'setData'}. Figures are medians.`

/** Said when servers have logged another number of writes than clients were told of. */
const doubt = ({ acknowledged, zxidGrowth }: BenchReport['written'][number]): readonly string[] =>
  acknowledged === zxidGrowth
    ? []
    : [`Doubtful: ${acknowledged} writes were acknowledged, while the zxid of the servers went up by ${zxidGrowth}.`]

const doubtOfDisk = ({ isInMemory }: BenchReport): readonly string[] =>
  isInMemory ? ['Doubtful: the data was on a file system in memory, where fsync does nothing.'] : []

const toJson = ({ isInMemory, ours, theirs, written }: BenchReport, machine: Machine, setting: Setting) => {
  const { operations, outstanding, seconds, servers, sessions, size, write } = setting
  return {
    machine,
    setting: { servers, sessions, outstanding, size, write, operations, seconds },
    isInMemory,
    ours: { medians: summarize(ours), samples: ours, written },
    theirs: theirs && { name: theirs.name, medians: summarize(theirs.samples), samples: theirs.samples },
  }
}
