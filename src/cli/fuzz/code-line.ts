/** Which line of the code to look at for a violation: the function that carries out the clause. Needs a checkout. */
import type { Declaration } from '../../../spec/clauses/declarations.js'
import { declarationsIn, declarationsWith } from '../../../spec/clauses/declarations.js'
import type { SourceText } from '../../../spec/clauses/parse.js'
import type { Violation } from '../../../model/world/world.js'
import type { ClauseId } from '../../core/clause.js'
import { clauseIds } from '../../core/clause.js'

// --- model

export interface CodeLine {
  /** From the top of the checkout. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly name: string
  readonly clause: ClauseId
}

/** The properties that the world checks, and the clause that keeps each. */
const clauseOfProperty: ReadonlyMap<string, ClauseId> = new Map([
  ['H1', 'BCAST-1'],
  ['H2', 'BCAST-1'],
  ['H3', 'BCAST-2'],
  ['H4', 'SYNC-4'],
  ['E1', 'SYNC-2'],
  ['E2', 'DISC-4'],
  ['Q1', 'SYNC-3'],
  ['Q2', 'BCAST-5'],
  ['COMMITTED-DURABLE', 'SYNC-4'],
  ['INTEGRITY', 'BCAST-2'],
  ['TOTAL-ORDER', 'BCAST-6'],
  ['LEADERSHIP', 'DISC-2'],
  ['LIVENESS', 'BCAST-8'],
])

// --- operations

/**
 * The clauses that a violation is about, the likeliest first: the one violated, those that the judge names, the one that
 * keeps the property; if there are none, those that the last step has cited.
 */
export const clausesOf = ({ clause, what }: Violation, lastStep: readonly ClauseId[] = []): readonly ClauseId[] => {
  const property = clauseOfProperty.get(clause)
  const named = Array.from(what.matchAll(/\b[A-Z]+-\d+\b/g)).map(([id]) => id)
  const known = [clause, ...named].flatMap((id) => clauseIds.find((other) => other === id) ?? [])
  const about = [...new Set([...known, ...(property === undefined ? [] : [property])])]
  return about.length === 0 ? lastStep : about
}

/** The function that cites the most of these clauses; of several the first. The first clause counts a little more. */
export const codeLine = (sources: readonly SourceText[], clauses: readonly ClauseId[]): CodeLine | undefined => {
  let best: CodeLine | undefined
  let most = 0
  for (const { file, text } of sources)
    for (const found of functionsIn(file, text, clauses))
      if (found.weight > most) {
        most = found.weight
        best = found
      }
  return best === undefined ? undefined : { file: best.file, line: best.line, name: best.name, clause: best.clause }
}

/** The functions that cite any of these clauses. */
const functionsIn = (
  file: string,
  text: string,
  clauses: readonly ClauseId[],
): readonly (CodeLine & { readonly weight: number })[] => {
  const lines = text.split('\n')
  const cited = clauses.map((clause) => ({ clause, names: declarationsWith(text, new RegExp(`\\b${clause}\\b`)) }))
  return declarationsIn(text).flatMap((declaration) => {
    const reasons = cited.flatMap(({ clause, names }) => (names.includes(declaration.name) ? [clause] : []))
    const [clause] = reasons
    const head = headOf(lines, declaration)
    if (clause === undefined || head < 0) return []
    const weight = reasons.length + (clause === clauses[0] ? 0.5 : 0)
    return [{ file, line: head + 1, name: declaration.name, clause, weight }]
  })
}

/** The line that begins a function of that name; −1 for types and constants. */
const headOf = (lines: readonly string[], { name, from, to }: Declaration): number => {
  const isHead = new RegExp(`^(?:export )?const ${name} = (?:<.*)?(?:\\(|<)`)
  const index = lines.slice(from, to).findIndex((line) => isHead.test(line))
  return index < 0 ? -1 : from + index
}
