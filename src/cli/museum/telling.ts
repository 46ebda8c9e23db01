/** Tells of one bug: what happened, and the shortest counterexample of one of the searches. */
import type { Bug } from '../../../proofs/museum/bug.js'
import type { CatalogueId } from '../../../proofs/museum/catalogue.js'
import { catalogue } from '../../../proofs/museum/catalogue.js'
import { counterexamples } from '../../../proofs/museum/counterexamples.js'
import { exploreBug } from '../../../proofs/museum/exploration.js'
import { explored } from '../../../proofs/museum/explored.js'
import type { InSight } from '../../../proofs/museum/explored.js'
import { tellExplored } from '../../../proofs/museum/explored-story.js'
import { isShown } from '../../../proofs/museum/pin.js'
import { tell } from '../../../proofs/museum/story.js'
import type { Progress } from '../bench/progress.js'
import { readSources } from '../commands/clause-files.js'
import { codeLine } from '../fuzz/code-line.js'
import { showCodeLine } from '../fuzz/failure.js'
import { checkout, readClauseTitles } from './clause-titles.js'

export type By = 'exploration' | 'fuzzing'

export interface Told {
  readonly text: string
  /** The counterexample still shows the bug. */
  readonly isShown: boolean
}

/** Most explorations are over before there is anything to show. */
const PATIENCE_MS = 1000

/** `by`: whose counterexample; that of exploration unless the bug is out of its sight. */
export const tellOf = (id: CatalogueId, by: By | undefined, progress: Progress): Told => {
  const bug: Bug = catalogue[id]
  const sight = explored[id]
  const told = sight.kind === 'InSight' && by !== 'fuzzing' ? byExploration(bug, sight, progress) : byFuzzing(id, bug)
  const line = codeLine(readSources(checkout(), ['src/core', 'src/server', 'src/service']), bug.breaks)
  const notes = [
    ...(line === undefined ? [] : [`code: ${showCodeLine(line)}`]),
    ...(sight.kind === 'OutOfSight'
      ? [`exploration cannot see it: ${sight.why}`]
      : [by === 'fuzzing' ? `by exploration: zab museum ${id}` : `by fuzzing: zab museum ${id} --by fuzzing`]),
  ]
  return { ...told, text: `${told.text}\n${notes.join('\n')}\n` }
}

const byExploration = (bug: Bug, sight: InSight, progress: Progress): Told => {
  const titles = readClauseTitles()
  const begunMs = performance.now()
  let isShowing = false
  const exploration = exploreBug(bug, sight, 'shortest', ({ states, depth }) => {
    if (performance.now() - begunMs < PATIENCE_MS) return true
    if (!isShowing) progress.step(`exploring for ${bug.id}`)
    isShowing = true
    progress.tick(`${states} states, depth ${depth}`)
    return true
  })
  if (isShowing) progress.end()
  return {
    text: tellExplored(bug, sight, exploration, (clause) => titles.get(clause)),
    isShown: exploration.counterexample !== undefined,
  }
}

const byFuzzing = (id: CatalogueId, bug: Bug): Told => {
  const titles = readClauseTitles()
  return {
    text: tell(bug, counterexamples[id], (clause) => titles.get(clause)),
    isShown: isShown(bug, counterexamples[id]),
  }
}
