/**
 * Which code carries out which clause, which tests name it, which lemma states it again. Pure: texts in, a table out.
 *
 * A citation is a full id (`DISC-4`, also as the start of a premise's name, `DISC-4.newer`) in code or comment. A range
 * (`RECV-1…6`) names its first clause only: whoever relies on the others shall say so.
 */
import { declarationsWith, titlesWith } from './declarations.js'
import type { Clause, SourceText } from './parse.js'
import { familyOf } from './parse.js'

// --- model

/** A file that names a clause, and where: declarations of code, titles of tests. None: in its head, or in passing. */
export interface Citation {
  readonly file: string
  readonly names: readonly string[]
}

/** What the abstract system calls a piece of itself, and the clauses that it states. */
export interface Lemma {
  readonly name: string
  readonly clauses: readonly string[]
}

/** One clause and all that answers to it. */
export interface Coverage {
  readonly clause: Clause
  readonly code: readonly Citation[]
  readonly tests: readonly Citation[]
  readonly lemmas: readonly string[]
}

/** Where to look. */
export interface Sources {
  readonly code: readonly SourceText[]
  readonly tests: readonly SourceText[]
  readonly lemmas: readonly Lemma[]
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
export const coverageOf = (clauses: readonly Clause[], sources: Sources): readonly Coverage[] => {
  const cite = citationsIn(familiesOf(clauses))
  const code = sources.code.map((source) => ({ ...source, ids: cite(source.text) }))
  const tests = sources.tests.map((source) => ({ ...source, ids: cite(source.text) }))
  return clauses.map((clause) => {
    const pattern = new RegExp(`\\b${clause.id}\\b`)
    return {
      clause,
      code: code.flatMap(({ file, text, ids }) =>
        ids.has(clause.id) ? [{ file, names: declarationsWith(text, pattern) }] : [],
      ),
      tests: tests.flatMap(({ file, text, ids }) =>
        ids.has(clause.id) ? [{ file, names: titlesWith(text, pattern) }] : [],
      ),
      lemmas: sources.lemmas.flatMap((lemma) => (lemma.clauses.includes(clause.id) ? [lemma.name] : [])),
    }
  })
}

/** Implemented clauses that no code names. */
export const uncited = (table: readonly Coverage[]): readonly Clause[] =>
  table.flatMap(({ clause, code }) => (clause.status === 'implemented' && code.length === 0 ? [clause] : []))

/** Implemented clauses that no test names. */
export const untested = (table: readonly Coverage[]): readonly Clause[] =>
  table.flatMap(({ clause, tests }) => (clause.status === 'implemented' && tests.length === 0 ? [clause] : []))

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
