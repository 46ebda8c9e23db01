/** The menu, one item after the other, at ours and at another. */
import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Contender } from '../options.js'
import { missed } from './aims.js'
import type { Figures, Row } from './figures.js'
import type { Item } from './item.js'
import type { HostileOptions } from './options.js'
import { runItem } from './run-item.js'

/** Rejects when servers cannot be started or the run is stopped; every process that it started is gone then. */
export const runHostile = async (options: HostileOptions): Promise<readonly Row[]> => {
  const { items, ours, progress, theirs } = options
  const directory = mkdtempSync(path.join(options.dataDir, 'zab-hostile-'))
  const rows: Row[] = []
  try {
    for (const [index, item] of items.entries()) {
      const measure = (contender: Contender, side: string): Promise<Figures> => {
        progress.step(`${index + 1} of ${items.length}: ${item.name}, ${contender.name}`)
        return runItem(item, contender, options, path.join(directory, `${index}-${side}`))
      }
      const mine = await measure(ours, 'ours')
      const row = { item: item.name, ours: mine, theirs: theirs && (await measure(theirs, 'theirs')) }
      rows.push(row)
      progress.note(summarize(item, row))
    }
  } finally {
    progress.end()
    rmSync(directory, { recursive: true, force: true })
  }
  return rows
}

const summarize = (item: Item, row: Row): string => {
  const what = missed(row)
  return `${item.name}: ${what.length === 0 ? 'held' : `missed: ${what.join('; ')}`}`
}
