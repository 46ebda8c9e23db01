/** Titles of clauses, for stories. They are read from the checkout that this program was built in. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLeft } from 'fp-ts/lib/Either.js'
import { parseClauses } from '../../../spec/clauses/parse.js'
import { readClauseTexts } from '../commands/clause-files.js'

/** Sources and dist/ are at different depths. */
const rootAbove = (directory: string): string =>
  existsSync(path.join(directory, 'spec', 'clauses', 'README.md')) || path.dirname(directory) === directory
    ? directory
    : rootAbove(path.dirname(directory))

/** The checkout that this program was built in. */
export const checkout = (): string => rootAbove(path.dirname(fileURLToPath(import.meta.url)))

/** Throws when there are no clauses, or they cannot be read. */
export const readClauseTitles = (): ReadonlyMap<string, string> => {
  const clauses = parseClauses(readClauseTexts(checkout()))
  if (isLeft(clauses)) throw new Error(clauses.left.join('; '))
  return new Map(clauses.right.map(({ id, title }) => [id, title]))
}
