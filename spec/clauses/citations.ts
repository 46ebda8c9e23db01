/**
 * Which files name which clauses. Pure: file texts in, a table out.
 *
 * A citation is a full id (`DISC-4`, also as the start of a premise's name, `DISC-4.newer`) in code or comment. A range
 * (`RECV-1…6`) names its first clause only: whoever relies on the others shall say so.
 */
import type { Clause, SourceText } from './parse.js'
import { familyOf } from './parse.js'

// --- model

/** One clause and the files that name it. */
export interface Coverage {
  readonly clause: Clause
  readonly code: readonly string[]
  readonly tests: readonly string[]
}

/** An id of a known family that no clause bears. */
export interface Stranger {
  readonly id: string
  readonly file: string
}

// --- operations

/** The ids in a text, each once. `families`: the words that may stand before the number. */
export const citationsIn =
  (families: ReadonlySet<string>) =>
  (text: string): ReadonlySet<string> =>
    new Set(
      Array.from(text.matchAll(/\b([A-Z]+)-\d+\b/g)).flatMap(([id, family]) =>
        families.has(family ?? '') ? [id] : [],
      ),
    )

/** The table, in the order of the clauses. */
export const coverageOf = (
  clauses: readonly Clause[],
  code: readonly SourceText[],
  tests: readonly SourceText[],
): readonly Coverage[] => {
  const cite = citationsIn(familiesOf(clauses))
  const inCode = code.map(({ file, text }) => ({ file, ids: cite(text) }))
  const inTests = tests.map(({ file, text }) => ({ file, ids: cite(text) }))
  return clauses.map((clause) => ({
    clause,
    code: inCode.flatMap(({ file, ids }) => (ids.has(clause.id) ? [file] : [])),
    tests: inTests.flatMap(({ file, ids }) => (ids.has(clause.id) ? [file] : [])),
  }))
}

/** Implemented clauses that no code names. */
export const uncited = (table: readonly Coverage[]): readonly Clause[] =>
  table.flatMap(({ clause, code }) => (clause.status === 'implemented' && code.length === 0 ? [clause] : []))

/** Ids that look like clauses and are none: typing errors, or clauses that fell away. */
export const strangersIn = (clauses: readonly Clause[], files: readonly SourceText[]): readonly Stranger[] => {
  const cite = citationsIn(familiesOf(clauses))
  const known = new Set(clauses.map((clause) => clause.id))
  return files.flatMap(({ file, text }) =>
    Array.from(cite(text)).flatMap((id) => (known.has(id) ? [] : [{ id, file }])),
  )
}

const familiesOf = (clauses: readonly Clause[]): ReadonlySet<string> =>
  new Set(clauses.map((clause) => familyOf(clause.id)))
