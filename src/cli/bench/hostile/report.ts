/** A run of the menu as what is printed, and as an exit code. Pure. */
import { EXIT } from '../../exit-code.js'
import type { Machine } from '../machine.js'
import { showMachine } from '../machine.js'
import { longestWaitMs, missed } from './aims.js'
import type { Row } from './figures.js'
import { renderMarkdown, renderText } from './table.js'

export const renderHostile = (
  rows: readonly Row[],
  machine: Machine,
  theirName: string,
  isMarkdown: boolean,
): { readonly text: string; readonly json: string } => ({
  text: `${isMarkdown ? renderMarkdown(rows, theirName) : renderText(rows, theirName)}${showMachine(machine)}\n`,
  json: `${JSON.stringify(toJson(rows, machine, theirName), undefined, 2)}\n`,
})

const toJson = (rows: readonly Row[], machine: Machine, theirName: string) => ({
  machine,
  theirName,
  items: rows.map((row) => ({ ...row, longestWaitMs: longestWaitMs(row.ours), missed: missed(row) })),
})

/** 1: an aim was missed by ours; 3: none was, but an item of ours was not completed. */
export const exitCodeOf = (rows: readonly Row[]): number => {
  if (rows.some((row) => missed(row).length > 0)) return EXIT.violated
  return rows.some(({ ours }) => ours.ended !== 'done') ? EXIT.budget : EXIT.held
}
