/** Reads the clauses, and the sources that cite them, from a checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { SourceText } from '../../../spec/clauses/parse.js'
import { topics } from '../../../spec/clauses/parse.js'

/** The generated list of ids names every clause and therefore proves nothing. */
const generated = join('src', 'core', 'clause.ts')

/** The clause files, in reading order. `root`: the checkout. Throws when one is missing. */
export const readClauseTexts = (root: string): readonly SourceText[] =>
  topics.map((topic) => readText(root, join(root, 'spec', 'clauses', `${topic}.md`)))

/** Every TypeScript file below these folders, sorted by name, but for the generated list of ids. */
export const readSources = (root: string, folders: readonly string[]): readonly SourceText[] =>
  folders
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.ts') && relative(root, path) !== generated)
    .sort()
    .map((path) => readText(root, path))

const readText = (root: string, path: string): SourceText => ({
  file: relative(root, path),
  text: readFileSync(path, 'utf8'),
})
