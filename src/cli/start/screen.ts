/** Three ways to show an ensemble: a table redrawn in place, a line when something changes, JSON lines. */
import { plainLine, plainLines } from '../../shell/server/plain-text.js'
import type { Status } from './status.js'
import { HEADER, isChange, renderChange, renderRow } from './table.js'

export type ScreenKind = 'terminal' | 'lines' | 'json'

export interface Screen {
  /** Something happened: `text` for people, `event` and `facts` for programs. */
  readonly tell: (event: string, text: string, facts?: Readonly<Record<string, unknown>>) => void
  /** How all servers are now. */
  readonly show: (statuses: readonly Status[]) => void
}

export interface Output {
  readonly write: (text: string) => unknown
  readonly columns?: number
}

/** Answers of servers, and their logs, are shown as plain text. */
export const makeScreen = (output: Output, kind: ScreenKind): Screen => {
  switch (kind) {
    case 'terminal':
      return makeTerminal(output)
    case 'lines':
      return {
        tell: (_, text) => output.write(plainLines(`${text}\n`)),
        show: whenChanged((status) => output.write(plainLines(`${renderChange(status)}\n`))),
      }
    case 'json': {
      const print = (value: Readonly<Record<string, unknown>>): unknown =>
        output.write(plainLines(`${JSON.stringify(value)}\n`))
      return {
        tell: (event, text, facts = {}) => print({ event, text, ...facts }),
        show: whenChanged((status) => print({ event: 'status', ...status })),
      }
    }
  }
}

const whenChanged = (print: (status: Status) => unknown): Screen['show'] => {
  const shown = new Map<number, Status>()
  return (statuses) => {
    for (const status of statuses) {
      if (isChange(shown.get(status.id), status)) print(status)
      shown.set(status.id, status)
    }
  }
}

/** Wider than any terminal. */
const ROW_CHARACTERS = 1_000

const CLEAR_BELOW = '\u001b[0J'

/** The table stays at the bottom; what is told scrolls away above it. */
const makeTerminal = (output: Output): Screen => {
  let table: readonly string[] = []
  let drawn = 0
  const draw = (above: string): void => {
    const up = drawn === 0 ? '' : `\u001b[${drawn}A`
    const width = output.columns ?? 80
    // A line that wraps would break the count of lines to go up.
    const lines = table.map((line) => `${line.slice(0, width - 1)}\n`)
    output.write(`${up}\r${CLEAR_BELOW}${above}${lines.join('')}`)
    drawn = table.length
  }
  return {
    tell: (_, text) => draw(plainLines(`${text}\n`)),
    show: (statuses) => {
      table = ['', HEADER, ...statuses.map((status) => plainLine(renderRow(status), ROW_CHARACTERS))]
      draw('')
    },
  }
}
